"""A kiosk's key is stolen, or its clock is wrong: what its thief sends to a served console, and what comes of it."""

import json
import random
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.dates import BirthDate
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.permissions import IdentityStatus
from kiosk.sealing import signer_public_pem
from kiosk.storage.outbox import Outbox
from tests.attacks.desk import Desk
from tests.console import places
from tests.console.arrivals import SIGNER, check_in_of, found
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, ZOE

LIMITS = 'desks = ["3", "4"]\nintake_mb_per_minute = 16\n'
BARE: dict[str, object] = {"card": None, "card_nir": "", "mrz": None, "pictures": (), "document_kind": None}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    """Its kiosks: borne-1 to borne-9, all of whose keys the thief has."""
    console = ServedConsole(tmp_path_factory.mktemp("hostile") / "console")
    text = console.config.read_text().replace("port = 0", "port = 0\n" + LIMITS)
    more = "".join(f'\nborne-{number} = "borne-1.pem"' for number in range(2, 10))
    console.config.write_text(text.replace("trust_kiosk_answers = true\n", "") + more)
    console.start()
    yield console
    console.stop()


@pytest.fixture(scope="module")
def lea(served: ServedConsole) -> Desk:
    return Desk(served, "lea")


def rows(served: ServedConsole, question: str, *said: object) -> list[tuple[object, ...]]:
    """What stands in the console's own database, or is put there."""
    with closing(sqlite3.connect(served.folder / "data" / "console.sqlite3", timeout=30)) as database, database:
        return database.execute(question, said).fetchall()


def of(served: ServedConsole, check_in: CheckIn, column: str) -> object:
    columns = ("stage", "ticket", "desk", "arrived_at", "received_at")
    asked = "SELECT stage, ticket, desk, arrived_at, received_at FROM console_arrival WHERE key = ?"
    found = dict(zip(columns, rows(served, asked, uuid.UUID(check_in.key).hex)[0], strict=True))[column]
    return places.said(served.folder / "secret", column, str(found)) if column in {"ticket", "desk"} else found


def alarms(desk: Desk, kiosk: str) -> str:
    """What the strip over the queue says of one kiosk."""
    strip = desk.read("file/").split('class="strip"')[1].split("</ul>")[0]
    return next(line for line in strip.split("<li ") if f"<b>{kiosk}</b>" in line)


def test_a_kiosk_that_sends_people_to_a_desk_that_there_is_not_is_told_and_staff_before_anybody_comes(
    served: ServedConsole,
) -> None:
    lea = Desk(served, "lea.desk", "host")
    for desk, known in (("3", b"known"), ("psychiatrie", b"unknown"), (7, b"")):
        status, said = served.said("/intake/desk", json.dumps({"desk": desk}).encode(), "borne-9")
        assert (status == 200, said if status == 200 else b"") == (bool(known), known)
    assert "guichet inconnu" in alarms(lea, "borne-9")


def test_a_kiosk_that_says_2019_has_nobody_erased(served: ServedConsole) -> None:
    check_in = check_in_of(ZOE, arrived_at="2019-01-02T08:00:00+01:00")
    assert served.deliver(check_in) == 201
    done = served.run("worker", "--once")
    assert done.returncode == 0, done.stderr
    assert of(served, check_in, "stage") == "waiting"


def test_who_says_that_they_came_long_ago_stands_behind_who_was_here_first(served: ServedConsole, lea: Desk) -> None:
    real = check_in_of(ZOE)
    assert served.deliver(real) == 201
    long_ago = (datetime.now(UTC) - timedelta(hours=20)).isoformat()
    fakes = [check_in_of(DOMINIQUE, kiosk="borne-2", arrived_at=long_ago) for _ in range(3)]
    assert {served.deliver(one, "borne-2") for one in fakes} == {201}
    page = lea.read("file/")
    assert all(page.index(f"line-{real.key}") < page.index(f"line-{fake.key}") for fake in fakes)
    waited = page.split(f"line-{fakes[0].key}")[1].split("</li>")[0]
    assert "20" not in waited.split('class="waited">')[1].split("<")[0]


