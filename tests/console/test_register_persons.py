"""A row altered, a number moved, a body swapped or taken away: found by the checks, whatever the database let pass."""

from collections.abc import Callable

import pytest
from django.db import connection

from kiosk.console import audit
from kiosk.console.models import AuditEntry, FactBody, Holding, Inspection, Person
from kiosk.console.register import checks, known, reading
from kiosk.console.upkeep import checking
from kiosk.console.witness import findings, words
from kiosk.core.identity.matricule import OID_NIR, Matricule
from tests.console.test_register import LEA, _known
from tests.console.test_register_check import turns

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.tampers]


@pytest.fixture(autouse=True)
def people(console: object) -> list[object]:
    return [_known(Matricule(f"28001750560{number}", "35", OID_NIR)) for number in (16, 17, 18)]


def unguarded(sql: str, *values: object) -> None:
    """As somebody who owns the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
        cursor.execute(sql, values)
        if connection.vendor != "sqlite":
            cursor.execute("SET LOCAL session_replication_role = origin")


def of(person: object, nth: int) -> int:
    return AuditEntry.objects.get(person=person, nth=nth).number


def alter_row(people: list[object]) -> None:
    unguarded("UPDATE console_person SET status = 'PROVISIONAL' WHERE key = %s", _sql(people[1]))


def put_row_back(people: list[object]) -> None:
    """The whole row of an earlier day, its proof with it: it proves itself, but is not at the last fact."""
    from kiosk.console.register import writer
    from kiosk.console.register.writer import Told
    from kiosk.core.status.transitions import InsiRejected

    row = Person.objects.get(pk=people[1])
    old = (row.version, row.at_fact, row.state, row.status, bytes(row.proof), _sql(people[1]))
    writer.record(row.pk, [Told(InsiRejected(), audit.Act.INS_REFUSED)], LEA, is_decision=True)
    unguarded(
        "UPDATE console_person SET version = %s, at_fact = %s, state = %s, status = %s, proof = %s WHERE key = %s", *old
    )


def take_row_away(people: list[object]) -> None:
    unguarded("DELETE FROM console_holding WHERE person_id = %s", _sql(people[1]))
    unguarded("DELETE FROM console_personindex WHERE person_id = %s", _sql(people[1]))
    unguarded("DELETE FROM console_person WHERE key = %s", _sql(people[1]))


def move_number(people: list[object]) -> None:
    first, second = (Holding.objects.get(person=one, until=None).pk for one in people[:2])
    unguarded("DELETE FROM console_holding WHERE id = %s", first)
    unguarded("UPDATE console_holding SET person_id = %s WHERE id = %s", _sql(people[0]), second)


def drop_number(people: list[object]) -> None:
    unguarded("DELETE FROM console_holding WHERE person_id = %s", _sql(people[1]))


def swap_bodies(people: list[object]) -> None:
    first, second = of(people[0], 4), of(people[1], 4)
    one, other = (bytes(FactBody.objects.get(pk=number).body) for number in (first, second))
    unguarded("UPDATE console_factbody SET body = %s WHERE number = %s", other, first)
    unguarded("UPDATE console_factbody SET body = %s WHERE number = %s", one, second)


def take_body_away(people: list[object]) -> None:
    unguarded("DELETE FROM console_factbody WHERE number = %s", of(people[1], 3))


def _sql(person: object) -> object:
    return Person._meta.pk.get_db_prep_value(person, connection)


def test_people_as_they_were_written_are_found_so(people: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LEAST", 8)  # one person, eight facts in a slice
    turns(5)
    assert not findings.in_doubt()
    assert all(one.whole_at is not None for one in Inspection.objects.all())
    parts = [list(checking.whole(check)) for check in (checks.persons, checks.facts)]
    assert [sum(part.count for part in some) for some in parts] == [3, 18]


@pytest.mark.parametrize(
    ("harm", "codes"),
    [
        (alter_row, {"person"}),
        (put_row_back, {"person"}),
        (take_row_away, {"person"}),
        (move_number, {"holding"}),
        (drop_number, {"holding"}),
        (swap_bodies, {"body"}),
        (take_body_away, {"body"}),
    ],
)
@pytest.mark.long
def test_what_was_altered_of_a_person_is_found_and_told(
    people: list[object], harm: Callable[[list[object]], None], codes: set[str]
) -> None:
    harm(people)
    turns(1)
    assert {one.code for one in findings.unseen()} == codes
    count = findings.unseen().count()
    turns(2)
    assert findings.unseen().count() == count
    for one in findings.unseen():
        assert not words.told(one.code, one.about).startswith(one.code)


def test_what_was_swapped_or_put_back_is_not_used(people: list[object]) -> None:
    swap_bodies(people)
    with pytest.raises(reading.Tampered):
        reading.body_of(people[0], 4)
    put_row_back(people)
    with pytest.raises(reading.Tampered):
        reading.standing_of(Person.objects.get(pk=people[1]))


def test_while_the_register_is_in_doubt_nobody_is_known_by_it(
    people: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.console.models import PersonIndex
    from kiosk.console.records import search

    nir = "2800175056016"
    PersonIndex.objects.create(person_id=people[0], value=search.card_fingerprint(nir, "1", "19800101"))
    assert known.candidate(nir, "1", "19800101") == people[0]
    take_body_away(people)
    turns(1)
    assert known.candidate(nir, "1", "19800101") is None
    findings.see([one.name for one in findings.unseen()], "ines", where="")
    assert known.candidate(nir, "1", "19800101") == people[0]


@pytest.mark.parametrize("place", ["x", "0" * 40, "zz" * 16, "-1", "9" * 30])
def test_a_place_that_is_none_begins_again(place: str) -> None:
    assert checks.persons(place, 500).count == 3
    assert checks.facts(place, 500).count == 18
