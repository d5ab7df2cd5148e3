"""A console that takes over what ``ae92b1a`` left: its database and keys, and the outbox of one of its kiosks."""

import json
import shutil
import time
import uuid
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import requests

from kiosk.core.checkin.codec import from_bytes
from kiosk.core.sources.insi import InsFound
from kiosk.sealing import intake_message, sign
from kiosk.storage.delivery import ConsoleLink, Delivered, Parked, deliver_waiting
from kiosk.storage.outbox import Outbox
from tests.console import warm
from tests.console.keys import Key
from tests.console.served import ServedConsole
from tests.console.staff import READ, shown_on
from tests.demo.processes import ROOT, wait_until
from tests.demo.staff import totp
from tests.fixtures import keys
from tests.fixtures.check_ins import CHECK_INS
from tests.people import ZOE

LEFT = ROOT / "tests" / "fixtures" / "ae92b1a"
STAGES = {"waiting": 13, "called": 3, "held": 1, "done": 5, "set-aside": 3, "gone": 1}  # and one that was removed
ACTS = 105  # kept as they were chained
FACTS = 66  # of those whom staff had decided about, behind them
IN_ALL = ACTS + FACTS + 3  # that tables were updated, rows that did not prove themselves yet taken, places closed
CARRIED_OVER = {"visits": 27, "visits-nobody-decided": 16, "visits-of-persons": 11, "persons": 11, "merges": 1}
PAGES = {
    "lea": ("file/", "mon-compte/"),
    "marc": ("file/", "vigilance/", "vigilance/doublons/", "vigilance/verifications/", "recherche/", "indicateurs/"),
    "ada": ("bornes/", "comptes/", "indicateurs/", "urgences/"),
    "aude": ("journal/", "journal/export.csv", "urgences/"),
}


class InheritedConsole(ServedConsole):
    """Today's console on yesterday's folder; on PostgreSQL when a fresh database is given."""

    def _make(self) -> None:
        super()._make()
        keys.lay_out(self.folder)
        self.recipient = keys.STRUCTURE
        text = self.config.read_text().replace(
            'recipient_key = "structure.key"',
            'recipient_key = "structure.key"\nformer_recipient_keys = ["former.key"]\nnames = ["testserver"]',
        )
        self.config.write_text(text)

    def _fill(self) -> None:
        if self.database:
            with psycopg.connect(self.database, autocommit=True) as empty:
                empty.execute((LEFT / "console.postgresql.sql").read_bytes())
            return
        (self.folder / "data").mkdir(mode=0o700)
        shutil.copy(LEFT / "console.sqlite3", self.folder / "data" / "console.sqlite3")

    def opened(self) -> dict[str, Any]:
        """All that is sealed in its database."""
        done = warm.run("tests.console.opened", str(self.config))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def check_that_it_takes_over(console: InheritedConsole, scratch: Path) -> None:
    """It migrates, opens, proves, shows and goes on with what an earlier version left."""
    verified = json.loads(console.run("console", "audit", "verify", "--json").stdout)
    assert (verified["intact"], verified["entries"]) == (True, IN_ALL)
    _check_what_was_carried_over(console)
    opened = console.opened()
    _check_what_is_sealed(opened)
    console.start()
    try:
        desks = _check_pages(console, opened)
        _check_the_key_to_touch(console)
        _check_the_outbox(console, scratch)
        _check_that_work_goes_on(console, desks["lea"], opened["arrivals"][key_of("accepted")]["person"])
    finally:
        assert console.stop() == 0
    assert console.run("worker", "--once").returncode == 0  # what nobody dealt with for so long is removed
    verified = json.loads(console.run("console", "audit", "verify", "--json").stdout)
    assert verified["intact"] and verified["entries"] > ACTS
    assert console.opened()["in clear"] == 0


def _check_what_was_carried_over(console: InheritedConsole) -> None:
    """Every visit is counted, and every difference has its reason: two had one number, and one was in an open pair."""
    told = json.loads((console.folder / "data" / "carried-over.json").read_text())
    assert CARRIED_OVER.items() <= told["counts"].items()
    assert told["differences"] == {"same-number-not-filed": {"status": 1}} and told["unexplained"] == 0
    checked = json.loads(console.run("console", "register", "check", "--json").stdout)
    assert checked["intact"], checked["found"]


