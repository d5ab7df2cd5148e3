"""Who reads the database, all of it, and can stand before any kiosk: at which one, and at which desk, visits were.

Two days of two kiosks and two desks are really taken in; then every row that names a visit is read as it stands.
"""

import base64
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as console_settings
from django.db import connection
from django.utils import timezone

from kiosk.console.config import ServerSettings
from kiosk.sealing import (
    SigningKey,
    generate_signer,
    intake_message_of,
    load_raw_verifier,
    raw_verifier,
    signer_public_pem,
    verify,
)
from tests.console.arrivals import check_in_of, enrol, put, sealed
from tests.console.asked_through import asked, by_card, naming
from tests.console.conftest import console, postgresql, sqlite
from tests.console.staff import get, post, sign_in
from tests.people import DOMINIQUE, PIERRE_ALAIN, SOPHIE, TOUSSAINT, ZOE, Person

__all__ = ["console", "postgresql", "sqlite"]
KIOSKS = {"hall-nord": ("psychiatrie", "P"), "hall-sud": ("urologie", "U")}
NAMED_ELSEWHERE = {  # rows that name kiosk or desk, and no visit
    "console_terminal": "the kiosks themselves",
    "console_call": "who calls for help from there, and nobody's visit",
    "console_auditentry": "acts about the kiosk itself",
}
_EVERYTHING, _WRITE = 'SELECT * FROM "{}"', 'UPDATE console_arrival SET "{}" = %s WHERE "key" = %s'
ABOUT_KIOSKS = {"kiosk-enrolled", "kiosk-invited", "call-answered"}


class Hospital:
    """Visits by the day and the kiosk they came to, and the kiosks' keys."""

    def __init__(self) -> None:
        self.keys: dict[str, SigningKey] = {name: generate_signer() for name in KIOSKS}
        self.visits: dict[tuple[int, str], uuid.UUID] = {}
        self.lea: Any = None  # at her desk


@contextmanager
def _at(moment: datetime) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: moment)
        yield


def _comes(hospital: Hospital, person: Person, kiosk: str, at: datetime, **said: Any) -> uuid.UUID:
    """Somebody puts their card in: the kiosk asks INSi, and brings the check-in that names its question."""
    desk, letter = KIOSKS[kiosk]
    by = {"kiosk": kiosk, "signer": hospital.keys[kiosk], "sent_at": at.isoformat()}
    with _at(at):
        question = asked(person, by_card(person), **by)
        coming = {"kiosk": kiosk, "desk": desk, "ticket": f"{letter}7", "arrived_at": at.isoformat()} | said
        check_in = naming(question, person, **coming)
        assert put(f"/intake/check-ins/{check_in.key}", sealed(check_in), **by).status_code == 201
    return uuid.UUID(check_in.key)


