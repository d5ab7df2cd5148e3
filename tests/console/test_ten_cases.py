"""Mixed cases, from the kiosk through the real intake to their right end in the browser; all that is kept agrees.

Everything is real but the devices: the readers read drawn documents, INSi answers over mutual TLS, the kiosk's own code
seals and delivers, the worker asks INSi again, staff signs in with a second factor in Chromium.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import expect

from kiosk.core.identity.traits import Sex
from kiosk.core.sources.insi import InsNotFound, InsSeveral, InsUnreachable
from kiosk.insi.client import Environment, InsiClient, InsiConfig
from kiosk.insi.simulated.population import Population
from kiosk.insi.simulated.simulator import TEST_IDAM, Behaviour, Simulator
from kiosk.insi.simulated.testpki import make_pki
from kiosk.training.draw import Picture
from tests.console import places
from tests.console.browsing import Desk
from tests.console.nation import INSTANCE, insi_section, known
from tests.console.paper_kiosk import PaperKiosk, document_of
from tests.console.served import ServedConsole
from tests.people import (
    CATARINA,
    CHLOE,
    CLARA,
    DOMINIQUE,
    LEO,
    MARIE,
    PIERRE,
    PIERRE_ALAIN,
    SOPHIE,
    TOUSSAINT,
    ZOE,
    Person,
)

pytestmark = pytest.mark.timeout(400)  # real readers, real services, a browser: a busy machine takes its time
LONG = Person(
    "a name longer than a zone",
    *("FOUQUET-DE-BELLE-ISLE-ET-DE-VAUX", ("MARIE-ANTOINETTE", "JOSEPHINE"), Sex.FEMALE),
    *("1962-03-14", "69990", "2620369990020"),
)
JEANNE = Person("one of two", "COMMUN", ("JEANNE",), Sex.FEMALE, "1970-05-06", "63990", "2700563990021")
OTHER_JEANNE = replace(JEANNE, why="the other one, born elsewhere", birth_place_code="75990", number="2700575990022")
EVERYBODY = (
    ZOE,
    LEO,
    PIERRE_ALAIN,
    MARIE,
    LONG,
    SOPHIE,
    CHLOE,
    CLARA,
    JEANNE,
    OTHER_JEANNE,
    TOUSSAINT,
    DOMINIQUE,
    CATARINA,
)


@dataclass
class Scene:
    """A console with its worker, a kiosk, INSi, and a member of staff at the desk."""

    served: ServedConsole
    kiosk: PaperKiosk
    insi: Simulator
    desk: Desk


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("ten")
    pki = make_pki(folder / "pki")
    simulator = Simulator(pki.insi_certificate, pki.insi_key, pki.ca, Population(map(known, EVERYBODY)))
    with simulator.running():
        served = ServedConsole(folder / "site")
        served.config.write_text(served.config.read_text() + insi_section(simulator, pki))
        served.start()
        worker = served.worker()
        try:
            client = InsiClient(
                InsiConfig(
                    simulator.endpoint, pki.client_p12, pki.ca, TEST_IDAM, INSTANCE, pki.password_file,
                    environment=Environment.DEMO,
                )
            )  # fmt: skip
            desk = Desk(served, browser, "host")
            desk.sign_in()
            yield Scene(served, PaperKiosk(folder, served, client), simulator, desk)
            desk.page.close()
            client.close()
        finally:
            worker.end()
            served.stop()


def test_mixed_cases_each_come_to_their_right_end(scene: Scene) -> None:
    ends = {}
    for case in CASES:
        ticket, *end = case(scene)
        ends[ticket] = (case.__name__.strip("_"), *end)
        assert scene.desk.status == end[0], ends[ticket]
    assert scene.desk.complaints == []
    _database_and_trail_agree(scene.served, ends)


def _called(scene: Scene, ticket: str) -> None:
    scene.desk.page.goto(scene.desk.url + "file/")
    scene.desk.page.locator(".line", has_text=ticket).first.wait_for()
    assert scene.desk.call_next() == ticket


def _qualifies(scene: Scene, ticket: str, keys: str) -> tuple[str, ...]:
    _called(scene, ticket)
    scene.desk.press(keys, "h1 .status-QUALIFIED")
    return ticket, "QUALIFIED", "done", "qualified"


def _cannot_qualify(scene: Scene, rule: str) -> None:
    button = scene.desk.page.locator("#acts button", has_text="Qualifier")
    expect(button).to_be_disabled()
    expect(scene.desk.page.locator("#why-not")).to_contain_text(rule)


def _plain(scene: Scene) -> tuple[str, ...]:
    check_in = scene.kiosk.check_in(ZOE.beneficiary(), scene.kiosk.ask_by_card(ZOE), document_of(ZOE))
    return *_qualifies(scene, check_in.ticket, "1cbq"), "CN"


def _hyphen(scene: Scene) -> tuple[str, ...]:
    answer = scene.kiosk.ask_by_card(PIERRE_ALAIN)
    check_in = scene.kiosk.check_in(PIERRE_ALAIN.beneficiary(), answer, document_of(PIERRE_ALAIN, "passport"))
    end = _qualifies(scene, check_in.ticket, "2hc6baq")
    expect(scene.desk.page.locator(".verdict-tolerated")).not_to_have_count(0)
    return *end, "PA"


def _used_name(scene: Scene) -> tuple[str, ...]:
    check_in = scene.kiosk.check_in(MARIE.beneficiary(), scene.kiosk.ask_by_card(MARIE), document_of(MARIE, "passport"))
    return *_qualifies(scene, check_in.ticket, "2hcbaq"), "PA"


def _truncated_zone(scene: Scene) -> tuple[str, ...]:
    document = document_of(LONG)
    assert document[0].mrz is not None and document[0].mrz.traits.given_names_may_be_cut
    check_in = scene.kiosk.check_in(LONG.beneficiary(), scene.kiosk.ask_by_card(LONG), document)
    return *_qualifies(scene, check_in.ticket, "1hcbaq"), "CN"


def _twin(scene: Scene) -> tuple[str, ...]:
    """One twin is chosen on the mother's card, the other one's passport lies in the tray."""
    answer = scene.kiosk.ask_by_card(CLARA, SOPHIE)
    check_in = scene.kiosk.check_in(CLARA.beneficiary(), answer, document_of(CHLOE, "passport"), SOPHIE.beneficiary())
    _called(scene, check_in.ticket)
    _cannot_qualify(scene, "Un trait diffère")
    expect(scene.desk.page.locator(".verdict-blocking .note").first).to_contain_text("jumeau")
    scene.desk.press("e", ".aside[open] input[type=radio]")
    scene.desk.page.get_by_label("La personne n’est pas celle de la carte").check()
    scene.desk.page.get_by_role("button", name="Confier à l’identitovigilance").click()
    expect(scene.desk.page.locator(".outcome")).to_contain_text("À l’identitovigilance")
    return check_in.ticket, "PROVISIONAL", "set-aside", "set-aside", ""


def _minor_with_family_book(scene: Scene) -> tuple[str, ...]:
    answer = scene.kiosk.ask_by_card(LEO, ZOE)
    check_in = scene.kiosk.check_in(LEO.beneficiary(), answer, None, ZOE.beneficiary())
    _called(scene, check_in.ticket)
    book = scene.desk.page.locator("input[name=evidence][value=LE]")
    scene.desk.page.keyboard.press(str(book.get_attribute("data-key")))
    scene.desk.press("c1baq", "#decide input[name=companion-LE]:focus")  # the book does not stand alone
    scene.desk.press("x", "#decide input[name=companion-LE]:checked")
    scene.desk.press("q", "h1 .status-QUALIFIED")
    expect(scene.desk.page.locator(".outcome")).to_contain_text("Passeport d’un parent")
    expect(scene.desk.page.locator(".outcome")).to_contain_text("Identité dite par : Mère")
    return check_in.ticket, "QUALIFIED", "done", "qualified", "LE"


def _none_found(scene: Scene) -> tuple[str, ...]:
    document = document_of(PIERRE)
    answer = scene.kiosk.ask_by_document(document[0])
    assert isinstance(answer, InsNotFound)
    check_in = scene.kiosk.check_in(PIERRE.beneficiary(), answer, document)
    _called(scene, check_in.ticket)
    _cannot_qualify(scene, "validez sans INS")
    scene.desk.press("1cn", ".original #own-name")
    original = scene.desk.page.locator(".original")
    for label, value in (
        ("Date de naissance", "02/03/1984"),
        ("Commune ou pays", PIERRE.birth_place_code),
    ):
        original.get_by_label(label).fill(value)
    scene.desk.page.keyboard.press("Enter")
    scene.desk.page.locator("h1 .status-VALIDATED").wait_for()
    return check_in.ticket, "VALIDATED", "done", "validated", "CN"


def _several_found(scene: Scene) -> tuple[str, ...]:
    """Without the place of birth there are two; staff reads it on the original and asks again."""
    document = document_of(JEANNE)
    answer = scene.kiosk.ask_by_document(document[0])
    assert isinstance(answer, InsSeveral)
    check_in = scene.kiosk.check_in(None, answer, document)
    _called(scene, check_in.ticket)
    _cannot_qualify(scene, "validez sans INS")
    scene.desk.press("i", ".aside[open] #ask-place")
    page = scene.desk.page
    page.locator("#ask-place").fill(JEANNE.birth_place_code)
    page.get_by_role("button", name="Poser la question").click()
    expect(page.locator(".compare .number")).to_contain_text("NIR")  # the page shows itself again
    scene.desk.press("1cbq", "h1 .status-QUALIFIED")
    return check_in.ticket, "QUALIFIED", "done", "qualified", "CN"


def _doubtful_document(scene: Scene) -> tuple[str, ...]:
    document = document_of(TOUSSAINT, "passport", _pasted_over)
    assert document[0].mrz is None or not document[0].mrz.accepted
    check_in = scene.kiosk.check_in(TOUSSAINT.beneficiary(), scene.kiosk.ask_by_card(TOUSSAINT), document)
    _called(scene, check_in.ticket)
    assert scene.desk.page.locator(".verdict-look").count() >= 4
    scene.desk.press("o", ".aside[open] button")
    scene.desk.page.get_by_role("button", name="Identité douteuse").click()
    expect(scene.desk.page.locator("h1 .tag-stop")).to_have_text("Douteux")
    return check_in.ticket, "PROVISIONAL", "set-aside", "doubted", ""


def _insi_late(scene: Scene) -> tuple[str, ...]:
    scene.insi.behave(Behaviour("silent"))
    answer = scene.kiosk.ask_by_card(DOMINIQUE, seconds=0.5)
    assert isinstance(answer, InsUnreachable)
    scene.insi.behave(Behaviour())
    check_in = scene.kiosk.check_in(DOMINIQUE.beneficiary(), answer, document_of(DOMINIQUE))
    _called(scene, check_in.ticket)
    _cannot_qualify(scene, "Attendez la réponse du service national")
    expect(scene.desk.page.locator(".compare .number")).to_contain_text("NIR")  # the worker has asked
    scene.desk.press("1cbq", "h1 .status-QUALIFIED")
    return check_in.ticket, "QUALIFIED", "done", "qualified", "CN"


def _another_place(scene: Scene) -> tuple[str, ...]:
    """Card, INSi and zone agree; the original says another place of birth, and only who holds it can read that."""
    document = document_of(CATARINA, birth_place="SAINT-DENIS")
    check_in = scene.kiosk.check_in(CATARINA.beneficiary(), scene.kiosk.ask_by_card(CATARINA), document)
    _called(scene, check_in.ticket)
    expect(scene.desk.page.locator("#decide .see")).to_contain_text("Mazoires, Puy-de-Dôme (63)")
    scene.desk.press("1caq", "#decide input[name=seen]:focus")  # asked for before the form leaves: the ticks stay
    assert scene.desk.page.locator("#decide input[name=said]:checked").count() == 1
    scene.desk.press("e", ".aside[open] input[type=radio]")
    scene.desk.page.get_by_label("Un trait diffère").check()
    scene.desk.page.get_by_role("button", name="Confier à l’identitovigilance").click()
    expect(scene.desk.page.locator(".outcome")).to_contain_text("À l’identitovigilance")
    return check_in.ticket, "RETRIEVED", "set-aside", "set-aside", ""


CASES: tuple[Callable[[Scene], tuple[str, ...]], ...] = (
    _plain,
    _hyphen,
    _used_name,
    _truncated_zone,
    _twin,
    _minor_with_family_book,
    _none_found,
    _several_found,
    _doubtful_document,
    _insi_late,
    _another_place,
)


def _pasted_over(picture: Picture) -> Picture:
    """Something lies on the zone."""
    spoilt = picture.copy()
    height, width = spoilt.shape[:2]
    spoilt[int(height * 0.86) : int(height * 0.97), int(width * 0.3) : int(width * 0.45)] = 200
    return spoilt


def _database_and_trail_agree(served: ServedConsole, ends: dict[str, tuple[str, ...]]) -> None:
    """Each case as the page showed it: in its row, in the last decision written down; the chain verifies."""
    trail = json.loads(served.run("console", "audit", "verify", "--json").stdout)
    assert trail["intact"]
    with closing(sqlite3.connect(served.folder / "data" / "console.sqlite3")) as database:
        rows = database.execute(
            "SELECT ticket, a.key, COALESCE(p.status, reported), stage, COALESCE(evidence, ''),"
            " COALESCE(seen_with, ''), COALESCE(attributes, ''), decided_by_id"
            " FROM console_arrival a LEFT JOIN console_person p ON p.key = person_id"
        ).fetchall()
        acts = database.execute(
            "SELECT replace(about, '-', ''), act, details, who FROM console_auditentry ORDER BY number"
        ).fetchall()
    assert len(rows) == len(ends) == len(CASES)
    for ticket, key, status, stage, evidence, companion, attributes, decided_by in rows:
        name, *expected = ends[places.said(served.folder / "secret", "ticket", ticket)]
        written = [(act, json.loads(details)) for about, act, details, who in acts if about == key]
        decisions = [one for one in written if one[0] in {"qualified", "validated", "set-aside", "doubted"}]
        assert [status, stage, decisions[-1][0], evidence] == expected, name
        assert len(decisions) == 1 and decided_by is not None, name
        said = decisions[0][1]
        assert said.get("after", said.get("status")) == status, name
        assert said.get("evidence", "") == evidence, name
        assert said.get("companion", "") == companion == ("PPA" if evidence == "LE" else ""), name
        assert said.get("said", True) is (decisions[0][0] != "doubted"), name
        assert attributes == ("doubtful" if decisions[0][0] == "doubted" else ""), name
        assert [act for act, _ in written[:2]] == ["taken-in", "called"] or written[1][0] == "insi-asked", name
        assert any(act == "picture-seen" for act, _ in written) or name == "minor_with_family_book", name


def test_nothing_of_them_stands_in_clear_in_the_console_s_files(scene: Scene) -> None:
    data = b"".join(path.read_bytes() for path in (scene.served.folder / "data").iterdir() if path.is_file())
    assert len(data) > 100_000
    for person in EVERYBODY:
        assert person.birth_name.encode() not in data and person.number.encode() not in data
