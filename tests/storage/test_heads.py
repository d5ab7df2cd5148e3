"""A kiosk keeps the last mark it was given, whatever it is told later and whenever it is switched off."""

import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest

from kiosk import journal
from kiosk.heads import SignedHead, endorse, sign_head, sign_mark, written_key
from kiosk.sealing import SigningKey, generate_signer
from kiosk.storage.heads import HeadKeeper

KEY = generate_signer()
PUBLIC = written_key(KEY.public_key())


def head(number: int, key: SigningKey = KEY) -> SignedHead:
    return sign_head(number, bytes(32), datetime(2026, 11, 29, 12, tzinfo=UTC), key)


def mark(key: SigningKey = KEY) -> str:
    return sign_mark(head(7, key), bytes(32), key).text


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    stream = StringIO()
    journal.write_to(stream)
    return stream


def reasons(told: StringIO) -> list[str]:
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    return [line["reason"] for line in lines if line["happening"] == "head-refused"]


def test_the_last_is_brought_back_also_after_a_power_cut(tmp_path: Path) -> None:
    path = tmp_path / "head"
    keeper = HeadKeeper(path)
    assert keeper.brought() == ""
    said = mark()
    keeper.hear(said, PUBLIC)
    assert HeadKeeper(path).brought() == keeper.brought() == said
    assert path.stat().st_mode & 0o077 == 0


def test_a_card_is_written_every_five_minutes_and_not_with_each_heartbeat(tmp_path: Path) -> None:
    path, now = tmp_path / "head", [1000.0]
    keeper = HeadKeeper(path, monotonic=lambda: now[0])
    first, second, third = mark(), mark(), mark()
    keeper.hear(first, PUBLIC)
    now[0] += 299
    keeper.hear(second, PUBLIC)
    assert (keeper.brought(), HeadKeeper(path).brought()) == (second, first)
    now[0] += 1
    keeper.hear(third, PUBLIC)
    assert keeper.brought() == HeadKeeper(path).brought() == third


def test_the_head_that_an_earlier_version_kept_is_brought_until_there_is_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "head"
    path.write_text(f"{PUBLIC}\n{head(9).text}\n", encoding="ascii")
    keeper = HeadKeeper(path)
    assert keeper.brought() == head(9).text
    said = mark()
    keeper.hear(said, PUBLIC)
    assert HeadKeeper(path).brought() == keeper.brought() == said


def test_what_is_refused_is_journalled_once_until_all_is_well_again(tmp_path: Path, told: StringIO) -> None:
    keeper, kept = HeadKeeper(tmp_path / "head"), mark()
    keeper.hear(kept, PUBLIC)
    for _ in range(3):
        keeper.hear(mark(generate_signer()), PUBLIC)
    assert (reasons(told), keeper.brought()) == (["not-signed"], kept)
    keeper.hear(mark(), PUBLIC)
    keeper.hear(head(9).text, PUBLIC)  # no mark
    assert reasons(told) == ["not-signed", "not-signed"]


def test_another_s_key_is_never_believed_once_one_is_known(tmp_path: Path, told: StringIO) -> None:
    other = generate_signer()
    path = tmp_path / "head"
    kept = mark()
    HeadKeeper(path).hear(kept, PUBLIC)
    keeper = HeadKeeper(path)
    keeper.hear(mark(other), written_key(other.public_key()))
    assert reasons(told) == ["another-key"]
    keeper.hear(mark(other), PUBLIC)
    assert (reasons(told), keeper.brought()) == (["another-key", "not-signed"], kept)


def test_the_key_of_the_enrolment_goes_before_the_first_one_heard(tmp_path: Path) -> None:
    other = generate_signer()
    keeper = HeadKeeper(tmp_path / "head", KEY.public_key())
    keeper.hear(mark(other), written_key(other.public_key()))
    assert keeper.brought() == ""
    said = mark()
    keeper.hear(said, "")
    assert keeper.brought() == said


