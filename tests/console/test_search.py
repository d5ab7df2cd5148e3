"""Prior search: birth date, then at most three letters; the database holds fingerprints only."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.console.identities import comparing
from kiosk.console.records import search
from kiosk.core.sources.insi import InsUnreachable
from tests.console.arrivals import arrive, card_of, check_in_of, enrol, mrz_of
from tests.console.conftest import ON_SQLITE
from tests.console.staff import at_desk, get, post
from tests.people import DOMINIQUE, PIERRE_ALAIN, TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]  # plays page after page


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _keys(*found: object) -> list[str]:
    return [str(arrival.pk) for arrival in search.find(*found)]


def test_a_birth_date_finds_who_was_born_that_day_and_letters_narrow_it() -> None:
    zoe, pierre = arrive(ZOE), arrive(PIERRE_ALAIN)
    assert _keys("1975-12-31") == [zoe.key]
    assert _keys("1975-12-31", "adr") == [zoe.key]
    assert _keys("1975-12-31", "a", "Zo") == [zoe.key]
    assert _keys("1975-12-31", "ADRUNE", "zoé") == [zoe.key]  # three letters at most count
    assert _keys("2009-07-14", "", "PIE") == [pierre.key]
    assert _keys("2009-07-14", "", "MUR") == [pierre.key]  # another given name of hers
    assert _keys("1975-12-31", "B") == _keys("1975-12-31", "", "A") == _keys("1976-12-31") == []


def test_the_name_of_any_source_finds_the_person() -> None:
    mixed = arrive(DOMINIQUE, mrz=mrz_of(TOUSSAINT))
    assert _keys("1997-02-26", "", "DOM") == _keys("1960-01-01", "", "TOU") == [mixed.key]


def test_look_alikes_and_age_are_told_by_the_card_before_a_zone_that_was_hardly_read() -> None:
    known = arrive(ZOE)
    unsure = mrz_of(PIERRE_ALAIN, accepted=False)
    check_in = check_in_of(ZOE, InsUnreachable("timeout"), mrz=unsure)
    assert [str(one.pk) for one in search.alike(check_in)] == [known.key]
    today = date(2026, 11, 21)
    assert not any(kind.minors_only for kind in comparing.evidence_offered(check_in, today))
    without_card = replace(check_in, card=None)
    assert any(kind.minors_only for kind in comparing.evidence_offered(without_card, today)), "better than nothing"


def test_letters_are_compared_whatever_their_writing() -> None:
    zoe = arrive(ZOE, card=replace(card_of(ZOE), birth_name="d'Årtagnan", name_in_use="Œdipe"))
    for letters in ("dar", "D’A", "d ar", "OED", "œ"):
        assert _keys("1975-12-31", letters) == [zoe.key], letters
    assert _keys("1975-12-31", "EDI") == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("written", "read"),
    [("21/01/1980", "1980-01-21"), ("21011980", "1980-01-21"), ("1980-01-21", "1980-01-21"), ("21/1/80", ""), ("", "")],
)
def test_a_date_is_read_as_people_write_it(written: str, read: str) -> None:
    assert search.written_date(written) == read


def test_a_search_is_written_down_without_what_was_looked_for() -> None:
    from kiosk.console.models import AuditEntry

    check_in = arrive(ZOE)
    client = at_desk("marc", "officer")
    answer = post(client, "/recherche/", born="31/12/1975", name="ADR")
    assert check_in.key in answer.content.decode()
    entry = AuditEntry.objects.get(act="searched")
    assert (entry.who, entry.details) == ("marc", '{"found": 1}')
    assert "1975" not in entry.details + entry.about


def test_of_very_many_who_are_met_those_who_came_last_are_told_last_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_MET_AT_ONCE", 2)
    monkeypatch.setattr(search, "MAX_FOUND", 4)
    came = [arrive(ZOE, ticket=f"B{number}").key for number in range(7)]
    assert _keys(ZOE.birth_date) == came[:2:-1]


def test_no_date_no_search() -> None:
    client = at_desk("marc", "officer")
    assert "21/01/1980" in post(client, "/recherche/", born="1975", name="ADR").content.decode()


def test_a_person_who_came_before_is_shown_beside_and_a_stranger_is_not() -> None:
    before, now, _stranger = arrive(ZOE, ticket="B1"), arrive(ZOE, ticket="B2"), arrive(TOUSSAINT, ticket="B3")
    client = at_desk("ines", "officer")
    page = get(client, f"/arrivees/{now.key}/").content.decode()
    (beside,) = page.split('class="alike"')[1:]
    assert f"/arrivees/{before.key}/" in beside
    assert "B3" not in beside.split("</p>")[0]


def test_the_queue_is_narrowed_to_one_need() -> None:
    from kiosk.core.sources.insi import InsNotFound

    ready, unknown = arrive(ZOE), arrive(ZOE, InsNotFound())
    client = at_desk()
    page = get(client, "/file/?need=not-found").content.decode()
    assert f"line-{unknown.key}" in page and f"line-{ready.key}" not in page
    page = get(client, "/file/?need=%3Cscript%3E").content.decode()
    assert f"line-{ready.key}" in page and "<script>" not in page


def test_the_queue_is_narrowed_to_one_desk_and_stays_so_while_it_refreshes() -> None:
    here, there = arrive(ZOE), arrive(DOMINIQUE, desk="4")
    client = at_desk()
    page = get(client, "/file/?guichet=4&need=ready").content.decode()
    assert f"line-{there.key}" in page and f"line-{here.key}" not in page
    again = page.split('id="queue"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert get(client, again).status_code == 204  # nothing changed: the same list, the same desk
    page = get(client, "/file/?guichet=99").content.decode()
    assert f"line-{here.key}" in page and "guichet=99" not in page


def test_who_has_waited_longest_stands_first_and_is_called_first() -> None:
    from datetime import UTC, datetime, timedelta

    early = arrive(ZOE)
    late = arrive(TOUSSAINT, arrived_at=(datetime.now(UTC) - timedelta(minutes=9)).isoformat())  # as its kiosk says
    client = at_desk()
    page = get(client, "/file/").content.decode()
    assert page.index(f"line-{early.key}") < page.index(f"line-{late.key}")
    assert post(client, "/file/suivant/")["Location"] == f"/arrivees/{early.key}/"
