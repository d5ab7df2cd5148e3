"""A phone shown at the kiosk, to the qualified identity at the desk, on the real stack: INSi is asked by nobody."""

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.turn.screens import Touch
from tests.console import warm
from tests.demo.patient import Eyes
from tests.demo.processes import ROOT, wait_until
from tests.demo.staff import StaffMember
from tests.demo.stage import Stage
from tests.people import LEO, ZOE
from tests.walks.walker import arrivals

pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A kiosk that phones can be shown to; no card comes near it."""
    directory: Path = tmp_path_factory.mktemp("phone") / "stage"
    with Stage(directory, films=ROOT / "build" / "films", phones=True, begin=warm.begun_alike) as stage:
        stage.prepare()
        stage.start_services()
        yield stage


def _ticket(stage: Stage, eyes: Eyes, who: Touch) -> str:
    """From the welcome to the ticket: somebody of the phone is chosen, and nothing else is asked of them."""
    eyes.wait_for("welcome")
    eyes.say("start")
    eyes.wait_for("information")
    eyes.say("understood")
    eyes.wait_for("insert")
    stage.show_phone(ZOE, LEO)
    eyes.wait_for("beneficiaries")
    stage.take_phone()
    eyes.say(who.value)
    eyes.wait_for("confirm")
    eyes.say("yes")
    eyes.wait_for("ticket")
    ticket = str(eyes.now["number"])
    eyes.say("finish")
    return ticket


def test_the_holder_and_a_dependant_are_qualified_and_insi_is_asked_by_nobody(stage: Stage, tmp_path: Path) -> None:
    account = stage.add_account("phone.desk")
    stage.start_kiosk(window=False)
    eyes = Eyes(stage.control)
    before = _asked(stage)
    pictures = Path(os.environ.get("PICTURES", tmp_path))
    with StaffMember(stage.console_url, account, pictures) as staff:
        staff.sign_in()
        for who in (Touch.PERSON_1, Touch.PERSON_2):
            ticket = _ticket(stage, eyes, who)
            [(_, key, status, need)] = wait_until(
                lambda number=ticket: [one for one in arrivals(stage) if one[0] == number], 60, "the check-in"
            )
            assert (status, need) == ("PROVISIONAL", "ready")
            assert "-" in key or len(key) == 32
            staff.wait_for_ticket(ticket)
            staff.qualify_by_phone(ticket)
            assert staff.status() == "QUALIFIED"
    assert "document" not in eyes.seen
    assert not [entry for entry in stage.journal() if entry["happening"] in {"question-brought", "insi-called"}]
    assert _asked(stage) == before, "INSi heard of nobody"
    eyes.close()


def _asked(stage: Stage) -> int:
    """How often the simulator of INSi was asked anything."""
    with urllib.request.urlopen(stage.insi_control, timeout=30) as told:  # noqa: S310 - our own simulator
        return int(json.loads(told.read())["answered"])
