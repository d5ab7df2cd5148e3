"""A slot that cards go in and out of, and what can be said to a card in it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CardInserted:
    """A card that answers is in."""

    slot: str  # the reader's name
    atr: bytes


@dataclass(frozen=True, slots=True)
class CardMute:
    """Something is in the slot and does not answer: upside down, or not a chip card."""

    slot: str


@dataclass(frozen=True, slots=True)
class CardRemoved:
    slot: str


@dataclass(frozen=True, slots=True)
class ReaderLost:
    """No slot left to put a card in: unplugged, or the card service (pcscd) is gone."""

    reason: str  # "no-service", "no-reader"


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
