"""Look-alikes by group: one line and one decision for all who may be one person, whole or not at all."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from django.test import Client

from kiosk.console.models import AuditEntry, PairState, Person, PersonPair
from kiosk.console.register import pairs
from kiosk.console.vigilance import groups
from kiosk.console.vigilance.look_alikes import WORKER, seek_once
from kiosk.core.sources.insi import InsNotFound
from kiosk.core.status.transitions import Actor, ActorKind
from tests.console.arrivals import arrive
from tests.console.staff import READ, at_desk, get, post
from tests.console.taken_up import taken_up, visit_of
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("asks_insi"), pytest.mark.long]
LIST = "/vigilance/doublons/"
SHOWN = re.compile(r'name="shown" value="([^"]*)"')


@pytest.fixture()
def officer(asks_insi: None) -> Client:
    return at_desk("marc", "officer")


def _known(officer: Client, name: str, **said: object) -> Person:
    """Somebody of this name, of whom nothing is established yet, whom nobody takes for another."""
    check_in = arrive(replace(ZOE, birth_name=name), InsNotFound(), ticket=f"A{Person.objects.count() + 20}", **said)
    path = taken_up(officer, check_in)
    post(officer, path + "personne/", whose="new")
    post(officer, path + "decision/homonym/")
    person: Person = visit_of(check_in).person
    return person


def _group(officer: Client, count: int) -> list[Person]:
    """As many as said, each a look-alike of the one before."""
    people = [_known(officer, f"ADRUN{'E' * n}") for n in range(count)]
    for nth, (one, other) in enumerate(pairwise(people)):
        pairs.propose(one, other, 90 - nth, WORKER)
    return people


def _page(people: list[Person]) -> str:
    return f"{LIST}{people[0].pk}/{people[1].pk}/"


def _judged(officer: Client, people: list[Person], said: str, **more: object) -> str:
    """What the page that follows says."""
    shown = " ".join(str(one.pk) for one in people)
    answer = officer.post(_page(people) + "dire/", {"said": said, "shown": shown, **more}, secure=True, follow=True)
    return str(answer.content.decode())


def _states() -> list[str]:
    return sorted(PersonPair.objects.values_list("state", flat=True))


def _absorbed(people: list[Person]) -> list[Person | None]:
    return [Person.objects.get(pk=one.pk).absorbed_by for one in people]


def test_three_who_look_alike_are_one_line_and_stand_side_by_side(officer: Client) -> None:
    people = _group(officer, 3)
    listed = get(officer, LIST).content.decode()
    assert listed.count("Comparer") == 1 and "3 dossiers" in listed and "Doublons possibles 1<" in listed
    assert "ADRUN" not in listed  # the list names nobody
    page = get(officer, _page(people)).content.decode()
    assert all(f">{name}" in page for name in ("ADRUN", "ADRUNE", "ADRUNEE"))
    assert page.count("<img") == 3 and page.count("différent<") == 2
    opened = AuditEntry.objects.filter(act="opened", about__in=[str(one.pk) for one in people])
    assert opened.count() == 3  # each look is written down
    other = get(officer, f"{LIST}{people[1].pk}/{people[2].pk}/").content.decode()
    assert SHOWN.findall(page) == SHOWN.findall(other) == [" ".join(str(one.pk) for one in people)]


def test_whose_pictures_the_desk_may_not_see_nobody_sees_here(officer: Client) -> None:
    people = _group(officer, 2)
    assert get(at_desk(), _page(people)).status_code == 403
    [first, *_] = re.findall(r'<img src="([^"]+)"', get(officer, _page(people)).content.decode())
    assert not AuditEntry.objects.filter(act="picture-seen").exists()
    assert get(officer, first)["Content-Type"] == "image/jpeg"
    assert AuditEntry.objects.filter(act="picture-seen", who="marc").count() == 1


def test_a_group_is_one_person_with_one_decision_and_each_merge_can_be_undone(officer: Client) -> None:
    people = _group(officer, 3)
    said = _judged(officer, people, "merge", kept="1")
    assert "3 dossiers n’en font plus qu’un" in said and "Aucun doublon possible" in said
    assert _absorbed(people) == [None, people[0], people[0]]
    assert _states() == ["merged", "merged", "possible"]  # the last two lead to one record: nothing is asked about them
    assert said.count("Fusionnés") == 1 and said.count("Revoir") == 2  # one decision
    proposed = AuditEntry.objects.get(act="pair-found", who="marc")
    assert json.loads(proposed.details)["other"] == str(people[0].pk)  # nobody had proposed the first and the last
    while seek_once():
        pass
    assert "Aucun doublon possible" in get(officer, LIST).content.decode()
    post(officer, f"{LIST}{people[0].pk}/{people[2].pk}/dire/", said="split")
    assert _absorbed(people) == [None, people[0], None]


def test_a_group_is_as_many_people_with_one_decision_and_is_never_proposed_again(officer: Client) -> None:
    people = _group(officer, 3)
    said = _judged(officer, people, "apart")
    assert "3 personnes différentes" in said and "Aucun doublon possible" in said
    assert said.count("Revoir") == 1
    assert _states() == ["apart"] * 3 and _absorbed(people) == [None] * 3
    assert {one.attributes for one in Person.objects.all()} == {"homonym"}
    Person.objects.update(likened_at=None)
    while seek_once():
        pass
    assert _states() == ["apart"] * 3
    assert "Un collègue a déjà traité" in _judged(officer, people, "merge", kept="1")


def test_what_a_rule_forbids_for_one_is_done_for_nobody(officer: Client) -> None:
    people = _group(officer, 2)
    path = taken_up(officer, numbered := arrive(ZOE, ticket="A77"))
    post(officer, path + "personne/", whose="new")
    post(officer, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    people.append(visit_of(numbered).person)
    assert people[2].status == "QUALIFIED"
    pairs.propose(people[1], people[2], 86, WORKER)
    before = (_states(), AuditEntry.objects.exclude(act="refused").count())
    said = _judged(officer, people, "merge", kept="1")  # who has the number is the one to be kept
    assert "Rien n’a changé" in said
    assert _absorbed(people) == [None] * 3
    opened = AuditEntry.objects.filter(act="opened").count()  # the page that follows
    assert (_states(), AuditEntry.objects.exclude(act__in=("refused", "opened")).count()) == (
        before[0],
        before[1] - opened + 3,
    )
    assert AuditEntry.objects.filter(act="refused").count() == 1
    assert "3 dossiers n’en font plus qu’un" in _judged(officer, people, "merge", kept="3")


def test_who_is_left_aside_is_judged_afterwards(officer: Client) -> None:
    people = _group(officer, 3)
    _judged(officer, people, "merge", kept="1", without="2")
    assert _absorbed(people) == [None, None, people[0]]
    while seek_once():
        pass
    assert "Comparer" in get(officer, LIST).content.decode()
    assert "2 personnes différentes" in _judged(officer, people[:2], "apart")
    assert "Aucun doublon possible" in get(officer, LIST).content.decode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"said": "merge"}, "Dites lequel"),
        ({"said": "merge", "kept": "9"}, "Dites lequel"),
        ({"said": "merge", "kept": "2", "without": "2"}, "Dites lequel"),
        ({"said": "merge", "kept": "1", "without": ["2", "3"]}, "au moins deux"),
        ({"said": "apart", "without": ["1", "2", "3"]}, "déjà traité"),
        ({"said": "apart", "shown": str(uuid.uuid4())}, "déjà traité"),
    ],
)
def test_a_form_that_does_not_say_enough_changes_nothing(officer: Client, said: dict[str, object], told: str) -> None:
    people = _group(officer, 3)
    assert told in _judged(officer, people, str(said["said"]), **{key: said[key] for key in said if key != "said"})
    assert _states() == ["possible", "possible"]


def test_somebody_who_is_not_of_the_group_is_not_judged_with_it(officer: Client) -> None:
    people, stranger = _group(officer, 2), _known(officer, "MARTIN")
    assert "déjà traité" in _judged(officer, [*people, stranger], "merge", kept="1")
    assert _absorbed([*people, stranger]) == [None] * 3
    for shown in ("x", f"{people[0].pk} ' OR 1=1"):
        answer = officer.post(_page(people) + "dire/", {"said": "apart", "shown": shown}, secure=True)
        assert answer.status_code == 400
    assert _states() == ["possible"]


def test_two_of_a_group_who_were_set_apart_are_merged_by_nobody_by_the_way(officer: Client) -> None:
    people = _group(officer, 3)
    pair = pairs.between(None, people[0], people[2], WORKER)
    pairs.set_apart(pair, Actor(ActorKind.STAFF, "nora"))
    assert "déjà été distingués" in _judged(officer, people, "merge", kept="2")
    assert _absorbed(people) == [None] * 3


def test_of_many_six_are_judged_first_and_the_others_afterwards(officer: Client) -> None:
    people = _group(officer, 8)
    listed = get(officer, LIST).content.decode()
    assert listed.count("Comparer") == 1 and "8 dossiers" in listed and "et 2 de plus" in listed
    page = get(officer, _page(people)).content.decode()
    assert page.count('name="kept"') == groups.MOST and "viendront après" in page
    assert "6 personnes différentes" in _judged(officer, people[:6], "apart")
    assert PersonPair.objects.filter(state=PairState.APART).count() == len(list(combinations(range(6), 2)))
    assert "3 dossiers" in get(officer, LIST).content.decode()  # the sixth, and the two that were left


def test_a_group_costs_the_list_no_more_questions(officer: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            get(officer, LIST)
        return len(found)

    _group(officer, 2)
    asked()
    few = asked()
    _group(officer, 6)
    assert asked() == few


def test_a_list_is_of_the_oldest_pairs(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_READ", 2)
    _group(officer, 4)
    listed = get(officer, LIST).content.decode()
    assert "3 dossiers" in listed and "Doublons possibles 1+" in listed and "Les plus anciens d’abord" in listed


def _pairs_in(order: list[tuple[int, int]]) -> Iterator[PersonPair]:
    people = [Person.objects.create(key=uuid.UUID(int=n + 1), opened_at="2026-01-01T00:00Z") for n in range(5)]
    for nth, (one, other) in enumerate(order):
        yield PersonPair(
            first=people[one], second=people[other], likeness=80 + nth, found_at=f"2026-02-0{nth + 1}T00:00Z"
        )


@pytest.mark.tampers()
def test_two_groups_that_a_later_pair_joins_are_one() -> None:
    PersonPair.objects.bulk_create(_pairs_in([(0, 1), (2, 3), (1, 2), (0, 4)]))
    [group] = groups.waiting().groups
    assert [one.int for one in group.people] == [1, 2, 3, 4, 5] and group.likeness == 83


def test_somebody_who_came_five_times_is_one_look_alike(officer: Client) -> None:
    other = arrive(replace(ZOE, number="2751263220111"), ticket="A30")
    path = taken_up(officer, other)
    post(officer, path + "decision/homonym/")
    for nth in range(4):
        again = arrive(replace(ZOE, number="2751263220111"), ticket=f"A{31 + nth}")
        post(officer, taken_up(officer, again) + "personne/", whose=str(visit_of(other).person.pk))
    mine = arrive(replace(ZOE, birth_name="ADRUNES"), InsNotFound(), ticket="A50")
    path = taken_up(officer, mine)
    post(officer, path + "personne/", whose="new")
    page = get(officer, path).content.decode()
    [alike] = re.findall(r'<p class="alike">(.*?)</p>', page, re.DOTALL)
    assert re.findall(r">(A\d+),", alike) == ["A34"]  # when they last came
