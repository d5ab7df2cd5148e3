"""An update closes where visits were: what an earlier version left in clear is read as before, and stands closed."""

import json
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, Question, Staff
from kiosk.console.records import vault
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, enrol
from tests.console.asked_through import asked
from tests.console.before import QUALIFIED, Before
from tests.console.staff import add
from tests.people import DOMINIQUE, TOUSSAINT, ZOE

closing: Any = import_module("kiosk.console.migrations.0033_places_closed")
insides: Any = import_module("kiosk.console.migrations.0035_insides_closed")
_CLEAR = (
    "UPDATE console_arrival SET desk = %s, ticket = %s, terminal_id = %s, signer = %s, signature = %s WHERE key = %s"
)
_INSIDE, _IN_CLEAR = (
    "SELECT plain FROM console_arrival WHERE key = %s",
    "UPDATE console_arrival SET plain = %s WHERE key = %s",
)
_NAMES = ("pk", "desk", "ticket", "terminal_id", "signer", "signature")
_STAND = "SELECT desk, ticket, terminal_id, signer, signature FROM console_arrival"


def _stand() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_STAND)
        return [bytes(one) if isinstance(one, memoryview) else one for row in cursor.fetchall() for one in row]


def _is_closed(value: str | bytes) -> bool:
    return len(value) == (136 if isinstance(value, str) else 102)


@pytest.fixture()
def left(console: object) -> Iterator[list[Arrival]]:
    """Visits that prove themselves, and stand in clear."""
    enrol()
    add("lea")
    make_known(ZOE)
    for person in (ZOE, DOMINIQUE):
        arrive(person)
    asked(TOUSSAINT)
    rows = list(Arrival.objects.order_by("pk"))
    with connection.cursor() as cursor:
        for row in rows:
            said = [str(row.desk), str(row.ticket), str(row.terminal_id), row.signer, row.signature]
            cursor.execute(_CLEAR, [*said, Arrival._meta.pk.get_db_prep_value(row.pk, connection)])
        cursor.execute("UPDATE console_question SET terminal_id = 'borne-1'")
        cursor.execute("UPDATE console_staff SET desk = ''")
    yield rows


def _close() -> None:
    closing.close(apps, SimpleNamespace(connection=connection))


def test_what_proved_itself_in_clear_still_does_and_is_read_as_before(left: list[Arrival]) -> None:
    before = [[getattr(one, name) for name in _NAMES] for one in left]
    assert not any(map(_is_closed, _stand()))
    _close()
    assert all(map(_is_closed, _stand()))
    now = list(Arrival.objects.order_by("pk"))
    assert [[getattr(one, name) for name in _NAMES] for one in now] == before
    for row in (*now, Question.objects.get(), Staff.objects.get()):
        assert row.is_proven
    told = json.loads(AuditEntry.objects.get(act=audit.Act.PLACES_CLOSED).details)
    assert told == {"arrival": len(left), "question": 1, "recognition": 0, "staff": 1}
    assert audit.verify()[1] == ()


def test_killed_halfway_it_is_read_meanwhile_and_begun_again(
    left: list[Arrival], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 1)
    pieces = closing._pieces

    def killed(*said: Any) -> Iterator[Any]:
        yield next(pieces(*said))
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr(closing, "_pieces", killed)
        with pytest.raises(KeyboardInterrupt):
            _close()
    closed = [_is_closed(one) for one in _stand()]
    assert any(closed) and not all(closed)
    assert [one.desk for one in Arrival.objects.all()] == ["3"] * len(left)
    _close()
    assert all(map(_is_closed, _stand()))
    assert all(one.is_proven for one in Arrival.objects.all())


@pytest.mark.starts
def test_a_console_of_the_first_versions_is_closed_when_it_starts(before: Before) -> None:
    key = before.visit(ZOE, **QUALIFIED)
    before.over()
    assert all(map(_is_closed, _stand()))
    row = Arrival.objects.get(pk=key)
    assert (row.desk, row.ticket, row.terminal_id, row.is_proven) == ("3", "A1", "borne-1", True)
    assert AuditEntry.objects.filter(act=audit.Act.PLACES_CLOSED).count() == 1
    assert row.plain == b"" and _is_closed(_inside(row))


def _inside(row: Arrival) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(_INSIDE, [Arrival._meta.pk.get_db_prep_value(row.pk, connection)])
        return bytes(cursor.fetchone()[0])


def test_by_what_the_inside_is_known_is_closed_as_it_stood_in_clear(left: list[Arrival]) -> None:
    _close()
    row = left[0]
    with connection.cursor() as cursor:
        cursor.execute(_IN_CLEAR, [row.plain, Arrival._meta.pk.get_db_prep_value(row.pk, connection)])
    assert _inside(row) == row.plain and Arrival.objects.get(pk=row.pk).plain == row.plain
    for _again in range(2):
        insides.close(apps, SimpleNamespace(connection=connection))
        now = Arrival.objects.select_related("sealed").get(pk=row.pk)
        assert _is_closed(_inside(row)) and (now.plain, now.is_proven) == (row.plain, True)
        assert vault.open_arrival(now).key == str(row.pk)
