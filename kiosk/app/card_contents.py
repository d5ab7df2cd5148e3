"""From what a reader brings (the card's files, or a reading library's records) to who is on the card."""

from hardware.cards.base import VitaleFiles, VitaleRecords
from kiosk.core.sources.card import CardContents
from kiosk.documents.vitale import CardRecord, decode, from_records


def contents_of(reading: VitaleFiles | VitaleRecords) -> CardContents:
    """Decode a reading, whichever way the reader reads. Never raises."""
    if isinstance(reading, VitaleFiles):
        return decode(reading.identity, reading.numbers)
    return from_records(
        CardRecord(one.name, one.given_name, one.birth_date, one.birth_rank, one.number, one.birth_name)
        for one in reading.records
    )