def key_of(name: str) -> str:
    return str(uuid.UUID(bytes=keys.derived(name, 16), version=4))


def _check_what_is_sealed(opened: dict[str, Any]) -> None:
    arrivals = opened["arrivals"]
    stages = [one["stage"] for one in arrivals.values()]
    assert {stage: stages.count(stage) for stage in stages} == STAGES
    for name, check_in in CHECK_INS.items():
        read = from_bytes(b64decode(arrivals[key_of(name)]["check_in"]))
        assert replace(read, key=check_in.key, ticket=check_in.ticket) == check_in, name
    asked = from_bytes(b64decode(arrivals[key_of("asked")]["check_in"]))
    assert isinstance(asked.insi, InsFound) and asked.insi.matricule == ZOE.matricule
    assert arrivals[key_of("asked")]["answered"]
    accepted = arrivals[key_of("qualified")]["accepted"]
    assert accepted["first_given_name"] == "ZOE"
    assert accepted["complementary"]["name_in_use"]["value"] == "MARTIN"
    assert arrivals[key_of("asking")]["criteria"]["next"][1] == "ANNA"
    assert (arrivals[key_of("validated")]["status"], arrivals[key_of("doubtful")]["status"]) == (
        "VALIDATED",
        "PROVISIONAL",
    )
    assert opened["secrets"].keys() == keys.STAFF.keys()
    assert opened["reasons"] == ["Patient sans papiers, unité absente"] * 2
    for act in opened["acts"]:
        said = json.loads(act.pop("details"))
        assert act == {name: said.get(name) for name in act}
    assert {act["right"] for act in opened["acts"]} > {None}


def _browser(console: InheritedConsole) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = str(console.folder / "console.pem")
    return session


def _post(session: requests.Session, url: str, page: str, path: str = "", **said: str) -> requests.Response:
    """Fill in the form of a page."""
    form = session.get(url + page, timeout=30).text
    token = form.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    said = {"csrfmiddlewaretoken": token, **shown_on(form), **said}
    return session.post(url + (path or page), said, headers={"Referer": url + page}, timeout=30)


def _signed_in(console: InheritedConsole, name: str, secret: str) -> requests.Session:
    """With the password and the second factor of before."""
    session = _browser(console)
    said = {"username": name, "password": keys.PASSWORD, "code": totp(secret, time.time())}
    answer = _post(session, console.url, "connexion/", **said)
    assert answer.status_code == 200 and "/connexion" not in answer.url, name
    return session


def _check_pages(console: InheritedConsole, opened: dict[str, Any]) -> dict[str, requests.Session]:
    """Every list and every record, by whoever may see it; gives the windows they stay signed in at."""
    desks = {name: _signed_in(console, name, opened["secrets"][name]) for name in PAGES}
    for name, pages in PAGES.items():
        for page in pages:
            answer = desks[name].get(console.url + page, timeout=30)
            assert (answer.status_code, answer.url) == (200, console.url + page), (name, page)
    for key, one in opened["arrivals"].items():
        page = desks["marc"].get(f"{console.url}arrivees/{key}/", timeout=30)
        assert page.status_code == 200 and f"status-{one['status']}" in page.text, key
        is_there = bool(from_bytes(b64decode(one["check_in"])).pictures)
        _check_picture(desks["marc"], f"{console.url}arrivees/{key}/pieces/0/", is_there)
    assert desks["lea"].get(f"{console.url}arrivees/{key_of('removed')}/", timeout=30).status_code == 404
    found = _post(desks["marc"], console.url, "recherche/", born="31/12/1975").text
    assert f"arrivees/{key_of('waiting')}/" in found
    kiosks = " ".join(desks["ada"].get(console.url + "bornes/", timeout=30).text.split())
    assert '<td class="n">2</td><td class="n">—</td>' in kiosks  # a kiosk of before does not say what was refused
    closed = {"username": "noe", "password": keys.PASSWORD, "code": totp(opened["secrets"]["noe"], time.time())}
    assert _post(_browser(console), console.url, "connexion/", **closed).status_code == 403
    return desks


