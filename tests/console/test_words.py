"""How things are written for staff."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.console import words as typography
from kiosk.console.audit import Act
from kiosk.console.templatetags import console_tags
from kiosk.console.words import one_line


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("  DUPONT  ", "DUPONT"),
        ("DUPONT\u00a0DURAND", "DUPONT DURAND"),  # pasted with the space that does not break
        ("le patient\r\n\r\nest  inconscient\t!", "le patient est inconscient !"),
        ("\u202eEOZ\u2066", "EOZ"),  # a change of direction
        ("A\x001\x1b[31m\ud800", "A1[31m"),
        ("\u200b" * 20, ""),
        ("é" * 300, "é" * 40),
        ("x" * 39 + " y", "x" * 39),
        (None, "None"),  # a machine's word, not a text
    ],
)
def test_what_was_written_is_one_plain_line(written: object, line: str) -> None:
    assert one_line(written, 40) == line


@pytest.mark.parametrize("act", Act)
def test_every_act_has_a_french_word(act: Act) -> None:
    assert console_tags.act(act.value) != act.value


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "moins d’une heure"),
        (1, "1 heure"),
        (23, "23 heures"),
        (24, "1 jour"),
        (49, "2 jours et 1 heure"),
        (-5, "moins d’une heure"),
    ],
)
def test_since_when_is_said_in_days_and_hours(hours: int, words: str) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert typography.since(now - timedelta(hours=hours, minutes=1), now) == words


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("21/01/1980", date(1980, 1, 21)),
        (" 1.2.2026 ", date(2026, 2, 1)),
        ("2026-02-01", date(2026, 2, 1)),
        ("31/02/2026", None),
        ("01/13/2026", None),
        ("hier", None),
        ("", None),
        ("0/0/0000", None),
        ("٢١/٠١/١٩٨٠", None),
    ],
)
def test_a_day_is_read_as_staff_write_it(written: str, day: date | None) -> None:
    assert typography.as_date(written) == day
