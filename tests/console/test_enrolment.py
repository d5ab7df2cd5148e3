"""A new kiosk and a real console: the key is made on the kiosk, the code serves once, and a refusal says what to do."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kiosk.commands import keys
from kiosk.heads import read_key, written_key
from kiosk.sealing import KioskKey, generate_signer, intake_message, load_recipient_public, load_signer, sign
from kiosk.storage.delivery import ConsoleLink, Reply
from kiosk.storage.enrolment import Enrolled, NotEnrolled, _meaning
from kiosk.storage.heads import HeadKeeper
from tests.console import served
from tests.console.arrivals import check_in_of
from tests.console.served import ServedConsole
from tests.people import ZOE


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("enrolment") / "console")
    console.start()
    yield console
    assert console.stop() == 0


class NewKiosk:
    """A kiosk nobody knows yet."""

    def __init__(self, folder: Path, console: ServedConsole, name: str) -> None:
        self.key, self.structure, self.name = folder / "kiosk.pem", folder / "structure.pub", name
        self.console, self.url, self.ca = console, console.url, console.folder / "console.pem"

    def invited(self) -> str:
        done = self.console.run("console", "kiosk", "invite", self.name)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def enrol(self, code: str) -> Result:
        words = ["enrol", str(self.key), "--structure-key", str(self.structure), "--console", self.url]
        words += ["--console-key", str(self.key.with_name("console.pub"))]
        return CliRunner().invoke(keys.app, [*words, "--ca", str(self.ca), "--name", self.name, "--code", code])

    def keeps_a_head(self, key: KioskKey | None = None) -> bool:
        """Whether a head the console gives is signed with the key it brought from its enrolment, or with another."""
        brought = read_key(self.key.with_name("console.pub").read_text().strip())
        keeper = HeadKeeper(self.key.with_name("head"), key or brought)
        own = load_signer(self.key)

        def signed(path: str, at: str, body: bytes) -> str:
            return b64encode(sign(intake_message(path, self.name, at, body), own)).decode()

        link = ConsoleLink(self.url, self.ca, self.name, signed, lambda: datetime.now(UTC).isoformat(), keeper)
        assert link.put_heartbeat({})[0] is Reply.TAKEN
        return bool(keeper.brought())


def test_a_new_kiosk_makes_its_key_shows_its_code_and_delivers_until_it_is_revoked(
    console: ServedConsole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = NewKiosk(tmp_path, console, "hall-2")
    code = kiosk.invited()
    done = kiosk.enrol(code.lower())
    assert done.exit_code == 0, done.stderr
    key_id = console.recipient.public_key.key_id
    assert key_id in done.stdout and load_recipient_public(kiosk.structure).key_id == key_id
    assert kiosk.key.stat().st_mode & 0o077 == 0
    assert kiosk.keeps_a_head() and not kiosk.keeps_a_head(generate_signer().public_key())
    monkeypatch.setattr(served, "SIGNER", load_signer(kiosk.key))
    assert console.deliver(check_in_of(ZOE, kiosk="hall-2"), kiosk="hall-2") == 201
    kiosk.structure.unlink()
    again = kiosk.enrol(code)  # it served once
    assert (again.exit_code, "Demandez-en un autre" in again.stderr) == (4, True)
    assert console.run("console", "kiosk", "revoke", "hall-2").returncode == 0
    assert console.deliver(check_in_of(ZOE, kiosk="hall-2"), kiosk="hall-2") == 401
    assert kiosk.enrol(code).exit_code == 4
    assert console.deliver(check_in_of(ZOE, kiosk="hall-2"), kiosk="hall-2") == 401


def test_wrong_codes_are_refused_and_end_nothing_and_the_key_of_a_vain_try_serves_the_next(
    console: ServedConsole, tmp_path: Path
) -> None:
    kiosk = NewKiosk(tmp_path, console, "hall-3")
    code = kiosk.invited()
    refused = kiosk.enrol("AAAA-AAAA-AAAA")
    assert (refused.exit_code, "kiosk console kiosk invite hall-3" in refused.stderr) == (4, True)
    assert not kiosk.structure.exists()
    made = kiosk.key.read_bytes()
    assert [kiosk.enrol("AAAA-AAAA-AAAB").exit_code for _ in range(4)] == [4] * 4
    assert kiosk.enrol(code).exit_code == 0  # however many wrong ones came before
    assert kiosk.key.read_bytes() == made


def test_what_can_be_seen_wrong_is_said_before_the_code_is_shown(console: ServedConsole, tmp_path: Path) -> None:
    kiosk = NewKiosk(tmp_path, console, "hall-4")
    kiosk.url, kiosk.name, kiosk.ca = "http://localhost:1", "borne à côté", tmp_path / "none"
    done = kiosk.enrol("AAAA-AAAA-AAAA")
    assert done.exit_code == 2
    assert all(word in done.stderr for word in ("--console", "--ca", "--name"))
    assert not kiosk.key.exists()
    kiosk = NewKiosk(tmp_path, console, "hall-4")
    kiosk.structure.write_bytes(b"another")
    assert kiosk.enrol("AAAA-AAAA-AAAA").exit_code == 3
    assert kiosk.structure.read_bytes() == b"another"


def test_a_console_that_is_away_or_is_another_is_told_apart(console: ServedConsole, tmp_path: Path) -> None:
    kiosk = NewKiosk(tmp_path, console, "hall-5")
    kiosk.url = "https://localhost:1"
    assert "ne répond pas" in kiosk.enrol("AAAA-AAAA-AAAA").stderr
    kiosk.url = console.url
    stranger = ServedConsole(tmp_path / "stranger")
    kiosk.ca = stranger.folder / "console.pem"
    done = kiosk.enrol("AAAA-AAAA-AAAA")
    assert (done.exit_code, "n'est pas garanti" in done.stderr) == (4, True)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"[" * 9000, b"{}", b'{"structure_key": 1}', '{"structure_key":"é"}'.encode()]
)
def test_an_answer_that_is_none_enrols_nobody(body: bytes) -> None:
    assert _meaning(201, body) is NotEnrolled.NOT_UNDERSTOOD
    assert _meaning(302, b'{"structure_key": "x"}') is NotEnrolled.NOT_UNDERSTOOD
    assert _meaning(502, body) is NotEnrolled.UNREACHABLE
    assert _meaning(201, b'{"structure_key": "x"}') == Enrolled(b"x")


def test_a_console_of_before_or_one_that_shows_nonsense_enrols_without_its_own_key() -> None:
    key = written_key(generate_signer().public_key())
    for said, heard in ((f'"{key}"', key), ('"x"', ""), ("1", ""), ("null", "")):
        assert _meaning(201, f'{{"structure_key": "x", "head_key": {said}}}'.encode()) == Enrolled(b"x", heard)
