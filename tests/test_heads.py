"""A head of the trail is one text wherever it travels, and nobody but the console makes one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.heads import (
    LONGEST,
    LONGEST_MARK,
    heads_in,
    read_head,
    read_key,
    read_mark,
    sign_head,
    sign_mark,
    written_key,
)
from kiosk.sealing import generate_signer

KEY = generate_signer()
NOON = datetime(2026, 11, 29, 12, 0, 7, tzinfo=UTC)
HEAD = sign_head(1234, bytes(range(32)), NOON, KEY)


def test_a_head_is_read_as_it_was_written_and_its_signature_holds() -> None:
    assert HEAD.text.startswith(f"kiosk-head-1 1234 {bytes(range(32)).hex()} 2026-11-29T12:00:07Z ")
    assert len(HEAD.text) < LONGEST and HEAD.text.isascii()
    assert read_head(HEAD.text) == HEAD and HEAD.is_signed_by(KEY.public_key())
    longest = sign_head(10**18 - 1, bytes(32), NOON, KEY)
    assert read_head(longest.text) == longest


@pytest.mark.parametrize(
    "forged",
    [
        replace(HEAD, number=1235),
        replace(HEAD, chained=bytes(32)),
        replace(HEAD, at="2026-11-29T12:00:08Z"),
        replace(HEAD, signature=bytes(64)),
    ],
)
def test_a_head_with_anything_changed_is_signed_by_nobody(forged: object) -> None:
    assert not forged.is_signed_by(KEY.public_key())  # type: ignore[attr-defined] # one of the heads above


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kiosk-head-1",
        HEAD.text[:-1],
        HEAD.text + "A",
        HEAD.text.replace(" 1234 ", " 01234 "),
        HEAD.text.replace(" 1234 ", " 0 "),
        HEAD.text.replace(" 1234 ", " -1 "),
        HEAD.text.replace(" 1234 ", " 1\u0662 "),
        HEAD.text.replace(" 1234 ", f" {10**19} "),
        HEAD.text * 2,
    ],
)
def test_what_is_no_head_is_not_read(text: str) -> None:
    assert read_head(text) is None


def test_heads_are_found_within_whatever_a_log_wrote_around_them() -> None:
    other = sign_head(1235, bytes(32), NOON, KEY)
    log = f"<109>Nov 29 12:00:07 accueil kiosk: {HEAD.text}\nnoise\n{{'m': \"{other.text}\"}} kiosk-head-1 9 aa"
    assert list(heads_in(log)) == [HEAD, other]


def test_a_mark_is_read_as_it_was_written_and_opened_with_its_secret_alone() -> None:
    mark = sign_mark(HEAD, bytes(32), KEY)
    assert read_mark(mark.text) == mark and mark.is_signed_by(KEY.public_key())
    assert mark.opened(bytes(32)) == HEAD and mark.opened(b"x" * 32) is None
    assert not replace(mark, closed=mark.closed[:-1] + b"x").is_signed_by(KEY.public_key())
    assert not mark.is_signed_by(generate_signer().public_key())


def test_marks_are_all_as_long_and_no_two_alike() -> None:
    longest = sign_head(10**18 - 1, bytes(32), NOON, KEY)
    texts = [sign_mark(one, bytes(32), KEY).text for one in (HEAD, HEAD, longest)]
    assert len(set(texts)) == 3
    assert {len(one) for one in texts} == {538} and len(texts[0]) < LONGEST_MARK and texts[0].isascii()
    assert [read_mark(one) for one in (texts[0][:-1], texts[0] + "x", HEAD.text, "", "é" * 700)] == [None] * 5


def test_the_console_s_key_travels_as_a_text() -> None:
    text = written_key(KEY.public_key())
    found = read_key(text)
    assert found is not None and HEAD.is_signed_by(found)
    for wrong in ("", text[:-1], text + "A", text[:-1] + "=", text[:-1] + "é"):
        assert read_key(wrong) is None
