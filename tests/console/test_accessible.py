"""Every page of desk and unit, in every state: no accessibility fault, nothing beside the screen at 200 %."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Browser, Page

from kiosk.core.checkin.value import Way
from kiosk.core.sources.document import SealReading, SealVerdict, Validity, ValidityStatus
from kiosk.core.sources.insi import InsNotFound, InsSeveral, InsUnreachable
from tests.console.arrivals import card_of, check_in_of, found, mrz_of
from tests.console.browsing import Desk
from tests.console.served import ServedConsole
from tests.console.test_access import TABLE
from tests.people import CATARINA, DOMINIQUE, LEO, LINA, MARIE, PIERRE_ALAIN, SOPHIE, TOUSSAINT, ZOE

pytestmark = pytest.mark.timeout(300)  # many pages in a browser: a busy machine takes its time
WIDE, ZOOMED = {"width": 1280, "height": 800}, {"width": 640, "height": 400}  # the second: 200 % of the first
HALF = {"width": 960, "height": 540}  # 200 % of 1920: the usual screen, for weak eyes
# At no size is a word of the table, as long as French names are, broken over lines.
BROKEN = """() => [...document.querySelectorAll('.compare .counts, .compare .other')].flatMap(cell => {
  const node = cell.firstChild;
  if (!node || node.nodeType !== Node.TEXT_NODE) return [];
  return [...node.data.matchAll(/[A-Z]{2,13}(?![A-Z])/g)].filter(word => {
    const text = document.createRange();
    text.setStart(node, word.index); text.setEnd(node, word.index + word[0].length);
    return new Set([...text.getClientRects()].map(one => Math.round(one.top))).size > 1;
  }).map(word => word[0]); })"""
LONG = {"birth_name": "MONTMORENCY", "given_names": ("EMMANUELLE", "MARGUERITE", "MAXIMILIENNE")}
# What lies over something else, or beside the queue's column: nobody reads either.
COVERED = """() => {
  const met = (a, b) => a.top < b.bottom - 1 && b.top < a.bottom - 1 && a.left < b.right - 1 && b.left < a.right - 1;
  const boxes = [...document.querySelectorAll('#decide > *')].map(one => one.getBoundingClientRect());
  const seen = boxes.filter(one => one.height);
  return seen.some((one, place) => seen.slice(place + 1).some(other => met(one, other))); }"""
OUTSIDE = """() => [...document.querySelectorAll('.strip li *')]
  .filter(one => one.getBoundingClientRect().right > document.querySelector('.left').getBoundingClientRect().right)
  .map(one => one.innerText)"""
# Nothing is left in a browser but the session's cookie, which no script can read.
STORED = """async () => [localStorage.length, sessionStorage.length, document.cookie.length,
  (await indexedDB.databases()).length + (await caches.keys()).length]"""
SMALL = {"width": 1024, "height": 768}
# A national service that does not answer: what is asked stays asked, a campaign stays under way.
NOBODY_THERE = """
[insi]
endpoint = "https://localhost:1/"
certificate = "console.pem"
key = "console.key"
ca = "console.pem"
idam = "TEST00000001"
"""
# No pages of their own.
PARTS = {"home", "unlock", "queue-part", "answer-part", "picture", "trail-export", "sheet-pdf", "still-here"}
TROUBLED = b'{"devices": {"reader": "lost"}, "queue": 12, "parked": 1, "disk_free_mb": 9, "certificate_days": 9}'
SEAL = SealReading(SealVerdict.FALSE, "FR05-0001", "2024-01-01", (("birth_name", "ADRUN"),), (), True, ("birth_name",))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("accessible"))
    said = console.config.read_text().replace("port = 0", 'port = 0\ndesks = ["3", "4"]')
    console.config.write_text(said + NOBODY_THERE)
    console.start()
    worker = console.worker()
    try:
        yield console
    finally:
        worker.end()
        console.stop()


@pytest.fixture(scope="module")
def keys(served: ServedConsole) -> dict[str, str]:
    """One arrival of each kind, and what kiosks say beside."""
    misspelt = replace(mrz_of(ZOE), traits=replace(mrz_of(ZOE).traits, birth_name="ADRUNE"))
    expired = Validity(ValidityStatus.EXPIRED, "2024-06-01")
    arrivals = {
        "plain": check_in_of(ZOE, ticket="X1"),
        "differs": check_in_of(DOMINIQUE, mrz=mrz_of(TOUSSAINT), ticket="X2"),
        "several": check_in_of(TOUSSAINT, InsSeveral(), ticket="X3"),
        "pending": check_in_of(CATARINA, InsUnreachable("timeout"), ticket="X4"),
        "suspect": check_in_of(MARIE, seal=SEAL, document_validity=expired, ticket="X5"),
        "odd": check_in_of(SOPHIE, replace(found(SOPHIE), flags=("unknown-elements",)), ticket="X7"),
        "unusable": check_in_of(LEO, replace(found(LEO), flags=("several-individuals",)), ticket="X8"),
        "seen": check_in_of(PIERRE_ALAIN, card=replace(card_of(PIERRE_ALAIN), given_names=("PIERRE",)), ticket="X9"),
        "long": check_in_of(replace(LINA, **LONG), ticket="X11"),
        "alike": check_in_of(ZOE, InsNotFound(), mrz=misspelt, ticket="X6"),
    }
    assert [served.deliver(one) for one in arrivals.values()] == [201] * len(arrivals)
    served.put("/intake/heartbeat", TROUBLED)
    for reason in (b'{"reason": "help"}', b'{"reason": "card-forgotten"}'):
        served.put(f"/intake/calls/{uuid.uuid4()}", reason)
    return {name: one.key for name, one in arrivals.items()}


class Round:
    """One person's round through their pages; remembers which addresses were seen."""

    def __init__(self, served: ServedConsole, browser: Browser, role: str) -> None:
        self.desk = Desk(served, browser, role)
        self.desk.sign_in()
        self.seen: set[str] = set()

    @property
    def page(self) -> Page:
        return self.desk.page

    def go(self, path: str) -> None:
        self.page.set_viewport_size(WIDE)
        self.page.goto(self.desk.url + path)
        self.look()

    def look(self) -> None:
        """The page as it stands now: axe finds nothing, and at 200 % nothing is beside the screen."""
        assert_accessible(self.page)
        assert self.page.evaluate(OUTSIDE) == [], self.page.url
        path = "/" + self.page.url.removeprefix(self.desk.url).split("?")[0]
        self.seen.add(str(resolve(path).url_name))
        for size in (ZOOMED, HALF):
            self.page.set_viewport_size(size)
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.page.url
            assert not self.page.evaluate(COVERED), self.page.url
            assert self.page.evaluate(BROKEN) == [], (self.page.url, self.page.viewport_size)
        self.page.set_viewport_size(WIDE)
        assert self.page.evaluate(BROKEN) == [], (self.page.url, self.page.viewport_size)


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def test_the_pages_of_the_desk(served: ServedConsole, browser: Browser, keys: dict[str, str]) -> None:
    host = Round(served, browser, "host")
    host.go("file/")
    host.go("file/?guichet=4")  # where nobody waits
    for name in ("plain", "long", "differs", "pending", "suspect"):
        host.go(f"arrivees/{keys[name]}/")  # in nobody's hands: to be taken
    host.desk.press("t", "#decide")
    host.look()
    host.page.goto(f"{host.desk.url}arrivees/{keys['several']}/")
    host.desk.press("t", "#decide")
    for key, opened in (("e", "fieldset"), ("i", "#ask-name"), ("k", "#c-word"), ("o", "button")):
        host.page.keyboard.press("Escape")
        host.desk.press(key, f".aside[open] {opened}")
        host.look()
    host.page.keyboard.press("Escape")
    for key, opened in (("?", "dialog[open]"), ("d", ".document.is-large")):
        host.desk.press(key, opened)
        host.look()
        host.page.keyboard.press("Escape")
    for opener in (".notices", ".menu"):
        host.page.locator(f"{opener} > summary").press("Enter")
        host.look()
    host.page.goto(f"{host.desk.url}arrivees/{keys['seen']}/")
    host.desk.press("t", "#decide .see")
    host.desk.press("n", "#own-name")
    host.look()
    for name, there in (("odd", ".odd input"), ("unusable", "#acts .next-act")):
        host.page.goto(f"{host.desk.url}arrivees/{keys[name]}/")
        host.desk.press("t", there)
        host.look()
    host.page.goto(f"{host.desk.url}arrivees/{keys['plain']}/")
    host.desk.press("t", "#decide")
    host.desk.press("q", "#decide .wrong")  # what is missing is said beside it
    host.look()
    host.desk.press("1cbq", "h1 .status-QUALIFIED")
    host.look()
    host.desk.press("s", ".undoable")
    host.look()
    host.desk.press("l", ".idle")  # back to the queue: others of this file take them
    nothing_shown = {"pictures": (), "mrz": None, "document_kind": None}
    again = check_in_of(ZOE, InsUnreachable("not-asked"), way=Way.SHORT, ticket="X10", **nothing_shown)
    assert (served.ask_whether_known(ZOE), served.deliver(again)) == (200, 201)
    host.page.goto(f"{host.desk.url}arrivees/{again.key}/")
    host.desk.press("t", ".presence")
    host.look()
    host.desk.press("j", "h1 .status-QUALIFIED")
    host.look()
    host.page.goto(f"{host.desk.url}arrivees/{keys['several']}/")  # in this host's hands
    host.desk.press("f", ".sheet")
    host.look()
    host.desk.press("5", ".sheet[dir=rtl]")  # the third key prints it
    host.look()
    for missing in (f"arrivees/{uuid.uuid4()}/", "vigilance/"):
        host.page.goto(host.desk.url + missing)
        assert_accessible(host.page)
    assert host.seen == {"queue", "identity", "sheet"}
    host.page.close()


