"""A flood of touches is counted, not written: what was in the journal before stays there, and staff are called once.

Seen before: six minutes of touches evicted the whole history.
"""

import io
import json
from pathlib import Path

import pytest

from kiosk import journal
from kiosk.journal import Happening, Measure
from tests.attacks.terminal import Terminal
from tests.demo.processes import wait_until

AT_ONCE = 120


@pytest.mark.starts
@pytest.mark.timeout(120)
def test_a_flood_of_touches_leaves_the_journal_and_the_calls_what_they_were(tmp_path: Path) -> None:
    with Terminal(tmp_path / "hall") as kiosk:
        kiosk.console.answers["calls"] = 500
        kiosk.start()
        for _ in range(150):
            kiosk.press(("welcome", "start"), ("information", "help"), ("help", "stop"))
        kiosk.eyes.wait_for("welcome")
        written = kiosk.journal()
        for happening in ("turn-started", "staff-called"):
            assert AT_ONCE <= len([one for one in written if one["happening"] == happening]) < 150
        wait_until(lambda: kiosk.console.bodies("calls"), 20, "the call")
        calls = [path for path in kiosk.console.paths if "/calls/" in path]
        assert len(set(calls)) == 1, "who stands there calls once"


def test_what_was_left_out_is_counted_in_the_next_one_and_other_kinds_are_written() -> None:
    now = [0.0]
    stream = io.StringIO()
    journal.write_to(stream, measure=Measure(3, 15.0, lambda: now[0]))
    for _ in range(10):
        journal.record(Happening.TURN_STARTED, turn=1)
    journal.record(Happening.DEVICE_LOST, device="camera")
    now[0] = 16.0
    for _ in range(2):
        journal.record(Happening.TURN_STARTED, turn=1)
    journal.write_to(io.StringIO())
    said = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [one["happening"] for one in said] == ["turn-started"] * 3 + ["device-lost", "turn-started"]
    assert [one.get("left_out") for one in said] == [None] * 4 + [7]
