"""Intake: whose it is, once, understood; anything else is refused clearly and changes nothing."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsUnreachable
from kiosk.sealing import generate_recipient, generate_signer, seal
from tests.console.arrivals import SIGNER, arrive, check_in_of, deliver, enrol, found, mrz_of, put, sealed
from tests.console.rewritten import rewrite
from tests.people import DOMINIQUE, ZOE

pytestmark = pytest.mark.usefixtures("console")


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def test_a_signed_check_in_is_taken_in_once_however_often_it_comes() -> None:
    from kiosk.console.models import Arrival, AuditEntry

    check_in = check_in_of(ZOE)
    assert [deliver(check_in).status_code for _ in range(3)] == [201, 200, 200]
    assert Arrival.objects.filter(pk=check_in.key).count() == 1
    assert AuditEntry.objects.filter(act="taken-in", about=check_in.key).count() == 1


def _waiting_together(monkeypatch: pytest.MonkeyPatch, *brought: CheckIn) -> list[Any]:
    """What each of them leaves in the database, not kept yet."""
    from kiosk.console.intake import check_ins

    waiting: list[Any] = []
    with monkeypatch.context() as patched:
        patched.setattr(check_ins, "_TURNSTILE", SimpleNamespace(go_through=waiting.append))
        for check_in in brought:
            assert deliver(check_in).status_code == 201
    return waiting


def test_several_at_once_are_written_in_the_order_of_their_keys_and_the_trail_is_locked_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two consoles that take in the same deliveries never each hold what the other waits for."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from kiosk.console import audit
    from kiosk.console.intake import check_ins
    from kiosk.console.models import Arrival, AuditEntry, Sealed, VisitIndex

    both = sorted((check_in_of(ZOE), check_in_of(DOMINIQUE, ticket="A13")), key=lambda one: one.key, reverse=True)
    waiting = _waiting_together(monkeypatch, *both)
    with CaptureQueriesContext(connection) as asked:
        check_ins._keep(waiting)
    written = [query["sql"] for query in asked if "console_" in query["sql"]]
    is_of_the_trail = ["console_audit" in sql for sql in written]
    assert is_of_the_trail == sorted(is_of_the_trail)
    assert written[is_of_the_trail.index(True)].startswith("SELECT")
    in_order = [both[1].key, both[0].key]
    acts = AuditEntry.objects.filter(act="taken-in").order_by("number")
    assert [act.about for act in acts] == in_order
    assert [str(one.pk) for one in Arrival.objects.order_by("pk")] == in_order
    assert [str(one.pk) for one in Sealed.objects.order_by("pk")] == in_order
    assert {str(key) for key in VisitIndex.objects.values_list("visit", flat=True)} == set(in_order)
    assert audit.verify()[1] == ()


def test_of_several_at_once_none_is_kept_when_one_was_here_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import IntegrityError, transaction

    from kiosk.console.intake import check_ins
    from kiosk.console.models import Arrival, AuditEntry

    known, fresh = check_in_of(ZOE), check_in_of(DOMINIQUE)
    waiting = _waiting_together(monkeypatch, known, fresh)
    assert deliver(known).status_code == 201
    with pytest.raises(IntegrityError), transaction.atomic():
        check_ins._keep(waiting)
    assert [str(one.pk) for one in Arrival.objects.all()] == [known.key]
    assert [act.about for act in AuditEntry.objects.filter(act="taken-in")] == [known.key]


def test_an_unknown_kiosk_a_bad_signature_and_a_revoked_kiosk_get_the_same_refusal() -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.terminals import enrolment

    check_in = check_in_of(ZOE)
    path, body = f"/intake/check-ins/{check_in.key}", sealed(check_in)
    refusals = [
        put(path, body, kiosk="borne-9"),
        put(path, body, signer=generate_signer()),
        put(path, body, signature="not base64!"),
        put(path, body, signature="AAAA"),
    ]
    enrolment.revoke("borne-1", who="test")
    refusals.append(put(path, body))
    assert {(answer.status_code, answer.content) for answer in refusals} == {(401, refusals[0].content)}
    assert not Arrival.objects.exists()


def test_a_body_changed_on_the_way_is_not_trusted() -> None:
    import base64

    from kiosk.sealing import intake_message, sign

    check_in = check_in_of(ZOE)
    path, body, at = f"/intake/check-ins/{check_in.key}", sealed(check_in), datetime.now(UTC).isoformat()
    signature = base64.b64encode(sign(intake_message(path, "borne-1", at, body), SIGNER)).decode()
    assert put(path, body + b"x", sent_at=at, signature=signature).status_code == 401
    assert put(path, body, sent_at=at + "0", signature=signature).status_code == 401


def test_the_same_key_from_another_kiosk_is_refused() -> None:
    enrol("borne-2")
    check_in = arrive(ZOE)
    body = sealed(replace(check_in, kiosk="borne-2"))
    assert put(f"/intake/check-ins/{check_in.key}", body, kiosk="borne-2").status_code == 409


def test_what_cannot_be_opened_or_understood_is_refused_with_its_reason() -> None:
    from kiosk.console.records import vault

    check_in = check_in_of(ZOE)
    path = f"/intake/check-ins/{check_in.key}"
    stranger = seal(b"{}", generate_recipient().public_key, f"check-in:{check_in.key}".encode())
    no_check_in = seal(b'{"version": 99}', vault.keys().current.public_key, f"check-in:{check_in.key}".encode())
    other = check_in_of(ZOE)
    for body in (b"", b"noise", stranger, no_check_in, sealed(other, key=check_in.key), sealed(other)):
        answer = put(path, body)
        assert answer.status_code == 422
        assert answer.json()["reason"]
        assert "ADRUN" not in answer.content.decode()


def test_too_large_a_body_is_refused_before_it_is_read() -> None:
    from kiosk.console.intake.check_ins import MAX_BODY

    answer = put(f"/intake/check-ins/{uuid.uuid4()}", b"x" * (MAX_BODY + 1))
    assert answer.status_code == 413


def test_a_picture_that_would_unfold_into_gigabytes_is_refused() -> None:
    from kiosk.core.sources.document import DocumentPicture, Side
    from tests.console.arrivals import TINY_JPEG

    at = TINY_JPEG.index(b"\xff\xc9")
    bomb = TINY_JPEG[: at + 5] + b"\xff\xff\xff\xff" + TINY_JPEG[at + 9 :]
    for jpeg in (bomb, b"", b"\x89PNG", b"\xff\xd8\xff"):
        assert deliver(check_in_of(ZOE, pictures=(DocumentPicture(Side.FIRST, jpeg),))).status_code == 422


def test_more_pictures_than_a_document_has_sides_are_refused() -> None:
    """Two hundred kept every process that makes copies busy for minutes, once somebody looked at their dossier."""
    from kiosk.core.sources.document import DocumentPicture, Side
    from tests.console.arrivals import TINY_JPEG

    picture = DocumentPicture(Side.FIRST, TINY_JPEG)
    assert deliver(check_in_of(ZOE, pictures=(picture,) * 4)).status_code == 201
    assert deliver(check_in_of(ZOE, pictures=(picture,) * 5)).status_code == 422


def test_a_kiosk_cannot_claim_more_than_a_retrieved_identity() -> None:
    from kiosk.console.models import Arrival
    from kiosk.core.status.permissions import IdentityStatus

    claimed = arrive(ZOE, status=IdentityStatus.QUALIFIED)
    pending = arrive(ZOE, InsUnreachable("timeout"), status=IdentityStatus.RETRIEVED)
    assert Arrival.objects.get(pk=claimed.key).status == "PROVISIONAL"
    assert Arrival.objects.get(pk=pending.key).status == "PROVISIONAL"


def test_what_is_needed_of_staff_is_told_from_the_sources() -> None:
    from kiosk.console.models import Arrival, Need
    from kiosk.core.sources.insi import InsNotFound, InsSeveral

    needs = {
        Need.READY: arrive(ZOE),
        Need.DIFFERENCES: arrive(ZOE, mrz=mrz_of(DOMINIQUE)),
        Need.ODD_ANSWER: arrive(ZOE, replace(found(ZOE), flags=("unknown-elements",))),
        Need.NO_DOCUMENT: arrive(ZOE, pictures=(), mrz=None, document_kind=None, document_refused=True),
        Need.DOUBTFUL_READING: arrive(ZOE, mrz=mrz_of(ZOE, accepted=False)),
        Need.INSI_PENDING: arrive(ZOE, InsUnreachable("timeout")),
        Need.NOT_FOUND: arrive(ZOE, InsNotFound()),
        Need.SEVERAL: arrive(ZOE, InsSeveral()),
    }
    assert {need: Arrival.objects.get(pk=one.key).need for need, one in needs.items()} == {
        need: need.value for need in needs
    }


def _beat(**changes: object) -> bytes:
    beat = {"version": "0.1.0", "devices": {"reader": "ok", "camera": "lost"}, "queue": 2, "certificate_days": 90}
    return json.dumps(beat | changes).encode()


def test_a_heartbeat_tells_how_the_kiosk_is() -> None:
    from kiosk.console.terminals import health

    assert put("/intake/heartbeat", _beat()).status_code == 200
    (line,) = health.terminals()
    assert (line.lost, line.terminal.queue, line.is_silent) == (("camera",), 2, False)


@pytest.mark.parametrize(
    ("change", "seconds", "alarms"),
    [
        ({}, 0, ()),
        ({"queue": 10}, 0, ("queue",)),
        ({"certificate_days": 29}, 0, ("certificate",)),
        ({"certificate_days": -1}, 0, ("certificate",)),
        ({"disk_free_mb": 1023}, 0, ("disk",)),
        ({}, 60, ("clock",)),
        ({}, -60, ("clock",)),
    ],
)
def test_what_would_stop_a_kiosk_one_day_raises_an_alarm_before(
    change: dict[str, int], seconds: int, alarms: tuple[str, ...]
) -> None:
    from kiosk.console.site import metrics
    from kiosk.console.templatetags.console_tags import device
    from kiosk.console.terminals import health

    sent_at = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    beat = _beat(**{"devices": {"reader": "ok"}, "disk_free_mb": 1024, **change})
    assert put("/intake/heartbeat", beat, sent_at=sent_at).status_code == 200
    (line,) = health.terminals()
    assert (line.alarms, line.is_well) == (alarms, not alarms)
    assert all(f'kiosk_alarm{{kiosk="borne-1",about="{name}"}} 1' in metrics.text() for name in alarms)
    assert all(device(name) != name for name in alarms)


def test_an_old_repeated_or_future_heartbeat_is_refused() -> None:
    from kiosk.console.models import Terminal

    now = datetime.now(UTC)
    first = put("/intake/heartbeat", _beat(), sent_at=now.isoformat())
    again = put("/intake/heartbeat", _beat(queue=7), sent_at=now.isoformat())
    older = put("/intake/heartbeat", _beat(queue=7), sent_at=(now - timedelta(seconds=5)).isoformat())
    stale = put("/intake/heartbeat", _beat(queue=7), sent_at=(now - timedelta(hours=1)).isoformat())
    ahead = put("/intake/heartbeat", _beat(queue=7), sent_at=(now + timedelta(hours=1)).isoformat())
    assert [one.status_code for one in (first, again, older, stale, ahead)] == [200, 401, 401, 401, 401]
    assert Terminal.objects.get().queue == 2


def test_hostile_heartbeats_are_refused_or_made_harmless() -> None:
    for body in (b"[]", b"{", b"[" * 10_000, _beat(devices=[]), _beat(devices={str(n): "ok" for n in range(50)})):
        assert put("/intake/heartbeat", body).status_code == 422
    assert put("/intake/heartbeat", b"x" * 20_000).status_code == 413
    assert put("/intake/heartbeat", _beat(queue=-5, certificate_days="soon", disk_free_mb=10**30)).status_code == 200


def test_a_call_for_help_appears_once_and_is_answered_once() -> None:
    from kiosk.console.arrivals import queue

    path, body = f"/intake/calls/{uuid.uuid4()}", json.dumps({"reason": "help", "desk": "3"}).encode()
    assert [put(path, body).status_code for _ in range(2)] == [201, 200]
    assert [(call.reasons, call.count) for call in queue.open_calls()] == [(("demande de l’aide",), 1)]
    assert put(f"/intake/calls/{uuid.uuid4()}", b'{"reason": "<b>"}').status_code == 422
    assert put(f"/intake/calls/{uuid.uuid4()}", b'{"reason": ["help"]}').status_code == 422


def test_what_the_queue_shows_of_a_kiosk_s_words_is_one_plain_line() -> None:
    from kiosk.console.models import Arrival, Terminal

    hostile = "\u202eA1\x00\n\ud8002"
    check_in = arrive(ZOE, ticket="\u202eA1\x00\n2" + "x" * 50, desk="3\x00")
    assert (Arrival.objects.get().ticket, Arrival.objects.get(pk=check_in.key).desk) == ("A12" + "X" * 9, "3")
    assert put("/intake/heartbeat", _beat(version=hostile, devices={hostile: "ok"})).status_code == 200
    assert (Terminal.objects.get().version, Terminal.objects.get().devices) == ("A1 2", {"A1 2": "ok"})


def test_the_intake_describes_itself() -> None:
    from kiosk.console.intake.api import api

    described = api.get_openapi_schema(path_prefix="/intake")
    said = {"check-ins/{key}", "questions/{key}", "heartbeat", "desk", "calls/{key}", "recognition", "enrolment"}
    said |= {"invented", "invented/{key}"}
    assert {f"/intake/{path}" for path in said} == set(described["paths"])


def test_a_kiosk_that_sends_too_much_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"intake_per_minute": 2}))
    sent = [check_in_of(ZOE) for _ in range(3)]
    assert [deliver(one).status_code for one in sent] == [201, 201, 429]
    assert deliver(sent[0]).status_code == 200


def _bring(name: str, code: str, key: str | None = None):
    from django.test import Client

    from kiosk.sealing import signer_public_pem

    said = {"kiosk": name, "code": code, "public_key": key or signer_public_pem(SIGNER).decode()}
    return Client().put("/intake/enrolment", json.dumps(said), "application/json", secure=True)


def test_a_new_kiosk_is_enrolled_by_a_code_that_serves_once() -> None:
    from kiosk.console.records import vault
    from kiosk.console.terminals import enrolment

    code = enrolment.invite("borne-7", who="test")
    answer = _bring("borne-7", code.lower())
    assert answer.status_code == 201
    assert answer.json()["structure_key"] == vault.keys().current.public_key.to_pem().decode()
    check_in = check_in_of(ZOE, kiosk="borne-7")
    assert put(f"/intake/check-ins/{check_in.key}", sealed(check_in), kiosk="borne-7").status_code == 201
    assert _bring("borne-7", code).status_code == 401


def test_a_code_that_is_wrong_or_late_enrols_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.models import Invitation, Terminal
    from kiosk.console.terminals import enrolment

    code = enrolment.invite("borne-7", who="test")
    assert _bring("borne-8", code).status_code == 401
    assert _bring("borne-7", code, key="no key").status_code == 422
    assert [_bring("borne-7", "AAAA-AAAA-AAAA").status_code for _ in range(5)] == [401] * 5
    late = enrolment.invite("borne-7", who="test")
    rewrite(Invitation.objects.all(), expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert _bring("borne-7", late).status_code == 401
    assert not Terminal.objects.filter(pk="borne-7").exists()
