"""A row altered, a number moved, a body swapped or taken away: found by the checks, whatever the database let pass."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from kiosk.console import audit
from kiosk.console.models import AuditEntry, FactBody, Holding, Inspection, PairState, Person, PersonIndex, PersonPair
from kiosk.console.register import checks, known, reading, writer
from kiosk.console.register.writer import Told
from kiosk.console.upkeep import checking
from kiosk.console.witness import findings, words
from kiosk.core.identity.matricule import OID_NIR, Matricule
from kiosk.core.status.transitions import InsiRejected
from tests.console import rewritten
from tests.console.recorded import CREATED, NOW, WORKER
from tests.console.test_register import LEA, _known
from tests.console.test_register_check import turns

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.tampers, pytest.mark.long]  # plays page after page


@pytest.fixture(autouse=True)
def people(console: object) -> list[object]:
    return [_known(Matricule(f"28001750560{number}", "35", OID_NIR)) for number in (16, 17, 18)]


def unguarded(sql: str, *values: object) -> None:
    """As somebody who owns the database."""
    with rewritten.unguarded(), connection.cursor() as cursor:
        cursor.execute(sql, values)


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


def change_number(people: list[object]) -> None:
    """Somebody else may be given theirs, as far as the database sees."""
    unguarded("UPDATE console_holding SET value = %s WHERE person_id = %s", bytes(16), _sql(people[1]))


def exchange_numbers(people: list[object]) -> None:
    first, second = (Holding.objects.get(person=one, until=None) for one in people[:2])
    change_number(people)
    unguarded("UPDATE console_holding SET value = %s WHERE id = %s", bytes(second.value), first.pk)
    unguarded("UPDATE console_holding SET value = %s WHERE id = %s", bytes(first.value), second.pk)


def change_number_of_before(people: list[object]) -> None:
    """An undo would give it back."""
    from kiosk.console.register.writer import Told
    from kiosk.core.status.transitions import InsiRejected

    rejected = Told(InsiRejected(), audit.Act.INS_REFUSED)
    writer.record(Person.objects.get(pk=people[1]).pk, [rejected], LEA, is_decision=True)
    change_number(people)


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
        (change_number, {"holding"}),
        (exchange_numbers, {"holding"}),
        (change_number_of_before, {"holding"}),
        (swap_bodies, {"body"}),
        (take_body_away, {"body"}),
    ],
)
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


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM console_personindex WHERE value = %s",
        "UPDATE console_personindex SET value = person_id WHERE value = %s",
        "INSERT INTO console_personindex (person_id, value) SELECT person_id, value FROM console_personindex"
        " WHERE value = %s",
    ],
    ids=["taken away", "changed", "added"],
)
def test_who_is_hidden_from_the_prior_search_is_found_and_told(people: list[object], harm: str) -> None:
    """What they are looked for under is theirs by their facts, whenever it was added."""
    under = frozenset(bytes([number]) * 16 for number in (1, 2))
    writer.record(people[1], [Told(InsiRejected(), audit.Act.INS_REFUSED)], LEA, is_decision=True, indexes=under)
    turns(1)
    assert not findings.in_doubt()
    if connection.vendor != "sqlite":
        harm = harm.replace("= person_id", "= uuid_send(person_id)")
    unguarded(harm, bytes([2]) * 16)
    turns(2)
    [one] = findings.unseen()
    assert (one.code, one.about[:36]) == ("index", str(people[1]))
    assert words.told(one.code, one.about).startswith("La recherche d’antériorité")


def test_whose_facts_of_before_say_nothing_of_it_is_not_doubted(people: list[object]) -> None:
    """An earlier version wrote no sum."""
    from kiosk.console.register import index_marks

    assert index_marks.altered([]) == index_marks.altered(people) == []
    PersonIndex.objects.create(person_id=people[0], value=bytes(16))
    assert index_marks.altered(people) == [people[0]]
    with pytest.MonkeyPatch.context() as before:
        before.setattr(index_marks, "KEY", "of another version")
        assert index_marks.altered(people) == []


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


# --- pairs ------------------------------------------------------------------------------------------------------------


@pytest.fixture()
def judged(people: list[object]) -> list[object]:
    """Perhaps one, two people, merged and un-merged: each pair with its facts."""
    from kiosk.console.register import pairs

    first, second, third = (Person.objects.get(pk=key) for key in people)
    other = Person.objects.get(pk=writer.open_person(writer.write_down(writer.newcomer(), [CREATED], LEA)).pk)
    for likeness, (one, another) in enumerate(((first, second), (second, third), (third, other)), 80):
        assert pairs.propose(one, another, likeness, WORKER)
    two, one = (pairs.locked(PersonPair.objects.get(likeness=found).pk, PairState.POSSIBLE) for found in (81, 82))
    assert two is not None and one is not None
    pairs.set_apart(two, LEA)
    sides = {side.pk: side for side in (one.first, one.second)}
    pairs.merge(one, sides[other.pk], sides[third.pk], LEA)
    return people


def _found() -> list[str]:
    return [
        one.code for name in ("pairs", "links") for part in checking.whole(checking.CHECKS[name]) for one in part.found
    ]


def test_pairs_as_they_were_judged_are_found_so(judged: list[object]) -> None:
    assert _found() == []
    pair = PersonPair.objects.get(state=PairState.MERGED)
    from kiosk.console.register import pairs

    merged = pairs.locked(pair.pk, PairState.MERGED)
    assert merged is not None
    sides = [merged.first, merged.second]
    pairs.unmerge(merged, *sorted(sides, key=lambda side: side.absorbed_by_id is None), LEA)
    assert _found() == []


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE console_personpair SET state = 'apart' WHERE state = 'possible'",
        "UPDATE console_personpair SET state = 'merged' WHERE state = 'possible'",
        "UPDATE console_personpair SET state = 'possible' WHERE state = 'apart'",
        "UPDATE console_personpair SET state = 'apart' WHERE state = 'merged'",
        "DELETE FROM console_personpair WHERE state = 'possible'",
        "DELETE FROM console_personpair WHERE state = 'apart'",
        "DELETE FROM console_personpair WHERE state = 'merged'",
    ],
)
def test_a_pair_that_is_not_what_was_said_of_it_is_found_once(judged: list[object], harm: str) -> None:
    unguarded(harm)
    assert set(_found()) == {"pair"}
    turns(1)
    assert [one.code for one in findings.unseen()] == ["pair"]
    assert not words.told("pair", findings.unseen()[0].about).startswith("pair")


def test_two_who_were_set_apart_by_nobody_are_found(judged: list[object]) -> None:
    """It would take the bar away that somebody's doubt is to the other."""
    first, _second, third = judged
    PersonPair.objects.create(first_id=first, second_id=third, likeness=9, state=PairState.APART, found_at=NOW)
    assert _found() == ["pair"]


