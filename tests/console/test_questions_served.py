"""The console as it runs at a site asks INSi for its kiosk, by threads of its own; killed, it loses no question."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.sources.insi import InsUnreachable
from tests.benchmarks.questioned import Questioned, Sender, question_about, sealed
from tests.console.arrivals import check_in_of
from tests.demo.processes import wait_until
from tests.people import ZOE

pytestmark = [pytest.mark.long, pytest.mark.starts]
THROUGH = InsUnreachable("through-console")
WITHIN = 60.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Questioned]:
    one = Questioned(Path(tmp_path_factory.mktemp("questions")), 1, insi_seconds=0.1, processes=1)
    one.console.start()
    yield one
    one.close()


def _asked(site: Questioned) -> str:
    question = question_about(ZOE)
    assert Sender(site.console, "borne-1").send(question, sealed(site.console, question))
    return question.key


def _is(site: Questioned, key: str, state: str) -> bool:
    return site.rows()[key]["state"] == state


def test_the_console_asks_by_itself_and_the_visit_has_the_answer_without_a_worker(site: Questioned) -> None:
    key = _asked(site)
    wait_until(lambda: _is(site, key, "answered"), WITHIN, "INSi's answer")
    check_in = check_in_of(ZOE, THROUGH, question=key)
    assert site.console.deliver(check_in) == 201
    wait_until(lambda: site.visits()[check_in.key] == "RETRIEVED", WITHIN, "the visit's answer")
    assert _is(site, key, "taken")


def test_a_console_killed_after_it_said_received_has_the_question_and_another_process_asks_it(site: Questioned) -> None:
    key = _asked(site)
    site.console.kill()
    site.start()  # with a worker
    wait_until(lambda: _is(site, key, "answered"), 2 * WITHIN, "INSi's answer")
