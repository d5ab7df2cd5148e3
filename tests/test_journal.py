"""The journal says what happened and has no place for a person."""

import io
import json
from uuid import UUID, uuid4

import pytest

from kiosk import journal
from kiosk.journal import Happening, Refused


@pytest.fixture
def written() -> io.StringIO:
    stream = io.StringIO()
    journal.write_to(stream)
    return stream


def test_an_entry_is_one_line_with_time_happening_and_typed_fields(written: io.StringIO) -> None:
    turn = uuid4()
    journal.record(Happening.CARD_READ, turn=turn, outcome="read", duration_ms=812)
    [line] = written.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["happening"] == "card-read"
    assert UUID(entry["turn"]) == turn
    assert (entry["outcome"], entry["duration_ms"]) == ("read", 812)


@pytest.mark.parametrize("value", ["ZOE ADRUN", "2751263220749", 2751263220749, "a\nb", "é", "", "x" * 65])
def test_a_value_that_could_be_a_person_is_refused(written: io.StringIO, value: str | int) -> None:
    with pytest.raises(Refused):
        journal.record(Happening.CARD_READ, outcome=value)
    assert written.getvalue() == ""


def test_a_bug_is_recorded_without_its_message(written: io.StringIO) -> None:
    try:
        raise RuntimeError("ADRUN ZOE 2751263220749")
    except RuntimeError as trouble:
        journal.record_bug(trouble)
    assert "RuntimeError" in written.getvalue()
    assert "test_journal.py" in written.getvalue()
    assert "ADRUN" not in written.getvalue()
