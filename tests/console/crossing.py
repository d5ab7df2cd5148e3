"""A site with two consoles and two workers on one PostgreSQL, four desks, and the same fifty people again and again.

Consoles and workers are killed in the middle of it. What a page showed as decided is remembered; ``judged`` reads the
database afterwards, in a process of its own (``python -m tests.console.crossed``), and says what does not fit.
"""

import json
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import requests

from kiosk.core.identity.traits import Sex
from kiosk.core.sources.insi import InsUnreachable
from tests.console.arrivals import check_in_of
from tests.console.postgres import Postgres
from tests.console.served import ServedConsole
from tests.console.site import PEOPLE, PROGRESS_WITHIN, Site
from tests.console.staff import READ, shown_on
from tests.demo.processes import ROOT, Child
from tests.demo.staff import totp
from tests.people import Person

FIFTY, DESKS, KIOSKS = 50, ("lea", "marc", "ines", "paul"), 2
MOST_WAITING = 40  # kiosks pause while so many wait
PAUSE = 0.05
STEP = 31.0  # until the authenticator shows another code


def somebody(number: int) -> Person:
    """One of the fifty: the first are those the simulated INSi knows too."""
    if number < len(PEOPLE):
        return PEOPLE[number]
    born = date(1950, 3, 2) + timedelta(days=number * 137)
    nir = f"2{born:%y%m}63990{number:03d}"
    names = (f"{'BCDFGLMNPR'[number % 10]}UVOSAIX", f"{'LMNPRSTVBD'[number // 10]}ILUNE")
    return Person("comes often", names[0], (names[1],), Sex.FEMALE, str(born), "63220", nir)


@dataclass(slots=True)
class Waited:
    """One request to one console: whether it was answered, and when."""

    console: int
    began: float
    seconds: float
    is_answered: bool


@dataclass(slots=True)
class Remembered:
    """What the site was told; lists are appended to by many threads."""

    given: dict[str, str] = field(default_factory=dict)  # the first given name of each visit sent
    acknowledged: list[str] = field(default_factory=list)
    decided: list[tuple[str, str]] = field(default_factory=list)  # the visit, and the act its page showed as done
    waited: list[Waited] = field(default_factory=list)
    killed: list[tuple[int, float, float]] = field(default_factory=list)  # a console, from when until when


class Crossing(Site):
    """The site; its first console and worker are the ones of ``Site``."""

    def __init__(self, folder: Path, postgres: Postgres) -> None:
        super().__init__(folder, postgres)
        self.seen = Remembered()
        self.consoles = [self.console, ServedConsole.beside(self.console)]
        self.workers: list[Child] = []

    def start(self) -> None:
        """Everything serves, the desks have accounts, and the load begins."""
        for console in self.consoles:
            console.start()
        for name in DESKS:
            self._accounts[name] = self.console.add_staff(name)
        self.workers = [self.console.worker() for _ in range(2)]
        jobs = [(self._come, (number,)) for number in range(KIOSKS)]
        jobs += [(self._work, (name, place % 2)) for place, name in enumerate(DESKS)]
        self._threads = [threading.Thread(target=job, args=words, daemon=True) for job, words in jobs]
        for thread in self._threads:
            thread.start()

    def kill_one(self, chance: random.Random) -> str:
        """Kill a console or a worker, wherever it is, and start it again."""
        place, is_console = chance.randrange(2), chance.random() < 0.6
        if not is_console:
            self.workers[place].kill()
            self.workers[place] = self.console.worker()
            return "worker"
        began = time.monotonic()
        self.consoles[place].kill()
        self.consoles[place].start()
        self.seen.killed.append((place, began, time.monotonic()))
        return "console"

    def end(self) -> None:
        """Let everything under way end in peace."""
        self._stop.set()
        for thread in self._threads:
            thread.join(PROGRESS_WITHIN)
            assert not thread.is_alive()
        for worker in self.workers:
            assert worker.end(60) == 0

    def close(self) -> None:
        self._stop.set()
        for child in (*self.workers, self.consoles[1].child):
            if child is not None and child.is_running:
                child.end(30)
        super().close()

    def longest_wait(self) -> float:
        """Of a request to a console that ran all the while, answered or not."""
        running = [one.seconds for one in self.seen.waited if not self._was_killed(one)]
        return max(running, default=0.0)

    def _was_killed(self, one: Waited) -> bool:
        ends = one.began + one.seconds
        return any(place == one.console and one.began < up and ends > down for place, down, up in self.seen.killed)

    # --- the load ------------------------------------------------------------------------------------------------

    def _come(self, number: int) -> None:
        chance, count = random.Random(number), 0
        while not self._stop.is_set():
            if len(self.seen.acknowledged) - len({key for key, _act in self.seen.decided}) > MOST_WAITING:
                self._stop.wait(PAUSE)
                continue
            silent = InsUnreachable("timeout") if chance.random() < 0.15 else None
            who = somebody(chance.randrange(FIFTY))
            check_in = check_in_of(who, silent, ticket=f"{'AB'[number]}{count % 1000}")
            count += 1
            self.seen.given[check_in.key] = who.given_names[0]
            place = chance.randrange(2)
            while not self._stop.is_set():
                began = time.monotonic()
                code = self.consoles[place].deliver(check_in)
                self.seen.waited.append(Waited(place, began, time.monotonic() - began, code != 0))
                if code in {200, 201}:
                    self.seen.acknowledged.append(check_in.key)
                    break
                place = 1 - place
                self._stop.wait(PAUSE)

    def _work(self, name: str, place: int) -> None:
        chance, desk = random.Random(name), _Desk(self, place)
        while not self._stop.is_set():
            try:
                if not desk.is_signed_in and not desk.sign_in(self._accounts[name]):
                    self._stop.wait(STEP)  # a code is taken once
                    continue
                desk.serve_one(chance)
            except requests.RequestException:
                self._stop.wait(PAUSE)