def _known(officer: "Round", key: str) -> None:
    """Whose visit it is becomes known: somebody decides something about them."""
    officer.page.goto(f"{officer.desk.url}arrivees/{key}/")
    officer.desk.press("t", "#acts.in-hand")  # what is qualified already offers no more to decide
    if officer.page.locator(".known").count():
        officer.look()
        officer.desk.press("n", "#decide")
        officer.page.locator(".known").wait_for(state="detached")
    officer.desk.press("o", ".aside[open] button")
    officer.page.get_by_role("button", name="Homonyme").click()
    officer.page.locator("h1 .tag-stop").wait_for()


def test_the_pages_of_the_unit(served: ServedConsole, browser: Browser, keys: dict[str, str]) -> None:
    officer = Round(served, browser, "officer")
    officer.page.goto(f"{officer.desk.url}arrivees/{keys['differs']}/")
    officer.desk.press("t", "#decide")
    officer.page.locator(".menu > summary").click()
    officer.look()
    officer.page.get_by_text("Déclasser", exact=True).click()
    officer.page.get_by_text("Écrire une note pour le guichet").click()
    officer.look()
    officer.page.get_by_label("Ce que le guichet doit savoir").fill("Demander l’acte de naissance.")
    officer.page.get_by_role("button", name="Laisser cette note").click()
    officer.page.get_by_text("Demander l’acte de naissance.").first.wait_for()
    officer.look()
    officer.page.keyboard.press("Escape")
    officer.desk.press("e", ".aside[open] input[type=radio]")
    officer.page.get_by_label("Un trait diffère").check()
    officer.page.get_by_role("button", name="Confier à l’identitovigilance").click()
    officer.page.locator(".outcome").wait_for()
    _known(officer, keys["plain"])
    _known(officer, keys["alike"])
    officer.go("vigilance/")
    officer.go("vigilance/doublons/")
    compare = officer.page.get_by_role("link", name="Comparer")
    for _second in range(90):  # the worker proposes the pair, in its own time
        if compare.count():
            break
        officer.page.wait_for_timeout(1000)
        officer.page.reload()
    officer.look()
    officer.desk.press("1", ".alike-group")
    officer.look()
    for panel in "dm":  # the second closes the first
        officer.desk.press(panel, f"details[open][data-key={panel}]")
        officer.look()
    officer.page.get_by_role("radio", name=re.compile("X1$|X10$")).check()
    officer.page.keyboard.press("Enter")
    officer.page.get_by_text("n’en font plus qu’un").wait_for()
    officer.look()
    officer.page.get_by_role("link", name="Revoir").click()
    officer.page.get_by_role("button", name="Défaire la fusion").wait_for()
    officer.look()
    officer.go("vigilance/doublons/")
    officer.go(f"arrivees/{keys['alike']}/")  # merged: leads to the other
    officer.go("vigilance/verifications/")
    officer.page.get_by_label("Vérifier les INS").fill("01/01/2099")
    officer.page.get_by_role("button", name="Ouvrir une campagne").click()
    officer.page.get_by_text("en cours", exact=True).wait_for()
    officer.look()
    assert officer.seen == {"vigilance", "pairs", "pair", "campaigns", "identity"}
    officer.page.close()


