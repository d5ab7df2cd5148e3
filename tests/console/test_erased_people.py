"""Whom a structure erases, by its command: nothing of theirs is kept that opens, and everybody else goes on."""

import io
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import typer
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kiosk.commands import erase
from kiosk.console import audit
from kiosk.console.keystore.models import Erasure
from kiosk.console.models import (
    Arrival,
    AuditEntry,
    BlindIndex,
    FactBody,
    Holding,
    Outbox,
    Person,
    PersonIndex,
    PersonPair,
    Sealed,
)
from kiosk.console.records import erasing, subject_keys
from kiosk.console.register import erasure, known, reading
from kiosk.console.upkeep import checking, insi_again, retention
from kiosk.console.vigilance import campaigns, look_alikes
from kiosk.console.witness import findings
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsNotFound
from kiosk.core.status.transitions import Refusal
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, deliver, found, mrz_of, original_of
from tests.console.staff import add, at_desk, get, post
from tests.console.test_one_truth import TICKED, _arrival, _asking, _qualified, _taken
from tests.console.test_work_lists import _two_records
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console", _asking.__name__), pytest.mark.long]
DAY = timedelta(days=1)


@pytest.fixture()
def officer(console: object) -> Client:
    return at_desk("marc", "officer")


def _erase(key: object, *, said: str = "effacer", reason: str = "request", by: str = "marc") -> int:
    """The command, as somebody types it; gives its exit code."""
    before = sys.stdin
    sys.stdin = io.StringIO(f"{said}\n")
    try:
        erase.carry_out(str(key), reason, by)
    except typer.Exit as ended:
        return ended.exit_code
    finally:
        sys.stdin = before
    return 0


def _nothing_opens(*people: Person) -> None:
    keys = [one.pk for one in people]
    assert not FactBody.objects.filter(subject__in=keys).exists()
    assert not PersonIndex.objects.filter(person__in=keys).exists()
    assert not Holding.objects.filter(person__in=keys).exists()
    assert not Sealed.objects.filter(arrival__person__in=keys).exists()
    assert not BlindIndex.objects.filter(arrival__person__in=keys).exists()
    assert subject_keys.of([*keys, *Arrival.objects.filter(person__in=keys).values_list("pk", flat=True)]) == {}


def _sound() -> bool:
    """The chain verifies, and whatever is read again is as it was written."""
    found = [one for check in checking.CHECKS.values() for part in checking.whole(check) for one in part.found]
    return audit.verify()[1] == () and found == []


def _closed(client: Client, check_in: CheckIn) -> Person:
    """Whose visit it is, now that nobody has it in hand."""
    person = _arrival(check_in).person
    assert isinstance(person, Person)
    return person


def test_who_was_qualified_is_erased_whole_and_comes_back_as_somebody_new(officer: Client) -> None:
    first, path = _qualified(officer)
    person = _closed(officer, first)
    assert known.is_known(first.card_nir, first.birth_rank, ZOE.birth_date)
    assert _erase(first.key) == 0
    _nothing_opens(person)
    person.refresh_from_db()
    assert (person.status, person.evidence, person.decided_at) == ("PROVISIONAL", "", None)
    assert person.erased_at is not None
    assert list(Outbox.objects.values_list("person", "kind")) == [(person.pk, "withdrawn")]
    assert get(officer, path).status_code == 404
    assert not known.is_known(first.card_nir, first.birth_rank, ZOE.birth_date)
    asked = {"born": "/".join(reversed(ZOE.birth_date.split("-"))), "name": ZOE.birth_name[:3]}
    assert "Personne de connu" in post(officer, "/recherche/", **asked).content.decode()
    assert _sound()
    again = arrive(ZOE)
    path = _taken(officer, again)
    assert "Déjà connue" not in get(officer, path).content.decode()
    post(officer, path + "qualifier/", **TICKED)
    assert _arrival(again).status == "QUALIFIED"
    assert _arrival(again).person != person
    assert _sound()


