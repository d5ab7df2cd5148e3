"""Phones of fictional people, an issuer of the tests' own, and the check-ins that a kiosk makes of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.appli.simulated import VALID_FOR, attestation
from kiosk.console.config import AppliVerifierSection, ServerSettings
from kiosk.console.models import Arrival, Question
from kiosk.console.upkeep import insi_again
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.appli import AppliContents, AppliPerson
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.sealing import generate_signer, signer_public_pem
from tests.console.arrivals import check_in_of, deliver
from tests.console.staff import get
from tests.demo.phones import STRUCTURE, on_phone
from tests.people import Person

ISSUER = generate_signer()
NO_DOCUMENT = {"card": None, "card_nir": "", "mrz": None, "document_kind": None, "pictures": ()}


def section(folder: Path) -> AppliVerifierSection:
    """A console that knows this issuer, and nobody else's key."""
    issuers = folder / "issuers"
    issuers.mkdir(exist_ok=True)
    (issuers / "tests.pem").write_bytes(signer_public_pem(ISSUER))
    return AppliVerifierSection(verifier="simulated", issuers=issuers, structure=STRUCTURE)


def verifying(console: ServerSettings, folder: Path) -> ServerSettings:
    """A console as it is delivered, which knows the issuer of the tests' phones; INSi is there, and not to be asked."""
    changes = {
        "trust_kiosk_answers": False,
        "insi": object(),
        "appli": section(folder),
        "intake_per_minute": 100_000,
        "intake_per_hour": 1_000_000,
    }
    return console.model_copy(update=changes)


def phone(
    *people: Person,
    ago: timedelta = timedelta(minutes=1),
    audience: str = STRUCTURE,
    issuer=ISSUER,
    valid_for: timedelta = VALID_FOR,
    shown: Sequence[AppliPerson] = (),
) -> AppliContents:
    """What somebody's phone shows, the holder first."""
    said = (*shown, *map(on_phone, people))
    made_at = datetime.now(UTC) - ago
    return AppliContents(said, attestation(said, made_at, audience, issuer, valid_for=valid_for))


def by_phone(contents: AppliContents, person: Person, chosen: int = 0, **changes: object) -> CheckIn:
    """The check-in of who was chosen on a phone: no card, no document, nothing asked."""
    said = {**NO_DOCUMENT, "appli": contents.said_of(chosen), **changes}
    return check_in_of(person, InsUnreachable("not-asked"), **said)


def came(check_in: CheckIn) -> CheckIn:
    """Brought by a kiosk, and taken in."""
    answer = deliver(check_in)
    assert answer.status_code == 201, answer.content
    return check_in


def read_page(client: Any, path: str) -> str:
    """What staff read."""
    return get(client, path).content.decode().replace("&#x27;", "’").replace("&nbsp;", " ").replace("\u00a0", " ")


def nothing_is_asked() -> None:
    """Neither the worker nor the console has anything to ask about the visits that are here."""
    assert not insi_again.insi_once(_never_asked)
    assert not Arrival.objects.exclude(insi_next_at=None).exists()
    assert not Question.objects.exists()


def _never_asked(*_questions: object) -> InsFound:
    raise AssertionError("INSi was asked about somebody who showed an appli carte Vitale")
