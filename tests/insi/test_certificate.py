"""The structure's certificate: what is found before a call, and what a call says when it does not fit."""

import datetime
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.core.sources.insi import InsAnswer, InsCertificateTrouble, InsFound, InsRefused
from kiosk.insi import certificate
from kiosk.insi.certificate import (
    PRODUCTION_ISSUER,
    CertificateTroubleError,
    Finding,
    Level,
    check,
    client_context,
    load,
)
from kiosk.insi.config import Environment
from kiosk.insi.simulated.simulator import Simulator
from kiosk.insi.simulated.testpki import TestPki, make_pki
from tests.insi.conftest import MakeClient, config_for
from tests.insi.test_searches import CARD

NOW = datetime.datetime.now(datetime.UTC)


def findings(simulator: Simulator, pki: TestPki, now: datetime.datetime = NOW, **changes: object) -> dict[str, Finding]:
    return {finding.code: finding for finding in check(config_for(simulator, pki, **changes), now)}


def test_a_good_certificate_has_only_good_findings(simulator: Simulator, pki: TestPki) -> None:
    found = findings(simulator, pki)
    assert {finding.level for finding in found.values()} == {Level.OK}
    assert set(found) == {"name", "structure", "issuer", "dates", "key", "chain"}


def test_the_same_certificate_as_pem_is_as_good(simulator: Simulator, pki: TestPki, make_client: MakeClient) -> None:
    pem = {"certificate": pki.client_certificate, "key": str(pki.client_key), "password_file": None}
    assert {finding.level for finding in findings(simulator, pki, **pem).values()} == {Level.OK}
    assert isinstance(make_client(**pem).find_by_card(CARD, None, 8), InsFound)


def test_certificate_and_key_may_stand_in_one_pem(simulator: Simulator, pki: TestPki, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.touch(mode=0o600)
    both.write_bytes(pki.client_key.read_bytes() + pki.client_certificate.read_bytes())
    assert findings(simulator, pki, certificate=both)["key"].level is Level.OK


@pytest.mark.parametrize(("left", "code"), [(59, "dates-60"), (29, "dates-30"), (6, "dates-7")])
def test_a_certificate_that_ends_soon_is_announced(simulator: Simulator, pki: TestPki, left: int, code: str) -> None:
    ends = load(config_for(simulator, pki)).certificate.not_valid_after_utc
    found = findings(simulator, pki, ends - datetime.timedelta(days=left, hours=1))
    assert found[code].level is Level.WARNING
    assert str(left) in found[code].todo


def test_a_certificate_outside_its_dates_is_an_error(simulator: Simulator, pki: TestPki) -> None:
    for now in (NOW + datetime.timedelta(days=400), NOW - datetime.timedelta(days=400)):
        assert findings(simulator, pki, now)["dates"].level is Level.ERROR


def test_a_certificate_with_another_name_is_an_error(simulator: Simulator, tmp_path: Path) -> None:
    pki = make_pki(tmp_path, common_name="SERVEUR", structure="")
    found = findings(simulator, pki)
    assert found["name"].level is Level.ERROR
    assert found["structure"].level is Level.ERROR


def test_a_test_certificate_is_an_error_in_production_and_a_real_one_a_warning_in_a_test(
    simulator: Simulator, pki: TestPki, tmp_path: Path
) -> None:
    assert findings(simulator, pki, environment=Environment.PRODUCTION)["issuer"].level is Level.ERROR
    real = make_pki(tmp_path / "real", issuer=PRODUCTION_ISSUER)
    assert findings(simulator, real, environment=Environment.PRODUCTION)["issuer"].level is Level.OK
    assert findings(simulator, real)["issuer"].level is Level.WARNING
    foreign = make_pki(tmp_path / "foreign", issuer="AUTRE AC")
    assert findings(simulator, foreign)["issuer"].level is Level.ERROR


def test_a_key_of_another_certificate_is_an_error(simulator: Simulator, pki: TestPki) -> None:
    found = findings(simulator, pki, certificate=pki.client_certificate, key=str(pki.console_key))
    assert found["key"].level is Level.ERROR


def test_an_issuer_with_the_right_name_and_another_signature_is_an_error(
    simulator: Simulator, pki: TestPki, tmp_path: Path
) -> None:
    impostor = make_pki(tmp_path)
    changes = {"certificate": pki.client_certificate, "key": str(pki.client_key), "ca": impostor.ca}
    assert findings(simulator, pki, **changes)["chain"].level is Level.ERROR


def test_a_file_others_can_read_is_a_warning(simulator: Simulator, tmp_path: Path) -> None:
    pki = make_pki(tmp_path)
    pki.password_file.chmod(0o644)
    assert findings(simulator, pki)["readable-by-others"].level is Level.WARNING


@pytest.mark.parametrize("broken", ["wrong-password", "no-password", "not-there", "not-a-certificate", "empty"])
def test_what_cannot_be_opened_is_told_without_the_password(
    simulator: Simulator, make_client: MakeClient, tmp_path: Path, broken: str
) -> None:
    pki = make_pki(tmp_path)
    changes: dict[str, object] = {"certificate": pki.client_p12, "password_file": pki.password_file, "ca": pki.ca}
    if broken == "wrong-password":
        pki.password_file.write_text("motdepassefaux\n")
    elif broken == "no-password":
        changes["password_file"] = None
    elif broken == "not-there":
        changes["certificate"] = tmp_path / "missing.p12"
    elif broken == "not-a-certificate":
        pki.client_p12.write_bytes(b"\x30\x82\x01\x00 not a certificate")
    else:
        pki.client_p12.write_bytes(b"")
    told = check(config_for(simulator, pki, **changes), NOW)
    assert [finding.level for finding in told] == [Level.ERROR]
    answer = make_client(**changes).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsCertificateTrouble)
    for text in (told[0].what, told[0].todo, answer.reason):
        assert "motdepassefaux" not in text
        assert pki.password_file.read_text().strip() not in text


