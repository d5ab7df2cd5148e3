"""What the virtual reader cannot do: readers plugged and unplugged, a service that hangs.

The PC/SC library is scripted here; every other test of the reader has the real one.
"""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from hardware.cards import pcsc
from hardware.cards.base import (
    CardExchangeFailed,
    CardGone,
    CardInserted,
    CardMute,
    CardRemoved,
    ReaderFound,
    ReaderLost,
    SlotEvent,
)
from hardware.cards.pcsc import PcscReader, service_state

ATR = [0x3B, 0x75]
PRESENT, EMPTY, MUTE, CHANGED = 0x20, 0x10, 0x200, 0x2


class ScriptedLibrary(SimpleNamespace):
    """``smartcard.scard`` as the table of readers below says: name → (state, ATR). None: the service is gone."""

    SCARD_S_SUCCESS = 0
    SCARD_SCOPE_SYSTEM = 2
    SCARD_SHARE_SHARED = 2
    SCARD_PROTOCOL_T0 = SCARD_PCI_T0 = 1
    SCARD_PROTOCOL_T1 = SCARD_PCI_T1 = 2
    SCARD_LEAVE_CARD, SCARD_RESET_CARD = 0, 1
    SCARD_STATE_UNAWARE, SCARD_STATE_CHANGED, SCARD_STATE_PRESENT, SCARD_STATE_MUTE = 0, CHANGED, PRESENT, MUTE
    SCARD_E_TIMEOUT, SCARD_E_NO_READERS_AVAILABLE, SCARD_E_NO_SERVICE = 11, 12, 13
    SCARD_E_UNKNOWN_READER, SCARD_E_READER_UNAVAILABLE, SCARD_E_NO_SMARTCARD = 14, 15, 16
    SCARD_E_SHARING_VIOLATION, SCARD_W_REMOVED_CARD, SCARD_W_RESET_CARD = 17, 18, 19
    SCARD_E_SERVICE_STOPPED, SCARD_E_INVALID_HANDLE, SCARD_W_UNRESPONSIVE_CARD = 20, 21, 22
    SCARD_W_SECURITY_VIOLATION = 23

    def __init__(self) -> None:
        super().__init__(
            SCardEstablishContext=self.establish_context,
            SCardReleaseContext=self.release_context,
            SCardListReaders=self.list_readers,
            SCardGetStatusChange=self.status_change,
            SCardConnect=self.connect,
            SCardBeginTransaction=self.begin_transaction,
            SCardReconnect=self.reconnect,
            SCardEndTransaction=self.end_transaction,
            SCardDisconnect=self.disconnect,
            SCardTransmit=self.transmit,
        )
        self.readers: dict[str, tuple[int, list[int]]] | None = {}
        self.refuses = False
        self.released = 0
        self.established = 0
        self.hang = threading.Event()
        self.hang.set()
        self.connects = [self.SCARD_S_SUCCESS]
        self.begins = [self.SCARD_S_SUCCESS]
        self.done: list[str] = []

    def establish_context(self, _scope: int) -> tuple[int, int]:
        self.hang.wait(20)
        if self.refuses:
            return self.SCARD_W_SECURITY_VIOLATION, 0
        if self.readers is None:
            return self.SCARD_E_NO_SERVICE, 0
        self.established += 1
        return 0, self.established

    def release_context(self, _context: int) -> int:
        self.released += 1
        return 0

    def list_readers(self, _context: int, _groups: list[str]) -> tuple[int, list[str]]:
        self.hang.wait(20)
        if self.readers is None:
            return self.SCARD_E_NO_SERVICE, []
        return (0, list(self.readers)) if self.readers else (self.SCARD_E_NO_READERS_AVAILABLE, [])

    def status_change(self, _context: int, _wait: int, slots: list[tuple[str, int]]) -> Any:
        if self.readers is None:
            return self.SCARD_E_NO_SERVICE, []
        if any(name not in self.readers for name, _ in slots):
            return self.SCARD_E_UNKNOWN_READER, []
        return 0, [(name, *self.readers[name]) for name, _ in slots]

    def connect(self, *_: Any) -> tuple[int, int, int]:
        return (self.connects.pop(0) if len(self.connects) > 1 else self.connects[0]), 7, 1

    def begin_transaction(self, _handle: int) -> int:
        return self.begins.pop(0) if len(self.begins) > 1 else self.begins[0]

    def reconnect(self, *_: Any) -> tuple[int, int]:
        self.done.append("reconnect")
        return 0, 1

    def end_transaction(self, *_: Any) -> int:
        self.done.append("end")
        return 0

    def disconnect(self, _handle: int, how: int) -> int:
        self.done.append("reset" if how == self.SCARD_RESET_CARD else "leave")
        return 0

    def transmit(self, *_: Any) -> tuple[int, list[int]]:
        self.hang.wait(20)
        return 0, [0x90, 0x00]


