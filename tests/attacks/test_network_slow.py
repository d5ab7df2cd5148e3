"""Slow on purpose: sockets that say one byte, send drop by drop, or do not read their answer."""

import contextlib
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.attacks.network import asked, greeted, health, plain
from tests.console.arrivals import check_in_of
from tests.console.served import ServedConsole
from tests.people import ZOE

WAITS = 2.0  # seconds at most, of who does nothing but look whether the console is well
SOCKETS = 16  # stopped the console for half a minute, each time
HEAD = b"PUT /intake/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
BIG = b"GET /static/console/console.css HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    served = ServedConsole(tmp_path_factory.mktemp("slow") / "console")
    more = "port = 0\nthreads = 2\nrequest_seconds = 4\nconnections = 64\nconnections_each = 40"
    served.config.write_text(served.config.read_text().replace("port = 0", more))
    served.start()
    yield served
    assert served.stop() == 0


@pytest.mark.parametrize("said", [b"\x16", b"\x16\x03\x01\x02"], ids=["one byte", "half a greeting"])
def test_a_greeting_that_never_goes_on_keeps_nobody_waiting(console: ServedConsole, said: bytes) -> None:
    with ExitStack() as open_:
        for _ in range(SOCKETS):
            open_.enter_context(plain(console)).sendall(said)
        assert health(console) < WAITS
        assert console.deliver(check_in_of(ZOE)) == 201


@pytest.mark.parametrize("said", [b"G", HEAD[:60], HEAD], ids=["one byte", "half a head", "half a body"])
def test_a_request_sent_drop_by_drop_keeps_nobody_waiting(console: ServedConsole, said: bytes) -> None:
    with ExitStack() as open_:
        for _ in range(SOCKETS):
            open_.enter_context(greeted(console)).sendall(said)
        assert health(console) < WAITS
        assert console.deliver(check_in_of(ZOE)) == 201


def test_an_answer_that_is_not_read_keeps_nobody_waiting(console: ServedConsole) -> None:
    with ExitStack() as open_:
        for _ in range(SOCKETS):
            open_.enter_context(greeted(console, small=True)).sendall(BIG * 20)
        assert health(console) < WAITS


def test_who_is_slow_is_hung_up_on(console: ServedConsole) -> None:
    with greeted(console) as half, greeted(console) as drops:
        half.sendall(HEAD)
        drops.sendall(b"G")
        for one in (half, drops):
            assert one.recv(1) == b""


def test_one_address_does_not_take_all_the_room(console: ServedConsole) -> None:
    with ExitStack() as open_:
        for _ in range(60):  # twenty are refused at the door
            open_.enter_context(plain(console, "127.0.0.2"))
        assert health(console) < WAITS
        for number in range(3, 9):  # six more machines: the room is full
            for _ in range(12):
                open_.enter_context(plain(console, f"127.0.0.{number}"))
        assert health(console) < WAITS
        assert console.deliver(check_in_of(ZOE)) == 201


def test_a_house_behind_one_address_is_not_refused_for_what_it_keeps_open(console: ServedConsole) -> None:
    """Browsers keep a connection for the next question: the oldest of those gives way, and none that is being used."""
    with ExitStack() as open_:
        half = open_.enter_context(greeted(console, "127.0.0.10"))
        half.sendall(HEAD)
        for _ in range(60):
            one = open_.enter_context(greeted(console, "127.0.0.10"))
            one.sendall(b"GET /sante/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert one.recv(12) == b"HTTP/1.1 200"
        half.sendall(b"x")
        half.settimeout(0.5)
        with pytest.raises(TimeoutError):
            half.recv(1)


def test_what_is_too_long_or_odd_is_refused_in_few_words_that_repeat_nothing(console: ServedConsole) -> None:
    form = b"POST /connexion/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999\r\n\r\n"
    for request, status in (
        (form, b"413"),
        (b"GET /" + b"ADRUN" * 1000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nADRUN ZOE\r\n\r\n", b"400"),
        (b"ADRUN\r\n\r\n", b"400"),
    ):
        answer = asked(console, request)
        assert answer.split(b" ")[1] == status
        assert b"ADRUN" not in answer and b"gunicorn" not in answer.lower() and b"\r\nserver:" not in answer.lower()


def test_no_answer_says_which_server_it_comes_from(console: ServedConsole) -> None:
    for path in (b"/sante/", b"/connexion/", b"/static/console/console.css", b"/nothing/"):
        request = b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        head = asked(console, request).partition(b"\r\n\r\n")[0].lower()
        assert head.startswith(b"http/1.1 ")
        assert b"\r\nserver:" not in head and b"\r\nx-powered-by:" not in head


def test_a_kept_connection_does_not_hold_up_the_end(tmp_path: Path) -> None:
    served = ServedConsole(tmp_path / "console")
    served.start()
    with greeted(served) as kept, plain(served), contextlib.suppress(socket.timeout):
        kept.sendall(b"GET /sante/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert kept.recv(12) == b"HTTP/1.1 200"
        assert served.child is not None
        assert served.child.end(14) == 0  # requests under way are waited for longer
