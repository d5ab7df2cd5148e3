"""One screen for every case of the training: measured on boxes, at four sizes and at 200 % of the largest."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from kiosk.app.back_office import Place
from kiosk.training.case import Case
from kiosk.training.cases import CASES, cast
from kiosk.training.visits import visit_of
from tests.console.browsing import Desk
from tests.console.narrow import COVERED_FOCUS, CUT, FOCUSED, QUARTER
from tests.console.served import ServedConsole

pytestmark = pytest.mark.timeout(400)  # many pages in a browser: a busy machine takes its time
PLACE = Place("borne-1", "3", "A", "demo")
SIZES = ((1280, 720), (1366, 768), (1440, 900), (1920, 1080))
HALF = (960, 540)  # 200 % of 1920
# What a receptionist would call wrong, as sentences; nothing where one look is enough.
WRONG = r"""([wide]) => {
  const wrong = [], seen = (one) => one && one.checkVisibility() && one.getBoundingClientRect().height > 0;
  const box = (one) => one.getBoundingClientRect();
  const inside = (one, top, bottom) => box(one).top >= top - 1 && box(one).bottom <= bottom + 1;
  const all = (what) => [...document.querySelectorAll(what)].filter(seen);
  const root = document.scrollingElement;
  if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) wrong.push("the page scrolls");
  const column = box(document.querySelector(".traits-column"));
  const traits = all(".trait");
  if (traits.length < 5) wrong.push("fewer than five traits");
  const hidden = traits.filter((one) => wide && !inside(one, column.top, column.bottom));
  hidden.forEach((one) => wrong.push("out of view: " + one.dataset.trait));
  const figure = document.querySelector(".document");
  if (!seen(figure) || !inside(figure, 0, innerHeight)) wrong.push("no document in view");
  const picture = all(".document .picture")[0];
  if (picture && wide && box(picture).width < 480) wrong.push("a small picture: " + box(picture).width);
  const acts = document.querySelector("#acts");
  if (!inside(acts, 0, innerHeight) || box(acts).height < 96) wrong.push("the bar is cut");
  const there = (one) => box(one).right > 0;  // for a keyboard or a reader alone: beside the screen
  const questions = all("#acts .choice, #acts .questions li, #acts p.evidence").filter(there);
  if (!questions.length) wrong.push("no question");
  const cut = questions.filter((one) => !inside(one, box(acts).top, innerHeight));
  cut.forEach((one) => wrong.push("a question is cut: " + one.innerText));
  const known = all(".known button[data-key=j]");
  if (all("#acts .act").length !== 1 && !known.length) wrong.push("not one act: " + all("#acts .act").length);
  if (!all(".head .sentence")[0]?.innerText.trim()) wrong.push("no sentence");
  const apart = (what) => {
    const those = all(what).filter(there);
    those.forEach((one, at) => those.slice(at + 1).forEach((other) => {
      if (one.contains(other) || other.contains(one)) return;
      const a = box(one), b = box(other);
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        wrong.push(`${one.className || one.tagName} over ${other.className || other.tagName}`);
    }));
  };
  const parts = [".head > *", "#acts > *", "#decide > *", "#acts .choice", ".trait", ".trait:not(.longest) > dd"];
  [...parts, ".line", ".left > *, .traits-column, .document, .acts"].forEach(apart);
  all(".trait:not(.longest) .counts, .trait:not(.longest) .other").forEach((cell) => {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode())
      for (const word of node.data.matchAll(/\p{L}{2,}/gu)) {
        const range = document.createRange();
        range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
        const tops = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
        if (tops.size > 1) wrong.push("broken: " + word[0]);
      }
  });
  all(".counts, .other, .checks b").forEach((cell) => {
    const shown = cell.cloneNode(true);
    shown.querySelectorAll(".visually-hidden").forEach((one) => one.remove());
    for (const [word] of shown.textContent.matchAll(/(?<!\S)[\p{L}-]{2,26}(?!\S)/gu)) {
      const one = [...cell.querySelectorAll(".whole")].find((whole) => whole.textContent === word);
      if (!word.includes("-")) continue;
      if (!one || box(one).height > one.getClientRects()[0].height * 1.5) wrong.push("broken: " + word);
      else if (box(one).right > box(cell.closest("dd, .choice")).right + 1) wrong.push("beside its cell: " + word);
    }
  });
  return wrong; }"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("look"))
    console.start()
    yield console
    console.stop()


