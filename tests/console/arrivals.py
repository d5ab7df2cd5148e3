"""Check-ins of fictional people, signed and sealed as a kiosk does it."""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from django.test import Client

from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn, Way
from kiosk.core.identity.traits import NameForm, Source, Traits
from kiosk.core.sources.document import DocumentKind, DocumentPicture, MrzReading, Side
from kiosk.core.sources.insi import InsAnswer, InsFound
from kiosk.core.status.permissions import IdentityStatus
from kiosk.sealing import generate_signer, intake_message, seal, sign, signer_public_pem
from tests.people import Person

SIGNER = generate_signer()
TINY_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQ"
    "CgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)


def found(person: Person) -> InsFound:
    return InsFound(person.matricule, person.traits(Source.INSI))


def original_of(person: Person, **changes: str) -> dict[str, str]:
    """What staff writes of a person's original, to validate without INS."""
    said = {
        "birth_name": person.birth_name,
        "given_names": " ".join(person.given_names),
        "sex": person.sex.value,
        "birth_date": "/".join(reversed(person.birth_date.split("-"))),
        "place": person.birth_place_code,
        "first_given_name": person.given_names[0],
    }
    return said | changes


def card_of(person: Person) -> Traits:
    traits = person.traits(Source.CARD)
    return replace(
        traits,
        birth_name=person.card_name,
        given_names=(person.card_given_name,),
        given_names_text="",
        sex=None,
        birth_place_code="",
    )


def mrz_of(person: Person, *, accepted: bool = True) -> MrzReading:
    traits = replace(person.traits(Source.DOCUMENT), birth_place_code="", given_names_text="", name_form=NameForm.MRZ)
    return MrzReading("TD1", ("I<FRA", "", ""), traits, "X4RTBPFW4", "FRA", "FRA", "2034-01-01", (), (), accepted)


def check_in_of(person: Person, insi: InsAnswer | None = None, **changes: object) -> CheckIn:
    answer = insi or found(person)
    check_in = CheckIn(
        key=str(uuid.uuid4()),
        kiosk="borne-1",
        arrived_at=datetime.now(UTC).isoformat(),
        ticket="A12",
        desk="3",
        status=IdentityStatus.RETRIEVED if isinstance(answer, InsFound) else IdentityStatus.PROVISIONAL,
        card=card_of(person),
        card_anomalies=(),
        card_nir=person.number + person.key,
        birth_rank="1",
        insi=answer,
        document_kind=DocumentKind.FRENCH_ID_2021,
        mrz=mrz_of(person),
        pictures=(DocumentPicture(Side.FIRST, TINY_JPEG),),
    )
    return replace(check_in, **changes)


def sealed(check_in: CheckIn, key: str = "") -> bytes:
    from kiosk.console.records import vault

    context = f"check-in:{key or check_in.key}".encode()
    return seal(codec.to_bytes(check_in), vault.keys().current.public_key, context)


def enrol(name: str = "borne-1") -> None:
    from kiosk.console.terminals import enrolment

    enrolment.enrol(name, signer_public_pem(SIGNER).decode(), who="test")


@cache
def _at_the_kiosk() -> Client:
    """One client for all requests: making one reads every static file again."""
    return Client()


def put(
    path: str,
    body: bytes,
    *,
    kiosk: str = "borne-1",
    sent_at: str = "",
    signature: str = "",
    signer=SIGNER,
    witness: str = "",
    method: str = "PUT",
    address: str = "127.0.0.1",
    headers: Mapping[str, str] | None = None,
):
    """One signed request, as a kiosk sends it."""
    sent_at = sent_at or datetime.now(UTC).isoformat()
    signed = signature or base64.b64encode(sign(intake_message(path, kiosk, sent_at, body), signer)).decode()
    all_headers = {"X-Kiosk": kiosk, "X-Sent-At": sent_at, "X-Signature": signed} | dict(headers or {})
    all_headers |= {"X-Witness": witness} if witness else {}
    said = {"secure": True, "headers": all_headers, "REMOTE_ADDR": address}
    return _at_the_kiosk().generic(method, path, body, "application/octet-stream", **said)


def deliver(check_in: CheckIn):
    return put(f"/intake/check-ins/{check_in.key}", sealed(check_in))


def asked_before(kiosk: str = "borne-1") -> None:
    """The kiosk has asked whether somebody is known, as it does before anybody takes the short path."""
    from django.utils import timezone

    from kiosk.console.models import Recognition

    Recognition.objects.create(terminal_id=kiosk, nonce=uuid.uuid4().bytes, asked_at=timezone.now())


def arrive(person: Person, insi: InsAnswer | None = None, **changes: object) -> CheckIn:
    """A person checked in at the kiosk: taken in by the console."""
    check_in = check_in_of(person, insi, **changes)
    if check_in.way == Way.SHORT:
        asked_before()
    answer = deliver(check_in)
    assert answer.status_code == 201, answer.content
    return check_in
