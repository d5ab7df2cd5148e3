"""Who guesses passwords: from many addresses, many at once, for long. And who wants somebody else shut out by that."""

import http.client
import re
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import psutil
import pytest

from tests.console.served import ServedConsole
from tests.demo import enrolling
from tests.demo.processes import wait_until

FIELD = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """Somebody's browser, on one of the loopback's addresses."""

    def __init__(self, console: ServedConsole, source: str = "127.0.0.1") -> None:
        self._console, self._source = console, source
        self.cookies: dict[str, str] = {}

    def link(self) -> http.client.HTTPSConnection:
        at, context = urlsplit(self._console.url), self._console.context()
        return http.client.HTTPSConnection(
            "localhost", at.port, timeout=60, context=context, source_address=(self._source, 0)
        )

    def ask(self, path: str, **form: str) -> tuple[int, bytes]:
        with closing(self.link()) as link:
            return self.over(link, path, form)

    def over(self, link: http.client.HTTPSConnection, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": kept, "Referer": self._console.url, "Content-Type": "application/x-www-form-urlencoded"}
        headers["Origin"] = f"https://localhost:{urlsplit(self._console.url).port}"
        link.request("POST" if form else "GET", path, urlencode(form), headers)
        answer = link.getresponse()
        for said in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(said).items()}
        return answer.status, answer.read()

    def sign_in(self, name: str, password: str, code: str = "123456") -> int:
        said = {"csrfmiddlewaretoken": token_of(self.ask("/connexion/")[1]), "username": name, "password": password}
        return self.ask("/connexion/", **said, code=code)[0]


def token_of(page: bytes) -> str:
    token = FIELD.search(page)
    assert token is not None
    return token[1].decode()


class Owner:
    """Léa, whose account it is, and her authenticator."""

    def __init__(self, console: ServedConsole, name: str) -> None:
        self.said = console.add_staff(name)

    def signs_in(self, browser: Visitor) -> int:
        """With the code of now, or the one after it where that was used: counted from the one that was used, since a
        half-minute may end between looking at the authenticator and being looked at.
        """
        step, code = enrolling.next_code(self.said)
        answer = browser.sign_in(self.said["user"], self.said["password"], code)
        if answer == 302:
            self.said["shown"] = str(step)
        return answer


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    served = ServedConsole(tmp_path_factory.mktemp("guesses") / "console")
    served.start()
    yield served
    served.stop()


def _rows(console: ServedConsole, table: str) -> int:
    with closing(sqlite3.connect(console.folder / "data" / "console.sqlite3")) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - ours


def test_guesses_from_six_addresses_close_the_account_but_not_to_its_owner(console: ServedConsole) -> None:
    lea = Owner(console, "lea")
    desk = Visitor(console)
    assert lea.signs_in(desk) == 302
    desk.cookies.pop("__Host-console")
    answers = [Visitor(console, f"127.0.1.{n % 6 + 1}").sign_in("lea", f"guess {n}") for n in range(24)]
    assert answers.count(403) == 20 and answers.count(429) == 4
    assert lea.signs_in(Visitor(console, "127.0.1.9")) == 429  # nobody knows this browser
    assert lea.signs_in(desk) == 302  # and this one it does
    with closing(sqlite3.connect(console.folder / "data" / "console.sqlite3")) as database:
        told = database.execute(
            "SELECT about, details FROM console_auditentry WHERE act = 'sign-in-refused'"
        ).fetchall()
        assert ("lea", '{"closed": true}') in told
        assert len(told) <= 12  # not one for each
        database.execute("UPDATE console_guess SET since = '2020-01-01 00:00:00'")  # a quarter of an hour later
        database.commit()
    assert lea.signs_in(Visitor(console, "127.0.1.9")) == 429  # so says the table alone; the process counts itself
    console.stop()
    console.start()
    assert lea.signs_in(Visitor(console, "127.0.1.9")) == 302