@pytest.fixture
def scard(monkeypatch: pytest.MonkeyPatch) -> ScriptedLibrary:
    library = ScriptedLibrary()
    monkeypatch.setattr(pcsc, "library", lambda: library)
    monkeypatch.setattr(pcsc, "_ASK_AGAIN", 0.001)
    return library


def looks(watch: pcsc._Watch, times: int = 2) -> list[SlotEvent]:
    return [event for _ in range(times) for event in watch.look()]


def test_readers_plugged_and_unplugged_are_told_with_their_cards(scard: ScriptedLibrary) -> None:
    watch = pcsc._Watch("")
    assert looks(watch) == [ReaderLost("no-reader")]
    scard.readers = {"A": (EMPTY, [])}
    assert looks(watch) == [ReaderFound(("A",))]
    scard.readers = {"A": (EMPTY, []), "B": (PRESENT, ATR)}
    assert looks(watch) == [ReaderFound(("A", "B")), CardInserted("B", bytes(ATR), found=True)]
    scard.readers = {"A": (EMPTY, [])}
    assert looks(watch) == [CardRemoved("B"), ReaderFound(("A",))]
    scard.readers = {}
    assert looks(watch, 5) == [ReaderLost("no-reader")]
    watch.close()
    assert scard.released == scard.established


def test_another_reason_for_the_loss_is_told_too(scard: ScriptedLibrary) -> None:
    watch = pcsc._Watch("")
    scard.readers = {"A": (PRESENT, ATR)}
    looks(watch)
    scard.readers = None
    assert looks(watch, 4) == [CardRemoved("A"), ReaderLost("no-service")]
    scard.readers = {}
    assert looks(watch, 4) == [ReaderLost("no-reader")]
    scard.readers = {"A": (PRESENT, ATR)}
    assert looks(watch) == [ReaderFound(("A",)), CardInserted("A", bytes(ATR), found=True)]
    watch.close()
    assert scard.released == scard.established


def test_a_service_that_refuses_us_is_told_as_one_and_found_when_it_no_longer_does(scard: ScriptedLibrary) -> None:
    scard.readers = {"A": (PRESENT, ATR)}
    scard.refuses = True
    watch = pcsc._Watch("")
    assert looks(watch, 5) == [ReaderLost("refused")]
    assert service_state() == ("refused", ())
    with pytest.raises(CardGone), PcscReader().connect("A"):
        pass
    scard.refuses = False
    assert looks(watch) == [ReaderFound(("A",)), CardInserted("A", bytes(ATR), found=True)]
    watch.close()
    assert scard.released == scard.established


def test_a_swap_faster_than_we_look_is_still_a_swap(scard: ScriptedLibrary) -> None:
    watch = pcsc._Watch("")
    scard.readers = {"A": (PRESENT | 1 << 16, ATR)}
    looks(watch)
    scard.readers = {"A": (PRESENT | CHANGED | 3 << 16, ATR)}
    assert looks(watch) == [CardRemoved("A"), CardInserted("A", bytes(ATR))]
    watch.close()


