"""Nothing of INSi stands in the public hall: the kiosk has no certificate, key or address of it, nor knows its name."""

import base64
import tomllib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificate

from kiosk.insi.simulated.testpki import pki_in
from kiosk.settings import ThroughConsole, load
from tests.demo.processes import begun, wait_until
from tests.demo.stage import Stage
from tests.walks.walker import Walker, arrivals, terminal_state

pytestmark = pytest.mark.timeout(240)


def of_insi(stage: Stage) -> dict[str, bytes]:
    """What the structure's access to INSi consists of, in the ways it may be written."""
    pki = pki_in(stage.directory / "pki")
    certificate = load_pem_x509_certificate(pki.client_certificate.read_bytes())
    key = load_pem_private_key(pki.client_key.read_bytes(), None)
    secret = key.private_numbers().private_value.to_bytes(32)
    said = tomllib.loads(stage.config.read_text())["insi"]
    found = {
        "the chest": pki.client_p12.read_bytes(),
        "its password": pki.password_file.read_bytes().strip(),
        "the certificate": certificate.public_bytes(Encoding.DER),
        "the key": secret,
        "the key, written": key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        "the address": said["endpoint"].encode(),
        "the port": said["endpoint"].split("/")[2].encode(),
        "the authorisation": said["idam"].encode(),
    }
    coded = {f"{name}, base64": base64.b64encode(each)[:60] for name, each in found.items() if len(each) > 100}
    return found | coded | {"the key in hexadecimal": secret.hex().encode()}


def _found(needles: dict[str, bytes], hay: dict[str, bytes]) -> list[str]:
    return [f"{where}: {what}" for where, data in hay.items() for what, needle in needles.items() if needle in data]


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_search_finds_what_lies_on_the_servers_side(stage: Stage) -> None:
    """A check that cannot fail proves nothing."""
    needles = of_insi(stage)
    there = _found(needles, _files(stage.directory / "pki") | {"config": stage.config.read_bytes()})
    for what in ("the chest", "its password", "the certificate, base64", "the address", "the authorisation"):
        assert any(each.endswith(what) for each in there), what


def test_neither_the_kiosks_disk_nor_its_process_holds_anything_of_insi(stage: Stage) -> None:
    kiosk = stage.start_kiosk(window=False, begin=begun)  # by itself: what is begun warm has read everybody's modules
    walker = Walker(stage)
    walker.go_to("take_card")
    walker.leave()
    wait_until(lambda: [one for one in arrivals(stage) if one[0] == walker.ticket], 60, "the check-in")
    said = wait_until(lambda: terminal_state(stage)["last_seen_at"] and terminal_state(stage), 60, "a heartbeat")
    assert "insi" not in str(said["devices"]) and said["certificate_days"] is None, "nor does it say anything of it"
    running = Path("/proc") / str(kiosk.pid)
    process = {name: (running / name).read_bytes() for name in ("environ", "cmdline", "maps")}
    disk = _files(stage.terminal)
    assert {"kiosk.toml", "kiosk.pem", "structure.pub", "console-ca.pem", "data/journal.jsonl"} <= disk.keys()
    assert _found(of_insi(stage), disk | process) == []
    opened = {str(each.readlink()) for each in (running / "fd").iterdir()}
    assert not any("/pki/" in path for path in opened)
    assert b"lxml" not in process["maps"], "zeep, which calls INSi and stands on it, is not even loaded"


def test_the_kiosks_own_file_says_nothing_of_insi(stage: Stage) -> None:
    assert "insi" not in tomllib.loads(stage.kiosk_config.read_text())
    assert load(stage.kiosk_config).insi == ThroughConsole()
