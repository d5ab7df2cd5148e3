"""Killed at any moment (SIGKILL, like a power cut): nothing confirmed to a patient is lost, nothing arrives twice."""

from collections import Counter

import pytest

from tests.demo.patient import Eyes
from tests.demo.processes import wait_until
from tests.demo.stage import Stage
from tests.walks.frail_kiosk import POINTS
from tests.walks.walker import WALK, Walker, arrivals

# Some screens are left at once by themselves; others are where a person lingers: killed there twice.
LINGERING = ("insert", "document", "ticket", "take_card")
MOMENTS = [*WALK, *LINGERING, *POINTS]
TWICE = range(len(WALK), len(WALK) + len(LINGERING))

confirmed: list[str] = []  # tickets a patient was shown, by the tests of this module


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(name, id=f"{number}-{name}", marks=[pytest.mark.beside] * (number in TWICE))
        for number, name in enumerate(MOMENTS)
    ],
)
def test_killed_at_any_moment_it_welcomes_again_and_loses_nothing(stage: Stage, moment: str) -> None:
    frail = moment in POINTS
    kiosk = stage.start_kiosk(window=False, frail=moment if frail else "")
    walker = Walker(stage)
    if frail:
        with pytest.raises(Exception, match=r"gone|reset|pipe"):
            walker.go_to("welcome-again")
        wait_until(lambda: not kiosk.is_running, 60, "the kiosk to die")
    else:
        walker.go_to(moment)
        kiosk.kill()
    if walker.ticket:
        confirmed.append(walker.ticket)
    walker.leave()

    stage.start_kiosk(window=False)
    eyes = Eyes(stage.control)
    eyes.wait_for("welcome")
    assert eyes.now == {"screen": "welcome"}, "the welcome screen shows nothing of anybody"
    wait_until(lambda: _is_empty(stage), 60, "the outbox to be delivered")
    eyes.close()

    tickets = Counter(ticket for ticket, *_ in arrivals(stage))
    assert all(tickets[ticket] == 1 for ticket in confirmed), "confirmed to a patient, and lost or doubled"
    assert not [ticket for ticket, times in tickets.items() if times > 1], "arrived twice"


def test_after_all_those_deaths_the_confirmed_are_many_and_all_there(stage: Stage) -> None:
    """The test above would prove nothing if nobody had been confirmed anything."""
    assert len(MOMENTS) == 20
    assert len(confirmed) >= 3
    assert set(confirmed) <= {ticket for ticket, *_ in arrivals(stage)}


def _is_empty(stage: Stage) -> bool:
    """Nothing waits any more, by the journal's and the database's own account."""
    import sqlite3
    from contextlib import closing

    path = stage.data / "outbox.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        return bool(database.execute("SELECT count(*) FROM outgoing").fetchone()[0] == 0)