def test_a_card_being_powered_is_told_once_it_answers(scard: ScriptedLibrary) -> None:
    watch = pcsc._Watch("")
    scard.readers = {"A": (PRESENT, [])}
    assert looks(watch) == [ReaderFound(("A",))]
    scard.readers = {"A": (PRESENT, ATR)}
    assert looks(watch) == [CardInserted("A", bytes(ATR), found=True)]
    watch.close()


def test_a_card_is_only_seen_coming_where_its_slot_was_seen_empty(scard: ScriptedLibrary) -> None:
    scard.readers = {"A": (PRESENT | MUTE, [])}
    watch = pcsc._Watch("")
    assert looks(watch) == [ReaderFound(("A",)), CardMute("A", found=True)]
    scard.readers = {"A": (PRESENT, ATR)}  # the same one comes to itself
    assert looks(watch) == [CardRemoved("A"), CardInserted("A", bytes(ATR), found=True)]
    scard.readers = {"A": (EMPTY | 1 << 16, [])}
    assert looks(watch) == [CardRemoved("A")]
    scard.readers = {"A": (PRESENT | 2 << 16, ATR)}
    assert looks(watch) == [CardInserted("A", bytes(ATR))]
    watch.close()


def test_a_mute_card_turned_round_is_a_card(scard: ScriptedLibrary) -> None:
    watch = pcsc._Watch("")
    scard.readers = {"A": (EMPTY, [])}
    assert looks(watch) == [ReaderFound(("A",))]
    scard.readers = {"A": (PRESENT | MUTE | 1 << 16, [])}
    assert looks(watch) == [CardMute("A")]
    scard.readers = {"A": (PRESENT | 3 << 16, ATR)}
    assert looks(watch) == [CardRemoved("A"), CardInserted("A", bytes(ATR))]
    watch.close()


def test_no_other_reader_stands_in_for_the_one_that_is_named(scard: ScriptedLibrary) -> None:
    """Whoever plugs a reader of their own in, and the named one out, would have the kiosk read their cards."""
    watch = pcsc._Watch("Gem")
    scard.readers = {"A": (EMPTY, []), "Gem 00": (EMPTY, [])}
    assert looks(watch) == [ReaderFound(("Gem 00",))]
    scard.readers = {"A": (PRESENT, ATR)}
    assert looks(watch) == [ReaderLost("no-reader")]
    scard.readers = {"A": (PRESENT, ATR), "Gem 00": (EMPTY, [])}
    assert looks(watch) == [ReaderFound(("Gem 00",))]
    watch.close()
    with pytest.raises(CardGone), PcscReader("Gem").connect("A"):
        raise AssertionError("another reader was opened")


def test_a_virtual_reader_is_no_reader_where_none_is_allowed(scard: ScriptedLibrary) -> None:
    """It listens on the network: in production whoever reaches it would be a card."""
    watch = pcsc._Watch("", allow_virtual=False)
    scard.readers = {"Virtual PCD 00 00": (PRESENT, ATR)}
    assert looks(watch) == [ReaderLost("no-reader")]
    scard.readers["Gem 00"] = (EMPTY, [])
    assert looks(watch) == [ReaderFound(("Gem 00",))]
    watch.close()
    with pytest.raises(CardGone), PcscReader(allow_virtual=False).connect("Virtual PCD 00 00"):
        pass


def test_a_service_that_hangs_is_a_lost_service_and_is_found_again(
    scard: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pcsc, "_LONGEST_LOOK", 0.05)
    watch = pcsc._Watch("")
    scard.readers = {"A": (PRESENT, ATR)}
    looks(watch)
    threads = threading.active_count()
    scard.hang.clear()
    assert looks(watch, 5) == [CardRemoved("A"), ReaderLost("no-service")]
    assert threading.active_count() == threads  # however often it is asked
    scard.hang.set()
    heard: list[SlotEvent] = []
    while ReaderFound(("A",)) not in heard:
        heard += watch.look()
    found = CardInserted("A", bytes(ATR), found=True)
    assert heard[-1] == found or looks(watch) == [found]
    watch.close()
    assert scard.released == scard.established


