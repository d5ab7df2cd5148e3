"""What every CardReader must do, on the reader in memory and on the real PC/SC stack: the same sentences for both."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest

from hardware.cards.base import (
    CardGone,
    CardInserted,
    CardMute,
    CardReader,
    CardRemoved,
    ReaderFound,
    ReaderLost,
)
from hardware.cards.card_file import load
from hardware.cards.memory import SLOT, MemoryReader
from hardware.cards.vitale_files import (
    SELECT_ROOT,
    Cancelled,
    NotVitale,
    Unreadable,
    VitaleFiles,
    read_card,
)
from kiosk.app.card_desk import SETTLING_SECONDS
from kiosk.documents.vitale import decode
from tests.cards.stack import CardStack, Listener, card_stack

pytestmark = pytest.mark.timeout(420)  # waiting for the machine's one card service counts


class Bench(Protocol):
    """A reader whose slot a test can reach into."""

    reader: CardReader
    slot: str

    def insert(self, name: str) -> None: ...
    def pull(self) -> None: ...
    def lose_reader(self) -> None: ...
    def find_reader(self) -> None: ...


class MemoryBench:
    def __init__(self) -> None:
        self._memory = MemoryReader()
        self.reader: CardReader = self._memory
        self.slot = SLOT

    def insert(self, name: str) -> None:
        self._memory.insert(load(name))

    def pull(self) -> None:
        self._memory.pull()

    def lose_reader(self) -> None:
        self._memory.unplug()

    def find_reader(self) -> None:
        self._memory.plug()


class PcscBench:
    def __init__(self, stack: CardStack) -> None:
        self._stack = stack
        self.reader: CardReader = stack.reader
        self.slot = "Virtual PCD 00 00"

    def insert(self, name: str) -> None:
        self._stack.card.insert(name)

    def pull(self) -> None:
        self._stack.card.pull()

    def lose_reader(self) -> None:
        self._stack.service.kill()

    def find_reader(self) -> None:
        self._stack.service.restart()


@contextmanager
def _memory() -> Iterator[Bench]:
    yield MemoryBench()


@contextmanager
def _pcsc() -> Iterator[Bench]:
    with card_stack() as stack:
        yield PcscBench(stack)


@pytest.fixture(params=[_memory, pytest.param(_pcsc, marks=pytest.mark.starts)], ids=["memory", "pcsc"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with request.param() as bench:
        yield bench


class TestACardReader:
    def test_tells_first_that_it_is_there(self, bench: Bench) -> None:
        with Listener(bench.reader) as heard:
            assert bench.slot in heard.wait_for(ReaderFound).slots
        assert isinstance(heard.heard[0], ReaderFound)

    def test_tells_a_card_going_in_and_out(self, bench: Bench) -> None:
        with Listener(bench.reader) as heard:
            heard.wait_for(ReaderFound)
            bench.insert("zoe-alone")
            assert heard.wait_for(CardInserted) == CardInserted(bench.slot, load_atr("zoe-alone"))
            bench.pull()
            assert heard.wait_for(CardRemoved) == CardRemoved(bench.slot)

    def test_finds_a_card_that_was_in_before_it_was_listened_to(self, bench: Bench) -> None:
        bench.insert("zoe-alone")
        with Listener(bench.reader) as heard:
            _was_found(heard, bench)

    def test_tells_a_card_that_keeps_mute(self, bench: Bench) -> None:
        with Listener(bench.reader) as heard:
            heard.wait_for(ReaderFound)
            bench.insert("mute")
            assert heard.wait_for(CardMute) == CardMute(bench.slot)
            bench.pull()
            heard.wait_for(CardRemoved)

    def test_is_lost_and_found_again_with_the_card_still_in(self, bench: Bench) -> None:
        bench.insert("zoe-alone")
        with Listener(bench.reader) as heard:
            heard.wait_for(CardInserted)
            bench.lose_reader()
            heard.wait_for(CardRemoved)
            heard.wait_for(ReaderLost)
            bench.find_reader()
            _was_found(heard, bench)
        assert isinstance(read_card(bench.reader, bench.slot), VitaleFiles)

    def test_is_lost_only_once_for_each_reason_while_it_stays_away(self, bench: Bench) -> None:
        with Listener(bench.reader) as heard:
            heard.wait_for(ReaderFound)
            bench.lose_reader()
            heard.wait_for(ReaderLost)
            bench.find_reader()
            heard.wait_for(ReaderFound)
        lost = [event for event in heard.heard if isinstance(event, ReaderLost)]
        assert all(before != after for before, after in itertools.pairwise(lost))

    def test_has_nothing_to_connect_to_in_an_empty_slot(self, bench: Bench) -> None:
        with pytest.raises(CardGone), bench.reader.connect(bench.slot):
            pass

    def test_has_nothing_to_connect_to_in_a_slot_it_does_not_have(self, bench: Bench) -> None:
        with pytest.raises(CardGone), bench.reader.connect("no such slot"):
            pass

    def test_says_that_the_card_is_gone_when_it_leaves_in_the_middle(self, bench: Bench) -> None:
        inserted(bench, "zoe")
        with bench.reader.connect(bench.slot) as card:
            assert card.transmit(SELECT_ROOT) == b"\x90\x00"
            bench.pull()
            with pytest.raises(CardGone):
                card.transmit(SELECT_ROOT)

    def test_reads_again_what_it_has_read_before(self, bench: Bench) -> None:
        inserted(bench, "zoe")
        first, second = read_card(bench.reader, bench.slot), read_card(bench.reader, bench.slot)
        assert isinstance(first, VitaleFiles)
        assert first == second

    @pytest.mark.parametrize(
        ("card", "names"),
        [
            ("zoe-alone", ["ZOE"]),
            ("zoe", ["ZOE", "LINA", "LEO"]),
            ("t1", ["ZOE"]),
            ("chained", ["ZOE"]),
            ("vitale1", ["ZOE"]),
            ("file-map", ["ZOE"]),
            ("hiccup", ["ZOE"]),
            ("marie", ["MARIE-HÉLÈNE"]),
        ],
    )
    def test_reads_a_carte_vitale_whatever_its_manners(self, bench: Bench, card: str, names: list[str]) -> None:
        inserted(bench, card)
        files = read_card(bench.reader, bench.slot)
        assert isinstance(files, VitaleFiles)
        contents = decode(files.identity, files.numbers)
        assert [person.given_name for person in contents.beneficiaries] == names
        assert contents.anomalies == ()

    def test_reads_the_longest_card(self, bench: Bench) -> None:
        inserted(bench, "nineteen")
        files = read_card(bench.reader, bench.slot)
        assert isinstance(files, VitaleFiles)
        contents = decode(files.identity, files.numbers)
        assert len(contents.beneficiaries) == 19
        assert all(person.nir for person in contents.beneficiaries)

    @pytest.mark.parametrize("card", ["bank", "cps"])
    def test_says_nothing_of_another_card(self, bench: Bench, card: str) -> None:
        inserted(bench, card)
        assert read_card(bench.reader, bench.slot) == NotVitale()

    @pytest.mark.parametrize("card", ["endless-61", "endless-6c", "no-status", "long-answers", "silent", "huge"])
    def test_gives_up_on_a_hostile_card(self, bench: Bench, card: str) -> None:
        inserted(bench, card)
        assert isinstance(read_card(bench.reader, bench.slot), Unreadable | NotVitale)

    def test_gives_up_when_nobody_waits_for_it_any_more(self, bench: Bench) -> None:
        inserted(bench, "zoe")
        asked: list[None] = []

        def cancelled() -> bool:
            asked.append(None)
            return len(asked) == 3

        assert read_card(bench.reader, bench.slot, cancelled=cancelled) == Cancelled()
        assert len(asked) == 3

    def test_says_how_far_it_is_and_never_goes_back(self, bench: Bench) -> None:
        inserted(bench, "nineteen")
        fractions: list[float] = []
        read_card(bench.reader, bench.slot, progress=lambda done, expected: fractions.append(done / expected))
        assert fractions == sorted(fractions)
        assert fractions[0] == 0
        assert fractions[-1] == 1
        assert len(fractions) > 5


def _was_found(heard: Listener, bench: Bench) -> None:
    """Said to have been in; or told while the reader settles, which the kiosk takes for the same."""
    heard.wait_for(ReaderFound)
    there_at = time.monotonic()
    found = heard.wait_for(CardInserted)
    assert found.slot == bench.slot
    assert found.found or time.monotonic() - there_at < SETTLING_SECONDS


def load_atr(name: str) -> bytes:
    from hardware.cards.virtual_card import VirtualCard

    return VirtualCard(load(name)).atr


def inserted(bench: Bench, card: str) -> None:
    """Put a card in and wait until the reader says so."""
    with Listener(bench.reader) as heard:
        heard.wait_for(ReaderFound)
        bench.insert(card)
        heard.wait_for(CardInserted)
