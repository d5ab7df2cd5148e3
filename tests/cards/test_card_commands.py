"""``kiosk card`` and ``kiosk simulate card`` as a technician types them, on the real stack."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from hardware.cards import pcsc, service
from kiosk.commands.card import NO_CARD, NO_READER, NOT_VITALE, READ, UNREADABLE, app
from tests.cards.stack import card_stack, one_at_a_time

pytestmark = pytest.mark.timeout(420)  # waiting for the machine's one card service counts
runner = CliRunner()


@pytest.mark.parametrize(
    ("card", "code"), [("zoe", READ), ("bank", NOT_VITALE), ("mute", UNREADABLE), ("no-status", UNREADABLE)]
)
def test_the_exit_code_says_what_the_card_was(card: str, code: int) -> None:
    with card_stack() as stack:
        stack.card.insert(card)
        assert runner.invoke(app, ["read", "--wait", "10"]).exit_code == code


def test_an_empty_reader_is_said_in_french_with_its_own_code() -> None:
    with card_stack():
        result = runner.invoke(app, ["read", "--wait", "0"])
    assert result.exit_code == NO_CARD
    assert "Aucune carte" in result.stdout


def test_a_machine_without_the_pcsc_library_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "libpcsclite.so.1").touch()  # the loader finds this one first, and it is none
    result = subprocess.run(
        [sys.executable, "-m", "kiosk.cli", "card", "read", "--wait", "0"],
        check=False,
        env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == NO_READER
    assert "libpcsclite1" in result.stdout
    assert result.stderr == ""


def test_a_refusal_is_told_as_one_not_as_a_missing_service(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise pcsc._NoService("refused")

    monkeypatch.setattr(pcsc, "_new_context", refused)
    monkeypatch.setattr(pcsc, "library", SimpleNamespace)
    result = runner.invoke(app, ["read", "--wait", "0"])
    assert result.exit_code == NO_READER
    assert "refuse ce compte" in result.stdout and "polkit" in result.stdout
    with pytest.raises(service.NoCardService, match="polkit"):
        service.ensure_card_service()


@pytest.mark.starts
@pytest.mark.parametrize(("told", "asked"), [("--disable-polkit", ["--disable-polkit"]), ("--foreground", [])])
def test_ours_asks_no_polkit_where_the_service_knows_that_word(tmp_path: Path, told: str, asked: list[str]) -> None:
    program = tmp_path / "pcscd"
    program.write_text(f'#!/bin/sh\necho "  {told}   told by --help"\n')
    program.chmod(0o755)
    assert service._without_polkit(str(program)) == asked


def test_the_card_is_read_as_json() -> None:
    with card_stack() as stack:
        stack.card.insert("zoe")
        result = runner.invoke(app, ["read", "--json", "--wait", "10"])
    report = json.loads(result.stdout)
    assert [person["given_name"] for person in report["beneficiaries"]] == ["ZOE", "LINA", "LEO"]
    assert report["anomalies"] == []


def test_a_trace_is_refused_without_the_word_that_it_is_a_test_card(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    assert runner.invoke(app, ["read", "--wait", "0", "--trace", str(trace)]).exit_code == 2
    assert not trace.exists()


def test_a_trace_of_a_test_card_holds_its_exchanges_and_is_for_its_owner_only(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    with card_stack() as stack:
        stack.card.insert("zoe-alone")
        assert runner.invoke(app, ["read", "--wait", "10", "--trace", str(trace), "--test-card"]).exit_code == READ
    assert "> 00 A4 00 00 02 3F 00\n< 90 00\n" in trace.read_text(encoding="ascii")
    assert trace.stat().st_mode & 0o077 == 0


def test_watching_writes_one_line_an_event() -> None:
    with card_stack() as stack:
        stack.card.insert("zoe-alone")
        result = runner.invoke(app, ["watch", "--for", "1.5"])
    events = [json.loads(line)["event"] for line in result.stdout.splitlines()]
    assert events == ["ReaderFound", "CardInserted"]


@pytest.mark.starts  # others' card service: waited for
def test_without_a_service_no_reader_is_found() -> None:
    from hardware.cards.pcsc import service_state

    with one_at_a_time():
        if service_state()[0] == "ok":
            pytest.fail("a card service that is not ours runs on this machine: stop it for this test")
        result = runner.invoke(app, ["read", "--wait", "0"])
    assert result.exit_code == NO_READER
    assert "pcscd" in result.stdout