def _check_picture(desk: requests.Session, address: str, is_there: bool) -> None:
    """Shown once its copy is made, for the first who look at it."""
    wait_until(lambda: desk.get(address, timeout=30).status_code == (200 if is_there else 404), 30, "the picture")


def _check_the_key_to_touch(console: InheritedConsole) -> None:
    """The key that was added before opens the door, under the name it knows."""
    session = _browser(console)
    session.headers["Host"] = "testserver"
    url = console.url
    form = session.get(url + "connexion/", timeout=30)
    token = form.text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    headers = {"Referer": "https://testserver/connexion/", "X-CSRFToken": token}
    asked = session.post(url + "connexion/cle/", {"csrfmiddlewaretoken": token}, headers=headers, timeout=30).json()
    key = Key(pair=keys.TOUCHED, count=5, owner="")
    said = {
        "username": "lea",
        "password": keys.PASSWORD,
        "key_answer": key.touched(asked),
        "csrfmiddlewaretoken": token,
    }
    answer = session.post(url + "connexion/", said, headers=headers, timeout=30, allow_redirects=False)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/file/"), answer.text[:2000]


def link_of(console: InheritedConsole) -> ConsoleLink:
    """The way to it of the kiosk of before."""

    def signed(path: str, sent_at: str, body: bytes) -> str:
        return b64encode(sign(intake_message(path, "borne-1", sent_at, body), keys.SIGNER)).decode()

    return ConsoleLink(
        console.url, console.folder / "console.pem", "borne-1", signed, lambda: datetime.now(UTC).isoformat()
    )


def _check_the_outbox(console: InheritedConsole, scratch: Path) -> None:
    """What waited is delivered, and what an earlier console refused is taken; what nobody can open stays."""
    outbox = Outbox(Path(shutil.copy(LEFT / "outbox.db", scratch / "outbox.db")))
    link = link_of(console)
    happened, trouble = deliver_waiting(outbox, link, time.monotonic, lambda: False)
    lost = CHECK_INS["child"].key
    taken = [CHECK_INS[name].key for name in ("found-whole", "not-found", "several", "unreachable")]
    assert trouble == ""
    assert [one.key for one in happened if isinstance(one, Delivered)] == taken
    assert [one for one in happened if isinstance(one, Parked)] == [Parked(lost, "http-422")]
    assert deliver_waiting(outbox, link, time.monotonic, lambda: False) == ([], "")
    assert outbox.counts() == (0, 1)
    outbox.close()
    arrivals = console.opened()["arrivals"]
    for name in ("found-whole", "not-found", "several", "unreachable"):
        read = from_bytes(b64decode(arrivals[CHECK_INS[name].key]["check_in"]))
        assert read == CHECK_INS[name], name


def _check_that_work_goes_on(console: InheritedConsole, desk: requests.Session, lina: str) -> None:
    """A patient on hold is somebody whose INS was accepted before: staff say so, and qualify with today's document."""
    page = f"arrivees/{key_of('held')}/"
    _post(desk, console.url, page, page + "prendre/")
    said = {"evidence": "CN", "said": "mother", "first_given_name": "LINA"}  # a minor's
    refused = _post(desk, console.url, page, page + "qualifier/", seen=READ, **said)
    assert "status-RETRIEVED" in refused.text and "status-QUALIFIED" not in refused.text
    known = _post(desk, console.url, page, page + "personne/", whose=lina)
    assert "status-RETRIEVED" in known.text
    answer = _post(desk, console.url, page, page + "qualifier/", seen=READ, **said)
    assert "status-QUALIFIED" in answer.text
    arrivals = console.opened()["arrivals"]
    assert {(arrivals[key_of(one)]["person"], arrivals[key_of(one)]["status"]) for one in ("held", "accepted")} == {
        (lina, "QUALIFIED")
    }
