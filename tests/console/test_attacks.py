"""Whatever is sent to the console, it answers calmly: a refusal it knows, never a broken page."""

import base64
import json
import uuid
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.console.identities import original
from kiosk.sealing import intake_message, seal, sign
from tests.console.arrivals import SIGNER, arrive, enrol
from tests.console.staff import at_desk, get
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
CALM = {200, 201, 400, 401, 404, 405, 409, 413, 422, 429}
MANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
BEAT = st.fixed_dictionaries(
    {},
    optional={
        "version": JSON,
        "devices": JSON | st.dictionaries(st.text(max_size=30), st.text(max_size=10), max_size=30),
        "queue": JSON,
        "certificate_days": JSON,
        "disk_free_mb": JSON,
        "reason": JSON | st.sampled_from(["help", "card-forgotten"]),
        "desk": JSON,
        "kiosk": JSON,
        "code": JSON,
        "public_key": JSON,
    },
)
PATHS = st.sampled_from(["/intake/heartbeat", f"/intake/calls/{uuid.uuid4()}", f"/intake/check-ins/{uuid.uuid4()}"])


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _signed(path: str, body: bytes) -> int:
    at = datetime.now(UTC).isoformat()
    signature = base64.b64encode(sign(intake_message(path, "borne-1", at, body), SIGNER)).decode()
    headers = {"X-Kiosk": "borne-1", "X-Sent-At": at, "X-Signature": signature}
    with transaction.atomic():
        return Client().put(path, body, "application/octet-stream", secure=True, headers=headers).status_code


@MANY
@given(path=PATHS, body=st.binary(max_size=300), kiosk=HEADER, at=HEADER, signature=HEADER)
def test_any_bytes_and_any_headers_are_refused_calmly(
    path: str, body: bytes, kiosk: str, at: str, signature: str
) -> None:
    headers = {"X-Kiosk": kiosk, "X-Sent-At": at, "X-Signature": signature}
    answer = Client().put(path, body, "application/octet-stream", secure=True, headers=headers)
    assert answer.status_code == 401


@MANY
@given(path=PATHS, said=BEAT)
def test_a_stolen_key_can_say_nothing_that_breaks_the_console(path: str, said: dict[str, object]) -> None:
    assert _signed(path, json.dumps(said).encode()) in CALM
    client = Client()
    assert client.put("/intake/enrolment", json.dumps(said), "application/json", secure=True).status_code in CALM


@MANY
@given(inside=st.binary(max_size=200) | JSON.map(lambda value: json.dumps({"version": 1, "check_in": value}).encode()))
def test_anything_sealed_and_signed_that_is_no_check_in_is_not_understood(inside: bytes) -> None:
    from kiosk.console.records import vault

    key = uuid.uuid4()
    body = seal(inside, vault.keys().current.public_key, f"check-in:{key}".encode())
    assert _signed(f"/intake/check-ins/{key}", body) == 422


@MANY
@given(
    verb=st.sampled_from(
        ["qualifier", "ecarter", "decision/validate", "decision/doubt", "prendre", "annuler", "pause"]
    ),
    form=st.dictionaries(
        st.sampled_from(
            ["evidence", "first_given_name", "reason", "tolerated", "said", "odd", "action", "x", *original.FIELDS]
        ),
        st.one_of(st.text(max_size=200), st.sampled_from(["CN", "1", "M", "01/01/1960", "99999", "Lyon"])),
        max_size=9,
    ),
)
def test_any_form_is_carried_out_or_refused_with_its_rule(verb: str, form: dict[str, str]) -> None:
    from kiosk.console.models import Arrival, Staff

    if not Staff.objects.exists():
        _desks["client"] = at_desk()
        _desks["key"] = arrive(ZOE).key
    client, key = _desks["client"], _desks["key"]
    with transaction.atomic():
        answer = client.post(f"/arrivees/{key}/{verb}/", form, secure=True)
        assert answer.status_code in ({200, 302} if verb == "decision/validate" else {302})
        assert get(client, f"/arrivees/{key}/").status_code == 200
        assert Arrival.objects.get(pk=key).status in {"PROVISIONAL", "RETRIEVED", "VALIDATED", "QUALIFIED"}


_desks: dict[str, object] = {}


@MANY
@given(
    st.dictionaries(
        st.sampled_from(
            ["from", "to", "format", "page", "need", "current", "seen", "borne", "guichet", "kiosk", "desk"]
        ),
        st.text(max_size=30),
    )
)
def test_any_question_in_an_address_is_answered(asked: dict[str, str]) -> None:
    from kiosk.console.models import Staff

    if not Staff.objects.exists():
        _desks["officer"] = at_desk("marc", "officer")
    client = _desks["officer"]
    for path in ("/indicateurs/", "/vigilance/", "/file/", "/file/lignes/"):
        assert client.get(path, asked, secure=True).status_code in {200, 204}
