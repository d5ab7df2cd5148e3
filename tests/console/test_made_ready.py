"""A decision is made ready before anybody waits for it: what changed meanwhile is what it is decided on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from kiosk.console import audit
from kiosk.console.identities import attaching, deciding
from kiosk.console.identities.choices import Action, Choice
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.identities.seeing import seen_in
from kiosk.console.models import Arrival, AuditEntry, AuditHead, Person, PersonPair, Staff
from kiosk.console.records import by_hand, notes, vault
from kiosk.console.register import decisions, reading, writer
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsSeveral
from kiosk.core.status.accompanying import SaidBy
from kiosk.core.status.person_events import Verified
from kiosk.core.status.transitions import Actor, ActorKind
from tests.console.arrivals import arrive, enrol
from tests.console.rewritten import rewrite
from tests.console.staff import READ, add
from tests.people import ZOE

_VISIT = 'SELECT "proof", "key", "terminal_id"'
QUALIFY = Choice(Action.QUALIFY, evidence="CN", first_given_name="ZOE", said_by=SaidBy.PERSON, seen=seen_in([READ]))
Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


@pytest.fixture()
def lea() -> Staff:
    return _staff("lea")


@pytest.fixture()
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """What somebody else does once a decision is ready, before it has the visit."""
    ready_made = deciding._beforehand

    def happens(what: Callable[[], object]) -> None:
        def then(*said: object) -> object:
            ready = ready_made(*said)
            assert ready is not None
            monkeypatch.setattr(deciding, "_beforehand", ready_made)
            what()
            return ready

        monkeypatch.setattr(deciding, "_beforehand", then)

    return happens


def _staff(name: str) -> Staff:
    add(name, "officer")
    return Staff.objects.get(username=name)


def _in_hand(staff: Staff) -> CheckIn:
    check_in = arrive(ZOE)
    rewrite(Arrival.objects.filter(pk=check_in.key), stage="called", assigned_to=staff)
    return check_in


def _answers_several(check_in: CheckIn) -> None:
    arrival = Arrival.objects.get(pk=check_in.key)
    arrival.sealed.answer = vault.seal_answer(check_in, InsSeveral(exchanges=()))
    arrival.sealed.save(update_fields=["answer"])


def test_another_answer_that_comes_meanwhile_is_decided_about(lea: Staff, meanwhile: Meanwhile) -> None:
    check_in = _in_hand(lea)
    meanwhile(lambda: _answers_several(check_in))
    with pytest.raises(NotAllowed, match="réponse du service national"):
        deciding.decide(UUID(check_in.key), lea, QUALIFY)
    assert not Person.objects.exists()


def test_whom_a_colleague_took_meanwhile_is_not_decided_about(lea: Staff, meanwhile: Meanwhile) -> None:
    check_in, other = _in_hand(lea), _staff("marc")
    meanwhile(lambda: rewrite(Arrival.objects.filter(pk=check_in.key), assigned_to=other))
    with pytest.raises(NotAllowed, match="n’est pas ouvert à votre nom"):
        deciding.decide(UUID(check_in.key), lea, QUALIFY)
    assert not Person.objects.exists()


def test_whose_visit_it_is_said_to_be_meanwhile_is_decided_about(lea: Staff, meanwhile: Meanwhile) -> None:
    first, second = _in_hand(lea), _in_hand(lea)
    person = deciding.decide(UUID(first.key), lea, Choice(Action.HOMONYM)).person
    attaching.say_new(UUID(second.key), lea)
    meanwhile(lambda: rewrite(Arrival.objects.filter(pk=second.key), person=person))
    deciding.decide(UUID(second.key), lea, Choice(Action.DOUBT))
    assert [one.attributes for one in Person.objects.all()] == ["doubtful homonym"]


def test_what_staff_completed_meanwhile_is_in_the_person_s_facts(lea: Staff, meanwhile: Meanwhile) -> None:
    check_in = _in_hand(lea)
    arrival = Arrival.objects.get(pk=check_in.key)
    meanwhile(lambda: notes.keep(arrival, complementary={"phone": "0100000000"}))
    deciding.decide(UUID(check_in.key), lea, QUALIFY)
    assert AuditEntry.objects.filter(act="completed", person=Person.objects.get().pk).count() == 1


def test_who_became_known_meanwhile_is_met(lea: Staff, meanwhile: Meanwhile) -> None:
    """Two desks, two visits of one person: whoever comes second is asked whether it is them."""
    first, second = _in_hand(lea), _in_hand(lea)
    meanwhile(lambda: deciding.decide(UUID(first.key), lea, QUALIFY))
    with pytest.raises(NotAllowed, match="peut-être déjà connue"):
        deciding.decide(UUID(second.key), lea, QUALIFY)
    assert Person.objects.count() == 1


def test_of_whom_staff_have_said_that_they_are_new_nobody_is_looked_for(lea: Staff, meanwhile: Meanwhile) -> None:
    first, second = _in_hand(lea), _in_hand(lea)
    attaching.say_new(UUID(second.key), lea)
    doubt = Choice(Action.DOUBT)
    meanwhile(lambda: deciding.decide(UUID(first.key), lea, doubt))
    deciding.decide(UUID(second.key), lea, doubt)
    assert (Person.objects.count(), PersonPair.objects.count()) == (2, 0)


def test_a_person_who_changed_meanwhile_is_not_decided_about(lea: Staff, meanwhile: Meanwhile) -> None:
    check_in = _in_hand(lea)
    key = UUID(check_in.key)
    person = deciding.decide(key, lea, Choice(Action.HOMONYM)).person
    assert person is not None
    told = writer.Told(Verified(), audit.Act.VERIFIED)
    meanwhile(lambda: writer.record(person.pk, [told], Actor(ActorKind.WORKER, "worker")))
    with pytest.raises(NotAllowed, match="a changé depuis l’affichage"):
        deciding.decide(key, lea, QUALIFY)
    assert AuditEntry.objects.order_by("-number")[0].act == "refused"


def test_what_is_made_ready_cites_the_facts_that_were_read(lea: Staff) -> None:
    """A form may name the version to come; who changes the person meanwhile brings them to it."""
    check_in = _in_hand(lea)
    person = deciding.decide(UUID(check_in.key), lea, Choice(Action.HOMONYM)).person
    assert person is not None
    arrival, stood = Arrival.objects.get(pk=check_in.key), reading.standing_of(person)
    with pytest.raises(writer.Conflict):
        decisions.written_down(
            arrival,
            vault.open_arrival(arrival),
            (),
            "lea",
            audit.Act.QUALIFIED,
            details={},
            stood=stood.identity,
            expected_version=stood.version + 1,
        )


def _asked(act: Callable[[], object]) -> Iterator[str]:
    with ExitStack() as until_done:
        heard = until_done.enter_context(CaptureQueriesContext(connections["default"]))
        act()
        said = [one["sql"] for one in heard.captured_queries]
    return (one for one in said if one.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")))


def test_while_a_visit_is_held_only_what_may_have_changed_is_asked(lea: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """The visit, the trail, what is sealed of it, who became known, whether the number is free: then it is written."""
    check_in = _in_hand(lea)
    opened = []
    monkeypatch.setattr(vault, "open_arrival", lambda one, was=vault.open_arrival: opened.append(one) or was(one))
    asked = list(_asked(lambda: deciding.decide(UUID(check_in.key), lea, QUALIFY)))
    held = next(at for at, one in enumerate(asked) if one.startswith(_VISIT))
    assert len(opened) == 1
    assert [one.split()[0] for one in asked[held:]].count("SELECT") == 6
    assert len(asked[held:]) <= 13


def test_what_was_asked_is_read_whatever_comes_after_it() -> None:
    """On SQLite at once: a question left open holds its reader, and whoever writes next finds the database busy."""
    asked = by_hand.asked("SELECT COUNT(*) FROM console_staff")
    _staff("lea")
    assert asked() == [(0,)]


def test_nothing_is_made_ready_on_the_number_of_a_head_that_is_not_ours(lea: Staff) -> None:
    check_in = _in_hand(lea)
    assert deciding._beforehand(UUID(check_in.key), lea, QUALIFY, "") is not None
    AuditHead.objects.update(last_number=10**9)
    assert deciding._beforehand(UUID(check_in.key), lea, QUALIFY, "") is None