def test_a_ca_file_that_is_not_one_is_told(simulator: Simulator, pki: TestPki, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("nothing")
    assert findings(simulator, pki, ca=ca)["authorities"].level is Level.ERROR


def test_the_key_never_touches_a_disk(simulator: Simulator, pki: TestPki, tmp_path: Path) -> None:
    """Python tells of every file it opens (audit hook): none is opened for writing, and the memory file is closed."""
    written: list[object] = []
    watching = [True]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open" and int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            written.append(arguments[0])

    sys.addaudithook(watch)  # stays for the whole process: emptied below
    config = config_for(simulator, pki)
    try:
        client_context(config, load(config))
    finally:
        watching.clear()
    assert written == []
    assert not [link for link in Path("/proc/self/fd").iterdir() if "memfd:insi" in _target(link)]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:  # the directory's own descriptor, gone by now
        return ""


# --- what a call says ------------------------------------------------------------------------------------------------


def answer_of(make_client: MakeClient, **changes: object) -> InsAnswer:
    return make_client(**changes).find_by_card(CARD, None, 8)


def test_a_server_of_another_authority_is_certificate_trouble(make_client: MakeClient, tmp_path: Path) -> None:
    other = make_pki(tmp_path)
    answer = answer_of(make_client, ca=other.ca)
    assert isinstance(answer, InsCertificateTrouble)
    assert answer.reason.startswith("server:")
    assert answer.exchanges[0].code == "certificate"


def test_a_server_with_another_name_is_certificate_trouble(
    make_client: MakeClient, pki: TestPki, tmp_path: Path
) -> None:
    elsewhere = make_pki(tmp_path, hosts=("ailleurs.test",))
    with Simulator(elsewhere.insi_certificate, elsewhere.insi_key, pki.ca).running() as stranger:
        answer = answer_of(make_client, endpoint=stranger.endpoint, ca=elsewhere.ca)
    assert isinstance(answer, InsCertificateTrouble)
    assert "mismatch" in answer.reason.lower()


def test_a_server_whose_certificate_has_ended_is_certificate_trouble(
    make_client: MakeClient, pki: TestPki, tmp_path: Path
) -> None:
    old = make_pki(tmp_path, starts=NOW - datetime.timedelta(days=20), days=10)
    with Simulator(old.insi_certificate, old.insi_key, pki.ca).running() as stranger:
        answer = answer_of(make_client, endpoint=stranger.endpoint, ca=old.ca)
    assert isinstance(answer, InsCertificateTrouble)
    assert "expired" in answer.reason


def test_our_own_certificate_refused_by_the_server_is_certificate_trouble(
    make_client: MakeClient, tmp_path: Path
) -> None:
    stranger = make_pki(tmp_path)
    changes = {"certificate": stranger.client_p12, "password_file": stranger.password_file}
    answer = answer_of(make_client, **changes)
    assert isinstance(answer, InsCertificateTrouble)
    assert answer.reason.startswith("client:")


def test_our_own_certificate_that_has_ended_is_certificate_trouble(
    make_client: MakeClient, pki: TestPki, tmp_path: Path
) -> None:
    old = make_pki(tmp_path, starts=NOW - datetime.timedelta(days=20), days=10)
    with Simulator(pki.insi_certificate, pki.insi_key, old.ca).running() as simulator:
        answer = answer_of(
            make_client, endpoint=simulator.endpoint, certificate=old.client_p12, password_file=old.password_file
        )
    assert isinstance(answer, InsCertificateTrouble)
    assert answer.reason == "client: certificate expired"


def test_a_certificate_with_another_name_is_refused_by_the_service(make_client: MakeClient, tmp_path: Path) -> None:
    other = make_pki(tmp_path, common_name="INSI-MANUEL")
    with Simulator(other.insi_certificate, other.insi_key, other.ca).running() as simulator:
        answer = answer_of(
            make_client,
            endpoint=simulator.endpoint,
            certificate=other.client_p12,
            password_file=other.password_file,
            ca=other.ca,
        )
    assert isinstance(answer, InsRefused)
    assert answer.code == "desir_560"
    assert answer.message_id.startswith("uuid:")


def test_a_renewed_certificate_is_taken_up_without_a_restart(make_client: MakeClient, tmp_path: Path) -> None:
    pki = make_pki(tmp_path / "old", structure="10B0000001")
    new = make_pki(tmp_path / "new", structure="10B0000002")
    both = tmp_path / "both.pem"
    both.write_bytes(pki.ca.read_bytes() + new.ca.read_bytes())
    with Simulator(pki.insi_certificate, pki.insi_key, both).running() as simulator:
        client = make_client(
            endpoint=simulator.endpoint, certificate=pki.client_p12, password_file=pki.password_file, ca=pki.ca
        )
        first = client.find_by_card(CARD, None, 8)
        shutil.copy(new.client_p12, pki.client_p12)
        between = client.find_by_card(CARD, None, 8)  # the password is still the old one's
        shutil.copy(new.password_file, pki.password_file)
        last = client.find_by_card(CARD, None, 8)
    assert isinstance(first, InsFound) and b"10B0000001" in first.exchanges[0].request
    assert isinstance(between, InsFound) and b"10B0000001" in between.exchanges[0].request
    assert isinstance(last, InsFound) and b"10B0000002" in last.exchanges[0].request


def test_a_pkcs12_of_the_old_kind_opens_too(
    simulator: Simulator, pki: TestPki, make_client: MakeClient, tmp_path: Path
) -> None:
    """IGC-Santé's files have long been encrypted with algorithms that OpenSSL 3 keeps in its legacy provider."""
    old = tmp_path / "old.p12"
    subprocess.run(
        [
            *("openssl", "pkcs12", "-export", "-legacy", "-in", pki.client_certificate, "-inkey", pki.client_key),
            *("-passout", f"file:{pki.password_file}", "-out", old),
        ],
        check=True,
        cwd=tmp_path,
    )
    old.chmod(0o600)
    assert isinstance(make_client(certificate=old).find_by_card(CARD, None, 8), InsFound)


def test_a_file_that_never_ends_is_not_read_to_its_end(simulator: Simulator, pki: TestPki) -> None:
    with pytest.raises(CertificateTroubleError):
        load(config_for(simulator, pki, certificate=Path("/dev/zero")))


def test_every_trouble_has_advice(simulator: Simulator, pki: TestPki) -> None:
    found = findings(simulator, pki, NOW + datetime.timedelta(days=400), environment=Environment.PRODUCTION)
    assert all(finding.todo for finding in found.values() if finding.level is not Level.OK)
    assert certificate.ALLOWED_NAMES == ("INSI-AUTO", "INSI-MANU")