@pytest.fixture(scope="module")
def keys(served: ServedConsole) -> dict[str, str]:
    """One visit of each case, with its drawn document; the tickets are theirs in the table's order."""
    return {case.name: _come(served, case, f"B{100 + number}") for number, case in enumerate(CASES)}


def _come(served: ServedConsole, case: Case, ticket: str) -> str:
    now = datetime.now().astimezone()
    visit = visit_of(cast(case), now)
    check_in = visit.check_in(str(uuid4()), ticket, PLACE, now, visit.answer)
    assert served.deliver(check_in) == 201
    return check_in.key


@pytest.fixture(scope="module")
def host(served: ServedConsole, browser: Browser) -> Iterator[Desk]:
    desk = Desk(served, browser, "host")
    desk.sign_in()
    yield desk
    desk.page.close()


def test_each_case_is_one_look_at_every_size(host: Desk, keys: dict[str, str]) -> None:
    wrong = []
    for name, key in keys.items():
        host.page.goto(f"{host.url}arrivees/{key}/")
        host.press("t", "#acts.in-hand")
        for width, height in (*SIZES, HALF):
            host.page.set_viewport_size({"width": width, "height": height})
            found = host.page.evaluate(WRONG, [width > HALF[0]])
            wrong += [f"{name} at {width}: {one}" for one in found]
            if width in {SIZES[0][0], HALF[0]}:
                wrong += [f"{name} at {width}: {one}" for one in host.page.evaluate(COVERED_FOCUS)]
        wrong += [f"{name} at 960: {one}" for one in host.page.evaluate(CUT)]
        host.page.set_viewport_size(QUARTER)
        for script in (CUT, COVERED_FOCUS):
            wrong += [f"{name} at 320: {one}" for one in host.page.evaluate(script)]
        host.page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    assert wrong == []
    assert host.complaints == []


def _in_hand(host: Desk, key: str) -> None:
    """This dossier in its host's hands, as it comes from the console."""
    host.page.goto(f"{host.url}arrivees/{key}/")
    host.press("t", "#acts.in-hand")


def test_at_400_percent_every_state_is_whole_and_no_focus_lies_under_anything(host: Desk, keys: dict[str, str]) -> None:
    page, wrong = host.page, []
    states = (
        *(("plain", key, f"details.panel[data-key={key}][open]") for key in "eikon"),
        ("minor", "8", "#acts .more-pieces[open]"),
        ("minor", "c", ".said-by:focus-within"),
        ("no-document", "1", "#acts input:checked"),
        ("several", "i", "details.panel[data-key=i][open]"),
    )
    for name, key, there in states:
        _in_hand(host, keys[name])
        for size in (QUARTER, {"width": HALF[0], "height": HALF[1]}):
            page.set_viewport_size(size)
            page.keyboard.press("Escape")  # from wherever the focus was last
            host.press(key, there)
            for script in (CUT, COVERED_FOCUS):
                wrong += [f"{name} {key} at {size['width']}: {one}" for one in page.evaluate(script)]
    page.set_viewport_size(QUARTER)
    _in_hand(host, keys["other-letters"])
    for opener in (".notices > summary", ".menu > summary"):
        page.locator(opener).focus()
        page.keyboard.press("Enter")
        wrong += [f"{opener}: {one}" for one in page.evaluate(CUT)]
    _in_hand(host, keys["other-letters"])
    reached = set()
    for _tab in range(60):  # by hand, to the act and on to the queue
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('#acts, .document, .left')?.className ?? ''"))
        assert page.evaluate(FOCUSED), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("document.activeElement.matches('a.line')"):
            break
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    assert wrong == []
    assert len(reached) >= 2


