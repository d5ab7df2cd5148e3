"""The reading procedure, step by step, on cards that answer as they are told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.base import CardConnection, CardExchangeFailed, CardGone, SlotEvent
from hardware.cards.card_file import load
from hardware.cards.exchange import exchange
from hardware.cards.memory import SLOT, MemoryReader
from hardware.cards.virtual_card import AID_MASTER, AID_VITALE, VirtualCard
from hardware.cards.vitale_files import (
    MOST_ATTEMPTS,
    MOST_COMMANDS,
    SELECT_FILE_MAP,
    SELECT_ROOT,
    SELECT_VITALE,
    Cancelled,
    Unreadable,
    VitaleFiles,
    file_map,
    read_card,
    read_vitale_files,
)
from hardware.tlv import encode, ends_in_padding, objects

OK, NOT_FOUND = b"\x90\x00", b"\x6a\x82"
ZOE = load("zoe")


class Told:
    """A connection that answers from a function and remembers what it was asked."""

    def __init__(self, answers: Callable[[bytes], bytes]) -> None:
        self.answers = answers
        self.asked: list[bytes] = []

    def transmit(self, command: bytes) -> bytes:
        self.asked.append(command)
        return self.answers(command)


def behaving(**changes: object) -> Callable[[bytes], bytes]:
    """The answers of Zoe's card, with these changes to its description."""
    card = VirtualCard(replace(ZOE, **changes))

    def answer(command: bytes) -> bytes:
        return exchange(lambda one: card.answer(one) or b"", command)

    return answer


ZOES_FILES = read_vitale_files(Told(behaving()))


def test_a_plain_card_takes_four_commands() -> None:
    connection = Told(behaving())
    assert isinstance(read_vitale_files(connection), VitaleFiles)
    read = bytes.fromhex("00B0820000")
    assert connection.asked == [SELECT_ROOT, read, SELECT_VITALE, read]


def test_a_selection_with_a_warning_selects() -> None:
    behave = behaving()
    assert read_vitale_files(Told(lambda c: b"\x62\x83" if behave(c) == OK else behave(c))) == ZOES_FILES


@pytest.mark.parametrize("refused", [b"\x6a\x82", b"\x69\x82", b"\x91\x00", b"\x60\x00"])
def test_a_card_whose_application_cannot_be_selected_is_not_a_vitale(refused: bytes) -> None:
    behave = behaving()
    reading = read_vitale_files(Told(lambda c: refused if c == SELECT_VITALE else behave(c)))
    assert type(reading).__name__ == "NotVitale"


def test_a_vitale_without_its_identity_file_is_unreadable() -> None:
    reading = read_vitale_files(Told(lambda c: OK if c in {SELECT_ROOT, SELECT_VITALE} else NOT_FOUND))
    assert reading == Unreadable("no-file")


def test_a_vitale_without_numbers_still_says_who_is_on_it() -> None:
    behave = behaving()
    in_application = False

    def answer(command: bytes) -> bytes:
        nonlocal in_application
        in_application |= command == SELECT_VITALE
        return NOT_FOUND if in_application and command != SELECT_VITALE else behave(command)

    reading = read_vitale_files(Told(answer))
    assert isinstance(reading, VitaleFiles)
    assert isinstance(ZOES_FILES, VitaleFiles)
    assert (reading.identity, reading.numbers) == (ZOES_FILES.identity, b"")


def test_a_connection_that_forgets_the_status_is_an_exchange_that_failed() -> None:
    assert read_vitale_files(Told(lambda _command: b"\x90")) == Unreadable("exchange-failed")


