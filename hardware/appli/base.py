"""A reader that phones are shown to (QR code or NFC). Its slot events are the card reader's: a phone is there, or gone.

No contract of the application is public. Whoever has one with the GIE SESAM-Vitale plugs their reader in here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from hardware.cards.base import Cancelled, SlotEvent, Unreadable


@dataclass(frozen=True, slots=True, repr=False)
class AppliRecord:
    """The holder or a dependant: the texts as the application gives them, empty where it gives none."""

    birth_name: str = ""
    given_names: tuple[str, ...] = ()  # in their official order
    birth_date: str = ""  # YYYY-MM-DD
    sex: str = ""  # M or F
    birth_place: str = ""  # COG
    birth_rank: str = "1"  # rang gémellaire
    number: str = ""  # matricule INS, 13 characters
    key: str = ""
    oid: str = ""

    def __repr__(self) -> str:
        return "<AppliRecord: confidential>"


@dataclass(frozen=True, slots=True, repr=False)
class AppliRecords:
    """What a phone showed: who is on it, the holder first, and what the application signed of it, as it stands."""

    records: tuple[AppliRecord, ...]
    attestation: bytes  # opaque to the kiosk; 16 KiB at most

    def __repr__(self) -> str:
        return "<AppliRecords: confidential>"


AppliReading = AppliRecords | Unreadable | Cancelled


class PhoneReader(Protocol):
    """A place to show a phone to."""

    def events(self, stopped: Callable[[], bool]) -> Iterator[SlotEvent]:
        """Yield what happens until ``stopped`` says so: losing the reader is an event, never an exception."""
        ...

    def read_appli(
        self, slot: str, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> AppliReading:
        """Read what the phone there shows; never raise. Nothing is read before this is called."""
        ...
