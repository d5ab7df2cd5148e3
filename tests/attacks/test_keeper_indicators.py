"""Who keeps the database writes what indicators count: what does not prove itself counts in none, and it is said."""

import html
import re

import pytest
from django.utils import timezone

from kiosk.console.config import ServerSettings
from kiosk.console.models import Arrival, Person
from kiosk.console.vigilance import indicators
from kiosk.console.witness import findings
from tests.console.arrivals import arrive, enrol, mrz_of
from tests.console.conftest import console, postgresql, sqlite
from tests.console.rewritten import behind, unguarded
from tests.console.staff import at_desk, get
from tests.console.taken_up import qualified
from tests.people import DOMINIQUE, TOUSSAINT

__all__ = ["console", "postgresql", "sqlite"]  # fixtures
pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.tampers]


def _figures() -> dict[str, tuple[int, int]]:
    today = timezone.localdate()
    period, _read = indicators.reread(indicators.Period(today, today))
    return {one.code: (one.count, one.total) for one in indicators.of(period)}


def _page() -> str:
    said = html.unescape(get(at_desk("marc", "officer"), "/indicateurs/").content.decode())
    return re.sub(r"\s+", " ", said)


@pytest.fixture(autouse=True)
def two_came(console: ServerSettings) -> None:
    """One was qualified, the other one not."""
    enrol()
    qualified(at_desk())
    arrive(DOMINIQUE, mrz=mrz_of(TOUSSAINT))


def test_nothing_is_left_out_of_what_the_console_wrote() -> None:
    assert _figures()["status-QUALIFIED"] == (1, 2)
    page = _page()
    assert "hors de la console, non" not in page and "Relues pour cette page" not in page


@pytest.mark.parametrize("column", ["need", "differences", "decided_at", "reported", "desk"])
def test_a_visit_that_was_altered_counts_in_no_indicator(column: str) -> None:
    key = Arrival.objects.get(person=None).pk
    otherwise = {"decided_at": timezone.now(), "reported": "QUALIFIED"}
    assert behind(Arrival.objects.filter(pk=key), **{column: otherwise.get(column, "4")}) == 1
    assert {total for code, (_n, total) in _figures().items() if code.startswith("status-")} == {1}
    assert "Arrivées modifiées hors de la console, non comptées ici : 1." in _page()
    assert [one.code for one in findings.unseen()] == ["row"]  # and somebody is told at once


def test_a_person_made_qualified_by_hand_counts_in_no_indicator() -> None:
    key = Arrival.objects.exclude(person=None).values_list("person", flat=True).get()
    with unguarded():
        behind(Person.objects.filter(pk=key), attributes="homonym")
        Person.objects.create(key="0" * 31 + "1", opened_at=timezone.now(), status="QUALIFIED")
    behind(Arrival.objects.filter(person=None), person="0" * 31 + "1")
    assert {total for code, (_n, total) in _figures().items() if code.startswith("status-")} == {0}
    assert "non comptées ici : 2." in _page()


def test_beyond_what_one_page_reads_again_it_says_how_much_it_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indicators, "MOST_REREAD", 1)
    assert "Relues pour cette page : les 1 dernières arrivées sur 2." in _page()
