"""Which version of the console answers is heard when it is one; whatever else stands there is passed over."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from kiosk.storage.delivery import NO_KEY, ConsoleLink, Parked, deliver_waiting
from kiosk.storage.outbox import Outbox


class _Console(BaseHTTPRequestHandler):
    """Refuses everything, and says what it is told to say of its version."""

    version: bytes | None = None
    status = 422
    broken_over: frozenset[str] = frozenset()
    asked = 0

    def do_PUT(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        said = b"" if self.version is None else b"X-Console-Version: " + self.version + b"\r\n"
        status = 500 if self.path.rpartition("/")[2] in self.broken_over else self.status
        first = f"HTTP/1.1 {status} No\r\n".encode()
        self.wfile.write(first + said + b"Content-Length: 0\r\nConnection: close\r\n\r\n")

    def log_message(self, *_words: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def console() -> Iterator[tuple[type[_Console], ConsoleLink]]:
    handler = type("Handler", (_Console,), {})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))  # seconds until it sees that it is to end
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    yield handler, ConsoleLink(url, Path("none.pem"), "borne-1", lambda *_: "", lambda: "now")
    server.shutdown()
    thread.join()
    server.server_close()


def _errand(outbox: Outbox, link: ConsoleLink) -> int:
    """One round of the courier; gives how many were refused."""
    happened, trouble = deliver_waiting(outbox, link, lambda: 0.0, lambda: False)
    assert trouble == "" and all(isinstance(one, Parked) for one in happened)
    return len(happened)


@pytest.mark.parametrize("said", [b"0.2.0", b"1", b"2026.11+dirty_x-y", b"9" * 40])
def test_a_version_is_heard(console: tuple[type[_Console], ConsoleLink], said: bytes) -> None:
    handler, link = console
    handler.version = said
    link.put_heartbeat({})
    assert link.version == said.decode()


@pytest.mark.parametrize(
    "said",
    [
        None,
        b"",
        b" ",
        b"9" * 41,
        b"1.0 2.0",
        b"-1",
        b"\xc3\xa9",
        b"\xff\xfe",
        b"a\x00b",
        b"'; DROP TABLE outgoing",
        b"x" * 9000,
    ],
)
def test_what_is_no_version_is_not_heard_and_that_of_another_console_does_not_stand_for_it(
    console: tuple[type[_Console], ConsoleLink], said: bytes | None
) -> None:
    handler, link = console
    handler.version = b"0.1.0"
    link.put_heartbeat({})
    handler.version = said
    link.put_heartbeat({})
    assert link.version == ""


def test_what_a_console_of_before_refused_is_not_laid_to_the_one_that_answered_last(
    console: tuple[type[_Console], ConsoleLink], tmp_path: Path
) -> None:
    """An update of the console that was taken back, and made again."""
    handler, link = console
    outbox = Outbox(tmp_path / "outbox.db")
    handler.version = b"0.2.0"
    link.put_heartbeat({})
    handler.version = None
    outbox.put("a", b"x", "t")
    assert [_errand(outbox, link) for _ in range(3)] == [1, 0, 0]
    assert outbox.everything()[0].refused_by == ("?",)
    handler.version = b"0.2.0"
    link.put_heartbeat({})
    assert [_errand(outbox, link) for _ in range(3)] == [1, 0, 0]
    assert outbox.everything()[0].refused_by == ("?", "0.2.0")


@pytest.mark.parametrize("status", [401, 413, 500, 502])
def test_who_answers_without_knowing_who_asks_says_nothing_of_the_version(
    console: tuple[type[_Console], ConsoleLink], status: int
) -> None:
    handler, link = console
    handler.version = b"0.2.0"
    link.put_heartbeat({})
    handler.version, handler.status = None, status
    link.put_heartbeat({})
    assert link.version == "0.2.0"


def test_a_refusal_is_not_brought_again_to_the_same_version_and_once_to_another(
    console: tuple[type[_Console], ConsoleLink], tmp_path: Path
) -> None:
    handler, link = console
    outbox = Outbox(tmp_path / "outbox.db")
    outbox.put("a", b"x", "t")
    handler.version = b"0.1.0"
    assert [_errand(outbox, link) for _ in range(3)] == [1, 0, 0]
    handler.version = b"0.2.0"
    link.put_heartbeat({})
    assert [_errand(outbox, link) for _ in range(3)] == [1, 0, 0]
    handler.version = b"0.1.0"
    link.put_heartbeat({})
    assert [_errand(outbox, link) for _ in range(3)] == [0, 0, 0]
    assert outbox.everything()[0].refused_by == ("0.1.0", "0.2.0")
    assert outbox.counts() == (0, 1)


def test_a_console_that_says_no_version_is_asked_once(
    console: tuple[type[_Console], ConsoleLink], tmp_path: Path
) -> None:
    handler, link = console
    outbox = Outbox(tmp_path / "outbox.db")
    outbox.put("a", b"x", "t")
    assert [_errand(outbox, link) for _ in range(3)] == [1, 0, 0]
    assert outbox.everything()[0].refused_by == ("?",)
    assert handler.asked == 1


def test_a_console_that_says_another_version_every_time_is_not_asked_for_ever(
    console: tuple[type[_Console], ConsoleLink], tmp_path: Path
) -> None:
    handler, link = console
    outbox = Outbox(tmp_path / "outbox.db")
    for key in ("a", "b", "c"):
        outbox.put(key, b"x", "t")
    rounds = []
    for number in range(60):
        handler.version = f"0.{number}".encode()
        link.put_heartbeat({})
        rounds.append(_errand(outbox, link))
    assert sum(rounds) == 3 * 20 and rounds[-30:] == [0] * 30
    assert outbox.counts() == (0, 3)


@pytest.mark.parametrize("key", ["../heartbeat", "../../staff/", "a?b=c", "a#b", "a b", "é", "", "x" * 65])
def test_what_stands_under_no_key_is_parked_is_brought_nowhere_and_keeps_no_other_waiting(
    console: tuple[type[_Console], ConsoleLink], tmp_path: Path, key: str
) -> None:
    handler, link = console
    handler.status = 201
    outbox = Outbox(tmp_path / "outbox.db")
    outbox.put(key, b"x", "t")
    outbox.put("0e4cf7a8-4f0c-4a05-b1c7-0d7a8d1c9a57", b"x", "t")
    happened, trouble = deliver_waiting(outbox, link, lambda: 0.0, lambda: False)
    assert (trouble, handler.asked, happened[0]) == ("", 1, Parked(key, NO_KEY))
    assert [(one.key, one.parked) for one in outbox.everything()] == [(key, NO_KEY)]


def test_however_many_never_get_through_the_others_leave(
    console: tuple[type[_Console], ConsoleLink], tmp_path: Path
) -> None:
    handler, link = console
    outbox, last = Outbox(tmp_path / "outbox.db"), set[str]()
    never = [f"never-{number}" for number in range(130)]
    handler.status, handler.broken_over = 201, frozenset(never)
    for key in (*never, "good"):
        outbox.put(key, b"x", "t")
    left = [deliver_waiting(outbox, link, lambda: 0.0, lambda: False, last)[0] for _ in range(2)]
    assert [len(one) for one in left] == [0, 1]
    assert (outbox.counts(), outbox.sealed("good")) == ((130, 0), None)