class _Desk:
    """One member of staff: calls next, says who it is, qualifies, confirms, sometimes doubts or takes back."""

    def __init__(self, site: Crossing, place: int) -> None:
        self._site, self._place = site, place
        self.session = site._browser()

    @property
    def console(self) -> ServedConsole:
        return self._site.consoles[self._place]

    @property
    def is_signed_in(self) -> bool:
        return bool(self.session.cookies.get("__Host-console"))

    def sign_in(self, account: Mapping[str, str]) -> bool:
        code = totp(account["totp_secret"], time.time())
        said = {"username": account["user"], "password": account["password"], "code": code}
        return "/connexion" not in self._post("connexion/", self._get("connexion/"), **said).url

    def serve_one(self, chance: random.Random) -> None:
        called = self._post("file/suivant/", self._get("file/"))
        parts = urlsplit(called.url).path.strip("/").split("/")
        if parts[0] != "arrivees" or parts[1] not in self._site.seen.given:
            self._site._stop.wait(PAUSE)
            return
        key, page = parts[1], called
        whose = re.search(r'name="whose" value="([0-9a-f-]{36})"', page.text)
        if f"/arrivees/{key}/presence/" in page.text:
            self._decided(key, "presence-checked", self._act(key, "presence/", page))
            return
        if whose is not None and "personne/" in page.text:
            said = whose[1] if chance.random() < 0.9 else "new"
            page = self._act(key, "personne/", page, whose=said)
            if f"/arrivees/{key}/presence/" in page.text:
                self._decided(key, "presence-checked", self._act(key, "presence/", page))
                return
        if chance.random() < 0.05:
            self._decided(key, "doubted", self._act(key, "decision/doubt/", page))
            return
        given = self._site.seen.given[key]
        done = self._act(key, "qualifier/", page, evidence="CN", first_given_name=given, said="1", seen=READ)
        self._decided(key, "qualified", done)
        if not _is_qualified(done):
            self._act(key, "ecarter/", done, reason="no-document")
        elif chance.random() < 0.1:
            self._decided(key, "undone", self._act(key, "annuler/", done))

    def _decided(self, key: str, act: str, page: requests.Response) -> None:
        """The page came, refuses nothing, and shows the visit as decided by this act."""
        shows = {"qualified": _is_qualified, "doubted": _is_doubted, "undone": lambda page: "qualifier/" in page.text}
        is_so = shows.get(act, lambda page: "annuler/" in page.text)(page)
        if page.status_code == 200 and is_so and not _is_refused(page):
            self._site.seen.decided.append((key, act))

    def _act(self, key: str, what: str, page: requests.Response, **said: str) -> requests.Response:
        return self._post(f"arrivees/{key}/{what}", page, **shown_on(page.text), **said)

    def _get(self, path: str) -> requests.Response:
        return self._timed("GET", path)

    def _post(self, path: str, page: requests.Response, **said: str) -> requests.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        return self._timed("POST", path, {"csrfmiddlewaretoken": token[1] if token else "", **said})

    def _timed(self, method: str, path: str, said: Mapping[str, str] | None = None) -> requests.Response:
        url, began, is_answered = self.console.url + path, time.monotonic(), False
        try:
            answer = self.session.request(method, url, data=said, headers={"Referer": url}, timeout=30)
            is_answered = True
            if "/connexion" in answer.url and method == "GET" and path != "connexion/":
                self.session.cookies.clear()
            return answer
        finally:
            took = time.monotonic() - began
            self._site.seen.waited.append(Waited(self._place, began, took, is_answered))


def _is_qualified(page: requests.Response) -> bool:
    """The visit itself, in its title: a candidate on its page, or a visit of today beside it, may be qualified too."""
    return "status-QUALIFIED" in _title_of(page)


def _is_doubted(page: requests.Response) -> bool:
    """The visit itself: every page offers to doubt."""
    return "tag-stop" in _title_of(page)


def _title_of(page: requests.Response) -> str:
    return page.text.partition("<h1>")[2].partition("</h1>")[0]


def _is_refused(page: requests.Response) -> bool:
    """A rule forbade it, or a colleague was faster: what the page shows then is another's doing."""
    return 'class="message error"' in page.text


def run(site: Crossing, seconds: float, kills: int, seed: int) -> dict[str, object]:
    """Let the site work so long, killed so often; gives what was counted. AssertionError where something is odd."""
    chance, began, killed = random.Random(seed), time.monotonic(), {"console": 0, "worker": 0}
    for number in range(kills):
        due = began + seconds * (number + chance.random()) / kills
        time.sleep(max(0.0, due - time.monotonic()))
        killed[site.kill_one(chance)] += 1
    time.sleep(max(0.0, began + seconds - time.monotonic()))
    site.end()
    return {**judged(site), "killed": killed, "requests": len(site.seen.waited), "longest": site.longest_wait()}


def judged(site: Crossing) -> dict[str, object]:
    """Nothing acknowledged or shown is lost or half decided; a number has one holder, no deadlock, the trail whole."""
    said = {"acknowledged": site.seen.acknowledged, "decided": site.seen.decided}
    done = subprocess.run(
        [sys.executable, "-m", "tests.console.crossed", str(site.console.config)],
        cwd=ROOT,
        input=json.dumps(said),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    assert not found.pop("trouble"), done.stdout
    return found
