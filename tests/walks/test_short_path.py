"""The short path on the real stack: who is known gets a ticket at once; a silent console costs nobody anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console import warm
from tests.demo.processes import ROOT, wait_until
from tests.demo.stage import Stage
from tests.walks.walker import Walker, arrivals

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    directory: Path = tmp_path_factory.mktemp("short") / "stage"
    with Stage(directory, films=ROOT / "build" / "films", short_path=True, begin=warm.begun_alike) as stage:
        stage.prepare()
        stage.start_services()
        stage.start_card_reader()
        yield stage


def _seen_from_card_to_ticket(stage: Stage) -> tuple[list[str], str]:
    stage.start_kiosk(window=False)
    walker = Walker(stage)
    walker.go_to("take_card")
    seen = walker.eyes.seen
    walker.leave()
    wait_until(lambda: [one for one in arrivals(stage) if one[0] == walker.ticket], 30, "the check-in")
    return seen[seen.index("insert") :], walker.ticket


def _asked(stage: Stage) -> list[str]:
    return [str(entry["outcome"]) for entry in stage.journal() if entry["happening"] == "console-asked"]


def test_who_is_not_known_takes_the_whole_path(stage: Stage) -> None:
    seen, _ = _seen_from_card_to_ticket(stage)
    assert "document" in seen
    assert _asked(stage) == ["answered"]


def test_with_the_console_down_the_whole_path_is_taken_and_nothing_is_lost(stage: Stage) -> None:
    assert stage.console is not None
    stage.start_kiosk(window=False)
    stage.console.kill()
    walker = Walker(stage)
    walker.go_to("take_card")
    assert "document" in walker.eyes.seen
    walker.leave()
    assert _asked(stage)[-1] == "unreachable"
    stage.start_console()
    wait_until(lambda: [one for one in arrivals(stage) if one[0] == walker.ticket], 90, "the check-in at the console")


def test_who_is_known_gets_a_ticket_without_document_and_insi_is_asked_nothing(stage: Stage) -> None:
    assert warm.run("tests.console.acquainted", str(stage.config)).returncode == 0
    before = [entry for entry in stage.journal() if entry["happening"] == "question-brought"]
    assert before, "who was not known was asked about"
    seen, _ = _seen_from_card_to_ticket(stage)
    assert seen[:2] == ["insert", "reading"]
    assert [one for one in seen if one not in ("reading", "working", "done")] == [
        "insert",
        "confirm",
        "ticket",
        "take_card",
    ]
    assert _asked(stage)[-1] == "answered"
    assert [entry for entry in stage.journal() if entry["happening"] == "question-brought"] == before
