"""An account that somebody altered in the database: its owner reads why it is shut, a command makes it anew."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import typer
from django.contrib.auth.hashers import make_password

from kiosk.commands import accounts as commands
from kiosk.console import audit
from kiosk.console.config import ServerSettings
from kiosk.console.models import AuditEntry, Authenticator, Staff
from kiosk.console.staff import accounts
from kiosk.console.witness import findings
from tests.console.conftest import empty, make_sqlite
from tests.console.rewritten import behind, unguarded
from tests.console.staff import PASSWORD, add, browser, code_of, get, sign_in

TOLD = "n’est plus tel que la console l’a écrit"


@pytest.fixture(scope="module")
def tables() -> ServerSettings:
    return make_sqlite()


@pytest.fixture(autouse=True)
def console(tables: ServerSettings) -> Iterator[None]:
    with empty(tables):
        add("lea")
        yield


def _tries(password: str = PASSWORD, code: str = "") -> str:
    said = {"username": "lea", "password": password, "code": code or code_of("lea")}
    answer = browser().post("/connexion/", said, secure=True)
    return "in" if answer.status_code == 302 else answer.content.decode()


def _repaired(tables: ServerSettings, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    commands.repair(tables, "lea", as_json=True)
    return str(json.loads(capsys.readouterr().out)["path"])


def test_who_shows_all_that_opens_an_altered_account_reads_why_it_does_not_and_nobody_else() -> None:
    behind(Staff.objects.all(), role="administrator")
    wrong = "000000" if code_of("lea") != "000000" else "111111"
    assert TOLD not in _tries("not the password")
    assert TOLD not in _tries(code=wrong)


def test_the_owner_of_an_altered_account_reads_so_at_the_door() -> None:
    behind(Staff.objects.all(), role="administrator")
    assert TOLD in _tries()


def test_whose_session_ends_because_their_account_was_altered_reads_so_once() -> None:
    client = sign_in("lea")
    behind(Staff.objects.all(), role="administrator")
    answer = get(client, "/file/")
    assert TOLD in get(client, answer["Location"]).content.decode()
    assert get(client, "/file/")["Location"] == "/connexion/"


def test_a_repaired_account_is_as_the_trail_has_it_and_its_owner_enrols_anew(
    tables: ServerSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    behind(Staff.objects.all(), role="auditor", password=make_password("the keeper's"), desk="9", factors="")
    path = _repaired(tables, capsys)
    mended = Staff.objects.get()
    assert (mended.is_proven, mended.role, mended.desk) == (True, "host", "")
    assert not Authenticator.objects.exists()
    assert get(browser(), urlsplit(path).path).status_code == 200
    assert [one.code for one in findings.unseen() if one.code == "command"] == ["command"]
    assert AuditEntry.objects.get(act=audit.Act.ACCOUNT_REPAIRED).about == "lea"
    accounts.enrol(mended, PASSWORD, b"k" * 20)
    assert _tries() == "in"


def test_an_account_that_was_closed_stays_closed_though_its_row_was_put_back(
    tables: ServerSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Staff.objects.values().get()
    accounts.set_active(Staff.objects.get(), active=False, who="olivia")
    behind(Staff.objects.all(), **before)
    commands.repair(tables, "lea", as_json=True)
    assert not capsys.readouterr().out
    mended = Staff.objects.get()
    assert mended.is_proven and not mended.is_active and not mended.check_password(PASSWORD)
    with pytest.raises(typer.Exit):
        commands.renew(tables, "lea", as_json=True)


def test_nothing_is_repaired_that_is_sound_or_that_the_trail_does_not_know_or_from_an_act_that_was_altered(
    tables: ServerSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("lea", "nobody"):
        with pytest.raises(typer.Exit):
            commands.repair(tables, name, as_json=True)
    behind(Staff.objects.all(), role="administrator")
    with unguarded():
        behind(AuditEntry.objects.filter(act="account-added"), details='{"role": "administrator"}')
    with pytest.raises(typer.Exit):
        commands.repair(tables, "lea", as_json=True)
    assert "audit verify" in capsys.readouterr().err
    behind(Staff.objects.all(), username="leon")
    with pytest.raises(typer.Exit):
        commands.repair(tables, "leon", as_json=True)
    assert not Staff.objects.get().is_proven
