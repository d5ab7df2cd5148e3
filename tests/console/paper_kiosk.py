"""A kiosk without a screen: cards of fictional people, drawn documents, the rest as it runs in a hall.

The drawn document is read by the real readers, INSi is asked over mutual TLS, the check-in is assembled, sealed, kept
in the outbox and delivered to the console's intake by the kiosk's own code.
"""

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from kiosk import sealing
from kiosk.app.back_office import Place, assemble
from kiosk.capture.reader import read_document
from kiosk.capture.shot import to_jpeg
from kiosk.console.identities.comparing import places
from kiosk.core.checkin.codec import to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.document import DocumentPicture, DocumentReading, Side
from kiosk.core.sources.insi import InsAnswer
from kiosk.core.turn import events as ev
from kiosk.insi.client import InsiClient
from kiosk.storage.delivery import ConsoleLink, Delivered, deliver_waiting
from kiosk.storage.outbox import Outbox
from kiosk.training.draw import Picture, draw
from kiosk.training.holder import SpecimenPerson
from tests.console.arrivals import SIGNER
from tests.console.served import ServedConsole
from tests.people import Person

PLACE = Place("borne-1", "3", "A", "demo")
PATIENT_SECONDS = 4.0


class PaperKiosk:
    """One kiosk of a served console; ``insi`` asks the national service."""

    def __init__(self, folder: Path, served: ServedConsole, insi: InsiClient) -> None:
        self._served = served
        self._insi = insi
        self._outbox = Outbox(folder / "outbox.db")
        self._link = ConsoleLink(served.url, served.folder / "console.pem", PLACE.kiosk, _signed, _now)

    def ask_by_card(self, person: Person, insured: Person | None = None, seconds: float = PATIENT_SECONDS) -> InsAnswer:
        owner = insured.beneficiary() if insured else None
        return self._insi.find_by_card(person.beneficiary(), owner, seconds)

    def ask_by_document(self, reading: DocumentReading) -> InsAnswer:
        assert reading.mrz is not None and reading.mrz.accepted
        return self._insi.find_by_traits(reading.mrz.traits, PATIENT_SECONDS)

    def check_in(
        self,
        beneficiary: Beneficiary | None,
        insi: InsAnswer,
        document: tuple[DocumentReading, tuple[DocumentPicture, ...]] | None,
        insured: Beneficiary | None = None,
    ) -> CheckIn:
        """What one patient left, delivered: the console has it."""
        reading, pictures = document or (None, ())
        order = ev.Submit(
            turn=1,
            beneficiary=beneficiary,
            anomalies=(),
            insi=insi,
            reading=reading,
            pictures=pictures,
            document_refused=document is None,
            insured=insured,
        )
        now = datetime.now(UTC).astimezone()
        key = str(uuid4())
        ticket = self._outbox.next_ticket(now.date().isoformat(), PLACE.ticket_letter)
        check_in = assemble(order, key, ticket, PLACE, now)
        context = f"check-in:{key}".encode()
        self._outbox.put(key, sealing.seal(to_bytes(check_in), self._served.recipient.public_key, context), _now())
        happened, trouble = deliver_waiting(self._outbox, self._link, time.monotonic, lambda: False)
        assert [type(one) for one in happened] == [Delivered], trouble
        return check_in


def document_of(
    person: Person,
    kind: str = "french-id-1988",
    spoilt: Callable[[Picture], Picture] | None = None,
    birth_place: str = "",
) -> tuple[DocumentReading, tuple[DocumentPicture, ...]]:
    """This person's document, drawn and read; ``spoilt`` does something to the picture before.

    It says the place of birth that INSi says, unless ``birth_place`` says another on purpose.
    """
    place = birth_place or printed_place(person.birth_place_code)
    holder = SpecimenPerson(person.birth_name, person.given_names, person.birth_date, person.sex.value, place)
    flat = draw(holder, kind)
    picture = spoilt(flat.picture) if spoilt else flat.picture
    reading = read_document(picture, datetime.now().astimezone().date())  # as the kiosk, by the local calendar
    return reading, (DocumentPicture(Side.FIRST, to_jpeg(picture)),)


def printed_place(code: str) -> str:
    """A place as a document prints it; the communes of invented people do not exist and are called by their code."""
    return places().name(code).upper() or f"COMMUNE {code}"


def _signed(path: str, sent_at: str, body: bytes) -> str:
    return base64.b64encode(sealing.sign(sealing.intake_message(path, PLACE.kiosk, sent_at, body), SIGNER)).decode()


def _now() -> str:
    return datetime.now(UTC).isoformat()
