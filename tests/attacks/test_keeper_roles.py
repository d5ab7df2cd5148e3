"""Who has the password of the console's role in PostgreSQL: rows they write, but no act of the trail and no table."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.console.arrivals import check_in_of
from tests.console.postgres import WITHOUT_DISK, running
from tests.console.served import ServedConsole
from tests.demo.processes import ROOT
from tests.people import ZOE

pytestmark = pytest.mark.starts


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    """A console with separate roles: upgraded by the owner, served with its own role; somebody came."""
    with running(*WITHOUT_DISK) as postgres:
        base = postgres.url()
        console = ServedConsole(tmp_path_factory.mktemp("site") / "console", database=_as("kiosk_app", base))
        give_roles(base)
        refused = console.run("console", "audit", "verify")
        assert (refused.returncode, "kiosk console upgrade --owner-file" in refused.stderr) == (2, True), refused.stderr
        owner = console.folder / "owner"
        owner.write_text(_as("kiosk_owner", base) + "\n")
        done = console.run("console", "upgrade", "--owner-file", str(owner))
        assert (done.returncode, "Tables à jour" in done.stdout) == (0, True), done.stderr
        give_roles(base)
        console.start()
        assert console.deliver(check_in_of(ZOE)) == 201
        assert console.run("worker", "--once").returncode == 0
        yield console
        assert console.stop() == 0
        assert console.run("console", "register", "check").returncode == 0


def give_roles(base: str) -> None:
    names = ("owner=kiosk_owner", "app=kiosk_app", "reader=kiosk_reader")
    words = [word for one in names for word in ("-v", one)]
    script = str(ROOT / "deploy" / "console" / "roles.sql")
    subprocess.run(["psql", "-q", base, *words, "-f", script], check=True, timeout=120, capture_output=True)


def _as(role: str, url: str) -> str:
    return url.replace("//console@", f"//{role}@")


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("kiosk_app", "UPDATE console_auditentry SET who = 'nobody'"),
        ("kiosk_app", "DELETE FROM console_auditentry"),
        ("kiosk_app", "TRUNCATE console_auditentry"),
        ("kiosk_app", "ALTER TABLE console_auditentry DISABLE TRIGGER USER"),
        ("kiosk_app", "ALTER TABLE console_arrival ADD COLUMN mine TEXT"),
        ("kiosk_app", "DROP TABLE console_sealed"),
        ("kiosk_app", "CREATE TABLE mine (id INT)"),
        ("kiosk_app", "CREATE OR REPLACE FUNCTION console_audit_only_grows() RETURNS trigger LANGUAGE sql AS ''"),
        ("kiosk_app", "DELETE FROM django_migrations"),
        ("kiosk_app", "SET ROLE kiosk_owner"),
        ("kiosk_reader", "UPDATE console_arrival SET stage = 'done'"),
        ("kiosk_reader", "INSERT INTO console_phoneshown (mark, at) VALUES ('x', now())"),
        ("kiosk_reader", "DELETE FROM console_sealed"),
        ("kiosk_reader", "SELECT visit FROM console_visitindex"),
    ],
)
def test_the_database_refuses_what_is_not_that_role_s(site: ServedConsole, role: str, statement: str) -> None:
    url = _as(role, site.database.replace("//kiosk_app@", "//console@"))
    with psycopg.connect(url) as database, pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute(statement.encode())


def test_a_reader_reads(site: ServedConsole) -> None:
    with psycopg.connect(_as("kiosk_reader", site.database.replace("//kiosk_app@", "//console@"))) as database:
        assert database.execute("SELECT count(*) FROM console_auditentry").fetchone() == (2,)
        assert database.execute("SELECT count(*) FROM console_arrival").fetchone() == (1,)


def test_an_upgrade_without_a_usable_file_says_what_to_write(site: ServedConsole, tmp_path: Path) -> None:
    wrong = tmp_path / "owner"
    missing = site.run("console", "upgrade", "--owner-file", str(wrong))
    wrong.write_text("sqlite:///nowhere\n")
    other = site.run("console", "upgrade", "--owner-file", str(wrong))
    assert (missing.returncode, "illisible" in missing.stderr) == (2, True)
    assert (other.returncode, "écrivez l'adresse postgresql://" in other.stderr) == (2, True)