@pytest.mark.usefixtures("keys")
def test_the_other_pages_and_no_page_is_left_out(served: ServedConsole, browser: Browser) -> None:
    officer = Round(served, browser, "officer")
    officer.go("recherche/")
    officer.page.get_by_label("Date de naissance").fill("31/12/1975")
    officer.page.get_by_role("button", name="Chercher").click()
    officer.page.locator("tbody tr").first.wait_for()
    officer.look()
    officer.go("indicateurs/")
    officer.go("registre/")
    officer.go("alertes/")
    assert officer.page.evaluate(STORED) == [0, 0, 0, 0]
    officer.page.close()
    auditor, administrator = Round(served, browser, "auditor"), Round(served, browser, "administrator")
    auditor.go("journal/")
    auditor.page.get_by_label("Du", exact=True).fill("hier")
    auditor.page.get_by_role("button", name="Chercher").click()
    auditor.page.locator("#du-wrong").wait_for()
    auditor.look()
    auditor.page.close()
    administrator.go("bornes/")
    administrator.page.set_viewport_size(SMALL)
    assert administrator.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    administrator.go("bornes/revoquer/?borne=borne-1")
    administrator.page.close()
    at_the_desk, of_the_unit = {"queue", "identity", "sheet"}, {"vigilance", "pairs", "pair", "campaigns", "identity"}
    seen = officer.seen | auditor.seen | administrator.seen
    assert seen | at_the_desk | of_the_unit == _pages()