class TestTheFileMap:
    def test_leads_to_files_without_short_names(self) -> None:
        connection = Told(behaving(short_names_fail=True))
        reading = read_vitale_files(connection)
        assert isinstance(reading, VitaleFiles)
        assert isinstance(ZOES_FILES, VitaleFiles)
        assert (reading.identity, reading.numbers) == (ZOES_FILES.identity, ZOES_FILES.numbers)
        assert SELECT_FILE_MAP in connection.asked

    def test_passes_over_an_application_that_cannot_be_selected_and_a_file_that_is_not_there(self) -> None:
        assert isinstance(ZOES_FILES, VitaleFiles)
        identity, numbers = ZOES_FILES.identity, ZOES_FILES.numbers
        unknown = bytes.fromhex("D25000000299999999")
        content = file_map(
            {b"\x00\x01": unknown, b"\x00\x02": AID_VITALE, b"\x00\x03": AID_MASTER},
            [
                ("LOST", b"\x00\x01", b"\x01\x01"),
                ("ABSENT", b"\x00\x02", b"\x01\x02"),
                ("NIR", b"\x00\x02", b"\x01\x03"),
                ("IDENT", b"\x00\x03", b"\x01\x04"),
                ("MORE", b"\x00\x03", b"\x01\x05"),
            ],
        )
        files = {b"\x20\x01": content, b"\x01\x03": numbers, b"\x01\x04": identity}
        selected = b""

        def answer(command: bytes) -> bytes:
            nonlocal selected
            if command[1] == 0xA4:
                name = command[5:]
                selected = name if name in files else b""
                return OK if selected or name in {AID_VITALE, AID_MASTER} else NOT_FOUND
            offset = command[2] << 8 | command[3]
            return files[selected][offset : offset + 256] + OK if selected and not command[2] & 0x80 else NOT_FOUND

        connection = Told(answer)
        reading = read_vitale_files(connection)
        assert isinstance(reading, VitaleFiles)
        assert (reading.identity, reading.numbers) == (identity, numbers)
        assert not any(command.endswith(b"\x01\x05") for command in connection.asked)  # nothing more was needed

    def test_that_leads_in_circles_is_left_in_time(self) -> None:
        long_file = encode(0x7F21, bytes(7900))
        listed = file_map({b"\x00\x01": AID_MASTER}, [("X", b"\x00\x01", b"\x01\x02")] * 16)
        selected = b""

        def answer(command: bytes) -> bytes:
            nonlocal selected
            if command[1] == 0xA4:
                selected = command[5:]
                return NOT_FOUND if selected == b"\x3f\x00" else OK
            content = listed if selected == b"\x20\x01" else long_file
            offset = command[2] << 8 | command[3]
            return NOT_FOUND if command[2] & 0x80 else content[offset : offset + 256] + OK

        connection = Told(answer)
        assert read_vitale_files(connection) == Unreadable("too-many-commands")
        assert len(connection.asked) == MOST_COMMANDS


class Unsteady:
    """A reader whose first readings fail in a given way; counts how often it was opened."""

    def __init__(self, failures: list[Exception]) -> None:
        self._failures = failures
        self._memory = MemoryReader()
        self._memory.insert(ZOE)
        self.opened = 0

    def events(self, stopped: Callable[[], bool]) -> Iterator[SlotEvent]:
        return self._memory.events(stopped)

    @contextmanager
    def connect(self, slot: str) -> Iterator[CardConnection]:
        self.opened += 1
        if self._failures:
            raise self._failures.pop(0)
        with self._memory.connect(slot) as connection:
            yield connection