def test_a_number_that_somebody_has_is_called_by_another_name(served: ServedConsole, lea: Desk) -> None:
    """Its counter was put back, or its thief wants who holds B7 to miss their turn."""
    three = [check_in_of(ZOE, kiosk="borne-3", ticket="B7") for _ in range(3)]
    assert {served.deliver(one, "borne-3") for one in three} == {201}
    other = check_in_of(ZOE, kiosk="borne-3", ticket="B7", desk="4")
    assert served.deliver(other, "borne-3") == 201
    assert [of(served, one, "ticket") for one in (*three, other)] == ["B7", "B7 bis", "B7 ter", "B7"]
    alike = [
        check_in_of(ZOE, kiosk="borne-3", ticket=said)
        for said in ("b7", "\uff22\uff17", "B7\u0301", "B\u00ad7", "\u04127")
    ]
    for one in alike:
        assert served.deliver(one, "borne-3") == 201
    assert [of(served, one, "ticket") for one in alike] == ["B7-4", "B7-5", "B7-6", "B7-7", "7"]
    assert "numéros déjà donnés" in alarms(lea, "borne-3")


def test_a_desk_that_there_is_not_keeps_nobody_from_being_called(served: ServedConsole, lea: Desk) -> None:
    lost = check_in_of(ZOE, kiosk="borne-4", ticket="C1", desk="99")
    assert served.deliver(lost, "borne-4") == 201
    assert of(served, lost, "desk") == ""
    assert "guichet inconnu" in alarms(lea, "borne-4")


def test_one_check_in_writes_two_hundred_index_rows_at_most(served: ServedConsole) -> None:
    names = tuple(f"{chr(65 + first)}{chr(65 + second)}X" for first in range(14) for second in range(14))
    dates = tuple(BirthDate(f"19{year}-{month:02d}-01") for year in range(70, 86) for month in range(1, 13))
    answer = found(ZOE)
    hostile = replace(answer, traits=replace(answer.traits, given_names=names, other_birth_dates=dates))
    check_in = check_in_of(ZOE, card=hostile.traits, kiosk="borne-5")
    assert served.deliver(check_in, "borne-5") == 201
    counted = rows(served, "SELECT COUNT(*) FROM console_visitindex GROUP BY visit ORDER BY 1 DESC")
    [many, *_others] = [one for (one,) in counted]
    assert 50 < int(str(many)) <= 200


def test_a_clock_that_is_wrong_is_told_and_what_was_signed_last_year_is_refused(
    served: ServedConsole, lea: Desk
) -> None:
    jumped = check_in_of(ZOE, kiosk="borne-6", arrived_at="1970-01-01T00:00:00+00:00")
    assert served.deliver(jumped, "borne-6", at=datetime.now(UTC) + timedelta(days=1)) == 201
    arrived, received = of(served, jumped, "arrived_at"), of(served, jumped, "received_at")
    assert arrived == received  # the kiosk's word on when is worth nothing
    old = check_in_of(ZOE, kiosk="borne-6")
    for days in (-400, -3, 3, 20_000):
        assert served.deliver(old, "borne-6", at=datetime.now(UTC) + timedelta(days=days)) == 401
    assert "horloge décalée" in alarms(lea, "borne-6")
    assert served.deliver(old, "borne-6") == 201  # once its clock is right, nothing is lost
    page = lea.post(f"arrivees/{jumped.key}/prendre/").text
    assert "Heure de la borne douteuse" in page


