"""The real reader: PC/SC through pyscard's lowest layer, with our own status loop.

pyscard's card monitor goes silent when the card service (pcscd) dies; this loop tells it, keeps asking, and tells its
return.
"""

import ctypes
import functools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from hardware.cards.base import (
    CardConnection,
    CardExchangeFailed,
    CardGone,
    CardInserted,
    CardMute,
    CardRemoved,
    ReaderFound,
    ReaderLost,
    SlotEvent,
)
from hardware.cards.exchange import exchange
from hardware.cards.patience import Patience, TookTooLong

VIRTUAL = "Virtual PCD"  # the readers of vsmartcard-vpcd

_LOOK = 0.3  # seconds one look at the slots may wait: how soon ``stopped`` and a new reader are seen
_ASK_AGAIN = 0.2  # seconds between two attempts at an absent service
_AFTER_A_REFUSAL = 10  # times as long: the service writes each refusal into the machine's log
_MOST_SLOTS = 16  # PC/SC lite's own limit
_LONGEST_LOOK = 5.0  # seconds one question to the service may take, on the busiest machine
_LONGEST_CALL = 5.0  # seconds any one call may take; a card answers 256 bytes in 0.1
_NOTICE = 0.8  # seconds the service may take to notice that a card left (it looks every 0.4)


class PcscReader:
    """Every slot of every PC/SC reader, or only of those whose name contains ``prefer``: no other one stands in for it.

    ``allow_virtual`` is for demonstration and tests: the virtual reader listens on the network, and whoever reaches it
    is a card.
    """

    def __init__(self, prefer: str = "", allow_virtual: bool = True) -> None:
        self._prefer = prefer
        self._allow_virtual = allow_virtual
        self._given_up: list[Patience] = []

    def events(self, stopped: Callable[[], bool]) -> Iterator[SlotEvent]:
        watch = _Watch(self._prefer, self._allow_virtual, lambda: any(one.is_stuck for one in self._given_up))
        try:
            while not stopped():
                yield from watch.look()
        finally:
            watch.close()

    @contextmanager
    def connect(self, slot: str) -> Iterator[CardConnection]:
        """Open the card in this slot: shared, in a transaction, reset when left. CardGone, CardExchangeFailed."""
        if self._prefer not in slot or (not self._allow_virtual and slot.startswith(VIRTUAL)):
            raise CardGone
        scard = _loaded()
        patience = Patience("card exchange")
        context = handle = None
        try:
            context = _new_context(scard, patience, _LONGEST_CALL)
            opened = _opened(scard, patience, context, slot)
            handle = opened[0]
            yield _PcscConnection(patience, context, opened, slot)
        except TookTooLong as error:
            raise CardExchangeFailed("the card service does not answer") from error
        except _NoService as error:
            raise CardGone from error
        finally:
            if handle is not None:
                patience.afterwards(scard.SCardEndTransaction, handle, scard.SCARD_LEAVE_CARD)
                patience.afterwards(scard.SCardDisconnect, handle, scard.SCARD_RESET_CARD)
            if context is not None:
                patience.afterwards(scard.SCardReleaseContext, context)
            patience.close(_LONGEST_CALL)
            self._given_up = [one for one in (*self._given_up, patience) if one.is_stuck]


def library() -> ModuleType | None:
    """Load the PC/SC client library, late: a machine without it must still run the kiosk. None when it is not there."""
    if sys.platform == "linux" and not _is_installed():
        return None  # pyscard would load all the same, and then only say that there is no service
    try:
        from smartcard import scard  # noqa: PLC0415 - late: a machine without it must still run
    except (ImportError, OSError):
        return None
    module: ModuleType = scard
    return module


@functools.cache
def _is_installed() -> bool:
    """Say whether libpcsclite can be loaded; asked once, as a library installed later needs a restart anyway."""
    try:
        ctypes.CDLL("libpcsclite.so.1")
    except OSError:
        return False
    return True


def _loaded() -> ModuleType:
    scard = library()
    if scard is None:
        raise CardGone
    return scard


def service_state() -> tuple[str, tuple[str, ...]]:
    """Say how the card service is, for ``kiosk doctor``: "ok" and its slots, or a reason of ``ReaderLost``."""
    scard = library()
    if scard is None:
        return "no-library", ()
    patience = Patience("card service")
    context = None
    try:
        context = _new_context(scard, patience, _LONGEST_CALL)
        status, names = patience.call(_LONGEST_CALL, scard.SCardListReaders, context, [])
    except _NoService as error:
        return error.reason, ()
    except TookTooLong:
        return "no-service", ()
    finally:
        if context is not None:
            patience.afterwards(scard.SCardReleaseContext, context)
        patience.close(_LONGEST_CALL)
    if status == scard.SCARD_S_SUCCESS and names:
        return "ok", tuple(names)
    no_reader = status in {scard.SCARD_S_SUCCESS, scard.SCARD_E_NO_READERS_AVAILABLE}
    return ("no-reader" if no_reader else "no-service"), ()


