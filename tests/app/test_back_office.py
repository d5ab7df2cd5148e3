"""What a turn collected becomes one check-in, sealed before it is kept."""

from datetime import UTC, datetime
from pathlib import Path

from kiosk import sealing
from kiosk.app.back_office import Place, StoreRoom, assemble
from kiosk.core.checkin.codec import from_bytes, to_bytes
from kiosk.core.sources.document import (
    DocumentKind,
    DocumentPicture,
    DocumentReading,
    SealReading,
    SealVerdict,
    Side,
    Validity,
    ValidityStatus,
)
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.turn import events as ev
from kiosk.storage.outbox import Outbox
from tests.demo.processes import wait_until
from tests.people import LEO, ZOE

PLACE = Place("hall-1", "3", "A")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def order(**changes: object) -> ev.Submit:
    values: dict[str, object] = {
        "turn": 1,
        "beneficiary": ZOE.beneficiary(),
        "anomalies": (),
        "insi": InsFound(ZOE.matricule, ZOE.traits()),
        "reading": None,
        "pictures": (DocumentPicture(Side.FIRST, b"\xff\xd8jpeg"),),
        "document_refused": False,
    }
    return ev.Submit(**(values | changes))


def test_an_identity_insi_knows_and_the_card_agrees_with_is_retrieved() -> None:
    check_in = assemble(order(), "key", "A1", PLACE, NOW)
    assert check_in.status is IdentityStatus.RETRIEVED
    assert check_in.card_nir == ZOE.number + ZOE.key


def test_an_answer_about_somebody_else_is_not_retrieved() -> None:
    check_in = assemble(order(insi=InsFound(LEO.matricule, LEO.traits())), "key", "A1", PLACE, NOW)
    assert check_in.status is IdentityStatus.PROVISIONAL


def test_a_child_without_a_number_keeps_the_insured_persons_beside_and_never_as_its_own() -> None:
    child = LEO.beneficiary()
    assert child.nir == ""
    check_in = assemble(
        order(beneficiary=child, insured=ZOE.beneficiary(), insi=InsUnreachable("timeout")), "key", "A1", PLACE, NOW
    )
    assert check_in.card_nir == ""
    assert check_in.insured_nir == ZOE.number + ZOE.key


def test_the_seal_and_the_validity_of_the_document_reach_staff() -> None:
    seal = SealReading(SealVerdict.FALSE, "FR05-0001", "2023-05-02", (("birth_name", "ADRUN"),))
    validity = Validity(ValidityStatus.EXPIRED, "2024-05")
    reading = DocumentReading(DocumentKind.FRENCH_ID_2021, seal=seal, validity=validity)
    check_in = assemble(order(reading=reading), "key", "A1", PLACE, NOW)
    assert (check_in.seal, check_in.document_validity) == (seal, validity)
    assert from_bytes(to_bytes(check_in)) == check_in


def test_when_the_patient_is_told_the_sealed_check_in_is_on_the_disk(tmp_path: Path) -> None:
    private = sealing.generate_recipient()
    outbox = Outbox(tmp_path / "outbox.db")
    posted: list[ev.Event] = []
    kept_when_told: list[list[str]] = []

    def post(event: ev.Event) -> None:
        posted.append(event)
        kept_when_told.append(Outbox(tmp_path / "outbox.db").waiting())

    room = StoreRoom(
        outbox, lambda plain, context: sealing.seal(plain, private.public_key, context), PLACE, post, lambda: None
    )
    room.start()
    room.submit(order())
    wait_until(lambda: posted, 20, "an answer")
    room.stop()
    assert posted == [ev.Stored(1, "A1")]
    [[key]] = kept_when_told
    sealed = outbox.sealed(key)
    assert sealed is not None
    opened = from_bytes(sealing.open_sealed(sealed, private, b"check-in:" + key.encode()))
    assert (opened.key, opened.ticket, opened.status) == (key, "A1", IdentityStatus.RETRIEVED)
