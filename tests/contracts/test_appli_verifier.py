"""What every verifier of appli carte Vitale attestations must do, and how the console is told of one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.appli.plug_ins import verifier_called
from kiosk.appli.simulated import SimulatedVerifier, attestation
from kiosk.appli.verifier import AppliVerifier, NoVerifierError
from kiosk.console.config import read_server_settings
from kiosk.sealing import generate_signer, signer_public_pem
from kiosk.settings import BadSettings
from tests.demo.phones import on_phone
from tests.people import LEO, ZOE

KEY, NOW = generate_signer(), datetime(2026, 11, 29, 9, tzinfo=UTC)
TRUE = attestation([on_phone(ZOE), on_phone(LEO)], NOW, "750000001", KEY)


@pytest.fixture()
def issuers(tmp_path: Path) -> Path:
    (tmp_path / "one.pem").write_bytes(signer_public_pem(generate_signer()))
    (tmp_path / "two.pem").write_bytes(signer_public_pem(KEY))
    return tmp_path


@pytest.fixture(params=["simulated", "plugged in"])
def verifier(request: pytest.FixtureRequest, issuers: Path, monkeypatch: pytest.MonkeyPatch) -> AppliVerifier:
    if request.param == "plugged in":
        metadata = issuers / "a_sites_verifier-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: a-sites-verifier\nVersion: 1.0\n")
        points = "[kiosk.appli_verifiers]\nplugged = kiosk.appli.simulated:SimulatedVerifier\n"
        (metadata / "entry_points.txt").write_text(points)
        monkeypatch.syspath_prepend(str(issuers))
        return verifier_called("plugged", issuers)
    return verifier_called("simulated", issuers)


class TestAVerifier:
    def test_says_what_the_issuer_signed_and_judges_nothing(self, verifier: AppliVerifier) -> None:
        said = verifier.attested(TRUE)
        assert said is not None
        assert said.people == (on_phone(ZOE), on_phone(LEO))
        assert (said.made_at, said.valid_until, said.audience) == (NOW, NOW + timedelta(minutes=10), "750000001")

    def test_says_nothing_of_what_another_signed(self, verifier: AppliVerifier) -> None:
        assert verifier.attested(attestation([on_phone(ZOE)], NOW, "750000001", generate_signer())) is None

    def test_finds_every_changed_byte(self, verifier: AppliVerifier) -> None:
        for at in range(0, len(TRUE), 7):
            changed = TRUE[:at] + bytes([TRUE[at] ^ 1]) + TRUE[at + 1 :]
            assert verifier.attested(changed) is None, at

    @pytest.mark.parametrize("nonsense", [b"", b"\n", b"{}\nAAAA", b"\xff" * 500, TRUE[:-1], TRUE[1:], TRUE + b"\n"])
    def test_any_bytes_may_come(self, verifier: AppliVerifier, nonsense: bytes) -> None:
        assert verifier.attested(nonsense) is None


def test_what_the_issuer_signed_and_is_no_attestation_is_none(issuers: Path) -> None:
    from base64 import b64encode

    from kiosk.sealing import sign

    for body in (b"[]", b"{}", b'{"people": [], "made_at": "", "valid_until": "", "audience": ""}', b"null"):
        assert SimulatedVerifier(issuers).attested(body + b"\n" + b64encode(sign(body, KEY))) is None


def test_a_name_or_a_folder_that_is_not_there_is_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(NoVerifierError, match=r"appli\.verifier: aucun vérificateur ne s"):
        verifier_called("no-such", tmp_path)
    with pytest.raises(NoVerifierError, match=r"appli\.issuers: .* aucune clé"):
        verifier_called("simulated", tmp_path)
    (tmp_path / "broken.pem").write_bytes(b"no key")
    with pytest.raises(NoVerifierError, match=r"appli\.issuers: une clé de .* lisible"):
        verifier_called("simulated", tmp_path)


def test_the_simulated_one_is_refused_in_production(tmp_path: Path) -> None:
    server = "\n".join(
        ["[server]", *(f'{key} = "x"' for key in ("data_dir", "certificate", "key", "recipient_key")),
         *(f'{key} = "x"' for key in ("passphrase_file", "secret_key_file"))]
    )  # fmt: skip
    appli = '[server.appli]\nverifier = "simulated"\nissuers = "x"\nstructure = "750000001"\n'
    config = tmp_path / "console.toml"
    config.write_text(f'mode = "production"\n{server}\n{appli}')
    with pytest.raises(BadSettings, match="le simulateur est refusé en production"):
        read_server_settings(config)
    config.write_text(f'mode = "demo"\n{server}\n{appli}')
    said = read_server_settings(config).appli
    assert said is not None and (said.structure, said.minutes) == ("750000001", 240)
