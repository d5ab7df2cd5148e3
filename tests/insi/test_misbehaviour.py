"""Whatever the other side does, the search ends within its deadline with a value that is true."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kiosk.core.sources.insi import InsAnswer, InsFound, InsRefused, InsUnreachable
from kiosk.insi import transport
from kiosk.insi.simulated.simulator import Behaviour, Simulator, gzip_bomb
from kiosk.insi.simulated.testpki import TestPki
from tests.insi.conftest import MakeClient
from tests.insi.test_searches import CARD

DEADLINE = 0.6  # seconds given to a search that is meant to be late
ENOUGH = 6.0  # seconds for one that is not, on a machine with other things to do
BOUND = 10.0  # seconds it may really take on a slow machine; the misbehaviours go on for minutes


def ask(make_client: MakeClient, deadline: float = DEADLINE, **changes: object) -> InsAnswer:
    client = make_client(**changes)
    client.prepare()
    started = time.monotonic()
    answer = client.find_by_card(CARD, None, deadline)
    assert time.monotonic() - started < BOUND
    return answer


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("silent", "timeout"),
        ("dribble", "timeout"),
        ("dribble-headers", "timeout"),
        ("truncated", "nonsense"),
        ("wrong-length", "connection"),
        ("html", "nonsense"),
        ("empty", "nonsense"),
        ("dtd", "nonsense"),
        ("entities", "nonsense"),
        ("broken-utf8", "nonsense"),
        ("redirect", "nonsense"),
        ("reset", "connection"),
        ("endless-headers", "connection"),
        ("fault", "service"),
        ("http", "service"),
    ],
)
@pytest.mark.long
def test_a_service_that_misbehaves_is_unreachable_in_time(
    make_client: MakeClient, simulator: Simulator, kind: str, reason: str
) -> None:
    simulator.behave(Behaviour(kind, seconds=0.05 if "dribble" in kind else 0))
    answer = ask(make_client, deadline=DEADLINE if reason == "timeout" else ENOUGH)
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == reason
    assert len(answer.exchanges) == 1


@pytest.mark.parametrize("kind", ["gzip-bomb", "huge"])
def test_an_answer_of_many_megabytes_is_not_read(make_client: MakeClient, simulator: Simulator, kind: str) -> None:
    gzip_bomb()  # packed once, not within the deadline
    simulator.behave(Behaviour(kind))
    answer = ask(make_client, deadline=ENOUGH)
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == "nonsense"
    assert answer.exchanges[0].response == b""


def test_a_slow_answer_that_comes_in_time_is_taken(make_client: MakeClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("slow", seconds=0.2))
    assert isinstance(ask(make_client, deadline=ENOUGH), InsFound)


def test_a_packed_answer_is_unpacked(make_client: MakeClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("gzip"))
    answer = ask(make_client, deadline=ENOUGH)
    assert isinstance(answer, InsFound)
    assert answer.exchanges[0].response.startswith(b"<?xml")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
def test_a_door_that_does_not_know_us_is_a_refusal(make_client: MakeClient, simulator: Simulator, status: int) -> None:
    simulator.behave(Behaviour("http", status=status))
    answer = ask(make_client, deadline=ENOUGH)
    assert isinstance(answer, InsRefused)
    assert answer.code == f"http_{status}"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_door_that_is_busy_is_asked_again_later(make_client: MakeClient, simulator: Simulator, status: int) -> None:
    simulator.behave(Behaviour("http", status=status))
    answer = ask(make_client, deadline=ENOUGH)
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == "service"
    assert answer.exchanges[0].code == f"http_{status}"


@contextmanager
def tcp_server(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that speaks in its own way to each caller; yields the endpoint."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    peers: list[socket.socket] = []
    workers: list[threading.Thread] = []

    def accept() -> None:
        while not over.is_set():
            try:
                peer = listener.accept()[0]
            except TimeoutError:
                continue
            peers.append(peer)
            workers.append(threading.Thread(target=serve, args=(peer, over), daemon=True))
            workers[-1].start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}/lps"
    finally:
        over.set()
        thread.join()
        for peer in peers:
            peer.close()
        for worker in workers:
            worker.join()
        listener.close()


def test_a_server_that_never_shakes_hands_is_left_in_time(make_client: MakeClient) -> None:
    with tcp_server(lambda _, over: over.wait(BOUND) and None) as endpoint:
        answer = ask(make_client, endpoint=endpoint)
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == "timeout"


def test_a_server_that_shakes_hands_a_byte_at_a_time_is_left_in_time(make_client: MakeClient) -> None:
    def serve(peer: socket.socket, over: threading.Event) -> None:
        hello = b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03" + bytes(8000)
        for byte in hello:
            if over.wait(0.02):
                return
            try:
                peer.sendall(bytes([byte]))
            except OSError:
                return

    with tcp_server(serve) as endpoint:
        answer = ask(make_client, endpoint=endpoint)
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == "timeout"


def test_a_server_that_does_not_speak_tls_is_unreachable(make_client: MakeClient) -> None:
    with tcp_server(lambda peer, _: peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as endpoint:
        answer = ask(make_client, deadline=ENOUGH, endpoint=endpoint)
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == "connection"


def test_nobody_listening_is_unreachable(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = ask(make_client, deadline=ENOUGH, endpoint=f"https://localhost:{port}/lps")
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == "connection"


def test_a_name_that_does_not_exist_is_unreachable(make_client: MakeClient) -> None:
    answer = ask(make_client, endpoint="https://insi.invalid/lps", deadline=ENOUGH)
    assert isinstance(answer, InsUnreachable)


def test_a_name_server_that_does_not_answer_is_left_in_time(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def stuck(*_: object, **__: object) -> list[object]:
        over.wait(60)
        return []

    client = make_client()
    client.prepare()
    monkeypatch.setattr(transport.socket, "getaddrinfo", stuck)
    started = time.monotonic()
    answer = client.find_by_card(CARD, None, DEADLINE)
    assert time.monotonic() - started < BOUND
    over.set()
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == "timeout"


def test_a_connection_the_service_closed_meanwhile_is_opened_again(make_client: MakeClient, pki: TestPki) -> None:
    """The kept connection is gone at the next search: the patient sees nothing of it."""
    first = Simulator(pki.insi_certificate, pki.insi_key, pki.ca)
    client = make_client(endpoint=first.endpoint)
    with first.running():
        assert isinstance(client.find_by_card(CARD, None, ENOUGH), InsFound)
    port = int(first.endpoint.rpartition(":")[2].partition("/")[0])
    with Simulator(pki.insi_certificate, pki.insi_key, pki.ca, port=port).running():
        assert isinstance(client.find_by_card(CARD, None, ENOUGH), InsFound)


def test_the_context_refuses_the_unsafe_way_to_negotiate_again_and_anything_older_than_tls_1_2(
    make_client: MakeClient, pki: TestPki
) -> None:
    from kiosk.insi.certificate import client_context, load

    config = make_client()._config
    context = client_context(config, load(config))
    unsafe = 0x4 | 0x40000  # SSL_OP_LEGACY_SERVER_CONNECT, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION
    assert not context.options & unsafe, "another server could speak in the middle of a call (RFC 5746)"
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert len(context.get_ca_certs()) == 1, "the configured authority and no other"
