"""The window itself: pressed with a real pointer, left without a trace, quiet when nothing happens."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.ui.samples import SAMPLES
from tests.demo.screen import Pointer
from tests.screens.conftest import ROOT


def play(scene: str, environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.screens.player", scene],
        env=environment,
        cwd=ROOT,
        timeout=110,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


class Pressed:
    """A window that waits to be pressed, and what it says."""

    def __init__(self, process: "subprocess.Popen[bytes]", display: str) -> None:
        self._process = process
        self._rest = b""
        self.shown = self.wait("shown")
        self.finger = Pointer(display, process.pid)

    def wait(self, key: str, seconds: float = 15.0) -> dict[str, Any]:
        """Wait for the next line that says this."""
        ends_at = time.monotonic() + seconds
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while True:
            line, found, rest = self._rest.partition(b"\n")
            if found:
                self._rest = rest
                said = dict(json.loads(line))
                if key in said:
                    return said
                continue
            ready, _, _ = select.select([pipe], [], [], max(0.0, ends_at - time.monotonic()))
            more = os.read(pipe, 65536) if ready else b""
            if not more:
                raise AssertionError(f"the window did not say: {key}")
            self._rest += more

    def show(self, name: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(name.encode())
        self._process.stdin.flush()
        self.see()

    def see(self) -> None:
        """Wait for what is shown next."""
        self.shown = self.wait("shown")

    def press(self, touch: str, aside: tuple[int, int] = (0, 0)) -> None:
        x, y, width, height = next(item[1:] for item in self.shown["items"] if item[0] == touch)
        self.finger.press(x + width // 2 + aside[0], y + height // 2 + aside[1])


@contextmanager
def window(screen: str, environment: dict[str, str], trembling: float = 0.0) -> Iterator[Pressed]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.screens.player", "press", screen, str(trembling)],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield Pressed(process, environment["DISPLAY"])
    finally:
        process.communicate(timeout=20)
        assert process.returncode == 0


def test_importing_the_window_starts_nothing() -> None:
    code = "import sys, kiosk.ui.window, kiosk.ui.screens; print(any(name.startswith('kivy') for name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "False"


def test_nothing_of_a_patient_stays_in_the_window(environment: dict[str, str]) -> None:
    told = play("residue", environment)
    assert told["live_textures"] >= 1
    assert told["pixels_left"] == [False] * told["live_textures"]
    assert told["textures_held"] == 0
    assert told["asked_after_leaving"] == 0
    assert told["same_welcome"] is True
    assert "kiosk.ui.plan.Block" in told["held_meanwhile"]  # the search finds what is there
    assert told["left_behind"] == []
    assert (told["home"], told["temporary"]) == ([], [])


def test_a_screen_looks_the_same_whatever_came_before_it(environment: dict[str, str]) -> None:
    told = play("any_order", environment)
    assert len(told["shown"]) == 2 * len(SAMPLES)
    assert told["other_than_before"] == []


def test_the_newest_screen_wins(environment: dict[str, str]) -> None:
    told = play("newest", environment)
    assert told["shown"] == ["welcome", "working"]


def test_what_is_told_as_shown_is_what_the_display_shows(environment: dict[str, str]) -> None:
    assert play("told_is_seen", environment)["as_drawn"] == [True] * 4


def test_an_idle_window_draws_nothing(environment: dict[str, str]) -> None:
    assert play("idle", environment)["drawn_in_40_turns"] == 0


def test_a_button_posts_its_touch_and_the_screen_it_stood_on(environment: dict[str, str]) -> None:
    with window("confirm", environment) as shown:
        for touch in ("yes", "no", "back", "help", "stop"):
            shown.press(touch)
            assert shown.wait("touch") == {"touch": touch, "on": "confirm"}
            shown.show("confirm")  # shown again, and pressable again, when the finger's second strike is past


def test_a_trembling_finger_presses_once(environment: dict[str, str]) -> None:
    with window("confirm", environment, trembling=6.0) as shown:
        shown.press("yes")
        shown.press("yes")
        shown.press("no")
        assert shown.wait("touch")["touch"] == "yes"
        shown.show("insert")
        shown.press("no-card")
        assert shown.wait("touch") == {"touch": "no-card", "on": "insert"}


def test_touching_the_welcome_screen_anywhere_begins(environment: dict[str, str]) -> None:
    with window("welcome", environment) as shown:
        shown.press("start", aside=(0, -700))
        assert shown.wait("touch") == {"touch": "start", "on": "welcome"}


def test_touching_beside_a_button_does_nothing_elsewhere(environment: dict[str, str]) -> None:
    with window("confirm", environment) as shown:
        shown.press("yes", aside=(0, -400))
        shown.press("no")
        assert shown.wait("touch")["touch"] == "no"


def test_each_person_of_a_page_has_a_button(environment: dict[str, str]) -> None:
    with window("page", environment) as shown:
        shown.press("person-3")
        assert shown.wait("touch") == {"touch": "person-3", "on": "beneficiaries"}


def test_larger_letters_and_stronger_colours_end_with_the_turn(environment: dict[str, str]) -> None:
    with window("welcome", environment) as shown:
        usual = shown.shown
        shown.press("text-size")
        assert shown.wait("touch") == {"touch": "text-size", "on": "welcome"}
        shown.see()
        larger = shown.shown["title_height"]
        assert larger > usual["title_height"]
        shown.press("contrast")
        shown.see()
        assert shown.shown["ground"] == [0, 0, 0]
        assert shown.shown["title_height"] == larger
        shown.show("insert")
        assert shown.shown["ground"] == [0, 0, 0]
        shown.show("welcome")
        assert shown.shown == usual


def test_the_largest_letters_are_followed_by_the_usual_ones(environment: dict[str, str]) -> None:
    with window("welcome", environment) as shown:
        heights = [shown.shown["title_height"]]
        for _ in range(3):
            shown.press("text-size")
            shown.see()
            heights.append(shown.shown["title_height"])
        assert heights[0] < heights[1] < heights[2]
        assert heights[3] == heights[0]
