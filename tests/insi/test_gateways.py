"""Through a structure's proxy, and to gateways that ask for the certificate only once they have read the request."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.core.sources.insi import InsAnswer, InsCertificateTrouble, InsFound, InsRefused, InsUnreachable
from kiosk.insi.config import Proxy
from kiosk.insi.faults import advice
from kiosk.insi.simulated.simulator import Behaviour, Simulator
from kiosk.insi.simulated.testpki import TestPki
from tests.insi.conftest import MakeClient, other_pki
from tests.insi.gateways import PASSWORD, USER, LateServer, proxy_server, renegotiating
from tests.insi.test_misbehaviour import DEADLINE, ENOUGH, ask
from tests.insi.test_searches import CARD


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "proxy.password"
    file.touch(mode=0o600)
    file.write_text(f"{PASSWORD}\n")
    return file


def test_insi_is_asked_through_a_proxy_that_wants_a_password_and_sees_only_a_host(
    make_client: MakeClient, simulator: Simulator, password: Path
) -> None:
    with proxy_server() as server:
        proxy = Proxy("127.0.0.1", server.port, USER, password)
        client = make_client(proxy=proxy)
        assert isinstance(client.find_by_card(CARD, None, ENOUGH), InsFound)
        assert isinstance(client.find_by_card(CARD, None, ENOUGH), InsFound)
    host = simulator.endpoint.removeprefix("https://").removesuffix("/lps")
    assert [one.split(b"\r\n")[:2] for one in server.asked] == [
        [f"CONNECT {host} HTTP/1.1".encode(), f"Host: {host}".encode()]
    ]  # one tunnel, kept for the second call
    assert PASSWORD not in repr(proxy)


@pytest.mark.parametrize("wrong", ["password", "no file", "user"])
def test_a_proxy_that_refuses_us_is_said_so_without_the_password_and_is_not_tried_again(
    make_client: MakeClient, simulator: Simulator, password: Path, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = simulator.answered
    with proxy_server() as server:
        proxy = Proxy("127.0.0.1", server.port, USER, password)
        if wrong == "password":
            password.write_text("another\n")
        elif wrong == "no file":
            password.unlink()
        else:
            proxy = replace(proxy, user="", password_file=None)
        answer = ask(make_client, ENOUGH, proxy=proxy)
    assert isinstance(answer, InsRefused)
    assert answer.code == "kiosk_proxy"
    assert "[insi.proxy]" in advice(answer.code)
    assert (simulator.answered, len(answer.exchanges), len(server.asked) <= 1) == (before, 1, True)
    told = capsys.readouterr()
    assert "another" not in told.out + told.err and PASSWORD not in told.out + told.err


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"HTTP/1.1 503 Busy\r\n\r\n", "connection"),
        (b"SSH-2.0-none\r\n\r\n", "connection"),
        (b"HTTP/1.1 200" + b" " * 100_000, "connection"),
        (b"HTTP/1.1 200 OK\r\n", "timeout"),  # and then nothing
    ],
)
def test_a_proxy_that_misbehaves_is_a_service_not_reached_within_the_deadline(
    make_client: MakeClient, reply: bytes, reason: str
) -> None:
    with proxy_server(reply) as server:
        deadline = DEADLINE if reason == "timeout" else ENOUGH
        answer = ask(make_client, deadline, proxy=Proxy("127.0.0.1", server.port))
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == reason


def test_a_silent_service_behind_a_proxy_is_late_at_the_deadline_too(
    make_client: MakeClient, simulator: Simulator, password: Path
) -> None:
    simulator.behave(Behaviour("dribble", seconds=0.05))
    with proxy_server() as server:
        answer = ask(make_client, DEADLINE, proxy=Proxy("127.0.0.1", server.port, USER, password))
    assert answer == InsUnreachable("timeout", answer.exchanges)


def test_a_gateway_that_asks_for_the_certificate_by_renegotiation_is_shown_it(
    make_client: MakeClient, pki: TestPki
) -> None:
    with renegotiating(pki) as (endpoint, said):
        answer: InsAnswer = make_client(endpoint=endpoint).find_by_card(CARD, None, ENOUGH)
    assert isinstance(answer, InsFound)
    before, request, *after = said
    assert "Envelope>" in request
    assert "INSI-AUTO" not in before + request  # the request came before any certificate
    assert "INSI-AUTO" in "".join(after)


def test_a_gateway_that_renegotiates_and_then_refuses_the_certificate_is_certificate_trouble(
    make_client: MakeClient, pki: TestPki, tmp_path: Path
) -> None:
    stranger = other_pki(tmp_path / "other")
    with renegotiating(pki, ca=stranger.ca) as (endpoint, _):
        answer = make_client(endpoint=endpoint).find_by_card(CARD, None, ENOUGH)
    assert isinstance(answer, InsCertificateTrouble)
    assert answer.reason.startswith("client:")


def test_a_gateway_that_asks_for_the_certificate_after_a_tls_1_3_handshake_is_shown_it(
    make_client: MakeClient, pki: TestPki
) -> None:
    server = LateServer(pki)
    answer = make_client(endpoint=server.endpoint).find_by_card(CARD, None, ENOUGH)
    server.stop()
    assert isinstance(answer, InsFound)
    assert server.shown[0] is None or server.shown[0] == {}
    assert "INSI-AUTO" in repr(server.shown[1])