def test_what_a_browser_keeps_is_worth_nothing_to_another_account_or_altered(console: ServedConsole) -> None:
    ines, desk = Owner(console, "ines"), Visitor(console, "127.0.2.1")
    Owner(console, "marc")
    assert ines.signs_in(desk) == 302
    desk.cookies.pop("__Host-console")
    assert [desk.sign_in("marc", "wrong") for _ in range(6)] == [403] * 5 + [429]
    desk.cookies["__Host-known"] += "x"
    assert [desk.sign_in("ines", "wrong") for _ in range(6)] == [403] * 5 + [429]


def test_many_guesses_at_once_take_the_memory_of_two(console: ServedConsole) -> None:
    assert console.child is not None
    ours = [psutil.Process(console.child.pid), *psutil.Process(console.child.pid).children(recursive=True)]
    before = sum(one.memory_info().rss for one in ours)
    most = 0
    with ThreadPoolExecutor(16) as guessers:
        said = [
            guessers.submit(Visitor(console, f"127.0.3.{n + 1}").sign_in, f"nobody{n}", "x" * 12) for n in range(16)
        ]
        while not all(one.done() for one in said):
            most = max(most, sum(one.memory_info().rss for one in ours))
    assert {one.result() for one in said} <= {403, 429}
    assert most - before < 250 * 2**20  # at most two of Argon2's hundred MiB, and what a page takes


def test_visits_and_guesses_leave_no_row_for_ever(console: ServedConsole) -> None:
    sessions, acts = _rows(console, "django_session"), _rows(console, "console_auditentry")
    for number in range(20):
        browser = Visitor(console, "127.0.4.1")
        status, page = browser.ask("/connexion/")
        assert status == 200
        assert browser.ask("/connexion/cle/", csrfmiddlewaretoken=token_of(page))[0] == 200
        assert browser.ask(f"/nothing/{number}/")[0] in {302, 404}
    for number in range(12):
        Visitor(console, "127.0.4.2").sign_in("nobody at all", f"guess {number}")
    assert _rows(console, "django_session") == sessions
    assert _rows(console, "console_auditentry") - acts <= 2
    with closing(sqlite3.connect(console.folder / "data" / "console.sqlite3")) as database:
        database.execute("UPDATE console_guess SET since = '2020-01-01 00:00:00'")
        database.commit()
    assert console.run("worker", "--once").returncode == 0
    assert _rows(console, "console_guess") == 0


@pytest.mark.beside
def test_guesses_from_four_machines_keep_nobody_else_from_signing_in(console: ServedConsole) -> None:
    """They fill the line at the door; who comes with a browser that is known here, or from elsewhere, is looked at."""
    marie, desk, stop = Owner(console, "marie"), Visitor(console, "127.0.7.1"), threading.Event()
    assert marie.signs_in(desk) == 302
    desk.cookies.pop("__Host-console")
    turned_away: list[int] = []

    def guess(address: str) -> None:
        browser = Visitor(console, address)
        with closing(browser.link()) as link:
            while not stop.is_set():
                turned_away.append(browser.over(link, "/connexion/", {"username": "nobody"})[0])

    with ThreadPoolExecutor(8) as guessers:
        guessing = [guessers.submit(guess, f"127.0.6.{n % 4 + 1}") for n in range(8)]
        try:
            wait_until(lambda: len(turned_away) > 40, 30, "forty guesses")
            known = [desk.sign_in("marie", "wrong") for _ in range(4)]
            strange = [Visitor(console, f"127.0.8.{n + 1}").sign_in(f"nobody{n}", "wrong") for n in range(4)]
        finally:
            stop.set()
    assert all(one.result() is None for one in guessing)
    assert known == strange == [403] * 4
    assert set(turned_away) <= {403, 429}


def test_who_is_refused_again_and_again_does_not_fill_the_journal(console: ServedConsole) -> None:
    """Anybody could have it write two hundred lines a second."""
    log = console.folder / "console.log"
    before = log.read_text().count("intake-refused")
    with closing(Visitor(console, "127.0.9.1").link()) as link:
        for _ in range(200):
            link.request("PUT", "/intake/heartbeat", b"{}", {"X-Kiosk": "borne-1"})
            answer = link.getresponse()
            answer.read()
            assert answer.status in {401, 422}
    assert 100 < log.read_text().count("intake-refused") - before < 140