class _Watch:
    """What is known of the slots, and what changed since it was last told."""

    def __init__(
        self, prefer: str, allow_virtual: bool = True, is_kept_waiting: Callable[[], bool] = lambda: False
    ) -> None:
        self._prefer = prefer
        self._allow_virtual = allow_virtual
        self._is_kept_waiting = is_kept_waiting  # by a card, in an exchange that was given up
        self._patience = Patience("card service")
        self._context: int | None = None
        self._slots: dict[str, int] = {}  # raw state by name; empty: no reader told
        self._cards: dict[str, SlotEvent] = {}
        self._seen_empty: set[str] = set()  # what comes there now was seen coming
        self._lost = ""  # the reason told

    def look(self) -> list[SlotEvent]:
        """Wait a moment for something to happen and tell it."""
        scard = library()
        if scard is None:
            return self._absent("no-library")
        if self._patience.is_stuck:
            return self._absent("no-service")
        if self._is_kept_waiting():
            return self._absent("silent")
        try:
            return self._look(scard)
        except _NoService as error:
            return self._absent(error.reason)
        except TookTooLong:
            self._release()  # a service that hangs: done when it has come to itself
            return self._absent("no-service")

    def _look(self, scard: ModuleType) -> list[SlotEvent]:
        call = self._patience.call
        if self._context is None:
            self._context = _new_context(scard, self._patience, _LONGEST_LOOK)
        status, names = call(_LONGEST_LOOK, scard.SCardListReaders, self._context, [])
        if status not in {scard.SCARD_S_SUCCESS, scard.SCARD_E_NO_READERS_AVAILABLE}:
            self._release()
            return self._absent("no-service")
        wanted = self._chosen(names if status == scard.SCARD_S_SUCCESS else [])
        if not wanted:
            return self._absent("no-reader")
        told = self._readers(wanted)
        wait = 0 if told else int(_LOOK * 1000)
        raw = list(self._slots.items())
        status, states = call(_LONGEST_LOOK, scard.SCardGetStatusChange, self._context, wait, raw)
        if status in {scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE}:
            return told  # unplugged just now: the next list says so
        if status not in {scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT}:
            self._release()
            return told + self._absent("no-service", wait=False)
        for name, state, atr in states:
            told += self._slot(scard, name, state, bytes(atr))
        return told

    def close(self) -> None:
        self._release()
        self._patience.close(_LONGEST_LOOK)

    def _release(self) -> None:
        scard = library()
        if self._context is not None and scard is not None:
            self._patience.afterwards(scard.SCardReleaseContext, self._context)
        self._context = None

    def _chosen(self, names: list[str]) -> tuple[str, ...]:
        allowed = [name for name in names if self._allow_virtual or not name.startswith(VIRTUAL)]
        return tuple([name for name in allowed if self._prefer in name][:_MOST_SLOTS])

    def _absent(self, reason: str, wait: bool = True) -> list[SlotEvent]:
        told: list[SlotEvent] = [CardRemoved(name) for name in self._cards]
        if self._lost != reason:
            told.append(ReaderLost(reason))
        self._lost = reason
        self._cards = {}
        self._slots = {}
        self._seen_empty = set()
        if wait and not told:
            time.sleep(_ASK_AGAIN * (_AFTER_A_REFUSAL if reason == "refused" else 1))
        return told

    def _readers(self, wanted: tuple[str, ...]) -> list[SlotEvent]:
        if tuple(self._slots) == wanted:
            return []
        told: list[SlotEvent] = [CardRemoved(name) for name in self._cards if name not in wanted]
        self._cards = {name: card for name, card in self._cards.items() if name in wanted}
        self._slots = {name: self._slots.get(name, 0) for name in wanted}
        self._seen_empty &= set(wanted)
        self._lost = ""
        return [*told, ReaderFound(wanted)]

    def _slot(self, scard: ModuleType, name: str, state: int, atr: bytes) -> list[SlotEvent]:
        before = self._slots[name]
        self._slots[name] = state & ~scard.SCARD_STATE_CHANGED
        known = self._cards.get(name)
        # The upper half counts insertions and removals: a swap faster than we look is still a swap.
        was_swapped = known is not None and before >> 16 != state >> 16
        if was_swapped or not state & (scard.SCARD_STATE_MUTE | scard.SCARD_STATE_PRESENT):
            self._seen_empty.add(name)
        found = name not in self._seen_empty
        now: SlotEvent | None = None
        if state & scard.SCARD_STATE_MUTE:
            now = CardMute(name, found)
        elif state & scard.SCARD_STATE_PRESENT:
            if not atr:
                return []  # being powered: the next state says more
            now = CardInserted(name, atr, found)
        if now == known and not was_swapped:
            return []
        told: list[SlotEvent] = [CardRemoved(name)] if known else []
        if now is None:
            self._cards.pop(name, None)
            return told
        self._cards[name] = now
        return [*told, now]


