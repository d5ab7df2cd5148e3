"""A kiosk's key is stolen: what its thief may bring in a minute, in an hour and onto a disk that is nearly full."""

import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.attacks.desk import Desk
from tests.attacks.test_hostile_kiosk import alarms
from tests.console import places
from tests.console.arrivals import check_in_of
from tests.console.served import ServedConsole
from tests.people import ZOE

A_MINUTE, AN_HOUR = 60, 400  # what the settings say unless a site says otherwise


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    """Two kiosks, both of whose keys the thief has; nothing is said of limits."""
    console = ServedConsole(tmp_path_factory.mktemp("limits") / "console")
    text = console.config.read_text().replace("trust_kiosk_answers = true\n", "")
    console.config.write_text(f'{text}\nborne-2 = "borne-1.pem"\n')
    console.start()
    yield console
    console.stop()


@pytest.fixture(scope="module")
def lea(served: ServedConsole) -> Desk:
    return Desk(served, "lea")


def brought(served: ServedConsole, kiosk: str) -> int:
    return served.deliver(check_in_of(ZOE, kiosk=kiosk, ticket=f"A{secrets.randbelow(10**8)}"), kiosk)


def as_if_brought(served: ServedConsole, kiosk: str, many: int, ago: timedelta) -> None:
    """As if all that this kiosk brought had come so long ago, and were so many."""
    at = (datetime.now(UTC) - ago).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(served.folder / "data" / "console.sqlite3", timeout=30)) as database, database:
        database.row_factory = sqlite3.Row
        kept = [one[0] for one in database.execute("SELECT DISTINCT terminal_id FROM console_arrival")]
        [name] = (one for one in kept if places.said(served.folder / "secret", "terminal_id", one) == kiosk)
        database.execute("UPDATE console_arrival SET received_at = ? WHERE terminal_id = ?", (at, name))
        stand = database.execute("SELECT * FROM console_arrival WHERE terminal_id = ?", (name,)).fetchall()
        for _ in range(many - len(stand)):
            row = {**stand[0], "key": uuid.uuid4().hex, "ticket_mark": None}
            columns = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            insert = ("INSERT INTO console_arrival (", columns, ") VALUES (", marks, ")")
            database.execute("".join(insert), list(row.values()))


def test_sixty_a_minute_are_taken_in_and_staff_are_told_who_brings_more(served: ServedConsole, lea: Desk) -> None:
    assert brought(served, "borne-1") == 201
    as_if_brought(served, "borne-1", A_MINUTE - 1, timedelta(seconds=10))
    assert [brought(served, "borne-1") for _ in range(3)] == [201, 429, 429]
    assert "trop d’arrivées" in alarms(lea, "borne-1")
    assert brought(served, "borne-2") == 201  # the others go on
    as_if_brought(served, "borne-1", A_MINUTE, timedelta(seconds=61))
    assert brought(served, "borne-1") == 201  # nothing is lost: it brings again what waited


def test_four_hundred_an_hour_are_taken_in(served: ServedConsole, lea: Desk) -> None:
    assert brought(served, "borne-2") in {200, 201}
    as_if_brought(served, "borne-2", AN_HOUR - 1, timedelta(minutes=59))
    assert [brought(served, "borne-2") for _ in range(2)] == [201, 429]
    assert "trop d’arrivées" in alarms(lea, "borne-2")
    assert brought(served, "borne-1") == 201
    as_if_brought(served, "borne-2", AN_HOUR, timedelta(minutes=61))
    assert brought(served, "borne-2") == 201


def test_a_disk_that_is_nearly_full_is_not_filled_and_staff_are_told_in_time(served: ServedConsole, lea: Desk) -> None:
    """A kiosk keeps what it has; staff go on, and who calls for help is heard."""
    served.stop()
    served.config.write_text(served.config.read_text().replace("port = 0", "port = 0\nleast_free_mb = 1000000"))
    served.start()
    assert brought(served, "borne-1") == 507
    assert served.put(f"/intake/calls/{uuid.uuid4()}", b'{"reason": "help", "desk": "3"}') in {200, 201}
    lea.url = lea.session.headers["Referer"] = served.url
    page = lea.read("file/")
    assert "Le disque de la console est presque plein" in page and "borne-1" in page
    assert "/arrivees/" in lea.post("file/suivant/").url