def test_the_trail_says_who_had_it_erased_and_why_and_nothing_of_the_person(officer: Client) -> None:
    first, _ = _qualified(officer)
    person = _closed(officer, first)
    assert _erase(person.pk, reason="order") == 0
    [fact] = AuditEntry.objects.filter(act="erased")
    assert (fact.who, fact.person, fact.kind, fact.details) == ("marc", person.pk, "erased", '{"reason": "order"}')
    assert fact.where.startswith("command:")
    assert AuditEntry.objects.filter(act="removed", about=first.key, who="marc").count() == 1
    auditor = at_desk("ines", "auditor")
    assert "données effacées" in get(auditor, "/journal/").content.decode()


def test_the_pages_that_others_keep_open_answer_and_decide_nothing(officer: Client) -> None:
    first, path = _qualified(officer)
    assert _erase(first.key) == 0
    count = AuditEntry.objects.exclude(person=None).count()
    for page in (path, path + "fiche/", path + "pieces/0/"):
        assert get(officer, page).status_code == 404, page
    for button in ("prendre/", "annuler/", "declasser/", "decision/doubt/", "qualifier/", "complements/"):
        assert post(officer, path + button, **TICKED, reason="evidence").status_code in {302, 404}, button
    for page in ("/file/", "/vigilance/", "/vigilance/doublons/", "/vigilance/verifications/", "/indicateurs/"):
        assert get(officer, page).status_code == 200, page
    assert AuditEntry.objects.exclude(person=None).count() == count
    assert deliver(first).status_code in {200, 201}  # the kiosk brings it again: it stays removed
    assert (_arrival_stage(first), _sound()) == ("removed", True)


def _arrival_stage(check_in: CheckIn) -> str:
    return Arrival.objects.get(pk=check_in.key).stage


def test_whom_somebody_chose_on_a_page_of_before_takes_no_visit(officer: Client) -> None:
    first, _ = _qualified(officer)
    person = _closed(officer, first)
    second = arrive(ZOE, InsNotFound())
    path = _taken(officer, second)
    assert str(person.pk) in get(officer, path).content.decode()
    assert _erase(person.pk) == 0
    post(officer, path + "personne/", whose=str(person.pk))
    assert _arrival(second).person is None
    assert get(officer, path).status_code == 200


def test_a_merged_person_goes_with_every_record_that_leads_to_theirs_whichever_was_named() -> None:
    first, second = _two_records()
    officer = at_desk("marc", "officer")
    one, other = _arrival(first).person, _arrival(second).person
    pair = f"/vigilance/doublons/{one.pk}/{other.pk}/"
    post(officer, pair + "dire/", said="merge", kept="first")
    assert _arrival(second).known == one
    assert _erase(second.key) == 0
    _nothing_opens(one, other)
    assert not Person.objects.filter(pk__in=(one.pk, other.pk), erased_at=None).exists()
    assert get(officer, pair).status_code == 404
    post(officer, pair + "dire/", said="split")
    assert Person.objects.get(pk=other.pk).absorbed_by == one
    assert "0" in get(officer, "/vigilance/doublons/").content.decode()
    assert _sound()


@pytest.mark.parametrize(("at", "looks", "gone"), [(1, 3, 2), (2, 5, 1)], ids=["confirmed", "under way"])
def test_who_belongs_to_a_person_is_looked_at_again_when_the_unit_merges_meanwhile(
    monkeypatch: pytest.MonkeyPatch, at: int, looks: int, gone: int
) -> None:
    """Before the command began, both go; under way, the merge of this test is rolled back with what it disturbed."""
    first, second = _two_records()
    officer = at_desk("marc", "officer")
    one, other = _arrival(first).person, _arrival(second).person
    group, asked = erasure._group, []

    def merged_after(person: UUID) -> set[UUID]:
        found = group(person)
        asked.append(found)
        if len(asked) == at:
            post(officer, f"/vigilance/doublons/{one.pk}/{other.pk}/dire/", said="merge", kept="first")
        return found

    monkeypatch.setattr(erasure, "_group", merged_after)
    assert _erase(one.pk) == 0
    assert (len(asked), Person.objects.exclude(erased_at=None).count()) == (looks, gone)
    _nothing_opens(*[one, other][:gone])
    assert _sound()


