"""A slot that cards go in and out of, and what can be said to a card in it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class CardInserted:
    """A card that answers is in; for a reader without contacts, something to be read is before it."""

    slot: str  # the reader's name
    atr: bytes  # answer to reset; empty where there is no such thing
    found: bool = False  # it was in when its slot was first looked at: nobody was seen putting it there


@dataclass(frozen=True, slots=True)
class CardMute:
    """Something is in the slot and does not answer: upside down, or not a chip card."""

    slot: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class CardRemoved:
    slot: str


@dataclass(frozen=True, slots=True)
class ReaderLost:
    """No slot left to put a card in: unplugged, or the card service (pcscd) is gone or refuses us."""

    reason: str  # "no-library", "no-service", "refused", "no-reader", "silent": a card in it keeps it waiting


@dataclass(frozen=True, slots=True)
class ReaderFound:
    slots: tuple[str, ...]


SlotEvent = CardInserted | CardMute | CardRemoved | ReaderLost | ReaderFound


class CardGone(Exception):
    """The card left, or the reader with it, in the middle of an exchange."""


class CardExchangeFailed(Exception):
    """The card is there and does not answer sensibly, after the bounded retries."""


class CardConnection(Protocol):
    """A card in a transaction of ours; reset when left."""

    def transmit(self, command: bytes) -> bytes:
        """Send a command APDU, answer the response with its two status bytes. CardGone, CardExchangeFailed."""
        ...


class CardReader(Protocol):
    """A slot that cards go in and out of."""

    def events(self, stopped: Callable[[], bool]) -> Iterator[SlotEvent]:
        """Yield what happens until ``stopped`` says so: losing the reader is an event, never an exception."""
        ...

    def connect(self, slot: str) -> AbstractContextManager[CardConnection]:
        """Open the card in this slot for one reading. CardGone when there is none."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class VitaleFiles:
    """The two files as they are on the card; personal data, so they never print themselves."""

    identity: bytes  # file 2 of the root: names and dates of birth
    numbers: bytes  # file 2 of the application VITALE: NIR, in the same order
    commands: int  # how many were sent

    def __repr__(self) -> str:
        return "<VitaleFiles: confidential>"


@dataclass(frozen=True, slots=True, repr=False)
class VitaleRecord:
    """One record of a library that decodes by itself: the texts as it gives them, empty where it gives none."""

    name: str = ""
    given_name: str = ""
    birth_date: str = ""  # YYYYMMDD, as on the card
    birth_rank: str = ""  # rang gémellaire
    number: str = ""  # NIR, 13 characters and its key
    birth_name: str = ""  # nom de naissance, where the library tells it from the name in use

    def __repr__(self) -> str:
        return "<VitaleRecord: confidential>"


@dataclass(frozen=True, slots=True, repr=False)
class VitaleRecords:
    """What such a library read, the insured first."""

    records: tuple[VitaleRecord, ...]

    def __repr__(self) -> str:
        return "<VitaleRecords: confidential>"


@dataclass(frozen=True, slots=True)
class NotVitale:
    """Another card: bank card, professional card (CPS), anything. Nothing more is said of it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A carte Vitale, or perhaps one, that could not be read to its end."""

    reason: str  # "card-gone", "exchange-failed", "no-file", "too-long", "too-many-commands"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Given up because nobody waits for it any more."""


VitaleReading = VitaleFiles | VitaleRecords | NotVitale | Unreadable | Cancelled


@runtime_checkable
class ReadsByItself(Protocol):
    """A reader that brings its own reading of the carte Vitale.

    For the licensed reading library, which gives no raw exchange. Such a reader never gets asked to ``connect``.
    """

    def read_vitale(
        self, slot: str, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> VitaleRecords | NotVitale | Unreadable | Cancelled:
        """Read what is in this slot; never raise. ``cancelled`` is asked as often as the library allows."""
        ...