@pytest.fixture()
def hospital(console: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> Hospital:
    from kiosk.console.arrivals import queue
    from kiosk.console.models import Staff
    from kiosk.console.staff import accounts
    from kiosk.console.terminals import enrolment
    from tests.console.staff import add

    desks = tuple(desk for desk, _letter in KIOSKS.values())
    monkeypatch.setattr(console_settings, "KIOSK", console.model_copy(update={"desks": desks, "insi": object()}))
    made, now = Hospital(), datetime.now(UTC)
    for name, key in made.keys.items():
        enrolment.enrol(name, signer_public_pem(key).decode(), who="test")
    add("lea")
    staff = Staff.objects.get(username="lea")
    staff.desk = "psychiatrie"
    staff.save(update_fields=["desk"])
    accounts.add("ines", "host", who="test", desk="urologie")
    people = iter((ZOE, DOMINIQUE, TOUSSAINT, PIERRE_ALAIN, SOPHIE))
    for days in (1, 0):
        at = now - timedelta(days=days)
        for kiosk in KIOSKS:
            made.visits[days, kiosk] = _comes(made, next(people), kiosk, at)
    sent_on = _comes(made, next(people), "hall-sud", now, ticket="U8")
    queue.transfer(sent_on, staff, "psychiatrie")
    call = uuid.uuid4()
    by = {"kiosk": "hall-nord", "signer": made.keys["hall-nord"]}
    assert put(f"/intake/calls/{call}", b'{"reason": "help", "desk": "psychiatrie"}', **by).status_code == 201
    made.lea = client = sign_in()
    for key in made.visits.values():
        post(client, f"/arrivees/{key}/prendre/")
        assert get(client, f"/arrivees/{key}/fiche/").status_code == 200
    made.visits[9, "sent on"] = sent_on
    return made


Row = dict[str, Any]


def _rows() -> Iterator[tuple[str, Row]]:
    """Every row of every table, as it stands."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(_EVERYTHING.format(table))
            names = [one[0] for one in cursor.description]
            for values in cursor.fetchall():
                yield table, dict(zip(names, values, strict=True))


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return value.hex.encode() if isinstance(value, uuid.UUID) else str(value).encode()


def _leaves(column: str, value: Any) -> Iterator[tuple[str, object]]:
    """What stands in a column, and in the JSON that may stand there, part by part."""
    yield column, _bytes(value)
    if isinstance(value, str) and value[:1] == "{":
        value = json.loads(value)
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(f"{column}.{name}", part)


def _names(row: Row, key: uuid.UUID) -> bool:
    return any(part in _bytes(value) for value in row.values() for part in (key.hex.encode(), str(key).encode()))


def _said_of(key: uuid.UUID) -> set[tuple[str, str, object]]:
    """All that any row says that names this visit, and any row that names one of its questions."""
    told = [(table, row) for table, row in _rows() if _names(row, key)]
    questions = [uuid.UUID(str(row["key"])) for table, row in told if table == "console_question"]
    told += [(table, row) for table, row in _rows() for one in questions if _names(row, one)]
    return {(table, *leaf) for table, row in told for column, value in row.items() for leaf in _leaves(column, value)}


def test_of_two_days_nothing_tells_that_two_visits_were_at_one_kiosk_or_desk(hospital: Hospital) -> None:
    said = {where: _said_of(key) for where, key in hospital.visits.items()}
    north, south = ([said[days, kiosk] for days in (0, 1)] for kiosk in KIOSKS)
    assert all(len(one) > 40 for one in (*north, *south))
    assert north[0] & north[1] - south[0] - south[1] == set()
    assert south[0] & south[1] - north[0] - north[1] == set()


def test_no_name_of_kiosk_or_desk_and_no_kiosk_s_key_stands_where_a_visit_is_named(hospital: Hospital) -> None:
    words = [name.encode() for name in (*KIOSKS, *(desk for desk, _letter in KIOSKS.values()))]
    words += [raw_verifier(key.public_key()) for key in hospital.keys.values()]
    written = {form(word) for word in words for form in (bytes, _hex, base64.b64encode, base64.urlsafe_b64encode)}
    found = {
        (table, column)
        for table, row in _rows()
        if table not in NAMED_ELSEWHERE or (table == "console_auditentry" and row["act"] not in ABOUT_KIOSKS)
        for column, value in row.items()
        if any(word in _bytes(value) for word in written)
    }
    assert found == set()


def _hex(word: bytes) -> bytes:
    return word.hex().encode()


def test_with_the_kiosks_public_keys_no_signature_tells_whose_a_visit_is(hospital: Hospital) -> None:
    visits = [row for table, row in _rows() if table == "console_arrival"]
    assert len(visits) == len(hospital.visits)
    for row in visits:
        path, tickets = f"/intake/check-ins/{uuid.UUID(str(row['key']))}", {"P7", "U7", "U8"}
        for name, key in hospital.keys.items():
            message = intake_message_of(path, name, row["sent_at"], bytes(row["digest"]))
            public = load_raw_verifier(raw_verifier(key.public_key()))
            assert not any(verify(message, _bytes(value), public) for value in row.values())
        assert tickets.isdisjoint(str(value) for value in row.values())


def test_staff_go_on_seeing_who_came_where(hospital: Hospital) -> None:
    from kiosk.console.arrivals import queue
    from kiosk.console.models import Arrival, AuditEntry, Staff
    from kiosk.console.vigilance import indicators

    for (_days, kiosk), key in hospital.visits.items():
        arrival = Arrival.objects.get(pk=key)
        assert arrival.is_proven
        assert kiosk not in KIOSKS or (arrival.terminal_id, arrival.desk, arrival.ticket[:1]) == (kiosk, *KIOSKS[kiosk])
    sent_on = hospital.visits[9, "sent on"]
    there = {arrival.pk for arrival in queue.in_work(desk="psychiatrie")}
    assert there == {hospital.visits[0, "hall-nord"], hospital.visits[1, "hall-nord"], sent_on}
    client = hospital.lea
    page = get(client, f"/arrivees/{hospital.visits[0, 'hall-nord']}/").content.decode()
    assert "hall-nord" in page
    assert "psychiatrie" in get(client, "/file/").content.decode()
    today = timezone.localdate()
    period = indicators.Period(today - timedelta(days=9), today, kiosk="hall-sud", desk="urologie")
    assert next(one for one in indicators.of(period) if one.code == "no-document").total == 2
    called = queue.call_next(Staff.objects.get(username="lea"), desk="psychiatrie")
    assert called is not None and called.pk == sent_on
    details = AuditEntry.objects.get(act="transferred").details
    from kiosk.console.vigilance import told

    assert told.told(details, str) == "guichet psychiatrie"


@pytest.mark.parametrize("column", ["desk", "terminal_id"])
def test_what_stood_there_another_day_or_stands_in_clear_is_not_the_visit_s(hospital: Hospital, column: str) -> None:
    from kiosk.console.models import Arrival

    visit, other = hospital.visits[0, "hall-nord"], hospital.visits[1, "hall-nord"]
    theirs: str = getattr(Arrival.objects.get(pk=other), column).kept
    for value in (theirs, "psychiatrie" if column == "desk" else "hall-nord"):
        with connection.cursor() as cursor:
            key = Arrival._meta.pk.get_db_prep_value(visit, connection)
            cursor.execute(_WRITE.format(column), [value, key])
        assert not Arrival.objects.get(pk=visit).is_proven


def _kept() -> list[str | bytes]:
    from kiosk.console.models.places import Closed
    from kiosk.console.upkeep import renewing

    columns = [(model, field) for model, field in renewing.closed_columns() if isinstance(field, Closed)]
    return [kept for model, field in columns for _key, kept in renewing._as_they_stand(model, field)]


def test_who_has_the_former_secret_and_the_database_reads_nowhere_where_anybody_was(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from kiosk.console.models import Arrival, Question
    from kiosk.console.records import vault
    from kiosk.console.upkeep import renewing
    from tests.attacks.test_keeper_rotation import Site, _quiet

    def where() -> list[tuple[object, ...]]:
        columns = ("key", "terminal_id", "desk", "ticket", "signer", "signature")
        asked = Question.objects.order_by("key").values_list("key", "terminal_id")
        return [*Arrival.objects.order_by("key").values_list(*columns), *asked]

    site, before = Site(monkeypatch, tmp_path), where()
    site.believes_both()
    assert where() == before
    renewing.renew("command:root", _quiet)
    site.has_forgotten()
    assert where() == before
    for arrival in Arrival.objects.select_related("sealed"):
        assert vault.open_arrival(arrival).kiosk == arrival.terminal_id
    heads = {(base64.urlsafe_b64decode(one) if isinstance(one, str) else bytes(one))[0] for one in _kept()}
    assert len(_kept()) > 20 and heads == {1}


_ENDS_WITH = "SELECT w.by, a.about FROM console_witness w JOIN console_auditentry a ON a.number = w.number"


def test_what_a_kiosk_brought_back_of_the_trail_does_not_end_with_its_own_visit(console: ServerSettings) -> None:
    marks, visits = {}, {}
    for kiosk, person in zip(KIOSKS, (ZOE, DOMINIQUE), strict=True):
        enrol(kiosk)
        check_in = check_in_of(person, kiosk=kiosk)
        answer = put(f"/intake/check-ins/{check_in.key}", sealed(check_in), kiosk=kiosk)
        marks[kiosk], visits[kiosk] = answer.headers["X-Console-Mark"], str(check_in.key)
    for kiosk, mark in marks.items():
        assert put("/intake/heartbeat", b"{}", kiosk=kiosk, witness=mark).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute(_ENDS_WITH)
        told = dict(cursor.fetchall())
    assert told == dict.fromkeys((f"kiosk:{one}" for one in KIOSKS), visits["hall-sud"])  # the last act, for both