def test_without_the_library_the_reader_is_lost_and_nothing_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcsc, "library", lambda: None)
    monkeypatch.setattr(pcsc, "_ASK_AGAIN", 0.001)
    assert looks(pcsc._Watch(""), 5) == [ReaderLost("no-library")]
    assert service_state() == ("no-library", ())
    with pytest.raises(CardGone), PcscReader().connect("A"):
        pass


def test_the_service_is_described_for_the_doctor(scard: ScriptedLibrary) -> None:
    assert service_state() == ("no-reader", ())
    scard.readers = {"A": (EMPTY, [])}
    assert service_state() == ("ok", ("A",))
    scard.readers = None
    assert service_state() == ("no-service", ())


class TestAConnection:
    def test_is_reset_when_left_so_that_the_next_reading_starts_afresh(self, scard: ScriptedLibrary) -> None:
        scard.readers = {"A": (PRESENT, ATR)}
        with PcscReader().connect("A") as card:
            assert card.transmit(b"\x00\xa4\x00\x00\x02\x3f\x00") == b"\x90\x00"
        assert scard.done == ["end", "reset"]
        assert scard.released == scard.established

    def test_waits_for_another_program_to_let_go_of_the_card(self, scard: ScriptedLibrary) -> None:
        scard.connects = [scard.SCARD_E_SHARING_VIOLATION] * 3 + [0]
        with PcscReader().connect("A") as card:
            assert card.transmit(b"\x00\xa4\x00\x00\x02\x3f\x00") == b"\x90\x00"

    def test_takes_note_of_a_reset_by_another_program(self, scard: ScriptedLibrary) -> None:
        scard.begins = [scard.SCARD_W_RESET_CARD, 0]
        with PcscReader().connect("A"):
            pass
        assert scard.done == ["reconnect", "end", "reset"]

    @pytest.mark.parametrize(
        ("status", "error"),
        [("SCARD_E_NO_SMARTCARD", CardGone), ("SCARD_W_UNRESPONSIVE_CARD", CardExchangeFailed)],
    )
    def test_is_refused_by_its_reason(self, scard: ScriptedLibrary, status: str, error: type[Exception]) -> None:
        scard.connects = [getattr(scard, status)]
        with pytest.raises(error), PcscReader().connect("A"):
            pass
        assert scard.released == scard.established

    def test_with_a_silent_card_the_reader_is_lost_until_the_card_speaks_or_leaves(
        self, scard: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pcsc, "_LONGEST_CALL", 0.05)
        scard.readers = {"A": (PRESENT, ATR)}
        reader = PcscReader()
        events = reader.events(lambda: False)
        assert next(events) == ReaderFound(("A",))
        assert next(events) == CardInserted("A", bytes(ATR), found=True)
        with pytest.raises(CardExchangeFailed), reader.connect("A") as card:
            scard.hang.clear()
            card.transmit(b"\x00\xa4\x00\x00\x02\x3f\x00")
        assert [next(events), next(events)] == [CardRemoved("A"), ReaderLost("silent")]
        scard.hang.set()
        assert [next(events), next(events)] == [ReaderFound(("A",)), CardInserted("A", bytes(ATR), found=True)]

    def test_with_a_silent_card_ends_in_time_and_is_tidied_when_the_card_speaks_or_leaves(
        self, scard: ScriptedLibrary, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pcsc, "_LONGEST_CALL", 0.05)
        before = set(threading.enumerate())
        with pytest.raises(CardExchangeFailed), PcscReader().connect("A") as card:
            scard.hang.clear()
            card.transmit(b"\x00\xa4\x00\x00\x02\x3f\x00")
        assert scard.done == []
        scard.hang.set()
        for thread in set(threading.enumerate()) - before:
            thread.join(10)
        assert scard.done == ["end", "reset"]
        assert scard.released == scard.established
