"""The structure's key in a PKCS#11 token: a software one here (SoftHSM), the same way as a card or an HSM."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.core.sources.insi import InsCertificateTrouble, InsFound
from kiosk.insi.certificate import Level, check
from kiosk.insi.simulated.simulator import Simulator
from kiosk.insi.simulated.testpki import TestPki
from tests.insi.conftest import MakeClient, config_for
from tests.insi.professionals import TestCard
from tests.insi.softhsm import MODULE, PIN
from tests.insi.test_certificate import NOW
from tests.insi.test_searches import CARD


@pytest.fixture(scope="session")
def token(card: TestCard) -> str:
    """Where the client's key is: beside a card's, for the tokens of a process are made together."""
    assert card.key
    return f"pkcs11:token=insi;object=insi-auto;type=private?module-path={MODULE}"


def with_token(pki: TestPki, token: str, directory: Path, pin: str = PIN) -> dict[str, object]:
    secret = directory / "pin"
    secret.touch(mode=0o600)
    secret.write_text(f"{pin}\n")
    return {"certificate": pki.client_certificate, "key": token, "password_file": secret}


def test_the_service_is_called_with_a_key_that_stays_in_its_token(
    make_client: MakeClient, simulator: Simulator, pki: TestPki, token: str, tmp_path: Path
) -> None:
    changes = with_token(pki, token, tmp_path)
    answer = make_client(**changes).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsFound)
    found = {finding.code: finding.level for finding in check(config_for(simulator, pki, **changes), NOW)}
    assert found["key"] is Level.OK
    assert Level.ERROR not in found.values()


@pytest.mark.parametrize("wrong", ["object", "certificate"])
def test_a_token_without_this_key_is_certificate_trouble(
    make_client: MakeClient, pki: TestPki, token: str, tmp_path: Path, wrong: str
) -> None:
    changes = with_token(pki, token, tmp_path)
    if wrong == "object":
        changes["key"] = token.replace("insi-auto", "another")
    else:
        changes["certificate"] = pki.console_certificate
    answer = make_client(**changes).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsCertificateTrouble)
    assert answer.reason.startswith("key:")
    assert PIN not in answer.reason


# A process that was let in once stays so, whatever code it says later: what follows needs processes of their own.

ASK_THREE_TIMES = """
import sys
from pathlib import Path
from kiosk.core.sources.card import Beneficiary
from kiosk import pkcs11
from kiosk.insi.client import Environment, InsiClient, InsiConfig
endpoint, certificate, ca, secret, uri = sys.argv[1:]
tried, key_of = [], pkcs11._key
pkcs11._key = lambda *given: (tried.append(1), key_of(*given))[1]
instance = "7a1c52f0-3f0e-4a51-9f0e-5f3b1d2c4e6a"
client = InsiClient(InsiConfig(endpoint, Path(certificate), Path(ca), "TEST00000001", instance,
    password_file=Path(secret), key=uri, environment=Environment.TEST))
zoe = Beneficiary("ADRUN", "ZOE", "1975-12-31", nir="2751263220749")
said = [client.find_by_card(zoe, None, 8) for _ in range(3)]
print(len(tried), said[-1].reason)
Path(secret).write_text("4711\\n")
print(len(tried), type(client.find_by_card(zoe, None, 8)).__name__)
"""


def test_a_wrong_code_is_said_to_the_token_once_and_never_again_until_it_changes(
    simulator: Simulator, pki: TestPki, token: str, tmp_path: Path
) -> None:
    changes = with_token(pki, token, tmp_path, pin="0815")
    told = _elsewhere(ASK_THREE_TIMES, simulator, pki, changes)
    assert told[0].startswith("1 pin:")
    assert told[1] == "1 InsFound"


def test_a_library_that_is_not_there_is_certificate_trouble(
    simulator: Simulator, pki: TestPki, token: str, tmp_path: Path
) -> None:
    changes = with_token(pki, token.replace(MODULE, "/nowhere/module.so"), tmp_path)
    assert " key:" in _elsewhere(ASK_THREE_TIMES, simulator, pki, changes)[0]


def _elsewhere(code: str, simulator: Simulator, pki: TestPki, changes: dict[str, object]) -> list[str]:
    given = [simulator.endpoint, str(changes["certificate"]), str(pki.ca)]
    given += [str(changes["password_file"]), str(changes["key"])]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", code, *given], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()