def test_a_record_that_never_stands_still_is_left_as_it_is(
    officer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = _qualified(officer)
    others = iter(range(1, 100))
    group = erasure._group
    monkeypatch.setattr(erasure, "_group", lambda person: group(person) | {UUID(int=next(others))})
    assert _erase(first.key) == 1
    assert "recommencez" in capsys.readouterr().err
    assert (_arrival(first).status, Erasure.objects.count()) == ("QUALIFIED", 0)


def test_whom_an_older_database_brought_back_without_a_key_is_erased_again_and_their_number_is_free(
    officer: Client,
) -> None:
    first, _ = _qualified(officer)
    person = _arrival_person(first)
    subject_keys.destroy([person, UUID(first.key)])
    assert _erase(person) == 0
    assert not Holding.objects.exists()
    path = _taken(officer, again := arrive(ZOE))
    post(officer, path + "qualifier/", **TICKED)
    assert (_arrival(again).status, _sound()) == ("QUALIFIED", True)


def test_who_was_perhaps_the_same_as_somebody_erased_is_known_again(officer: Client) -> None:
    first, second = _two_records()
    one, other = _arrival(first).person, _arrival(second).person
    assert known.has_open_pair(one)
    assert _erase(other.pk) == 0
    assert not known.has_open_pair(one)
    assert (known.is_sound(one), PersonPair.objects.count()) == (True, 0)
    assert look_alikes.pair_of(one) is None
    assert get(officer, f"/arrivees/{first.key}/").status_code == 200


def test_a_visit_in_somebody_s_hands_is_ended_first(officer: Client) -> None:
    first, path = _qualified(officer)
    person = _closed(officer, first)
    post(officer, path + "prendre/")
    assert _arrival(first).stage == "called"
    assert _erase(first.key) == 1
    assert (Person.objects.get(pk=person.pk).status, Erasure.objects.count()) == ("QUALIFIED", 0)
    post(officer, path + "annuler/")


def test_the_short_path_s_visit_that_waits_for_them_is_ended_first(officer: Client) -> None:
    person = make_known(ZOE)
    visit = arrive(ZOE, InsNotFound(), mrz=None, document_kind=None, pictures=())
    Arrival.objects.filter(pk=visit.key).update(candidate=person)
    assert _erase(person) == 1
    Arrival.objects.filter(pk=visit.key).update(stage="gone")
    assert _erase(person) == 0
    assert Arrival.objects.get(pk=visit.key).candidate is None
    assert subject_keys.exists(UUID(visit.key))  # nobody has seen that it is theirs


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"said": "oui"}, 1),
        ({"reason": "because"}, 2),
        ({"by": "nobody"}, 3),
        ({"by": "lea"}, 3),  # a host
        ({"by": "gone"}, 3),  # an officer whose account is closed
    ],
)
def test_without_a_reason_an_officer_and_a_confirmation_nothing_is_erased(
    officer: Client, changes: dict[str, Any], code: int
) -> None:
    from kiosk.console.models import Staff

    first, _ = _qualified(officer)
    add()
    add("gone", "officer")
    Staff.objects.filter(username="gone").update(is_active=False)
    before = audit.last_number()
    assert _erase(first.key, **changes) == code
    assert (audit.last_number(), _arrival(first).status) == (before, "QUALIFIED")


