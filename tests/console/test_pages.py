"""Staff at work in a real browser: the keyboard alone, ten mixed cases, no accessibility fault on any page."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from kiosk.core.sources.insi import InsAnswer
from tests.console.arrivals import card_of, check_in_of, found, mrz_of
from tests.console.browsing import Desk
from tests.console.served import ServedConsole
from tests.people import PIERRE_ALAIN, ZOE, Person, somebody_like


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("pages"))
    console.start()
    yield console
    console.stop()


@pytest.fixture(scope="module")
def _host(served: ServedConsole, browser: Browser) -> Iterator[Desk]:
    desk = Desk(served, browser, "host")
    desk.sign_in()
    yield desk
    desk.page.close()


@pytest.fixture()
def host(_host: Desk) -> Iterator[Desk]:
    """The same member of staff in every test, back at the queue; the browser has nothing to complain about."""
    _host.page.goto(_host.url + "file/")
    yield _host
    assert _host.complaints == []


def _arrive(
    served: ServedConsole, ticket: str, person: Person, insi: InsAnswer | None = None, **changes: object
) -> str:
    check_in = check_in_of(person, insi, ticket=ticket, **changes)
    assert served.deliver(check_in) == 201
    return check_in.key


def _empty(desk: Desk) -> None:
    """Nobody waits any more: what an earlier test left goes back out."""
    while desk.page.locator("#call-next:not([disabled])").count():
        desk.call_next()
        desk.page.locator(".menu > summary").click()
        desk.page.get_by_role("button", name="Patient parti").click()
        desk.page.locator(".idle").wait_for()


def test_a_newcomer_appears_by_itself_and_the_plain_case_takes_four_keys(served: ServedConsole, host: Desk) -> None:
    zoe = somebody_like(ZOE)
    _empty(host)
    key = _arrive(served, "P1", zoe)
    host.page.locator(f"#line-{key}").wait_for()  # without reloading
    keys = 0
    for pressed, seen in (
        ("s", "#decide"),
        ("1", "input[value=CN]:checked"),
        ("c", "input[name=said]:checked"),
        ("b", "input[name=seen]:checked"),
        ("q", "h1 .status-QUALIFIED"),
    ):
        host.press(pressed, seen)
        keys += 1
    assert keys == 1 + 4  # the call, then four: the document, the words, the place of birth, the decision
    assert host.page.locator("h1 .ticket").inner_text() == "P1"


def test_what_differs_is_said_one_by_one_by_the_same_key(served: ServedConsole, host: Desk) -> None:
    """A German document and a card with the name used every day; the way without INS is there, and not in the way."""
    zoe = somebody_like(ZOE)
    _empty(host)
    answer = found(zoe)
    answer = replace(answer, traits=replace(answer.traits, birth_name="MULLER"))
    read = mrz_of(zoe)
    read = replace(read, issuing_state="D<<", traits=replace(read.traits, birth_name="MUELLER"))
    card = replace(card_of(zoe), birth_name="MULLER", given_names=("LUCIE",))
    _arrive(served, "M1", zoe, answer, card=card, mrz=read)
    host.page.locator(".line", has_text="M1").first.wait_for()
    host.call_next()
    expect(host.page.locator(".trait.verdict-see")).to_have_count(2)
    expect(host.page.locator("#own-name")).to_be_hidden()
    host.press("n", "#own-name")
    host.page.keyboard.press("Escape")
    host.press("1cb", "input[name=seen]:checked")
    expect(host.page.locator("input[name=seen]:checked")).to_have_count(1)
    host.press("u", "input[name=seen]:checked")
    expect(host.page.locator("input[name=seen]:checked")).to_have_count(2)
    host.press("uq", "h1 .status-QUALIFIED")


def test_a_decision_is_taken_back_by_one_key(served: ServedConsole, host: Desk) -> None:
    zoe = somebody_like(ZOE)
    _empty(host)
    _arrive(served, "U1", zoe)
    host.page.locator(".line", has_text="U1").first.wait_for()
    host.call_next()
    host.press("1cbq", "h1 .status-QUALIFIED")
    host.press("z", "#decide")
    assert host.status == "RETRIEVED"
    host.press("e", ".aside[open] input[type=radio]")
    host.page.get_by_label("Un trait diffère").check()
    host.page.get_by_role("button", name="Confier à l’identitovigilance").click()
    expect(host.page.locator(".outcome")).to_contain_text("À l’identitovigilance")


def test_keys_can_be_switched_off_and_do_not_disturb_typing(served: ServedConsole, host: Desk) -> None:
    _empty(host)
    _arrive(served, "K1", PIERRE_ALAIN)
    host.page.locator(".line", has_text="K1").first.wait_for()
    host.call_next()
    host.page.locator("#first_given_name_written").fill("")
    host.page.locator("#first_given_name_written").press_sequentially("PIERREDQS1")
    assert host.page.locator("#first_given_name_written").input_value() == "PIERREDQS1"
    host.page.get_by_role("button", name="Raccourcis").click()
    host.page.keyboard.press("1")
    assert host.page.locator("input[name=evidence]:checked").count() == 0
    host.page.get_by_role("button", name="Raccourcis").click()
    host.press("1", "input[name=evidence]:checked")


def test_everything_is_reached_by_the_tabulator_alone(served: ServedConsole, host: Desk) -> None:
    pierre = somebody_like(PIERRE_ALAIN)  # of several given names one is asked for
    _empty(host)
    for ticket in ("T1", "T2"):
        _arrive(served, ticket, pierre)
        host.page.locator(".line", has_text=ticket).first.wait_for()
    host.call_next()
    reached = set()
    for _ in range(90):
        host.page.keyboard.press("Tab")
        if host.page.evaluate("document.activeElement.matches('.menu:not([open]) > summary')"):
            host.page.keyboard.press("Enter")
        what = host.page.evaluate(
            "() => { const e = document.activeElement; return e.dataset.key || e.name || e.className || e.tagName; }"
        )
        reached.add(what)
    assert reached >= {"1", "q", "d", "r", "p", "l", "s", "v", "h"}


HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE console_arrival; --",
    "=cmd|' /C calc'!A0",
    "\u202eEOZ",
    "A" * 10_000,
)


def test_hostile_names_are_shown_as_text_and_run_nowhere(served: ServedConsole, host: Desk) -> None:
    zoe = somebody_like(ZOE)
    _empty(host)
    host.page.on("dialog", lambda dialog: pytest.fail(f"a page ran something: {dialog.message}"))
    for number, name in enumerate(HOSTILE):
        card = replace(card_of(zoe), birth_name=name, given_names=(name,))
        key = _arrive(served, f"<b>{number}", zoe, card=card, card_nir=name[:15], desk=name[:18])
        host.page.goto(f"{host.url}arrivees/{key}/")
        host.press("t", ".compare")
        assert host.page.locator(".compare .trait").count() >= 6
        assert name.strip()[:20] in host.page.locator(".compare .trait dd", has_text="Carte").first.inner_text()
        assert host.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert host.page.locator(".compare script").count() == 0
        host.page.goto(f"{host.url}arrivees/{key}/fiche/")
        assert host.page.locator(".sheet, .sheet-none").count() == 1
