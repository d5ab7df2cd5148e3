"""Turns that are given up in every state leave nothing behind: memory, threads and descriptors stay what they were."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.terminal import Terminal
from tests.specimens.film import make_film
from tests.specimens.person import ZOE

QUICK, WHOLE = 50, 10_000
RARELY = {QUICK: 6, WHOLE: 100}  # every so many turns one that takes seconds: a picture, or a silence
_MEMORY = 24 * 1024 * 1024  # bytes that a process may grow by, whatever the number of turns


class Abandoned:
    """Somebody who begins, and leaves in the state that is asked for."""

    def __init__(self, kiosk: Terminal) -> None:
        self._kiosk = kiosk
        self._eyes = kiosk.eyes
        self.seen: set[str] = set()

    def at(self, state: str) -> None:
        """Go there and give up, in the way that is left there; the kiosk is at rest again when this returns."""
        getattr(self, f"_{state}")()
        self.seen |= set(self._eyes.seen[-12:])
        self._rest()

    def _rest(self) -> None:
        while self._eyes.wait_for("welcome", "take_card", "done", "ticket") != "welcome":
            match self._eyes.screen:
                case "take_card":
                    self._kiosk.slot("pull")
                    self._eyes.wait_for("welcome")
                case "done":
                    self._eyes.say("go-on")
                    self._eyes.wait_for("ticket")
                case "ticket":
                    self._eyes.say("finish")
                    self._eyes.wait_for("take_card", "welcome")

    def _press(self, screen: str, touch: str) -> None:
        self._stay_until(screen)
        self._eyes.say(touch)

    def _stay_until(self, *screens: str) -> str:
        """The hasty kiosk may ask meanwhile whether somebody is there."""
        while (shown := self._eyes.wait_for(*screens, "still_there", seconds=60)) == "still_there":
            self._eyes.say("still-here")
            self._eyes.wait_until(lambda: self._eyes.screen != "still_there", "what was there before")
        return shown

    def _information(self) -> None:
        self._press("welcome", "start")
        self._press("information", "stop")

    def _help(self) -> None:
        self._press("welcome", "start")
        self._press("information", "help")
        self._press("help", "stop")

    def _insert(self) -> None:
        self._press("welcome", "start")
        self._press("information", "understood")
        self._press("insert", "stop")

    def _card(self, name: str, screen: str) -> None:
        self._eyes.wait_for("welcome")
        self._kiosk.slot(f"insert {name}")
        self._press("information", "understood")
        self._stay_until(screen)

    def _reading(self) -> None:
        self._eyes.wait_for("welcome")
        self._kiosk.slot("insert nineteen")
        self._press("information", "understood")
        self._kiosk.slot("pull")
        self._press("insert", "stop")

    def _beneficiaries(self) -> None:
        self._card("zoe", "beneficiaries")
        self._press("beneficiaries", "stop")

    def _desk(self) -> None:
        self._card("zoe", "beneficiaries")
        self._press("beneficiaries", "not-listed")
        self._press("desk", "finish")
        self._eyes.wait_for("take_card")

    def _confirm(self) -> None:
        self._card("zoe-alone", "confirm")
        self._kiosk.slot("pull")
        self._press("insert", "stop")

    def _document(self) -> None:
        self._card("zoe-alone", "confirm")
        self._press("confirm", "yes")
        self._press("document", "stop")

    def _working(self) -> None:
        self._card("zoe-alone", "confirm")
        self._press("confirm", "yes")
        self._press("document", "no-document")
        self._eyes.wait_for("working", "done", "ticket")

    def _review(self) -> None:
        self._card("zoe-alone", "confirm")
        self._press("confirm", "yes")
        if self._stay_until("review", "working", "done", "ticket") == "review":  # else no picture came: a slow machine
            self._eyes.say("stop")

    def _done(self) -> None:
        """They have their number, and say nothing more: card left in, or not."""
        self._working()
        self._leaves()

    def _silence(self) -> None:
        self._press("welcome", "start")
        self._leaves()

    def _silent_card(self) -> None:
        self._card("zoe-alone", "confirm")
        self._leaves()

    def _leaves(self) -> None:
        """Nobody touches anything any more, whatever is asked."""
        self._eyes.wait_for("take_card", "welcome", seconds=60)


RARE = ("review", "done", "silence", "silent_card")
STATES = ("information", "help", "insert", "reading", "beneficiaries", "desk", "confirm", "document", "working")


def measured(pid: int) -> tuple[int, int, int]:
    """Its memory in bytes, its threads, its descriptors."""
    here = Path(f"/proc/{pid}")
    said = dict(line.split(":", 1) for line in (here / "status").read_text().splitlines() if ":" in line)
    return int(said["VmRSS"].split()[0]) * 1024, int(said["Threads"]), len(list((here / "fd").iterdir()))


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path / "hall") as kiosk:
        make_film(ZOE, "french-id-2021", "front", kiosk.folder / "tray.avi")
        kiosk.start(frail="hasty")
        kiosk.settle()
        yield kiosk


@pytest.mark.starts
@pytest.mark.parametrize(
    "turns",
    [
        pytest.param(QUICK, marks=pytest.mark.timeout(300)),
        pytest.param(WHOLE, marks=[pytest.mark.long_attack, pytest.mark.timeout(4 * 3600)]),
    ],
)
def test_turns_given_up_in_every_state_leave_nothing_behind(kiosk: Terminal, turns: int) -> None:
    somebody, pid = Abandoned(kiosk), kiosk.running.pid
    warm = 3 * len(STATES)
    for number in range(warm):
        somebody.at(STATES[number % len(STATES)])
    memory, threads, descriptors = measured(pid)
    for number in range(turns - warm):
        rarely, place = divmod(number, RARELY[turns])
        somebody.at(RARE[rarely % len(RARE)] if place == 0 else STATES[number % len(STATES)])
    after, threads_after, descriptors_after = measured(pid)
    assert after - memory < _MEMORY, f"{(after - memory) // 1024} KiB more"
    assert threads_after <= threads + 1 and descriptors_after <= descriptors + 2
    assert {"information", "insert", "beneficiaries", "confirm", "document", "desk", "ticket"} <= somebody.seen
    assert {"review", "still_there"} <= somebody.seen
    assert not kiosk.journal("bug")