def test_a_key_that_leads_nowhere_is_said_so(officer: Client, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = _qualified(officer)
    assert (_erase("ZOE"), _erase(UUID(int=5))) == (2, 3)
    assert _erase(first.key) == 0
    assert (_erase(first.key), _erase(_arrival_person(first))) == (3, 3)
    told = capsys.readouterr()
    assert "ZOE" not in told.out + told.err  # what was typed is not repeated
    assert "identité qualifiée" in told.out


def _arrival_person(check_in: CheckIn) -> UUID:
    key = Arrival.objects.get(pk=check_in.key).person_id
    assert key is not None
    return key


def test_a_visit_that_is_nobody_s_is_erased_by_its_own_key(officer: Client) -> None:
    visit = arrive(ZOE)
    assert _erase(visit.key) == 1  # it waits
    post(officer, f"/arrivees/{visit.key}/parti/")
    Arrival.objects.filter(pk=visit.key).update(stage="gone")
    assert _erase(visit.key) == 0
    assert (_arrival_stage(visit), subject_keys.exists(UUID(visit.key))) == ("removed", False)
    assert not Sealed.objects.filter(pk=visit.key).exists()
    assert _erase(visit.key) == 3
    assert _sound()


def test_of_whom_no_visit_is_kept_the_search_shows_the_record_s_own_key(officer: Client) -> None:
    first, _ = _qualified(officer)
    person = _arrival_person(first)
    asked = {"born": "/".join(reversed(ZOE.birth_date.split("-"))), "name": ZOE.birth_name[:3]}
    assert str(person) not in post(officer, "/recherche/", **asked).content.decode()
    retention.purge(_days(settings.KIOSK.copies_days + 1))
    page = post(officer, "/recherche/", **asked).content.decode()
    assert (str(person) in page, "aucune visite n’est plus gardée" in page, "Personne de connu" in page) == (
        True,
        True,
        False,
    )
    assert str(person) not in post(officer, "/recherche/", **asked | {"name": "ZZZ"}).content.decode()
    assert _erase(person) == 0
    assert str(person) not in post(officer, "/recherche/", **asked).content.decode()


def test_a_campaign_and_an_answer_under_way_outlive_who_was_erased_meanwhile(officer: Client) -> None:
    first, _ = _qualified(officer)
    tomorrow = (timezone.localdate() + DAY).isoformat()
    post(officer, "/vigilance/verifications/ouvrir/", before=tomorrow)

    def gone_meanwhile(*_: object) -> InsNotFound:
        assert _erase(first.key) == 0
        return InsNotFound()

    assert campaigns.verify_once(gone_meanwhile)
    assert not campaigns.verify_once(gone_meanwhile)
    assert list(campaigns.failed()) == []
    assert campaigns.running() is None
    assert _sound()


def test_an_answer_about_a_visit_that_went_with_its_person_is_kept_nowhere(officer: Client) -> None:
    check_in = arrive(ZOE, InsNotFound())
    path = _taken(officer, check_in)
    post(officer, path + "decision/validate/", **TICKED | original_of(ZOE) | {"first_given_name": "ZOE"})
    person = _closed(officer, check_in)
    post(officer, path + "prendre/")
    post(officer, path + "interroger/", **original_of(ZOE))
    post(officer, path + "rendre/")
    Arrival.objects.filter(pk=check_in.key).update(stage="done", insi_next_at=timezone.now())

    def gone_meanwhile(*_: object) -> Any:
        assert _erase(person.pk) == 0
        return found(ZOE)

    assert insi_again.insi_once(gone_meanwhile)
    _nothing_opens(person)
    assert _sound()


def test_look_alikes_that_were_sought_while_one_of_them_was_erased_are_no_pair(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.console.vigilance.look_alikes import pairs

    first, _ = _qualified(officer)
    second = arrive(ZOE, InsNotFound(), mrz=mrz_of(ZOE), ticket="A13")
    path = _taken(officer, second)
    post(officer, path + "personne/", whose="new")
    post(officer, path + "decision/validate/", **TICKED | original_of(ZOE) | {"first_given_name": "ZOE"})
    person = _closed(officer, first)
    hold = pairs.hold

    def erased_first(*sides: Person) -> bool:
        assert person in sides
        assert _erase(person.pk) == 0
        return hold(*sides)

    with monkeypatch.context() as patched:
        patched.setattr(pairs, "hold", erased_first)
        assert look_alikes.seek_once()
    assert PersonPair.objects.count() == 0
    assert _sound()


# --- what a clock erases ----------------------------------------------------------------------------------------------


def _taken_back(client: Client) -> tuple[Person, str]:
    """Qualified, then undone by who did it: whom that decision opened is nobody's."""
    first, path = _qualified(client)
    person = _closed(client, first)
    post(client, path + "annuler/")
    assert _arrival(first).person is None
    person.refresh_from_db()
    return person, path


def _days(count: float) -> Any:
    return timezone.now() + timedelta(days=count)


def test_whom_a_decision_taken_back_left_as_nobody_s_is_erased_after_some_days(officer: Client) -> None:
    person, _ = _taken_back(officer)
    retention.purge(_days(settings.KIOSK.nobodys_days - 0.1))
    assert Person.objects.get(pk=person.pk).erased_at is None
    retention.purge(_days(settings.KIOSK.nobodys_days + 0.1))
    assert Person.objects.get(pk=person.pk).erased_at is not None
    _nothing_opens(person)
    [fact] = AuditEntry.objects.filter(act="erased")
    assert (fact.who, fact.details) == ("worker", '{"reason": "nobodys"}')
    assert (Outbox.objects.count(), _sound()) == (1, True)  # told when it was undone, and never again


def test_a_clock_erases_nobody_else_however_far_it_goes_wrong(officer: Client) -> None:
    """Qualified, validated, doubtful, merged, found again: their copies go, they stay."""
    first, second = _two_records()
    doubted = make_known_as_doubtful(officer)
    before = {one.pk: (one.status, one.attributes, one.evidence) for one in Person.objects.all()}
    for years in (1, 4, 30, 100):
        retention.purge(_days(365 * years))
    assert {one.pk: (one.status, one.attributes, one.evidence) for one in Person.objects.all()} == before
    assert not Person.objects.exclude(erased_at=None).exists()
    assert {_arrival_stage(one) for one in (first, second, doubted)} == {"removed"}
    assert len(before) == 3 and reading.standing_of(Person.objects.get(pk=_arrival_person(first))).held is not None


def make_known_as_doubtful(client: Client) -> CheckIn:
    from tests.people import DOMINIQUE

    check_in = arrive(DOMINIQUE)
    path = _taken(client, check_in)
    post(client, path + "decision/doubt/")
    assert _arrival(check_in).person.attributes == "doubtful"
    return check_in


def test_a_worker_that_is_asked_to_erase_who_is_somebody_s_is_refused(officer: Client) -> None:
    first, _ = _qualified(officer)
    with pytest.raises(erasure.writer.Refused) as refused:
        erasure.erase(_arrival_person(first), retention.WORKER, erasure.Why.NOBODYS)
    assert refused.value.refusal is Refusal.ONLY_STAFF
    assert (_arrival(first).status, Erasure.objects.count()) == ("QUALIFIED", 0)


def test_who_came_back_meanwhile_is_not_erased(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    person, path = _taken_back(officer)
    seen = erasure.nobodys

    def came_back(*asked: Any) -> list[Person]:
        found = seen(*asked)
        assert [one.pk for one in found] == [person.pk]
        _attached(path, person)
        return found

    monkeypatch.setattr(erasure, "nobodys", came_back)
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"unseen_hours": 72}))
    retention.purge(_days(1) + timedelta(days=settings.KIOSK.nobodys_days))
    assert Person.objects.get(pk=person.pk).erased_at is None


