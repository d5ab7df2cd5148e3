"""Who holds a number, since when and until when, and who may not: written by the one writer, on the real databases."""

from uuid import UUID

import pytest

from kiosk.console import audit
from kiosk.console.models import FactBody, Holding, Outbox, PairState, PersonPair
from kiosk.console.register import bodies, writer
from kiosk.console.register.writer import Told
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.person_events import (
    Erased,
    InsReplaced,
    Kept,
    Undone,
    VisitAttached,
)
from kiosk.core.status.transitions import (
    AttributeRemoved,
    AttributeSet,
    Refusal,
)
from tests.console.recorded import (
    ATTACHED,
    DOUBT,
    LATER,
    LEA,
    NOW,
    NUMBER,
    OTHER,
    REJECTED,
    SEEN,
    WORKER,
    answered,
    indexes,
    opened,
    qualified,
    refusal,
    retrieved,
    row,
    taken,
)

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]  # plays page after page


# --- what is held -------------------------------------------------------------------------------------------------


def _held(person: UUID) -> list[tuple[bytes, int, int | None]]:
    rows = Holding.objects.filter(person=person).order_by("pk").values_list("value", "since", "until")
    return [(bytes(value), since, until) for value, since, until in rows]


def test_a_number_is_held_from_the_fact_that_gave_it_until_the_one_that_took_it() -> None:
    person = retrieved()
    since = row(person).at_fact
    assert _held(person) == [(bodies.value_of(NUMBER), since, None)]
    writer.record(person, [REJECTED], LEA)
    until = row(person).at_fact
    assert _held(person) == [(bodies.value_of(NUMBER), since, until)]
    writer.record(person, [answered(person, NUMBER), taken(person, NUMBER)], LEA)
    again = row(person).at_fact
    assert _held(person) == [(bodies.value_of(NUMBER), since, until), (bodies.value_of(NUMBER), again, None)]


def test_what_changes_nothing_of_the_number_leaves_it_held_since_the_same_fact() -> None:
    person = retrieved()
    before = _held(person)
    writer.record(person, [SEEN], LEA, at=NOW, is_decision=True)
    writer.record(person, [Told(Undone(), audit.Act.UNDONE, cites=4)], LEA, at=LATER)
    assert _held(person) == before
    assert row(person).status == "RETRIEVED"


def test_a_number_replaced_is_let_go_by_the_fact_that_gives_the_other() -> None:
    person = qualified()
    since = _held(person)[0][1]
    replaced = InsReplaced(bodies.mark_of(person, OTHER), True, True)
    told = [answered(person, OTHER), Told(replaced, audit.Act.INS_REPLACED, cites=-1, matricule=OTHER)]
    writer.record(person, told, LEA, at=NOW, is_decision=True)
    number = row(person).at_fact
    assert _held(person) == [(bodies.value_of(NUMBER), since, number), (bodies.value_of(OTHER), number, None)]
    writer.record(person, [Told(Undone(), audit.Act.UNDONE, cites=5)], LEA, at=LATER)
    assert [(value, until is None) for value, _since, until in _held(person)] == [
        *((bodies.value_of(NUMBER), False), (bodies.value_of(OTHER), False), (bodies.value_of(NUMBER), True)),
    ]


def test_of_several_numbers_that_are_told_the_one_accepted_is_held() -> None:
    person = opened()
    told = [answered(person, OTHER), ATTACHED, answered(person, NUMBER), taken(person, NUMBER)]
    writer.record(person, told, LEA)
    assert [value for value, *_ in _held(person)] == [bodies.value_of(NUMBER)]


def test_who_decides_at_the_same_moment_as_another_finds_the_number_held() -> None:
    qualified()
    person = opened()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writer, "_held_elsewhere", lambda *_: None)  # the other decides after one has looked
        refused = refusal(person, answered(person, NUMBER), taken(person, NUMBER))
    assert refused.refusal is Refusal.HELD_BY_ANOTHER
    assert (row(person).version, row(person).status) == (1, "PROVISIONAL")
    assert _held(person) == []


# --- what another person has --------------------------------------------------------------------------------------


