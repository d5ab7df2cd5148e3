"""The approval kit: the public book against the simulator, its evidence, and what is found when that was touched."""

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kiosk import sealing
from kiosk.commands.insi import app
from kiosk.insi.approval import archive, book, playing
from kiosk.insi.client import InsiClient
from kiosk.insi.config import Environment, Injection
from kiosk.insi.injected import MARK
from kiosk.insi.simulated.simulator import TEST_IDAM, Behaviour, Simulator
from kiosk.insi.simulated.testpki import TestPki
from kiosk.settings import BadSettings
from tests.insi.conftest import MakeClient, config_for

pytestmark = pytest.mark.long  # plays the book of tests again and again

ZOE = """
answer = "found"
status = "RETRIEVED"
matricule = "2751263220749"
traits = { birth_name = "ADRUN", given_names = ["ZOE"], sex = "F", birth_date = "1975-12-31" }
"""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    made = sealing.generate_signer()
    sealing.save_signer(made, tmp_path / "signer.key")
    (tmp_path / "signer.pub").write_bytes(sealing.signer_public_pem(made))
    return tmp_path / "signer.key"


def access(simulator: Simulator, pki: TestPki) -> list[str]:
    return [
        *("--endpoint", simulator.endpoint, "--certificate", str(pki.client_p12), "--ca", str(pki.ca)),
        *("--password-file", str(pki.password_file), "--idam", TEST_IDAM),
    ]


def approval(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["approval", *map(str, arguments)])


def a_book(folder: Path, *cases: str) -> Path:
    path = folder / "book.toml"
    said = "".join(f'[[case]]\nid = "c{number}"\ntitle = "Cas"\n{case}' for number, case in enumerate(cases))
    path.write_text('title = "Essai"\n' + said, encoding="utf-8")
    return path


def test_the_public_book_is_played_and_its_evidence_verifies(
    simulator: Simulator, pki: TestPki, key: Path, tmp_path: Path
) -> None:
    proof = tmp_path / "proof.zip"
    played = approval("run", proof, "--signing-key", key, *access(simulator, pki))
    assert played.exit_code == 0, played.output
    assert played.output.count("conforme") == len(book.read(book.PUBLIC)[0].case) == 10
    checked = approval("verify", proof, "--public-key", key.with_suffix(".pub"))
    assert (checked.exit_code, "intacte" in checked.output) == (0, True)
    with zipfile.ZipFile(proof) as kept:
        told = json.loads(kept.read("cases/05-prenom-secondaire/result.json"))
        assert [call["injected"] for call in told["calls"]] == [True, False]
        assert [call["code"] for call in told["calls"]] == ["01", "00"]
        assert MARK in kept.read("cases/05-prenom-secondaire/01-answer.xml")
        assert b"<" in kept.read("cases/05-prenom-secondaire/02-request.xml")
        page = kept.read("cases/05-prenom-secondaire/page.txt").decode()
        assert "identité provisoire" in page
        assert "Trouvé par un prénom secondaire" in page
        assert kept.read("book.toml") == book.PUBLIC.read_bytes()
    assert proof.stat().st_mode & 0o077 == 0


def test_a_case_that_differs_fails_the_run_and_is_kept(
    simulator: Simulator, pki: TestPki, key: Path, tmp_path: Path
) -> None:
    simulator.behave(Behaviour("none"))
    proof = tmp_path / "proof.zip"
    played = approval("run", proof, "--signing-key", key, "--book", a_book(tmp_path, ZOE), *access(simulator, pki))
    assert played.exit_code == 1
    assert "answer : attendu found, obtenu nobody" in played.output
    assert approval("verify", proof).exit_code == 0
    with zipfile.ZipFile(proof) as kept:
        assert json.loads(kept.read("summary.json"))["cases"] == {"c0": "differs"}


def evidence() -> tuple[bytes, sealing.SigningKey]:
    key = sealing.generate_signer()
    return archive.pack({"book.toml": b"a book\n", "cases/c0/01-request.xml": b"<asked/>"}, key), key


def test_whatever_byte_is_changed_it_is_found() -> None:
    data, key = evidence()
    assert archive.check(data, key.public_key()).problems == ()
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            problems = archive.check(changed, key.public_key()).problems
        except archive.BadArchive:
            continue
        assert problems, f"byte {place}"


def test_a_signature_written_otherwise_is_found_though_it_says_the_same() -> None:
    """The last letter of base64 has bits that count for nothing; the zip's sums are made right again."""
    data, key = evidence()
    files = archive._unzipped(data)
    signature = files[archive.SIGNATURE]
    letter = bytes([signature[85] + 1])
    for other in (signature[:85] + letter + signature[86:], b" " + signature, signature.strip()):
        assert base64.b64decode(other) == base64.b64decode(signature)
        assert archive.check(archive._zipped({**files, archive.SIGNATURE: other}), key.public_key()).problems


@pytest.mark.parametrize("more", [b"\n", b"PK"])
def test_bytes_after_or_before_the_archive_are_found(more: bytes) -> None:
    data, _ = evidence()
    for changed in (data + more, more + data):
        try:
            problems = archive.check(changed).problems
        except archive.BadArchive:
            continue
        assert problems


def _rewritten(data: bytes, change: dict[str, bytes | None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        files: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as new:
        for name, content in (files | change).items():
            if content is not None:
                new.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"book.toml": b"A book\n"}, "book.toml : fichier modifié"),
        ({"cases/c0/02-request.xml": b"<more/>"}, "cases/c0/02-request.xml : fichier ajouté"),
        ({"cases/c0/01-request.xml": None}, "cases/c0/01-request.xml : fichier retiré"),
        ({"manifest.sig": b"bm8="}, "manifest.json : la signature n'est pas celle de la clé attendue"),
    ],
)
def test_what_was_done_to_a_file_is_named(change: dict[str, bytes | None], said: str, tmp_path: Path) -> None:
    data, _ = evidence()
    touched = tmp_path / "touched.zip"
    touched.write_bytes(_rewritten(data, change))
    checked = approval("verify", touched)
    assert (checked.exit_code, checked.output.splitlines()) == (1, [said])


