"""Whom a structure erases, by its command: nothing of theirs is kept that opens, and everybody else goes on."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.keystore.models import Erasure
from kiosk.console.models import (
    Arrival,
    AuditEntry,
    Holding,
    Outbox,
    Person,
    PersonPair,
    Sealed,
)
from kiosk.console.records import erasing, subject_keys
from kiosk.console.register import erasure, known, reading
from kiosk.console.upkeep import checking, insi_again, retention
from kiosk.console.vigilance import campaigns, look_alikes
from kiosk.console.witness import findings
from kiosk.core.sources.insi import InsNotFound
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, deliver, found, mrz_of, original_of
from tests.console.erased import erased, in_days, is_sound, nothing_opens, person_of, stage_of, whose
from tests.console.rewritten import rewrite
from tests.console.staff import add, at_desk, get, post
from tests.console.taken_up import TICKED, qualified, taken_up, visit_of
from tests.console.test_work_lists import _two_records
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long]
DAY = timedelta(days=1)


@pytest.fixture()
def officer(console: object) -> Client:
    return at_desk("marc", "officer")


def test_who_was_qualified_is_erased_whole_and_comes_back_as_somebody_new(officer: Client) -> None:
    first, path = qualified(officer)
    person = whose(first)
    assert known.is_known(first.card_nir, first.birth_rank, ZOE.birth_date)
    assert erased(first.key) == 0
    nothing_opens(person)
    person.refresh_from_db()
    assert (person.status, person.evidence, person.decided_at) == ("PROVISIONAL", "", None)
    assert person.erased_at is not None
    assert list(Outbox.objects.values_list("person", "kind")) == [(person.pk, "withdrawn")]
    assert get(officer, path).status_code == 404
    assert not known.is_known(first.card_nir, first.birth_rank, ZOE.birth_date)
    asked = {"born": "/".join(reversed(ZOE.birth_date.split("-"))), "name": ZOE.birth_name[:3]}
    assert "Personne de connu" in post(officer, "/recherche/", **asked).content.decode()
    assert is_sound()
    again = arrive(ZOE)
    path = taken_up(officer, again)
    assert "Déjà connue" not in get(officer, path).content.decode()
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(again).status == "QUALIFIED"
    assert visit_of(again).person != person
    assert is_sound()


def test_the_trail_says_who_had_it_erased_and_why_and_nothing_of_the_person(officer: Client) -> None:
    first, _ = qualified(officer)
    person = whose(first)
    assert erased(person.pk, reason="order") == 0
    [fact] = AuditEntry.objects.filter(act="erased")
    assert (fact.who, fact.person, fact.kind, fact.details) == ("marc", person.pk, "erased", '{"reason": "order"}')
    assert fact.where.startswith("command:")
    assert AuditEntry.objects.filter(act="removed", about=first.key, who="marc").count() == 1
    auditor = at_desk("ines", "auditor")
    assert "a effacé les données du dossier" in get(auditor, "/journal/").content.decode()


def test_the_pages_that_others_keep_open_answer_and_decide_nothing(officer: Client) -> None:
    first, path = qualified(officer)
    assert erased(first.key) == 0
    count = AuditEntry.objects.exclude(person=None).count()
    for page in (path, path + "fiche/", path + "pieces/0/"):
        assert get(officer, page).status_code == 404, page
    for button in ("prendre/", "annuler/", "declasser/", "decision/doubt/", "qualifier/", "complements/"):
        assert post(officer, path + button, **TICKED, reason="evidence").status_code in {302, 404}, button
    for page in ("/file/", "/vigilance/", "/vigilance/doublons/", "/vigilance/verifications/", "/indicateurs/"):
        assert get(officer, page).status_code == 200, page
    assert AuditEntry.objects.exclude(person=None).count() == count
    assert deliver(first).status_code in {200, 201}  # the kiosk brings it again: it stays removed
    assert (stage_of(first), is_sound()) == ("removed", True)


def test_whom_somebody_chose_on_a_page_of_before_takes_no_visit(officer: Client) -> None:
    first, _ = qualified(officer)
    person = whose(first)
    second = arrive(ZOE, InsNotFound())
    path = taken_up(officer, second)
    assert str(person.pk) in get(officer, path).content.decode()
    assert erased(person.pk) == 0
    post(officer, path + "personne/", whose=str(person.pk))
    assert visit_of(second).person is None
    assert get(officer, path).status_code == 200


def test_a_merged_person_goes_with_every_record_that_leads_to_theirs_whichever_was_named() -> None:
    first, second = _two_records()
    officer = at_desk("marc", "officer")
    one, other = visit_of(first).person, visit_of(second).person
    pair = f"/vigilance/doublons/{one.pk}/{other.pk}/"
    post(officer, pair + "dire/", said="merge", kept="1")
    assert visit_of(second).known == one
    assert erased(second.key) == 0
    nothing_opens(one, other)
    assert not Person.objects.filter(pk__in=(one.pk, other.pk), erased_at=None).exists()
    assert get(officer, pair).status_code == 404
    post(officer, pair + "dire/", said="split")
    assert Person.objects.get(pk=other.pk).absorbed_by == one
    assert "0" in get(officer, "/vigilance/doublons/").content.decode()
    assert is_sound()


@pytest.mark.parametrize(("at", "looks", "gone"), [(1, 3, 2), (2, 5, 1)], ids=["confirmed", "under way"])
def test_who_belongs_to_a_person_is_looked_at_again_when_the_unit_merges_meanwhile(
    monkeypatch: pytest.MonkeyPatch, at: int, looks: int, gone: int
) -> None:
    """Before the command began, both go; under way, the merge of this test is rolled back with what it disturbed."""
    first, second = _two_records()
    officer = at_desk("marc", "officer")
    one, other = visit_of(first).person, visit_of(second).person
    group, asked = erasure._group, []

    def merged_after(person: UUID) -> set[UUID]:
        found = group(person)
        asked.append(found)
        if len(asked) == at:
            post(officer, f"/vigilance/doublons/{one.pk}/{other.pk}/dire/", said="merge", kept="1")
        return found

    monkeypatch.setattr(erasure, "_group", merged_after)
    assert erased(one.pk) == 0
    assert (len(asked), Person.objects.exclude(erased_at=None).count()) == (looks, gone)
    nothing_opens(*[one, other][:gone])
    assert is_sound()


def test_a_record_that_never_stands_still_is_left_as_it_is(
    officer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = qualified(officer)
    others = iter(range(1, 100))
    group = erasure._group
    monkeypatch.setattr(erasure, "_group", lambda person: group(person) | {UUID(int=next(others))})
    assert erased(first.key) == 1
    assert "recommencez" in capsys.readouterr().err
    assert (visit_of(first).status, Erasure.objects.count()) == ("QUALIFIED", 0)


def test_whom_an_older_database_brought_back_without_a_key_is_erased_again_and_their_number_is_free(
    officer: Client,
) -> None:
    first, _ = qualified(officer)
    person = person_of(first)
    subject_keys.destroy([person, UUID(first.key)])
    assert erased(person) == 0
    assert not Holding.objects.exists()
    path = taken_up(officer, again := arrive(ZOE))
    post(officer, path + "qualifier/", **TICKED)
    assert (visit_of(again).status, is_sound()) == ("QUALIFIED", True)


def test_who_was_perhaps_the_same_as_somebody_erased_is_known_again(officer: Client) -> None:
    first, second = _two_records()
    one, other = visit_of(first).person, visit_of(second).person
    assert known.has_open_pair(one)
    assert erased(other.pk) == 0
    assert not known.has_open_pair(one)
    assert (known.is_sound(one), PersonPair.objects.count()) == (True, 0)
    assert look_alikes.pair_of(one) is None
    assert get(officer, f"/arrivees/{first.key}/").status_code == 200


def test_a_visit_in_somebody_s_hands_is_ended_first(officer: Client) -> None:
    first, path = qualified(officer)
    person = whose(first)
    post(officer, path + "prendre/")
    assert visit_of(first).stage == "called"
    assert erased(first.key) == 1
    assert (Person.objects.get(pk=person.pk).status, Erasure.objects.count()) == ("QUALIFIED", 0)
    post(officer, path + "annuler/")


def test_the_short_path_s_visit_that_waits_for_them_is_ended_first(officer: Client) -> None:
    person = make_known(ZOE)
    visit = arrive(ZOE, InsNotFound(), mrz=None, document_kind=None, pictures=())
    rewrite(Arrival.objects.filter(pk=visit.key), candidate=person)
    assert erased(person) == 1
    rewrite(Arrival.objects.filter(pk=visit.key), stage="gone")
    assert erased(person) == 0
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

    first, _ = qualified(officer)
    add()
    add("gone", "officer")
    rewrite(Staff.objects.filter(username="gone"), is_active=False)
    before = audit.last_number()
    assert erased(first.key, **changes) == code
    assert (audit.last_number(), visit_of(first).status) == (before, "QUALIFIED")


def test_a_key_that_leads_nowhere_is_said_so(officer: Client, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = qualified(officer)
    assert (erased("ZOE"), erased(UUID(int=5))) == (2, 3)
    assert erased(first.key) == 0
    assert (erased(first.key), erased(person_of(first))) == (3, 3)
    told = capsys.readouterr()
    assert "ZOE" not in told.out + told.err  # what was typed is not repeated
    assert "identité qualifiée" in told.out


def test_a_visit_that_is_nobody_s_is_erased_by_its_own_key(officer: Client) -> None:
    visit = arrive(ZOE)
    assert erased(visit.key) == 1  # it waits
    post(officer, f"/arrivees/{visit.key}/parti/")
    rewrite(Arrival.objects.filter(pk=visit.key), stage="gone")
    assert erased(visit.key) == 0
    assert (stage_of(visit), subject_keys.exists(UUID(visit.key))) == ("removed", False)
    assert not Sealed.objects.filter(pk=visit.key).exists()
    assert erased(visit.key) == 3
    assert is_sound()


def test_of_whom_no_visit_is_kept_the_search_shows_the_record_s_own_key(officer: Client) -> None:
    first, _ = qualified(officer)
    person = person_of(first)
    asked = {"born": "/".join(reversed(ZOE.birth_date.split("-"))), "name": ZOE.birth_name[:3]}
    assert str(person) not in post(officer, "/recherche/", **asked).content.decode()
    retention.purge(in_days(settings.KIOSK.copies_days + 1))
    page = post(officer, "/recherche/", **asked).content.decode()
    assert (str(person) in page, "aucune visite n’est plus gardée" in page, "Personne de connu" in page) == (
        True,
        True,
        False,
    )
    assert str(person) not in post(officer, "/recherche/", **asked | {"name": "ZZZ"}).content.decode()
    assert erased(person) == 0
    assert str(person) not in post(officer, "/recherche/", **asked).content.decode()


def test_a_campaign_and_an_answer_under_way_outlive_who_was_erased_meanwhile(officer: Client) -> None:
    first, _ = qualified(officer)
    tomorrow = (timezone.localdate() + DAY).isoformat()
    post(officer, "/vigilance/verifications/ouvrir/", before=tomorrow)

    def gone_meanwhile(*_: object) -> InsNotFound:
        assert erased(first.key) == 0
        return InsNotFound()

    assert campaigns.verify_once(gone_meanwhile)
    assert not campaigns.verify_once(gone_meanwhile)
    assert list(campaigns.failed()) == []
    assert campaigns.running() is None
    assert is_sound()


def test_an_answer_about_a_visit_that_went_with_its_person_is_kept_nowhere(officer: Client) -> None:
    check_in = arrive(ZOE, InsNotFound())
    path = taken_up(officer, check_in)
    post(officer, path + "decision/validate/", **TICKED | original_of(ZOE) | {"first_given_name": "ZOE"})
    person = whose(check_in)
    post(officer, path + "prendre/")
    post(officer, path + "interroger/", **original_of(ZOE))
    post(officer, path + "rendre/")
    rewrite(Arrival.objects.filter(pk=check_in.key), stage="done", insi_next_at=timezone.now())

    def gone_meanwhile(*_: object) -> Any:
        assert erased(person.pk) == 0
        return found(ZOE)

    assert insi_again.insi_once(gone_meanwhile)
    nothing_opens(person)
    assert is_sound()


def test_look_alikes_that_were_sought_while_one_of_them_was_erased_are_no_pair(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.console.vigilance.look_alikes import pairs

    first, _ = qualified(officer)
    second = arrive(ZOE, InsNotFound(), mrz=mrz_of(ZOE), ticket="A13")
    path = taken_up(officer, second)
    post(officer, path + "personne/", whose="new")
    post(officer, path + "decision/validate/", **TICKED | original_of(ZOE) | {"first_given_name": "ZOE"})
    person = whose(first)
    hold = pairs.hold

    def erased_first(*sides: Person) -> bool:
        assert person in sides
        assert erased(person.pk) == 0
        return hold(*sides)

    with monkeypatch.context() as patched:
        patched.setattr(pairs, "hold", erased_first)
        assert look_alikes.seek_once()
    assert PersonPair.objects.count() == 0
    assert is_sound()


# --- what is wrong is not used ----------------------------------------------------------------------------------------


@pytest.mark.tampers
def test_who_is_called_erased_by_no_fact_is_found(officer: Client) -> None:
    first, _ = qualified(officer)
    person = person_of(first)
    Person.objects.filter(pk=person).update(erased_at=timezone.now())
    with pytest.raises(reading.Tampered):
        reading.standing_of(Person.objects.get(pk=person))
    assert [one.code for part in checking.whole(checking.CHECKS["persons"]) for one in part.found] == ["person"]
    assert erased(visit_of(first).key) == 3
    Person.objects.filter(pk=person).update(erased_at=None)
    assert erased(visit_of(first).key) == 0
    Person.objects.filter(pk=person).update(erased_at=None)
    assert erased(person) == 1  # not as it was written
    findings.see([], "marc", where="")


def test_keys_put_back_from_a_copy_are_destroyed_again(officer: Client) -> None:
    from kiosk.console.keystore.models import SubjectKey

    first, _ = qualified(officer)
    person = person_of(first)
    copy = list(SubjectKey.objects.filter(pk__in=(person, first.key)))
    assert erased(first.key) == 0
    SubjectKey.objects.bulk_create(copy)
    erasing.again()
    erasing.carry_out()
    assert not subject_keys.exists(person)
    assert not subject_keys.exists(UUID(first.key))
