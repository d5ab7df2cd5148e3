"""A kiosk keeps the highest head it was ever given, whatever it is told later and whenever it is switched off."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from kiosk import journal
from kiosk.heads import SignedHead, sign_head, written_key
from kiosk.sealing import SigningKey, generate_signer
from kiosk.storage.heads import HeadKeeper, Heard, weigh

KEY = generate_signer()
PUBLIC = written_key(KEY.public_key())


def head(number: int, link: int = 1, key: SigningKey = KEY) -> SignedHead:
    return sign_head(number, bytes([link]) * 32, datetime(2026, 11, 29, 12, tzinfo=UTC), key)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    stream = StringIO()
    journal.write_to(stream)
    return stream


def reasons(told: StringIO) -> list[str]:
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    return [line["reason"] for line in lines if line["happening"] == "head-refused"]


def test_heads_are_weighed_by_their_number_then_by_their_hash() -> None:
    assert weigh(None, head(1)) is Heard.HIGHER
    assert weigh(head(7), head(8, 2)) is Heard.HIGHER
    assert weigh(head(7), head(7)) is Heard.SAME
    assert weigh(head(7), head(6)) is Heard.BEHIND
    assert weigh(head(7), head(7, 2)) is Heard.FORKED


def test_the_highest_is_brought_back_also_after_a_power_cut(tmp_path: Path) -> None:
    path = tmp_path / "head"
    keeper = HeadKeeper(path)
    assert keeper.brought() == ""
    for number in (3, 9):
        keeper.hear(head(number).text, PUBLIC)
        assert HeadKeeper(path).brought() == keeper.brought() == head(number).text
    assert path.stat().st_mode & 0o077 == 0


def test_a_lower_or_another_head_changes_nothing_and_is_journalled_once(tmp_path: Path, told: StringIO) -> None:
    keeper = HeadKeeper(tmp_path / "head")
    keeper.hear(head(9).text, PUBLIC)
    for _ in range(3):
        keeper.hear(head(8).text, PUBLIC)
    assert reasons(told) == ["behind"]
    keeper.hear(head(9, 2).text, PUBLIC)
    assert reasons(told) == ["behind", "forked"]
    assert HeadKeeper(tmp_path / "head").brought() == keeper.brought() == head(9).text
    keeper.hear(head(9).text, PUBLIC)  # well again, then ill again: said again
    keeper.hear(head(8).text, PUBLIC)
    assert reasons(told) == ["behind", "forked", "behind"]


def test_another_s_key_is_never_believed_once_one_is_known(tmp_path: Path, told: StringIO) -> None:
    other = generate_signer()
    path = tmp_path / "head"
    HeadKeeper(path).hear(head(9).text, PUBLIC)
    keeper = HeadKeeper(path)
    keeper.hear(head(10, key=other).text, written_key(other.public_key()))
    assert reasons(told) == ["another-key"]
    keeper.hear(head(11, key=other).text, PUBLIC)
    assert (reasons(told), keeper.brought()) == (["another-key", "not-signed"], head(9).text)


def test_the_key_of_the_enrolment_goes_before_the_first_one_heard(tmp_path: Path) -> None:
    other = generate_signer()
    keeper = HeadKeeper(tmp_path / "head", KEY.public_key())
    keeper.hear(head(1, key=other).text, written_key(other.public_key()))
    assert keeper.brought() == ""
    keeper.hear(head(1).text, "")
    assert keeper.brought() == head(1).text


@pytest.mark.parametrize(
    "said",
    ["", "x", "kiosk-head-1 5", "é" * 400, head(4, key=generate_signer()).text],
    ids=["nothing", "x", "cut", "letters", "another's"],
)
@pytest.mark.parametrize("key", ["", PUBLIC, "x", "A" * 43], ids=["no-key", "its-key", "x", "letters"])
def test_nonsense_pins_no_key_and_keeps_no_head(tmp_path: Path, said: str, key: str) -> None:
    keeper = HeadKeeper(tmp_path / "head")
    keeper.hear(said, key)
    assert (keeper.brought(), (tmp_path / "head").exists()) == ("", False)
    keeper.hear(head(1).text, PUBLIC)
    assert keeper.brought() == head(1).text


@pytest.mark.parametrize(
    "left",
    [b"", b"\xff\xfe\n\n", b"x\ny\n", PUBLIC.encode() + b"\nkiosk-head-1 3", b"\0" * 5000],
    ids=["empty", "no-text", "words", "cut", "zeros"],
)
def test_a_spoilt_file_is_said_and_begun_again(tmp_path: Path, told: StringIO, left: bytes) -> None:
    path = tmp_path / "head"
    path.write_bytes(left)
    keeper = HeadKeeper(path)
    assert (keeper.brought(), reasons(told)) == ("", ["not-read"])
    keeper.hear(head(2).text, PUBLIC)
    assert HeadKeeper(path).brought() == head(2).text


def test_a_full_disk_stops_no_delivery_and_the_head_is_known_while_the_kiosk_runs(
    tmp_path: Path, told: StringIO
) -> None:
    keeper = HeadKeeper(tmp_path / "gone" / "head")  # nothing can be written there
    keeper.hear(head(5).text, PUBLIC)
    assert (keeper.brought(), reasons(told)) == (head(5).text, ["not-kept"])