def _attached(path: str, person: Person) -> None:
    from kiosk.console.register import attaching
    from kiosk.core.status.transitions import Actor, ActorKind

    check_in = arrive(ZOE, InsNotFound())
    arrival = _arrival(check_in)
    attaching.attach(arrival, check_in, Person.objects.get(pk=person.pk), Actor(ActorKind.STAFF, "marc"))
    arrival.save()


# --- what is wrong is not used ----------------------------------------------------------------------------------------


@pytest.mark.tampers
def test_who_is_called_erased_by_no_fact_is_found(officer: Client) -> None:
    first, _ = _qualified(officer)
    person = _arrival_person(first)
    Person.objects.filter(pk=person).update(erased_at=timezone.now())
    with pytest.raises(reading.Tampered):
        reading.standing_of(Person.objects.get(pk=person))
    assert [one.code for part in checking.whole(checking.CHECKS["persons"]) for one in part.found] == ["person"]
    assert _erase(_arrival(first).key) == 3
    Person.objects.filter(pk=person).update(erased_at=None)
    assert _erase(_arrival(first).key) == 0
    Person.objects.filter(pk=person).update(erased_at=None)
    assert _erase(person) == 1  # not as it was written
    findings.see([], "marc", where="")


def test_keys_put_back_from_a_copy_are_destroyed_again(officer: Client) -> None:
    from kiosk.console.keystore.models import SubjectKey

    first, _ = _qualified(officer)
    person = _arrival_person(first)
    copy = list(SubjectKey.objects.filter(pk__in=(person, first.key)))
    assert _erase(first.key) == 0
    SubjectKey.objects.bulk_create(copy)
    erasing.again()
    erasing.carry_out()
    assert not subject_keys.exists(person)
    assert not subject_keys.exists(UUID(first.key))