def test_a_number_is_held_elsewhere_for_everybody_but_its_holder() -> None:
    earlier, person, stranger = sorted(opened() for _ in range(3))
    writer.record(person, [answered(person, NUMBER), taken(person, NUMBER)], LEA)
    assert writer.held_elsewhere(row(earlier), NUMBER) is Refusal.HELD_BY_ANOTHER
    assert writer.held_elsewhere(row(person), NUMBER) is None
    assert writer.held_elsewhere(row(stranger), NUMBER) is Refusal.HELD_BY_ANOTHER
    assert writer.held_elsewhere(None, NUMBER) is Refusal.HELD_BY_ANOTHER
    assert writer.held_elsewhere(row(stranger), OTHER) is writer.held_elsewhere(None, OTHER) is None
    writer.record(person, [REJECTED], LEA)
    assert writer.held_elsewhere(row(stranger), NUMBER) is writer.held_elsewhere(None, NUMBER) is None


@pytest.mark.parametrize("attribute", [Attribute.DOUBTFUL, Attribute.FICTITIOUS])
def test_what_insi_gave_for_somebody_barred_bars_everybody_else(attribute: Attribute) -> None:
    barred, stranger = retrieved(), opened()
    writer.record(barred, [Told(AttributeSet(attribute), audit.Act.DOUBTED)], LEA)
    assert writer.held_elsewhere(row(barred), NUMBER) is None
    assert writer.held_elsewhere(row(stranger), NUMBER) is Refusal.BARRED_ELSEWHERE
    assert writer.held_elsewhere(None, NUMBER) is Refusal.BARRED_ELSEWHERE
    assert writer.held_elsewhere(row(stranger), OTHER) is None
    writer.record(barred, [Told(AttributeRemoved(attribute), audit.Act.CLEARED)], LEA)
    assert writer.held_elsewhere(row(stranger), NUMBER) is None


def test_who_is_only_a_homonym_bars_nobody() -> None:
    homonym, stranger = opened(), opened()
    told = [answered(homonym, NUMBER), Told(AttributeSet(Attribute.HOMONYM), audit.Act.DOUBTED)]
    writer.record(homonym, told, LEA)
    assert writer.held_elsewhere(row(stranger), NUMBER) is None


def _apart(one: UUID, other: UUID, state: PairState = PairState.APART) -> None:
    PersonPair.objects.create(first_id=one, second_id=other, likeness=90, state=state, found_at=NOW)


def test_who_was_set_apart_from_everybody_barred_is_not_barred_by_them() -> None:
    one, other, stranger = opened(), opened(), opened()
    for barred in (one, other):
        writer.record(barred, [answered(barred, NUMBER), DOUBT], LEA)
    _apart(one, other)  # of two others it says nothing
    _apart(one, stranger)
    assert writer.held_elsewhere(row(stranger), NUMBER) is Refusal.BARRED_ELSEWHERE
    assert writer.held_elsewhere(None, NUMBER) is Refusal.BARRED_ELSEWHERE
    _apart(stranger, other)
    assert writer.held_elsewhere(row(stranger), NUMBER) is None


def test_whom_the_unit_has_not_judged_yet_is_not_set_apart() -> None:
    barred, stranger = opened(), opened()
    writer.record(barred, [answered(barred, NUMBER), DOUBT], LEA)
    _apart(barred, stranger, PairState.POSSIBLE)
    assert writer.held_elsewhere(row(stranger), NUMBER) is Refusal.BARRED_ELSEWHERE


# --- the end ------------------------------------------------------------------------------------------------------


def test_of_who_is_erased_nothing_stays_but_that_they_were() -> None:
    person, other = qualified(), opened()
    said = Told(VisitAttached(), audit.Act.VISIT_ATTACHED, body=b"said")
    for one in (person, other):
        writer.record(one, [said], LEA, indexes=frozenset({b"x"}))
    for first, second in ((person, other), (opened(), person), (other, opened())):
        _apart(first, second, PairState.POSSIBLE)
    _apart(person, opened())
    assert row(person).erased_at is None
    writer.record(person, [Told(Erased(Kept.COPY), audit.Act.REMOVED)], WORKER, at=NOW)
    assert (row(person).erased_at, row(person).status, len(_held(person))) == (None, "QUALIFIED", 1)
    writer.record(person, [Told(Erased(Kept.BODY), audit.Act.ERASED)], LEA, at=LATER)
    assert (row(person).erased_at, row(person).status) == (LATER, "PROVISIONAL")
    assert (_held(person), indexes(person), indexes(other)) == ([], [], [b"x"])
    assert list(FactBody.objects.values_list("subject", flat=True)) == [other]
    pairs = PersonPair.objects.values_list("state", "first", "second")
    assert {(state, person in sides) for state, *sides in pairs} == {("apart", True), ("possible", False)}
    assert Outbox.objects.get(person=person).fact == row(person).at_fact
