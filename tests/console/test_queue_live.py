"""The queue is read again by itself: what stands there does not blink, and nobody loses their place in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.console.arrivals import check_in_of
from tests.console.browsing import Desk
from tests.console.served import ServedConsole
from tests.people import ZOE, somebody_like

pytestmark = [pytest.mark.starts, pytest.mark.long]
MANY = 40
# Each frame that is painted, from here on: what the eye would see move, and where the next key goes.
WATCHED = """() => {
  window.frames_seen = [];
  const look = () => {
    const lines = document.getElementById("lines");
    const at = document.activeElement;
    window.frames_seen.push([
      lines.scrollTop, document.querySelectorAll("#lines a.line").length,
      [...document.querySelectorAll("details[open]")].map((one) => one.id).join(" "),
      at.id || at.textContent.trim(), at instanceof HTMLInputElement ? at.value + at.selectionStart : "",
      Math.round(document.querySelector("#lines a.line:nth-of-type(1)").getBoundingClientRect().top),
    ]);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("live"))
    config = console.config.read_text()
    console.config.write_text(config.replace("port = 0", 'port = 0\ndesks = ["3", "4"]'))
    console.start()
    for number in range(MANY):
        assert console.deliver(check_in_of(somebody_like(ZOE), ticket=f"L{number}")) == 201
    yield console
    console.stop()


@pytest.fixture(scope="module")
def host(served: ServedConsole, browser: Browser) -> Iterator[Desk]:
    desk = Desk(served, browser, "host")
    desk.sign_in()
    yield desk
    assert desk.complaints == []
    desk.page.close()


def _nothing_moves_while_somebody_comes(served: ServedConsole, host: Desk, ticket: str) -> list[object]:
    """What every frame shows but for the line that comes: one and the same; gives it."""
    lines = host.page.locator("#lines a.line").count()
    host.page.evaluate(WATCHED)
    came = check_in_of(somebody_like(ZOE), ticket=ticket)
    assert served.deliver(came) == 201
    host.page.locator(f"#line-{came.key}").wait_for(state="attached")
    host.page.wait_for_timeout(300)
    frames = host.page.evaluate("window.frames_seen")
    assert {count for _top, count, *_rest in frames} == {lines, lines + 1}, "the lines are never gone"
    kept = {(top, *rest) for top, _count, *rest in map(tuple, frames)}
    assert len(kept) == 1, kept
    return list(*kept)


def test_the_list_stays_where_it_is_read_and_its_line_keeps_the_focus(served: ServedConsole, host: Desk) -> None:
    host.page.goto(host.url + "file/")
    line = host.page.locator("#lines a.line").nth(30)
    name = line.get_attribute("id")
    line.focus()
    top, opened, at, _typed, _above = _nothing_moves_while_somebody_comes(served, host, "M1")
    assert top != 0 and opened == "" and at == name


def test_what_is_open_stays_open_and_what_has_no_name_keeps_the_focus(served: ServedConsole, host: Desk) -> None:
    host.page.goto(host.url + "file/")
    host.page.locator("#narrowing > summary").click()
    host.page.locator("#narrowing a", has_text="4").focus()
    _top, opened, at, _typed, _above = _nothing_moves_while_somebody_comes(served, host, "M2")
    assert opened == "narrowing" and at == "4"
    host.page.locator("#kiosks > summary").click()
    _top, opened, at, _typed, _above = _nothing_moves_while_somebody_comes(served, host, "M3")
    assert opened == "narrowing kiosks" and "orne" in str(at)


def test_nothing_of_a_dossier_is_shut_or_left_while_somebody_comes(served: ServedConsole, host: Desk) -> None:
    host.page.goto(host.url + "file/")
    host.call_next()
    host.press("k", "#c-word")
    field = host.page.locator("details.panel[open] input[type=text], details.panel[open] input:not([type])").first
    field.fill("rue")
    name = field.get_attribute("id")
    _top, opened, at, typed, _above = _nothing_moves_while_somebody_comes(served, host, "M4")
    assert "menu" in str(opened) and at == name and typed == "rue3"
