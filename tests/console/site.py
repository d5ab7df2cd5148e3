"""A site at work that is killed again and again: kiosks deliver, staff decides, the worker asks INSi.

What was acknowledged or shown is remembered here; ``tally`` reads the database afterwards and compares.
"""

import json
import random
import re
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import requests

from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsUnreachable
from kiosk.insi.simulated.testpki import make_pki
from tests.console import warm
from tests.console.arrivals import check_in_of
from tests.console.postgres import Postgres
from tests.console.served import STARTS_WITHIN, ServedConsole
from tests.console.staff import READ, shown_on
from tests.demo.processes import Child, kiosk_command, wait_until
from tests.demo.staff import totp
from tests.people import DOMINIQUE, TOUSSAINT, ZOE, Person

PEOPLE = (ZOE, DOMINIQUE, TOUSSAINT)
KIOSKS, STAFF = 3, ("lea", "marc")
PROGRESS_WITHIN = 90.0
NEXT_PATIENT = 0.2  # seconds at each kiosk; as many as come take the processor from whom they are to be decided by


@dataclass(slots=True)
class Remembered:
    """What the site was told; written by many threads, each its own keys."""

    sent: dict[str, CheckIn] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    shown_qualified: set[str] = field(default_factory=set)
    tried: int = 0


class Site:
    """One console, one worker, INSi's simulator, and the database when it has a process of its own."""

    def __init__(self, folder: Path, postgres: Postgres | None = None) -> None:
        self.postgres = postgres
        self.told = Remembered()
        self.console = ServedConsole(folder / "console", postgres.with_tables() if postgres else "")
        self._folder = folder
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._insi = self._start_insi()
        self._worker: Child | None = None
        self._accounts: dict[str, dict[str, str]] = {}

    def start(self) -> None:
        """Everything serves, two members of staff have accounts, and the load begins."""
        self.console.start()
        for name in STAFF:
            self._accounts[name] = self.console.add_staff(name)
        self._start_worker()
        jobs = [(self._deliver, (number,)) for number in range(KIOSKS)] + [(self._decide, (name,)) for name in STAFF]
        self._threads = [threading.Thread(target=job, args=words, daemon=True) for job, words in jobs]
        for thread in self._threads:
            thread.start()

    def victims(self) -> tuple[str, ...]:
        return ("console", "worker", "database") if self.postgres else ("console", "worker")

    def kill(self, victim: str, chance: random.Random) -> None:
        """Wait until something was taken in or decided since the last kill, then kill in the middle of the next."""
        before = len(self.told.acknowledged), len(self.told.shown_qualified)
        wait_until(lambda: len(self.told.acknowledged) > before[0] + 2, PROGRESS_WITHIN, "check-ins acknowledged")
        wait_until(lambda: len(self.told.shown_qualified) > before[1], PROGRESS_WITHIN, "a decision shown")
        tried = self.told.tried + chance.randrange(4)
        wait_until(lambda: self.told.tried > tried, PROGRESS_WITHIN, "another try")
        time.sleep(chance.random() * 0.03)  # anywhere within a request
        if victim == "console":
            self.console.kill()
            self.console.start()
        elif victim == "worker":
            assert self._worker is not None
            self._worker.kill()
            self._start_worker()
        else:
            assert self.postgres is not None
            self.postgres.kill()

    def end(self) -> None:
        """Let everything under way end in peace."""
        wait_until(lambda: self.told.acknowledged >= self.told.sent.keys() or self._rest(), PROGRESS_WITHIN, "the rest")
        self._stop.set()
        for thread in self._threads:
            thread.join(PROGRESS_WITHIN)
            assert not thread.is_alive()
        if self._worker is not None:
            assert self._worker.end(60) == 0

    def search(self, account: dict[str, str], born: str, name: str, *, of: str) -> str:
        """A prior search in the browser, and the first record it finds opened; gives what that page says."""
        session = self._browser()
        wait_until(lambda: self._is_in(session, account), PROGRESS_WITHIN, "signing in")
        url = self.console.url + "recherche/"
        form = {"csrfmiddlewaretoken": _token(session.get(url, timeout=30)), "born": born, "name": name}
        found = session.post(url, form, headers={"Referer": url}, timeout=30)
        key = re.search(r"/arrivees/([0-9a-f-]{36})/", found.text)
        assert key is not None, "nobody was found"
        page = session.get(f"{self.console.url}arrivees/{key[1]}/", timeout=30).text
        assert of in page
        return page

    def _is_in(self, session: requests.Session, account: dict[str, str]) -> bool:
        try:
            self._sign_in(session, account)
        except _NotNow:
            return False
        return True

    def _browser(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.console.folder / "console.pem")
        return session

    def close(self) -> None:
        self._stop.set()
        for child in (self._worker, self.console.child, self._insi):
            if child is not None and child.is_running:
                child.end(30)

    def _rest(self) -> bool:
        self._stop.set()  # nothing new; what is under way is repeated until it is acknowledged
        return False

    # --- the load ------------------------------------------------------------------------------------------------

    def _deliver(self, number: int) -> None:
        count = 0
        while not self._stop.is_set():
            silent = InsUnreachable("timeout") if count % 4 == 0 else None
            check_in = check_in_of(_who(number, count), silent, ticket=f"{'ABC'[number]}{count % 1000}")
            count += 1
            self.told.sent[check_in.key] = check_in
            ends_at = time.monotonic() + PROGRESS_WITHIN
            while check_in.key not in self.told.acknowledged and time.monotonic() < ends_at:
                self.told.tried += 1
                if self.console.deliver(check_in) in {200, 201}:
                    self.told.acknowledged.add(check_in.key)
                    self._stop.wait(NEXT_PATIENT)
                self._stop.wait(0.02)

    def _decide(self, name: str) -> None:
        session = self._browser()
        while not self._stop.is_set():
            try:
                if not session.cookies.get("__Host-console"):
                    self._sign_in(session, self._accounts[name])
                self._decide_one(session)
            except (requests.RequestException, _NotNow):
                self._stop.wait(0.05)

    def _decide_one(self, session: requests.Session) -> None:
        """Call the next patient and qualify who can be; remember what was shown."""
        url = self.console.url
        token = _token(session.get(url + "file/", timeout=30))
        called = session.post(
            url + "file/suivant/", {"csrfmiddlewaretoken": token}, headers={"Referer": url}, timeout=30
        )
        parts = urlsplit(called.url).path.strip("/").split("/")
        if parts[0] != "arrivees":
            raise _NotNow
        path = f"{url}arrivees/{parts[1]}/"
        given = self.told.sent[parts[1]].mrz.traits.given_names[0]
        form = {"csrfmiddlewaretoken": _token(called), "evidence": "CN", "first_given_name": given, "said": "1"}
        form |= {"seen": READ, **shown_on(called.text)}
        self.told.tried += 1
        answer = session.post(path + "qualifier/", form, headers={"Referer": path}, timeout=30)
        if answer.status_code == 200 and "status-QUALIFIED" in answer.text and parts[1] in answer.url:
            self.told.shown_qualified.add(parts[1])

    def _sign_in(self, session: requests.Session, account: dict[str, str]) -> None:
        url = self.console.url
        said = {
            "username": account["user"],
            "password": account["password"],
            "code": totp(account["totp_secret"], time.time()),
            "csrfmiddlewaretoken": _token(session.get(url + "connexion/", timeout=30)),
        }
        answer = session.post(url + "connexion/", said, headers={"Referer": url}, timeout=30)
        if "/connexion" in answer.url:
            session.cookies.clear()
            raise _NotNow

    # --- processes -----------------------------------------------------------------------------------------------

    def _start_worker(self) -> None:
        self._worker = self.console.worker()

    def _start_insi(self) -> Child:
        pki = make_pki(self._folder / "pki")
        command = kiosk_command("simulate", "insi", "--pki", str(self._folder / "pki"), "--people", "0", "--port", "0")
        insi = Child("insi", command, self._folder / "insi.log", begin=warm.begun_alike)
        said = insi.first_line(STARTS_WITHIN)
        section = {
            "endpoint": str(said["endpoint"]),
            "certificate": str(pki.client_p12),
            "password_file": str(pki.password_file),
            "ca": str(pki.ca),
            "idam": str(said["idam"]),
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in section.items()]
        limits = "port = 0\nintake_per_minute = 100000\nintake_per_hour = 1000000"
        text = self.console.config.read_text().replace("port = 0", limits)
        self.console.config.write_text(text + "\n[insi]\n" + "\n".join(lines) + "\n")
        return insi


