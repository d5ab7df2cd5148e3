"""The whole real path, mistreated: cards pulled at any moment, swapped, and the card service killed under our feet."""

import random
import threading
from pathlib import Path

import pytest

from hardware.cards.base import CardInserted, CardRemoved, ReaderFound, ReaderLost
from hardware.cards.pcsc import PcscReader
from hardware.cards.simulated import PORT
from hardware.cards.simulated_process import SimulatedCardProcess
from hardware.cards.vitale_files import NotVitale, Unreadable, VitaleFiles, VitaleReading, read_card
from kiosk.documents.vitale import decode
from tests.cards.stack import Listener, card_stack
from tests.people import FAMILIES, card_file

pytestmark = pytest.mark.timeout(420)  # waiting for the machine's one card service counts
SLOT = "Virtual PCD 00 00"
SECOND = "Virtual PCD 00 01"


def written(folder: Path, family: str, **options: str | int | float | bool) -> Path:
    path = folder / f"{family}-{len(list(folder.iterdir()))}.toml"
    path.write_text(card_file(FAMILIES[family], **options), encoding="utf-8")
    return path


def names(reading: VitaleReading) -> set[str]:
    assert isinstance(reading, VitaleFiles), reading
    return {one.name for one in decode(reading.identity, reading.numbers).beneficiaries}


def open_handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(("when", "commands"), [("pull_after", [1, 2, 3, 4, 5, 6]), ("pull_within", [1, 4])])
def test_a_card_pulled_at_each_command_is_told_and_the_next_card_is_read_alone(
    tmp_path: Path, when: str, commands: list[int]
) -> None:
    with card_stack() as stack, Listener(stack.reader) as heard:
        for command in commands:
            stack.card.insert(written(tmp_path, "zoe", **{when: command}))
            assert heard.wait_for(CardInserted).slot == SLOT
            reading = read_card(stack.reader, SLOT)
            if command == 6 and when == "pull_after":
                assert names(reading) == {"ADRUN"}
            else:
                assert reading == Unreadable("card-gone")
            assert heard.wait_for(CardRemoved).slot == SLOT
            stack.card.insert("marie")
            heard.wait_for(CardInserted)
            assert names(read_card(stack.reader, SLOT)) == {"MARTIN"}
            stack.card.pull()
            heard.wait_for(CardRemoved)
    events = [type(event) for event in heard.heard if isinstance(event, CardInserted | CardRemoved)]
    assert events == [CardInserted, CardRemoved] * 2 * len(commands)


def test_two_cards_swapped_faster_than_any_hand_are_never_mixed(tmp_path: Path) -> None:
    """Whatever the moment of the swap, a reading is of one card whole, or of none."""
    seed = random.Random(5)
    cards = [written(tmp_path, "zoe"), written(tmp_path, "nineteen")]
    known = {
        frozenset(person.number + person.key for person in FAMILIES[name].people if person.card_has_number)
        for name in ("zoe", "nineteen")
    }
    with card_stack(hand=0) as stack, Listener(stack.reader) as heard:
        for turn in range(8):
            stack.card.insert(cards[turn % 2])
            if turn == 0:
                heard.wait_for(CardInserted)
            readings: list[VitaleReading] = []
            reading = threading.Thread(target=lambda into=readings: into.append(read_card(stack.reader, SLOT)))
            reading.start()
            reading.join(seed.uniform(0, 0.25))
            stack.card.insert(cards[(turn + 1) % 2])
            reading.join(30)
            outcome = readings[0]
            if isinstance(outcome, VitaleFiles):
                contents = decode(outcome.identity, outcome.numbers)
                assert frozenset(one.nir + one.nir_key for one in contents.beneficiaries if one.nir) in known
                assert not contents.anomalies
            else:
                assert isinstance(outcome, Unreadable | NotVitale)


def test_two_slots_are_two_slots(tmp_path: Path) -> None:
    with card_stack() as stack, SimulatedCardProcess(port=PORT + 1) as other, Listener(stack.reader) as heard:
        other.insert("cps")
        assert heard.wait_for(CardInserted).slot == SECOND
        stack.card.insert("zoe")
        assert heard.wait_for(CardInserted).slot == SLOT
        assert read_card(stack.reader, SECOND) == NotVitale()
        assert names(read_card(stack.reader, SLOT)) == {"ADRUN"}
        other.pull()
        assert heard.wait_for(CardRemoved).slot == SECOND


def test_only_the_preferred_reader_is_watched() -> None:
    with card_stack(), Listener(PcscReader("00 01")) as heard:
        assert heard.wait_for(ReaderFound).slots == (SECOND,)


def test_a_card_service_killed_again_and_again_is_found_again_and_nothing_is_left_behind() -> None:
    with card_stack() as stack:
        stack.card.insert("zoe-alone")
        with Listener(stack.reader) as heard:
            heard.wait_for(CardInserted)
            threads, handles = threading.active_count(), open_handles()
            for _ in range(5):
                stack.service.kill()
                heard.wait_for(CardRemoved)
                assert heard.wait_for(ReaderLost).reason == "no-service"
                assert read_card(stack.reader, SLOT) == Unreadable("card-gone")
                stack.service.restart()
                heard.wait_for(ReaderFound)
                heard.wait_for(CardInserted)
                assert names(read_card(stack.reader, SLOT)) == {"ADRUN"}
            assert threading.active_count() == threads
            assert open_handles() <= handles


def test_a_card_service_that_hangs_is_lost_and_found_again_when_it_goes_on() -> None:
    with card_stack() as stack:
        stack.card.insert("zoe-alone")
        with Listener(stack.reader) as heard:
            heard.wait_for(CardInserted)
            stack.service.hang()
            try:
                assert heard.wait_for(ReaderLost).reason == "no-service"
            finally:
                stack.service.go_on()
            heard.wait_for(CardInserted)
            assert names(read_card(stack.reader, SLOT)) == {"ADRUN"}


def test_a_service_killed_in_the_middle_of_a_reading_ends_the_reading() -> None:
    with card_stack() as stack:
        stack.card.insert("nineteen")
        with Listener(stack.reader) as heard:
            heard.wait_for(CardInserted)
            started = threading.Event()
            readings: list[VitaleReading] = []

            def progress(done: int, _expected: int) -> None:
                if done:
                    started.set()

            reading = threading.Thread(target=lambda: readings.append(read_card(stack.reader, SLOT, progress)))
            reading.start()
            assert started.wait(10)
            stack.service.kill()
            reading.join(30)
            assert readings == [Unreadable("card-gone")]
            stack.service.restart()
            heard.wait_for(CardInserted)
            assert names(read_card(stack.reader, SLOT)) == {"NOMBREUX"}


def test_no_card_byte_is_read_twice() -> None:
    with card_stack() as stack, Listener(stack.reader) as heard:
        for name in ("zoe-alone", "zoe", "nineteen", "chained", "t1", "file-map"):
            stack.card.insert(name)
            heard.wait_for(CardInserted)
            assert isinstance(read_card(stack.reader, SLOT), VitaleFiles)
            counted = stack.card.pull()
            heard.wait_for(CardRemoved)
            assert counted["file_bytes"] > 0
            assert counted["file_bytes_again"] == 0