class TestReadingAgain:
    def test_a_hiccup_has_the_card_opened_anew(self) -> None:
        reader = Unsteady([CardExchangeFailed()] * (MOST_ATTEMPTS - 1))
        assert read_card(reader, SLOT) == ZOES_FILES
        assert reader.opened == MOST_ATTEMPTS

    def test_has_an_end(self) -> None:
        reader = Unsteady([CardExchangeFailed()] * 10)
        assert read_card(reader, SLOT) == Unreadable("exchange-failed")
        assert reader.opened == MOST_ATTEMPTS

    def test_ends_at_once_when_the_card_is_gone(self) -> None:
        reader = Unsteady([CardExchangeFailed(), CardGone()])
        assert read_card(reader, SLOT) == Unreadable("card-gone")
        assert reader.opened == 2

    def test_is_not_tried_for_ever_on_a_slow_failure(self) -> None:
        ticks = iter(range(0, 100, 3))
        reader = Unsteady([CardExchangeFailed()] * 10)
        assert read_card(reader, SLOT, clock=lambda: float(next(ticks))) == Unreadable("exchange-failed")
        assert reader.opened == 2

    def test_never_shows_less_progress_than_before(self) -> None:
        reader = MemoryReader()
        reader.insert(replace(load("nineteen"), hiccups=0))
        fractions: list[float] = []
        failed = False

        def cancelled() -> bool:
            nonlocal failed
            if not failed and len(fractions) > 4:
                failed = True
                raise CardExchangeFailed
            return False

        reading = read_card(reader, SLOT, lambda done, expected: fractions.append(done / expected), cancelled)
        assert isinstance(reading, VitaleFiles)
        assert failed
        assert fractions == sorted(fractions)


@pytest.mark.parametrize("at", range(4))
def test_a_reading_given_up_sends_nothing_more(at: int) -> None:
    connection = Told(behaving())
    assert read_vitale_files(connection, cancelled=lambda: len(connection.asked) == at) == Cancelled()
    assert len(connection.asked) == at


@given(
    st.lists(st.tuples(st.sampled_from([0x65, 0x80, 0x7F21, 0x5F37, 0xDF8101]), st.binary(max_size=700)), max_size=6)
)
def test_data_objects_written_are_found_again(pairs: list[tuple[int, bytes]]) -> None:
    for long_length in (False, True):
        written = b"".join(encode(tag, value, long_length) for tag, value in pairs)
        found = list(objects(written + bytes(3)))
        assert [(one.tag, one.value, one.is_whole) for one in found] == [(tag, value, True) for tag, value in pairs]
        assert not found or found[-1].ends_at == len(written)


@pytest.mark.parametrize(
    ("length", "size"),
    [(b"\x7f", 127), (b"\x81\x80", 128), (b"\x81\xff", 255), (b"\x82\x01\x00", 256), (b"\x83\x00\x01\x00", 256)],
)
def test_every_form_of_length_is_understood(length: bytes, size: int) -> None:
    (found,) = objects(b"\x65" + length + b"A" * size)
    assert (len(found.value), found.is_whole) == (size, True)
    (cut,) = objects(b"\x65" + length + b"A" * (size - 1))
    assert not cut.is_whole


@pytest.mark.parametrize("length", [b"", b"\x80", b"\x81", b"\x82\x01", b"\x85\x00\x00\x00\x00\x01", b"\xff"])
def test_a_length_that_makes_no_sense_is_one_last_object_that_is_not_whole(length: bytes) -> None:
    found = list(objects(encode(0x66, b"x") + b"\x65" + length))
    assert [(one.tag, one.is_whole) for one in found] == [(0x66, True), (0x65, False)]


def test_what_follows_the_last_object_must_be_zeros_and_enough_of_them() -> None:
    written = encode(0x65, b"abc")
    assert ends_in_padding(written + bytes(32))
    assert not ends_in_padding(written + bytes(31))
    assert not ends_in_padding(written + b"\xff" * 40)


def test_more_objects_than_can_be_are_one_last_object_that_is_not_whole() -> None:
    found = list(objects(b"\x65\x00" * 4096))
    assert (len(found), found[-1].is_whole) == (4096, True)
    found = list(objects(b"\x65\x00" * 4097))
    assert (len(found), found[-1].is_whole) == (4097, False)


def test_pieces_longer_together_than_one_answer_may_be_are_refused() -> None:
    with pytest.raises(CardExchangeFailed):
        exchange(lambda _command: bytes(200) + b"\x61\xc8", bytes.fromhex("00B0820000"))