def _who(kiosk: int, count: int) -> Person:
    """The known ones once, then somebody new each time: whoever has come before is not decided about anew."""
    person = PEOPLE[count % len(PEOPLE)]
    if kiosk == 0 and count < len(PEOPLE):
        return person
    place = count * KIOSKS + kiosk
    born = date(1930, 1, 1) + timedelta(days=place * 13 % 25_000)
    name = "".join("BCDFGLMNPR"[int(digit)] + "A" for digit in f"{place:05d}"[::-1])
    number = f"{person.number[0]}{born:%y%m}99{place:06d}"
    return replace(person, birth_name=name, birth_date=born.isoformat(), number=number)


class _NotNow(Exception):
    """Nobody waits, or the page did not come."""


def _token(page: requests.Response) -> str:
    parts = page.text.split('name="csrfmiddlewaretoken" value="')
    if len(parts) < 2:
        raise _NotNow
    return parts[1].split('"', maxsplit=1)[0]


def tally(console: ServedConsole) -> list[dict[str, object]]:
    """What the database holds of every arrival, read in a process of its own with the console's own keys."""
    done = warm.run("tests.console.tally", str(console.config), seconds=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def judge(site: Site) -> dict[str, int]:
    """Nothing acknowledged is lost, nothing is half done, the trail is whole; gives what was counted."""
    rows = {str(row["key"]): row for row in tally(site.console)}
    told = site.told
    assert told.acknowledged <= rows.keys(), "acknowledged and lost"
    assert rows.keys() <= told.sent.keys()
    for key, row in rows.items():
        assert (row["opens"], row["taken_in"]) == (True, 1), (key, row)
        assert row["fingerprints"], (key, row)
        if row["status"] == "QUALIFIED":
            assert (row["qualified"], row["stage"], row["evidence"], row["accepted"]) == (1, "done", "CN", True), row
        else:
            assert (row["qualified"], row["evidence"], row["accepted"]) == (0, "", False), (key, row)
        assert bool(row["answers"]) == row["answered"], (key, row)
    qualified = {key for key, row in rows.items() if row["status"] == "QUALIFIED"}
    assert told.shown_qualified <= qualified, "shown as qualified and lost"
    verified = json.loads(site.console.run("console", "audit", "verify", "--json").stdout)
    assert verified["intact"], verified
    return {
        "acknowledged": len(told.acknowledged),
        "stored": len(rows),
        "qualified": len(qualified),
        "answered later": sum(bool(row["answered"]) for row in rows.values()),
        "acts": verified["entries"],
    }