def test_whatever_clocks_say_from_1970_to_2100_nobody_is_removed_early_and_no_number_is_given_twice(
    served: ServedConsole, tmp_path: Path
) -> None:
    """Two kiosks of one desk, of one letter; their clocks jump, one's disk is lost."""
    chance, came = random.Random(1970), list[CheckIn]()
    boxes = {kiosk: Outbox(tmp_path / kiosk / "outbox.db") for kiosk in ("borne-2", "borne-4")}
    for turn in range(24):
        kiosk, clock = chance.choice(list(boxes)), datetime(chance.randint(1970, 2100), 1, 1, tzinfo=UTC)
        if turn == 12:
            boxes[kiosk] = Outbox(tmp_path / "new" / "outbox.db")
        ticket = boxes[kiosk].next_ticket(clock.date().isoformat(), "E")
        came.append(check_in_of(ZOE, kiosk=kiosk, ticket=ticket, desk="4", arrived_at=clock.isoformat()))
        jump = timedelta(days=chance.choice((-1, 0, 1)), minutes=chance.randint(-9, 9))
        assert served.deliver(came[-1], kiosk, at=datetime.now(UTC) + jump) == 201
    assert served.run("worker", "--once").returncode == 0
    assert {of(served, one, "stage") for one in came} == {"waiting"}
    given = [of(served, one, "ticket") for one in came]
    assert len(set(given)) == len(given) and "E1 bis" in given


def test_bytes_and_check_ins_have_a_measure_and_staff_are_told_which_kiosk(served: ServedConsole, lea: Desk) -> None:
    junk = b"\0" * (8 * 1024 * 1024)
    answers = [served.put(f"/intake/check-ins/{uuid.uuid4()}", junk, "borne-7") for _ in range(3)]
    assert answers == [422, 422, 429]
    assert "envois trop lourds" in alarms(lea, "borne-7")
    assert served.deliver(check_in_of(ZOE)) == 201  # the others go on


def test_four_hundred_calls_are_one_line_and_end_with_one_button(served: ServedConsole, lea: Desk) -> None:
    said = json.dumps({"reason": "help", "desk": "3"}).encode()
    assert {served.put(f"/intake/calls/{uuid.uuid4()}", said, "borne-8") for _ in range(400)} <= {200, 201}
    page = lea.read("file/")
    buttons = [line for line in page.split("<form") if "/repondre/" in line]
    assert len(buttons) == 1 and "borne-8" in buttons[0] and "20 appels" in buttons[0]
    assert "trop d’appels" in alarms(lea, "borne-8")
    lea.post(buttons[0].split('action="/')[1].split('"')[0])
    assert "/repondre/" not in lea.read("file/")


def test_touch_alone_cannot_flood_the_desk(served: ServedConsole, lea: Desk) -> None:
    """Anybody can press "I have no card" all day: each gets a number, staff see six, and one line for the others."""
    silent = {"status": IdentityStatus.PROVISIONAL, "document_refused": True, **BARE}
    many = [
        check_in_of(ZOE, InsUnreachable("not-asked"), kiosk="borne-9", ticket=f"D{number}", **silent)
        for number in range(1, 21)
    ]
    assert {served.deliver(one, "borne-9") for one in many} == {201}
    real = check_in_of(ZOE, kiosk="borne-9", ticket="D21")
    assert served.deliver(real, "borne-9") == 201
    page = lea.read("file/")
    assert [f"line-{one.key}" in page for one in many] == [True] * 6 + [False] * 14
    assert "14 arrivées sans carte ni pièce" in page and f"line-{real.key}" in page
    apart = lea.read("file/?borne=borne-9")
    assert [f"line-{one.key}" in apart for one in many] == [False] * 6 + [True] * 14
    assert f"line-{real.key}" not in apart


def test_strangers_guesses_end_no_invitation(served: ServedConsole) -> None:
    code = served.run("console", "kiosk", "invite", "borne-10").stdout.strip()
    said = {"kiosk": "borne-10", "public_key": signer_public_pem(SIGNER).decode()}
    for guess in ["AAAA-AAAA-AAAA"] * 10:
        assert served.put("/intake/enrolment", json.dumps({**said, "code": guess}).encode()) == 401
    assert served.put("/intake/enrolment", json.dumps({**said, "code": code}).encode()) == 201
