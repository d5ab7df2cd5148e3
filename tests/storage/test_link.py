"""The way to the console over TLS, whatever the other side sends back."""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.deadline import time_left
from kiosk.insi.simulated.testpki import TestPki, make_pki
from kiosk.storage.delivery import ConsoleLink, Reply
from kiosk.storage.enrolment import NotEnrolled, bring_key
from kiosk.storage.heads import HeadKeeper


class Blunt:
    """A TLS server that answers every request with these very bytes, then hangs up if it should."""

    def __init__(self, pki: TestPki, said: bytes, *, hangs_up: bool) -> None:
        self._said, self._hangs_up = said, hangs_up
        self.connections = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pki.console_certificate, pki.console_key)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            plain.settimeout(5.0)
            with self._context.wrap_socket(plain, server_side=True) as peer:
                self._answer(peer)

    def _answer(self, peer: ssl.SSLSocket) -> None:
        try:
            while _request(peer):
                peer.sendall(self._said)
                if self._hangs_up:
                    return
        except OSError:
            return  # the kiosk had heard enough


def _request(peer: ssl.SSLSocket) -> bool:
    """Hear one whole request."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += (part := peer.recv(65536))
        if not part:
            return False
    head, _, body = heard.partition(b"\r\n\r\n")
    [length] = re.findall(rb"(?i)content-length: (\d+)", head)
    while len(body) < int(length):
        body += peer.recv(65536)
    return True


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def blunt(pki: TestPki) -> Iterator[Callable[..., Blunt]]:
    made: list[Blunt] = []

    def make(said: bytes, *, hangs_up: bool = True) -> Blunt:
        made.append(Blunt(pki, said, hangs_up=hangs_up))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def link(server: Blunt, ca: Path, heads: HeadKeeper | None = None) -> ConsoleLink:
    return ConsoleLink(server.url, ca, "hall", lambda *_: "c2lnbmVk", lambda: "2026-11-21T10:00:00+01:00", heads)


def head(status: str, length: int) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n".encode()


@pytest.mark.parametrize("body", [b"half", b"x" * 100_000])
def test_the_number_of_an_answer_counts_whatever_follows_it(
    blunt: Callable[..., Blunt], pki: TestPki, body: bytes
) -> None:
    taken = blunt(head("201 Created", 200_000) + body)
    assert link(taken, pki.ca).put_heartbeat({}) == (Reply.TAKEN, "http-201")
    busy = blunt(head("503 Service Unavailable", 200_000) + body)
    assert link(busy, pki.ca).put_heartbeat({}) == (Reply.LATER, "http-503")


def test_a_question_is_answered_by_a_number_alone_or_not_at_all(blunt: Callable[..., Blunt], pki: TestPki) -> None:
    held = blunt(head("202 Accepted", 23) + b'{"outcome": "received"}')
    assert link(held, pki.ca).bring("/intake/questions/k", b"sealed", 5.0) == "http-202"
    silent = blunt(head("202 Accepted", 23) + b"{", hangs_up=False)
    assert link(silent, pki.ca).bring("/intake/questions/k", b"sealed", 0.2) == "late"
    endless = blunt(head("202 Accepted", 200_000) + b"x" * 100_000)
    assert link(endless, pki.ca).bring("/intake/questions/k", b"sealed", 5.0) == "nonsense"
    nobody = ConsoleLink("https://localhost:1", pki.ca, "hall", lambda *_: "c2lnbmVk", lambda: "2026-11-21T10:00:00Z")
    assert nobody.bring("/intake/questions/k", b"sealed", 5.0) == "unreachable"


def test_a_connection_is_kept_for_the_next(blunt: Callable[..., Blunt], pki: TestPki) -> None:
    server = blunt(head("201 Created", 2) + b"{}", hangs_up=False)
    console = link(server, pki.ca)
    for _ in range(3):
        assert console.put_heartbeat({}) == (Reply.TAKEN, "http-201")
    assert server.connections == 1


def test_what_is_long_has_longer_to_leave(blunt: Callable[..., Blunt], pki: TestPki) -> None:
    left: list[float] = []

    def sign(*_: object) -> str:
        left.append(time_left())
        return "c2lnbmVk"

    server = blunt(head("201 Created", 2) + b"{}")
    console = ConsoleLink(server.url, pki.ca, "hall", sign, lambda: "2026-11-21T10:00:00Z")
    for size in (0, 320 * 1024):
        assert console.put("/intake/check-ins/k", bytes(size), "application/octet-stream") == (Reply.TAKEN, "http-201")
    assert 9 < left[1] - left[0] < 11, "at 32 KiB a second, ten seconds more"


def test_a_welcome_that_breaks_off_or_has_no_end_enrols_nobody(blunt: Callable[..., Blunt], pki: TestPki) -> None:
    half = blunt(head("201 Created", 200) + b'{"structure_key": "')
    assert bring_key(half.url, pki.ca, "hall", "code", b"key") is NotEnrolled.UNREACHABLE
    endless = blunt(head("201 Created", 200_000) + b" " * 200_000)
    assert bring_key(endless.url, pki.ca, "hall", "code", b"key") is NotEnrolled.NOT_UNDERSTOOD


def test_a_question_is_answered_with_what_came_back_and_only_with_a_200(
    blunt: Callable[..., Blunt], pki: TestPki
) -> None:
    answers = blunt(head("200 OK", 4) + b"\x00box")
    assert link(answers, pki.ca).ask("/intake/recognition", b"sealed", 1.0) == (b"\x00box", "http-200")
    for status, code in (("404 Not Found", "http-404"), ("201 Created", "http-201"), ("302 Found", "http-302")):
        older = blunt(head(status, 4) + b"\x00box")
        assert link(older, pki.ca).ask("/intake/recognition", b"sealed", 1.0) == (b"", code)


def test_a_question_waits_no_longer_than_it_may_for_an_answer_of_any_kind(
    blunt: Callable[..., Blunt], pki: TestPki
) -> None:
    endless = blunt(head("200 OK", 200_000) + b"x" * 200_000)
    assert link(endless, pki.ca).ask("/intake/recognition", b"sealed", 1.0) == (b"", "nonsense")
    silent = blunt(head("200 OK", 4), hangs_up=False)
    assert link(silent, pki.ca).ask("/intake/recognition", b"sealed", 0.2) == (b"", "late")
    half = blunt(head("200 OK", 4) + b"b")
    assert link(half, pki.ca).ask("/intake/recognition", b"sealed", 1.0)[0] == b""
    nobody = ConsoleLink("https://localhost:9", pki.ca, "hall", lambda *_: "c2lnbmVk", lambda: "2026-11-21")
    assert nobody.ask("/intake/recognition", b"sealed", 1.0) == (b"", "unreachable")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "X-Console-Mark: \r\n",
        "X-Console-Mark: x\r\n",
        "X-Console-Mark: kiosk-mark-1 9 aa\r\nX-Console-Key: \xe9\r\n",
    ],
)
def test_a_console_that_gives_no_head_or_none_that_is_one_is_served_all_the_same(
    blunt: Callable[..., Blunt], pki: TestPki, tmp_path: Path, said: str
) -> None:
    keeper = HeadKeeper(tmp_path / "head")
    server = blunt(f"HTTP/1.1 201 Created\r\n{said}Content-Length: 2\r\n\r\n{{}}".encode("latin-1"))
    assert link(server, pki.ca, keeper).put_check_in("key", b"sealed") == (Reply.TAKEN, "http-201")
    assert (keeper.brought(), (tmp_path / "head").exists()) == ("", False)
