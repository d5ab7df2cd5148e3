"""A test PKI, a simulator, and clients of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kiosk.insi import names
from kiosk.insi.client import Environment, InsiClient, InsiConfig
from kiosk.insi.envelope import OUR_WSDL
from kiosk.insi.retry import RetryPolicy
from kiosk.insi.simulated.population import Population
from kiosk.insi.simulated.simulator import TEST_IDAM, Behaviour, Simulator
from kiosk.insi.simulated.testpki import TestPki, make_pki
from kiosk.insi.transport import HttpAnswer, Transport
from tests.insi.professionals import TestCard, made_in
from tests.insi.softhsm import holding

INSTANCE = "7a1c52f0-3f0e-4a51-9f0e-5f3b1d2c4e6a"
MakeClient = Callable[..., InsiClient]


_BY_NAME = {
    f"{{{namespace}}}{name}": etree.XMLSchema(etree.parse(str(OUR_WSDL.parent / file)))
    for namespace, name, file in (
        (names.WSSE, "Security", "security.xsd"),
        (names.LPS, "ContexteLPS", "contexte-lps.xsd"),
        (names.BAM, "ContexteBAM", "contexte-bam.xsd"),
        (names.WSA, "Action", "ws-addr.xsd"),
        (names.WSA, "MessageID", "ws-addr.xsd"),
        (names.VITALE, "RECVITALE", "recvitale.xsd"),
        (names.TRAITS, "RECSANSVITALE", "recsansvitale.xsd"),
    )
}


@pytest.fixture(autouse=True)
def _every_request_follows_the_schemas(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a client sends in these tests, header blocks and body, is valid by its schema; nothing else is sent."""
    broken: list[str] = []
    send = Transport.post

    def post(self: Transport, body: bytes, content_type: str, seconds: float, *, bearer: str = "") -> HttpAnswer:
        root = etree.fromstring(body)
        parts = [*root[0], *root[1]]
        vouched = root[0].find(f"{{{names.WSSE}}}Security") is not None
        if [str(etree.QName(part).localname) for part in root] != ["Header", "Body"] or len(parts) != 5 + vouched:
            broken.append("envelope")
        for part in parts:
            schema = _BY_NAME.get(str(part.tag))
            if schema is None or not schema.validate(part):
                broken.append(str(part.tag))
        return send(self, body, content_type, seconds, bearer=bearer)

    monkeypatch.setattr(Transport, "post", post)
    yield
    assert broken == []


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def card(pki: TestPki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestCard]:
    """A professional's card in a software token; beside it a token with the structure's own key."""
    made, key = made_in(tmp_path_factory.mktemp("card"))
    with holding(tmp_path_factory.mktemp("softhsm"), {"insi": ("insi-auto", pki.client_key), "cpx": ("auth", key)}):
        key.unlink()
        yield made


@pytest.fixture(scope="session")
def running_simulator(pki: TestPki) -> Iterator[Simulator]:
    simulator = Simulator(pki.insi_certificate, pki.insi_key, pki.ca)
    with simulator.running():
        yield simulator


@pytest.fixture
def simulator(running_simulator: Simulator) -> Iterator[Simulator]:
    running_simulator.behave(Behaviour())
    running_simulator.population = Population()
    yield running_simulator
    running_simulator.behave(Behaviour())


def config_for(simulator: Simulator, pki: TestPki, **changes: Any) -> InsiConfig:
    chosen: dict[str, Any] = {
        "endpoint": simulator.endpoint,
        "certificate": pki.client_p12,
        "password_file": pki.password_file,
        "ca": pki.ca,
        "idam": TEST_IDAM,
        "instance": INSTANCE,
        "environment": Environment.TEST,
    }
    return InsiConfig(**(chosen | changes))


@pytest.fixture
def make_client(simulator: Simulator, pki: TestPki) -> Iterator[MakeClient]:
    """Make clients of the simulator, one attempt a call unless told otherwise; they hang up at the end."""
    made: list[InsiClient] = []

    def make(retry: RetryPolicy | None = None, **changes: Any) -> InsiClient:
        extra = {name: changes.pop(name) for name in ("breaker", "clock", "wait", "now", "way") if name in changes}
        config = config_for(simulator, pki, **changes)
        client = InsiClient(config, retry=retry or RetryPolicy(attempts=1), **extra)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> InsiClient:
    return make_client()


def other_pki(directory: Path, **wanted: Any) -> TestPki:
    """A second PKI, whose authority the first does not know."""
    return make_pki(directory, **wanted)