@pytest.mark.parametrize(
    "said",
    ["", "x", "kiosk-mark-1 5", "é" * 700, mark()[:-1], mark() + "x", head(4).text, mark(generate_signer())],
    ids=["nothing", "x", "short", "letters", "cut", "longer", "a head", "another's"],
)
@pytest.mark.parametrize("key", ["", PUBLIC, "x", "A" * 43], ids=["no-key", "its-key", "x", "letters"])
def test_nonsense_pins_no_key_and_keeps_no_mark(tmp_path: Path, said: str, key: str) -> None:
    keeper = HeadKeeper(tmp_path / "head")
    keeper.hear(said, key)
    assert (keeper.brought(), (tmp_path / "head").exists()) == ("", False)
    right = mark()
    keeper.hear(right, PUBLIC)
    assert keeper.brought() == right


@pytest.mark.parametrize(
    "left",
    [b"", b"\xff\xfe\n\n", b"x\ny\n", PUBLIC.encode() + b"\nkiosk-mark-1 3", b"\0" * 5000],
    ids=["empty", "no-text", "words", "cut", "zeros"],
)
def test_a_spoilt_file_is_said_and_begun_again(tmp_path: Path, told: StringIO, left: bytes) -> None:
    path = tmp_path / "head"
    path.write_bytes(left)
    keeper = HeadKeeper(path)
    assert (keeper.brought(), reasons(told)) == ("", ["not-read"])
    said = mark()
    keeper.hear(said, PUBLIC)
    assert HeadKeeper(path).brought() == said


def test_a_full_disk_stops_no_delivery_and_the_mark_is_known_while_the_kiosk_runs(
    tmp_path: Path, told: StringIO
) -> None:
    keeper = HeadKeeper(tmp_path / "gone" / "head")  # nothing can be written there
    said = mark()
    keeper.hear(said, PUBLIC)
    assert (keeper.brought(), reasons(told)) == (said, ["not-kept"])


LATER, LAST = generate_signer(), generate_signer()
THAT_DAY = date(2026, 11, 30)


def _endorsed(later: SigningKey = LATER, former: SigningKey = KEY) -> str:
    return endorse(later.public_key(), THAT_DAY, former).text


def _keeper(path: Path, *, today: date = THAT_DAY) -> HeadKeeper:
    """Enrolled with the console's first key."""
    return HeadKeeper(path, KEY.public_key(), today=lambda: today)


def test_a_key_that_the_one_before_it_endorses_is_followed_also_after_a_power_cut_and_again(tmp_path: Path) -> None:
    path, said = tmp_path / "head", mark(LATER)
    keeper = _keeper(path)
    keeper.hear(mark(), PUBLIC)
    keeper.hear(said, written_key(LATER.public_key()), _endorsed())
    assert keeper.brought() == _keeper(path).brought() == said
    later, last = _keeper(path), mark(LAST)
    later.hear(last, written_key(LAST.public_key()), f"{_endorsed(LAST, KEY)}, {_endorsed(LAST, LATER)}")
    assert later.brought() == _keeper(path).brought() == last


def test_a_key_that_nobody_endorses_or_a_stranger_or_too_late_is_not_followed(tmp_path: Path, told: StringIO) -> None:
    first, key = mark(), written_key(LATER.public_key())
    tries = ("", _endorsed(former=LAST), _endorsed(former=LATER), _endorsed(LAST), _endorsed()[:-1], "x" * 5000)
    for number, endorsed in enumerate(tries):
        keeper = _keeper(tmp_path / f"{number}")
        keeper.hear(first, PUBLIC)
        keeper.hear(mark(LATER), key, endorsed)
        assert keeper.brought() == first
    late = _keeper(tmp_path / "late", today=date(2026, 12, 1))
    late.hear(mark(LATER), key, _endorsed())
    assert late.brought() == "" and set(reasons(told)) == {"another-key"}


def test_once_a_later_key_is_followed_the_former_one_says_nothing_any_more(tmp_path: Path) -> None:
    keeper, said = _keeper(tmp_path / "head"), mark(LATER)
    keeper.hear(said, written_key(LATER.public_key()), _endorsed())
    keeper.hear(mark(), PUBLIC)
    keeper.hear(mark(LAST), written_key(LAST.public_key()), _endorsed(LAST))
    assert keeper.brought() == said
