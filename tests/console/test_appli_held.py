"""What was found by attacking the appli carte Vitale's way in: each of these once came to more than it should have."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from django.conf import settings

from kiosk.appli.verifier import NoVerifierError
from kiosk.console.models import Arrival, Sealed
from kiosk.console.records import vault
from kiosk.core.identity.traits import Source
from kiosk.core.sources.appli import AppliContents
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.core.status.attestation import Attested, Distrust
from tests.console import phones
from tests.console.arrivals import arrive, card_of, enrol
from tests.console.phones import NO_DOCUMENT, STRUCTURE, by_phone, came, on_phone, phone
from tests.console.rewritten import rewrite
from tests.console.staff import at_desk, get, post
from tests.console.taken_up import taken_up, visit_of
from tests.people import TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("verifying"), pytest.mark.long]
SAID = {"said": "1", "first_given_name": "ZOE"}
ATTESTED = "kiosk.appli.simulated.SimulatedVerifier.attested"


@pytest.fixture()
def verifying(console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    enrol()
    monkeypatch.setattr(settings, "KIOSK", phones.verifying(console, tmp_path))


def _answer(check_in: Any) -> Any:
    return vault.open_arrival(visit_of(check_in)).insi


@pytest.mark.parametrize("trouble", [InvalidSignature, NoVerifierError, AssertionError, type("Own", (Exception,), {})])
def test_whatever_a_verifier_throws_loses_no_check_in(
    monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    def broken(*_: object) -> None:
        raise trouble("its own")

    monkeypatch.setattr(ATTESTED, broken)
    assert _answer(came(by_phone(phone(ZOE), ZOE))) == InsUnreachable(Distrust.TROUBLE.value)


def _attested(**changes: Any) -> Attested:
    now = datetime.now(UTC)
    return replace(Attested((on_phone(ZOE),), now, now + timedelta(minutes=5), STRUCTURE), **changes)


GARBAGE: dict[str, Callable[[], Any]] = {
    "a truth": lambda: True,
    "a dictionary": dict,
    "a moment without offset": lambda: _attested(made_at=datetime.now()),  # noqa: DTZ005 - what is tried
    "no people": lambda: _attested(people=None),
    "people that are none": lambda: _attested(people=("ZOE",)),
    "a text for a moment": lambda: _attested(valid_until="tomorrow"),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_whatever_a_verifier_says_loses_no_check_in(
    monkeypatch: pytest.MonkeyPatch, garbage: Callable[[], Any]
) -> None:
    monkeypatch.setattr(ATTESTED, lambda *_: garbage())
    assert _answer(came(by_phone(phone(ZOE), ZOE))) == InsUnreachable(Distrust.TROUBLE.value)


def test_issuers_keys_that_went_away_lose_no_check_in(tmp_path: Path) -> None:
    settings.KIOSK = settings.KIOSK.model_copy(
        update={"appli": settings.KIOSK.appli.model_copy(update={"issuers": tmp_path / "gone"})}
    )
    assert _answer(came(by_phone(phone(ZOE), ZOE))) == InsUnreachable(Distrust.TROUBLE.value)


def test_the_same_attestation_written_otherwise_is_still_the_same() -> None:
    """The last four bits of its signature's base64 say nothing: sixteen writings of one attestation."""
    true = phone(ZOE)
    body, _, signature = true.attestation.rpartition(b"\n")
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = letters.index(signature[-3:-2])
    other = signature[:-3] + letters[at + 1 : at + 2] + b"=="
    assert base64.b64decode(other, validate=True) == base64.b64decode(signature)
    again = AppliContents(true.people, body + b"\n" + other)
    assert isinstance(_answer(came(by_phone(true, ZOE))), InsFound)
    assert _answer(came(by_phone(again, ZOE))) == InsUnreachable(Distrust.USED.value)


def test_a_phone_shown_at_another_visit_qualifies_nobody_at_this_one() -> None:
    """Shown once, not taken; another day somebody comes and is said to be the same person, with her card."""
    client = at_desk()
    first = came(by_phone(phone(ZOE), ZOE))
    path = taken_up(client, first)
    post(client, path + "decision/homonym/")
    assert visit_of(first).person_id is not None and visit_of(first).status == "PROVISIONAL"
    post(client, path + "rendre/")
    later = arrive(ZOE, InsUnreachable("not-asked"), mrz=None, document_kind=None, pictures=())
    path = taken_up(client, later)
    post(client, path + "personne/", whose=str(visit_of(first).person_id))
    assert visit_of(later).person_id == visit_of(first).person_id
    page = get(client, path).content.decode()
    post(client, path + "qualifier/", **SAID)
    assert visit_of(later).status == "PROVISIONAL"
    assert "Aucune pièce à demander" not in page


def test_evidence_that_was_the_phone_goes_when_what_it_says_is_refused() -> None:
    """A phone was lent: refused, nothing of it makes the next answer a qualified one."""
    client = at_desk("marc", "officer")
    check_in = came(by_phone(phone(ZOE), ZOE))
    path = taken_up(client, check_in)
    post(client, path + "qualifier/", **SAID)
    assert visit_of(check_in).status == "QUALIFIED"
    post(client, path + "prendre/")
    post(client, path + "decision/refuse-ins/")
    assert (visit_of(check_in).status, visit_of(check_in).evidence) == ("PROVISIONAL", "")


def test_what_an_earlier_console_kept_of_a_kiosk_is_no_verified_phone() -> None:
    """Taken in by a version that knew no phones, from a kiosk that is believed about INSi."""
    settings.KIOSK = settings.KIOSK.model_copy(update={"trust_kiosk_answers": True})
    lie = InsFound(ZOE.matricule, ZOE.traits(Source.APPLI))
    check_in = arrive(ZOE, lie, **NO_DOCUMENT)
    rewrite(Sealed.objects.filter(arrival=visit_of(check_in)), answer=b"")
    assert _answer(check_in) == InsUnreachable("reported")
    path = taken_up(client := at_desk(), check_in)
    post(client, path + "qualifier/", **SAID)
    assert visit_of(check_in).status == "PROVISIONAL"


def test_another_s_card_beside_a_phone_files_the_visit_under_nobody() -> None:
    client = at_desk()
    first = came(by_phone(phone(ZOE), ZOE))
    post(client, taken_up(client, first) + "qualifier/", **SAID)
    both = came(by_phone(phone(ZOE), ZOE, card=card_of(TOUSSAINT), card_nir=TOUSSAINT.number + TOUSSAINT.key))
    assert visit_of(both).person_id is None and visit_of(both).candidate_id is None
    assert Arrival.objects.filter(person=visit_of(first).person_id).count() == 1