def test_the_pages_of_accounts_and_their_mistakes(served: ServedConsole, browser: Browser) -> None:
    host, administrator = Round(served, browser, "host"), Round(served, browser, "administrator")
    host.go("urgence/")
    host.go("file/")
    host.desk.press("v", "#id_code")
    host.look()
    host.page.get_by_label("Code").fill("000000")
    host.page.keyboard.press("Enter")
    host.page.locator(".message.error").wait_for()
    host.look()
    host.page.close()
    for path in ("comptes/", "comptes/demandes/", "mon-compte/", "mot-de-passe/", "urgences/"):
        administrator.go(path)
    administrator.page.get_by_role("button", name="Quitter").press("Enter")
    administrator.page.get_by_label("Identifiant").wait_for()
    administrator.look()
    for name, said in (("Identifiant", "nobody"), ("Mot de passe", "nothing"), ("Code", "000000")):
        administrator.page.get_by_label(name).fill(said)
    administrator.page.keyboard.press("Enter")
    administrator.page.locator(".message.error").wait_for()
    administrator.look()
    added = served.run("console", "user", "add", "lea", "--role", "host", "--json")
    administrator.go(json.loads(added.stdout.splitlines()[-1])["path"].lstrip("/"))
    administrator.page.get_by_role("button", name="C’est mon compte").press("Enter")
    administrator.page.locator(".wrong").first.wait_for()
    administrator.look()
    shown = {name for name, (_roles, how) in TABLE.items() if how == "get"} & _of_accounts() - PARTS
    assert host.seen | administrator.seen >= shown | {"sign-in", "enrol", "unlock"}
    administrator.page.close()


def _of_accounts() -> set[str]:
    from kiosk.console.urls import ACCOUNTS

    return {str(one.name) for one in ACCOUNTS}


def _pages() -> set[str]:
    """The names of all pages but those of accounts."""
    return {name for name, (_roles, how) in TABLE.items() if how == "get"} - _of_accounts() - PARTS