def test_evidence_signed_again_by_somebody_else_is_not_the_structures() -> None:
    data, key = evidence()
    with zipfile.ZipFile(io.BytesIO(data)) as kept:
        files = {name: kept.read(name) for name in kept.namelist() if name.startswith(("book", "cases"))}
    forged = archive.pack(files | {"book.toml": b"another\n"}, sealing.generate_signer())
    assert archive.check(forged).problems == ()
    assert archive.check(forged).key_id != archive.check(data).key_id
    assert archive.check(forged, key.public_key()).problems


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip at all", bytes(100)])
def test_what_is_no_archive_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.zip").write_bytes(data)
    assert approval("verify", tmp_path / "odd.zip").exit_code == 2
    assert approval("verify", tmp_path / "missing.zip").exit_code == 2


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.DEMO])
def test_no_answer_is_injected_outside_the_test_environment(
    simulator: Simulator, pki: TestPki, environment: Environment
) -> None:
    with pytest.raises(ValueError, match="qu'en essai"):
        config_for(simulator, pki, environment=environment, injected=(Injection("ADRUN", answer="01"),))


def test_no_book_is_played_in_production(simulator: Simulator, pki: TestPki) -> None:
    before = simulator.answered
    config = config_for(simulator, pki, environment=Environment.PRODUCTION)
    with pytest.raises(playing.NotInProduction):
        playing.play(book.read(book.PUBLIC)[0], config, deadline=5)
    assert simulator.answered == before


@pytest.mark.parametrize("mode", ["production", "demo"])
def test_the_command_refuses_a_file_in_another_mode(
    simulator: Simulator, pki: TestPki, key: Path, tmp_path: Path, mode: str
) -> None:
    before = simulator.answered
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'mode = "{mode}"\n[insi]\nendpoint = "{simulator.endpoint}"\ncertificate = "{pki.client_p12}"\n'
        f'password_file = "{pki.password_file}"\nca = "{pki.ca}"\nidam = "{TEST_IDAM}"\n'
    )
    played = approval("run", tmp_path / "proof.zip", "--signing-key", key, "--config", config)
    assert played.exit_code == 2
    assert ("production" if mode == "production" else "injectées") in played.output
    assert not (tmp_path / "proof.zip").exists()
    assert simulator.answered == before
    injecting = config.read_text() + '[[insi.injected]]\nbirth_name = "ADRUN"\nanswer = "01"\n'
    config.write_text(injecting)
    played = approval("run", tmp_path / "proof.zip", "--signing-key", key, "--config", config)
    assert (played.exit_code, "insi.injected" in played.output) == (2, True)
    config.write_text(injecting.replace(mode, "test", 1))
    assert approval("run", tmp_path / "proof.zip", "--signing-key", key, "--config", config).exit_code == 1  # nobody


def test_an_injected_answer_that_comes_over_the_wire_is_refused_in_production(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.insi.transport import HttpAnswer, Transport

    body = b"<a/>" + MARK
    monkeypatch.setattr(Transport, "post", lambda *_args, **_more: HttpAnswer(200, "", body, ""))
    client: InsiClient = make_client(environment=Environment.PRODUCTION)
    traits = book.read(book.PUBLIC)[0].case[0].traits
    assert traits is not None
    answer = client.find_by_traits(traits.as_traits(), 2)
    assert [exchange.code for exchange in answer.exchanges] == ["kiosk_simulator"]


def test_an_answer_file_is_injected_as_it_is_and_marked(
    simulator: Simulator, make_client: MakeClient, tmp_path: Path
) -> None:
    file = tmp_path / "fault.xml"
    file.write_bytes(b"<html>not SOAP</html>")
    before = simulator.answered
    client = make_client(injected=(Injection("ADRUN", file=file),))
    case = book.read(book.PUBLIC)[0].case[0]
    assert case.traits is not None
    answer = client.find_by_traits(case.traits.as_traits(), 2)
    assert answer.exchanges[0].response == b"<html>not SOAP</html>\n" + MARK + b"\n"
    file.unlink()
    assert client.find_by_traits(case.traits.as_traits(), 2).exchanges[0].code == "injected"
    assert simulator.answered == before


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (ZOE.replace("found", "perhaps"), "case.0.answer"),
        (ZOE.replace("1975-12-31", "31/12/1975"), "case.0.traits.birth_date"),
        (ZOE.replace("2751263220749", "275"), "case.0.matricule"),
        (ZOE.replace('matricule = "2751263220749"', ""), "matricule goes with answer = found"),
        ('answer = "nobody"\nstatus = "PROVISIONAL"\n', "say who is asked for"),
        (ZOE + 'injected = [{ answer = "01" }]\n', "dites pour qui"),
        (ZOE + 'injected = [{ birth_name = "ADRUN" }]\n', "dites quelle réponse"),
        (ZOE + 'injected = [{ birth_name = "ADRUN", file = "gone.xml" }]\n', "n'existe pas"),
        (ZOE + "colour = 1\n", "case.0.colour"),
        ("= 3", "not TOML"),
    ],
)
def test_a_mistake_in_a_book_names_its_key(case: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=said):
        book.read(a_book(tmp_path, case))


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    path = a_book(tmp_path, ZOE, ZOE)
    path.write_text(path.read_text().replace('"c1"', '"c0"'))
    with pytest.raises(BadSettings, match="two cases have the same id: c0"):
        book.read(path)
