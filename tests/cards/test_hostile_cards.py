"""Hostile cards, a few thousand of them; ``python -m tests.fuzz.fuzz_cards`` runs as many as one likes."""

import pytest

from hardware.cards.base import CardExchangeFailed
from hardware.cards.card_file import BadCardFile, load, parse, sample_names
from hardware.cards.exchange import LONGEST_ANSWER, MOST_STEPS, exchange
from hardware.cards.vitale_files import SELECT_VITALE, Unreadable, VitaleFiles, read_vitale_files
from hardware.tlv import encode, ends_in_padding, objects
from tests.fuzz.fuzz_cards import HostileConnection, run


@pytest.mark.long
def test_thousands_of_hostile_cards_raise_nothing_and_stay_within_bounds() -> None:
    outcomes = run(cases=3000, seed=4)
    assert outcomes.total() == 3000
    assert outcomes["VitaleFiles"] > 100
    assert outcomes["Unreadable"] > 100
    assert outcomes["NotVitale"] > 100


class TestAnExchange:
    def test_collects_what_a_card_gives_in_pieces(self) -> None:
        answers = [b"\x61\x03", b"abc\x61\x02", b"de\x90\x00"]
        sent: list[bytes] = []

        def send(command: bytes) -> bytes:
            sent.append(command)
            return answers[len(sent) - 1]

        assert exchange(send, bytes.fromhex("00B0820000")) == b"abcde\x90\x00"
        assert sent[1:] == [bytes.fromhex("00C0000003"), bytes.fromhex("00C0000002")]

    def test_asks_again_with_the_length_the_card_wants(self) -> None:
        sent: list[bytes] = []

        def send(command: bytes) -> bytes:
            sent.append(command)
            return b"\x6c\x05" if len(sent) == 1 else b"hello\x90\x00"

        assert exchange(send, bytes.fromhex("00B0820000")) == b"hello\x90\x00"
        assert sent[1] == bytes.fromhex("00B0820005")

    def test_never_touches_the_data_of_a_command(self) -> None:
        sent: list[bytes] = []

        def send(command: bytes) -> bytes:
            sent.append(command)
            return b"\x6c\x05"

        assert exchange(send, SELECT_VITALE) == b"\x6c\x05"
        assert exchange(send, SELECT_VITALE + b"\x00") == b"\x6c\x05"
        assert sent == [SELECT_VITALE, SELECT_VITALE + b"\x00", SELECT_VITALE + b"\x05"]

    def test_accepts_a_wrong_length_only_once_for_one_command(self) -> None:
        assert exchange(lambda _command: b"\x6c\x05", bytes.fromhex("00B0820000")) == b"\x6c\x05"

    def test_ends_with_a_card_that_never_does(self) -> None:
        asked = 0

        def send(_command: bytes) -> bytes:
            nonlocal asked
            asked += 1
            return b"\x61\x10"

        with pytest.raises(CardExchangeFailed):
            exchange(send, bytes.fromhex("00B0820000"))
        assert asked == MOST_STEPS

    @pytest.mark.parametrize("answer", [b"", b"\x90", bytes(LONGEST_ANSWER + 1) + b"\x90\x00"])
    def test_refuses_an_answer_that_cannot_be(self, answer: bytes) -> None:
        with pytest.raises(CardExchangeFailed):
            exchange(lambda _command: answer, bytes.fromhex("00B0820000"))


class TestAReading:
    def test_stops_at_the_longest_file(self) -> None:
        connection = HostileConnection(lambda _command: b"\x65\x82\xff\xff" * 64 + b"\x90\x00")
        assert read_vitale_files(connection) == Unreadable("too-long")

    def test_stops_when_its_time_is_over(self) -> None:
        ticks = iter(range(0, 1000, 6))
        reading = read_vitale_files(
            HostileConnection(lambda _command: bytes(256) + b"\x90\x00"), clock=lambda: float(next(ticks))
        )
        assert reading == Unreadable("too-long")

    def test_does_not_read_the_zeros_after_the_last_object(self) -> None:
        """A kilobyte of padding would cost the patient a third of a second."""
        file = (encode(0x65, encode(0x80, b"ADRUN")) + bytes(1000))[:1024]

        def answer(command: bytes) -> bytes:
            if command[1] == 0xA4:
                return b"\x90\x00"
            offset = 0 if command[2] & 0x80 else command[2] << 8 | command[3]
            return file[offset : offset + 256] + b"\x90\x00"

        connection = HostileConnection(answer)
        reading = read_vitale_files(connection)
        assert isinstance(reading, VitaleFiles)
        assert len(reading.identity) == 256
        assert connection.exchanges == 4

    @pytest.mark.parametrize("size", [255, 256, 257, 511, 512, 513])
    def test_loses_nothing_where_an_answer_ends(self, size: int) -> None:
        file = encode(0x65, encode(0x80, b"A" * (size - 8), long_length=True), long_length=True)
        assert len(file) == size

        def answer(command: bytes) -> bytes:
            if command[1] == 0xA4:
                return b"\x90\x00"
            offset = 0 if command[2] & 0x80 else command[2] << 8 | command[3]
            return file[offset : offset + 256] + b"\x90\x00" if offset < len(file) else b"\x6b\x00"

        reading = read_vitale_files(HostileConnection(answer))
        assert isinstance(reading, VitaleFiles)
        assert reading.identity == file

    def test_nothing_of_the_files_prints_itself(self) -> None:
        assert "ADRUN" not in repr(VitaleFiles(b"ADRUN", b"", 1))


class TestDataObjects:
    def test_are_found_with_long_lengths_and_padding_between(self) -> None:
        data = encode(0x65, b"a", long_length=True) + b"\x00\x00" + encode(0x7F21, b"b" * 200)
        assert [(one.tag, len(one.value)) for one in objects(data)] == [(0x65, 1), (0x7F21, 200)]

    def test_cut_ones_are_said_to_be_cut(self) -> None:
        assert [one.is_whole for one in objects(b"\x65\x05abc")] == [False]

    def test_padding_counts_only_after_whole_objects(self) -> None:
        assert ends_in_padding(encode(0x65, b"a") + bytes(40))
        assert not ends_in_padding(encode(0x65, b"a") + bytes(10))
        assert not ends_in_padding(b"\x65\x82\x01\x00" + bytes(100))


class TestACardFile:
    @pytest.mark.parametrize("name", sample_names())
    def test_every_sample_can_be_read(self, name: str) -> None:
        assert load(name).title == name

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("colour = 1", "colour"),
            ("mute = 1", "mute"),
            ('kind = "visa"', "kind"),
            ("ms_per_byte = -1", "ms_per_byte"),
            ('identity_hex = "zz"', "identity_hex"),
            ("numbers_order = [3]", "numbers_order"),
            ("beneficiary = 3", "beneficiary"),
            ("[[beneficiary]]\nname = 3", "beneficiary.name"),
            ("= 3", "not TOML"),
        ],
    )
    def test_a_mistake_names_its_key(self, text: str, key: str) -> None:
        with pytest.raises(BadCardFile, match=key):
            parse(text)

    def test_a_file_that_is_not_there_names_the_samples(self) -> None:
        with pytest.raises(BadCardFile, match="zoe-alone"):
            load("no-such-card")
