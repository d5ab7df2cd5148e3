"""How things are written for staff."""

import pytest

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
