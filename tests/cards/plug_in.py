"""Two card readers as a site's plug-in would bring them, on our reader in memory: the contract test installs them."""

from collections.abc import Callable

from hardware.cards.base import Cancelled, NotVitale, Unreadable, VitaleFiles, VitaleRecord, VitaleRecords
from hardware.cards.memory import MemoryReader
from hardware.cards.vitale_files import read_vitale_files
from kiosk.documents.vitale import decode

MADE: list[MemoryReader] = []  # the last one is the one a test reaches into


def exchanging(_prefer: str) -> MemoryReader:
    """Make a reader that lets the kiosk exchange with the card."""
    reader = MemoryReader()
    MADE.append(reader)
    return reader


class _Library(MemoryReader):
    """Stands in for a licensed library: decodes by itself, gives texts."""

    def read_vitale(
        self, slot: str, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> VitaleRecords | NotVitale | Unreadable | Cancelled:
        from hardware.cards.base import CardExchangeFailed, CardGone

        try:
            with self.connect(slot) as connection:
                reading = read_vitale_files(connection, progress, cancelled)
        except CardGone:
            return Unreadable("card-gone")
        except CardExchangeFailed:
            return Unreadable("exchange-failed")
        if not isinstance(reading, VitaleFiles):
            assert not isinstance(reading, VitaleRecords)
            return reading
        return VitaleRecords(
            tuple(
                VitaleRecord(
                    one.name, one.given_name, one.birth_date.replace("-", ""), one.birth_rank, one.nir + one.nir_key
                )
                for one in decode(reading.identity, reading.numbers).beneficiaries
            )
        )


def decoding(_prefer: str) -> MemoryReader:
    """Make a reader that reads by itself."""
    reader = _Library()
    MADE.append(reader)
    return reader