def test_at_200_percent_long_traits_are_read_to_their_end_by_keyboard(host: Desk, keys: dict[str, str]) -> None:
    page = host.page
    _in_hand(host, keys["long-name"])
    page.set_viewport_size({"width": HALF[0], "height": HALF[1]})
    met = """() => { const column = document.querySelector(".traits-column").getBoundingClientRect();
      return [...document.querySelectorAll(".trait")].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.bottom <= column.bottom + 1 && box.bottom > column.top;
      }).map((one) => one.querySelector("dt").innerText); }"""
    seen = set(page.evaluate(met))
    everything = page.locator(".trait").count()
    assert len(seen) < everything, "there is something to scroll for"
    for _page in range(5):
        page.keyboard.press("PageDown")
        page.wait_for_timeout(100)
        seen |= set(page.evaluate(met))
    assert len(seen) == everything
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})


def test_confiding_takes_four_keys_with_the_call_and_is_undone_by_one_after_the_next_is_called(
    served: ServedConsole, host: Desk
) -> None:
    plain = next(case for case in CASES if case.name == "plain")
    for number in (1, 2):
        visit = visit_of(cast(plain, number), datetime.now().astimezone())
        now = datetime.now().astimezone()
        assert served.deliver(visit.check_in(str(uuid4()), f"C{number}", PLACE, now, visit.answer)) == 201
    host.page.goto(host.url + "file/")
    host.page.locator(".line", has_text="C2").first.wait_for()
    assert host.call_next() == "C1"
    host.page.keyboard.press("Tab")
    assert host.page.evaluate("document.activeElement.name") == "evidence", "the first Tab is the first question"
    host.press("e", ".panel[open] input[name=reason]")
    host.press("1", ".panel[open] input[name=reason]:checked")
    host.page.keyboard.press("Enter")
    host.page.locator("#acts.is-aside").wait_for()
    host.press("s", ".undoable")
    assert host.page.locator("h1 .ticket").inner_text() == "C2"
    host.press("z", "#decide")
    host.page.locator("h1 .ticket", has_text="C1").wait_for()
    assert host.page.locator("#mine + ul .line").count() >= 2, "nobody is left in silence"


def test_the_next_one_called_over_an_open_dossier_pauses_it_and_says_so(served: ServedConsole, host: Desk) -> None:
    plain = next(case for case in CASES if case.name == "plain")
    now = datetime.now().astimezone()
    for number in (3, 4):
        visit = visit_of(cast(plain, number), now)
        assert served.deliver(visit.check_in(str(uuid4()), f"D{number}", PLACE, now, visit.answer)) == 201
    host.page.goto(host.url + "file/")
    host.page.locator(".line", has_text="D4").first.wait_for()
    assert host.call_next() == "D3"
    host.press("s", ".message")
    assert "D3 est en pause" in host.page.locator(".message").first.inner_text()
    assert "Mis en pause" in host.page.locator("#mine + ul .line", has_text="D3").inner_text()


def test_arrows_walk_the_queue_slash_finds_a_number_and_a_question_mark_shows_every_key(
    host: Desk, keys: dict[str, str]
) -> None:
    host.page.goto(f"{host.url}arrivees/{keys['plain']}/")
    host.page.wait_for_load_state()
    host.page.keyboard.press("ArrowDown")
    assert host.page.evaluate("document.activeElement.matches('a.line')")
    host.page.keyboard.press("?")
    host.page.locator("dialog#keys[open]").wait_for()
    assert host.page.locator("dialog#keys [data-keys-here] > div").count() > 5
    host.page.keyboard.press("Escape")
    host.page.keyboard.press("/")
    host.page.keyboard.type("b101")
    host.page.keyboard.press("Enter")
    host.page.locator("h1 .ticket", has_text="B101").wait_for()
