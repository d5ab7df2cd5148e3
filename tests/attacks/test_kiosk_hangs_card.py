"""A forgotten card greets nobody: whatever becomes of its reader or of the kiosk, it is to be taken, and is not read.

Seen before: the card service stopped for nine seconds at "Reprenez votre carte", or the kiosk was killed there, and the
next one who pressed "J'ai compris" stood before the first patient's name.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.terminal import Terminal

pytestmark = [pytest.mark.starts, pytest.mark.timeout(120)]


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Terminal]:
    """A kiosk at "Reprenez votre carte", with Zoé's card in."""
    with Terminal(tmp_path / "hall") as kiosk:
        kiosk.start()
        kiosk.settle()
        kiosk.slot("insert zoe-alone")
        kiosk.press(("information", "understood"))
        kiosk.eyes.wait_for("confirm")
        kiosk.press(("confirm", "stop"))
        kiosk.eyes.wait_for("take_card")
        yield kiosk


def _nothing_is_read(kiosk: Terminal) -> None:
    assert len(kiosk.journal("card-read")) == 1, "by her who put it in, and by nobody else"


def _is_taken_and_the_next_is_welcomed(kiosk: Terminal) -> None:
    kiosk.eyes.wait_for("take_card")
    kiosk.slot("pull")
    kiosk.eyes.wait_for("welcome")
    _nothing_is_read(kiosk)
    kiosk.settle()
    kiosk.slot("insert marie")
    kiosk.press(("information", "understood"))
    kiosk.eyes.wait_for("confirm")


def test_the_reader_goes_and_comes_back_while_the_next_one_reads_the_notice(kiosk: Terminal) -> None:
    kiosk.slot("unplug")
    kiosk.press(("welcome", "start"))
    kiosk.eyes.wait_for("information")
    kiosk.slot("plug")
    kiosk.eyes.wait_for("take_card")
    kiosk.eyes.say("understood")
    _is_taken_and_the_next_is_welcomed(kiosk)


def test_the_reader_comes_back_while_the_next_one_is_asked_for_their_card(kiosk: Terminal) -> None:
    kiosk.slot("unplug")
    kiosk.press(("welcome", "start"), ("information", "understood"))
    kiosk.eyes.wait_until(lambda: kiosk.eyes.now.get("problem") == "reader", "the way without a card")
    kiosk.slot("plug")
    _is_taken_and_the_next_is_welcomed(kiosk)


def test_who_went_on_without_a_card_is_asked_for_none_of_what_is_in_it(kiosk: Terminal) -> None:
    kiosk.slot("unplug")
    kiosk.press(("welcome", "start"), ("information", "understood"))
    kiosk.eyes.wait_until(lambda: kiosk.eyes.now.get("problem") == "reader", "the way without a card")
    kiosk.press(("insert", "no-card"))
    kiosk.eyes.wait_for("document")
    kiosk.slot("plug")
    kiosk.settle()
    kiosk.press(("document", "back"))
    _is_taken_and_the_next_is_welcomed(kiosk)


def test_the_kiosk_is_killed_there_and_starts_again_and_staff_are_told(kiosk: Terminal) -> None:
    kiosk.kill()
    kiosk.start()
    kiosk.eyes.wait_for("take_card")
    kiosk.eyes.say("understood")
    kiosk.eyes.wait_until(lambda: bool(kiosk.console.bodies("calls")), "staff to be told", seconds=40)
    assert b"card-forgotten" in kiosk.console.bodies("calls")[0]
    _is_taken_and_the_next_is_welcomed(kiosk)