def test_a_pair_that_went_with_who_was_erased_is_missed_by_nobody(judged: list[object]) -> None:
    from kiosk.console.register import erasure

    erasure.erase(judged[0], LEA, erasure.Why.REQUEST)
    assert PersonPair.objects.count() == 2
    assert _found() == []


# --- erased while it is read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["FactBody", "Person"])
def test_who_is_erased_while_the_worker_reads_their_facts_is_no_finding(
    people: list[object], monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """Persons and bodies are read one after the other: each time somebody is erased in between."""
    from kiosk.console.register import erasure

    class Between:
        @property
        def objects(self) -> Any:
            monkeypatch.undo()
            erasure.erase(people[1], LEA, erasure.Why.REQUEST)
            return {"FactBody": FactBody, "Person": Person}[before].objects

    monkeypatch.setattr(checks, before, Between())
    assert checks.facts("", 500).found == ()
    assert Person.objects.exclude(erased_at=None).count() == 1


def test_what_was_erased_and_stands_again_is_found(people: list[object]) -> None:
    from kiosk.console.register import erasure

    kept = FactBody.objects.get(pk=of(people[1], 4))
    erasure.erase(people[1], LEA, erasure.Why.REQUEST)
    kept.save(force_insert=True)
    assert [one.name for one in checks.facts("", 500).found] == [f"body:{kept.pk}-back"]