class _PcscConnection:
    """A transaction with one card. After a failed exchange nothing more is sent: another card may be in by now."""

    def __init__(self, patience: Patience, context: int, opened: tuple[int, int], slot: str) -> None:
        scard = _loaded()
        self._scard = scard
        self._patience = patience
        self._context = context
        self._handle, protocol = opened
        self._pci = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
        self._slot = slot
        self._broken: Exception | None = None

    def transmit(self, command: bytes) -> bytes:
        if self._broken:
            raise self._broken
        try:
            return exchange(self._send, command)
        except TookTooLong as error:
            self._broken = CardExchangeFailed("no answer in time")
            raise self._broken from error
        except (CardGone, CardExchangeFailed) as error:
            self._broken = error
            raise

    def _send(self, command: bytes) -> bytes:
        status, answer = self._patience.call(
            _LONGEST_CALL, self._scard.SCardTransmit, self._handle, self._pci, list(command)
        )
        if status == self._scard.SCARD_S_SUCCESS:
            return bytes(answer)
        if status in _gone(self._scard) or self._left():
            raise CardGone
        raise CardExchangeFailed(f"PC/SC {status & 0xFFFFFFFF:08X}")

    def _left(self) -> bool:
        """Find out whether the card left: the service notices up to half a second later."""
        scard = self._scard
        ends_at = time.monotonic() + _NOTICE
        state = scard.SCARD_STATE_UNAWARE
        first_count: int | None = None
        while (remaining := ends_at - time.monotonic()) > 0:
            status, states = self._patience.call(
                _LONGEST_CALL,
                scard.SCardGetStatusChange,
                self._context,
                max(int(remaining * 1000), 1),
                [(self._slot, state)],
            )
            if status == scard.SCARD_E_TIMEOUT:
                return False
            if status != scard.SCARD_S_SUCCESS or not states:
                return True
            state = states[0][1] & ~scard.SCARD_STATE_CHANGED
            first_count = state >> 16 if first_count is None else first_count
            if not state & scard.SCARD_STATE_PRESENT or state >> 16 != first_count:
                return True
        return False


def _gone(scard: ModuleType) -> frozenset[int]:
    return frozenset(
        {
            scard.SCARD_W_REMOVED_CARD,
            scard.SCARD_E_NO_SMARTCARD,
            scard.SCARD_E_READER_UNAVAILABLE,
            scard.SCARD_E_UNKNOWN_READER,
            scard.SCARD_E_NO_READERS_AVAILABLE,
            scard.SCARD_E_NO_SERVICE,
            scard.SCARD_E_SERVICE_STOPPED,
            scard.SCARD_E_INVALID_HANDLE,
        }
    )


class _NoService(Exception):
    """The card service is not there, or is and lets us not in; ``reason`` as in ``ReaderLost``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _new_context(scard: ModuleType, patience: Patience, seconds: float) -> int:
    """Open a context of our own with the service. _NoService, TookTooLong."""

    def close(late: tuple[int, int]) -> None:
        if late[0] == scard.SCARD_S_SUCCESS:
            scard.SCardReleaseContext(late[1])

    status, context = patience.call(seconds, scard.SCardEstablishContext, scard.SCARD_SCOPE_SYSTEM, undo=close)
    if status == scard.SCARD_W_SECURITY_VIOLATION:
        raise _NoService("refused")  # by polkit, or because no polkit answers: Debian 13's then refuses everybody
    if status != scard.SCARD_S_SUCCESS:
        raise _NoService("no-service")
    return int(context)


def _opened(scard: ModuleType, patience: Patience, context: int, slot: str) -> tuple[int, int]:
    """Connect and begin a transaction, with a bounded wait for another program that holds the card."""
    ends_at = time.monotonic() + 1.5
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    while True:
        status, handle, protocol = patience.call(
            _LONGEST_CALL, scard.SCardConnect, context, slot, scard.SCARD_SHARE_SHARED, protocols
        )
        if status == scard.SCARD_E_SHARING_VIOLATION and time.monotonic() < ends_at:
            time.sleep(0.05)
            continue
        if status in _gone(scard):
            raise CardGone
        if status != scard.SCARD_S_SUCCESS:
            raise CardExchangeFailed(f"PC/SC {status & 0xFFFFFFFF:08X}")
        try:
            _begun(scard, patience, handle, protocols)
        except (CardGone, CardExchangeFailed, TookTooLong):
            patience.afterwards(scard.SCardDisconnect, handle, scard.SCARD_LEAVE_CARD)
            raise
        return handle, protocol


def _begun(scard: ModuleType, patience: Patience, handle: int, protocols: int) -> None:
    status: Any = None
    for _ in range(3):
        status = patience.call(_LONGEST_CALL, scard.SCardBeginTransaction, handle)
        if status != scard.SCARD_W_RESET_CARD:
            break
        # Another program reset the card since: take note and begin again.
        how = (scard.SCARD_SHARE_SHARED, protocols, scard.SCARD_LEAVE_CARD)
        patience.call(_LONGEST_CALL, scard.SCardReconnect, handle, *how)
    if status in _gone(scard):
        raise CardGone
    if status != scard.SCARD_S_SUCCESS:
        raise CardExchangeFailed(f"PC/SC {status & 0xFFFFFFFF:08X}")
