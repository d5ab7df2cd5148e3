"""Somebody known and qualified comes again: one key says that it is them, and nothing before it does."""

import json
from dataclasses import replace
from typing import Any

import pytest

from kiosk.core.checkin.value import CheckIn, Way
from kiosk.core.sources.insi import BY_CARD, Exchange, InsFound, InsUnreachable
from tests.console.arrivals import arrive, enrol, found, mrz_of
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, LEO, ZOE, Person

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
NOT_ASKED = InsUnreachable("not-asked")


def _by_card(person: Person) -> InsFound:
    """INSi's answer to a question with the card and nothing else."""
    call = Exchange(BY_CARD, "uuid:00000001-0000-4000-8000-000000000000", "2026-11-29T10:00:00Z", 9, "00", b"?", b"!")
    return replace(found(person), exchanges=(call,))


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _arrival(check_in: CheckIn) -> Any:
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("person", "candidate").get(pk=check_in.key)


def _taken(client: Any, check_in: CheckIn) -> str:
    path = f"/arrivees/{check_in.key}/"
    assert post(client, path + "prendre/").status_code == 302
    return path


def _qualified(client: Any, person: Person = ZOE) -> CheckIn:
    """The first visit, by the whole path, decided at the desk."""
    check_in = arrive(person)
    post(
        client, _taken(client, check_in) + "qualifier/",
        evidence="CN", said="1", seen=READ, first_given_name=person.given_names[0],
    )  # fmt: skip
    assert _arrival(check_in).status == "QUALIFIED"
    return check_in


def _short(person: Person = ZOE, **changes: Any) -> CheckIn:
    """By the short path: the card, and a word of the kiosk that the console knew them."""
    none = {"pictures": (), "mrz": None, "document_kind": None}
    return arrive(person, NOT_ASKED, **{"way": Way.SHORT, **none, **changes})


def _confirm(client: Any, path: str, version: int | None = None) -> Any:
    person = _of(path)
    return post(client, path + "presence/", version=str(person.version if version is None else version))


def _of(path: str) -> Any:
    from kiosk.console.models import Arrival

    arrival = Arrival.objects.get(pk=path.split("/")[2])
    return arrival.known or arrival.candidate


def _acts(check_in: CheckIn) -> list[str]:
    from kiosk.console.models import AuditEntry

    return list(AuditEntry.objects.filter(about=check_in.key).order_by("number").values_list("act", flat=True))


def test_who_comes_by_the_short_path_is_a_candidate_of_whom_nothing_is_established() -> None:
    first = _qualified(at_desk())
    again = _arrival(_short())
    assert (again.person, again.candidate) == (None, _arrival(first).person)
    assert (again.status, again.need, again.insi_next_at) == ("PROVISIONAL", "presence", None)


def test_one_key_says_that_it_is_them_and_the_visit_is_done() -> None:
    client = at_desk()
    first = _qualified(client)
    person, again = _arrival(first).person, _short()
    path = _taken(client, again)
    page = get(client, path).content.decode()
    assert "par lea" in page and "Personne déjà venue 1 fois · Qualifiée le" in " ".join(
        page.split()
    )  # known, and not suspected
    assert "Carte nationale d’identité" in page.replace("&#x27;", "’").replace("&nbsp;", " ").replace("\u00a0", " ")
    assert page.count("ADRUN") >= 2  # on the card, and as INSi said when she was qualified
    assert 'data-key="j"' in page and 'data-key="q"' not in page
    assert "à comparer avec l’original" not in page, "who is known is looked at, no original is read"
    _confirm(client, path)
    after = _arrival(again)
    assert (after.person, after.candidate, after.stage, after.status) == (person, None, "done", "QUALIFIED")
    assert (after.presence_by.username, after.decided_by.username) == ("lea", "lea")
    assert after.presence_at is not None
    assert {"visit-attached", "presence-checked"} <= set(_acts(again))
    after_page = get(client, path).content.decode()
    assert "Présence vérifiée" in after_page
    for shown in (page, after_page):
        assert "nom et prénom proches" not in shown  # their own visit before is nobody else's


def test_of_a_minor_the_adult_who_says_it_is_asked_again_and_kept() -> None:
    client = at_desk()
    post(
        client, _taken(client, arrive(LEO)) + "qualifier/",
        evidence="PA", said="mother", seen=READ, tolerated="1", first_given_name="LEO",
    )  # fmt: skip
    again = _short(LEO)
    path = _taken(client, again)
    assert "Autre titulaire de l’autorité parentale" in get(client, path).content.decode()
    refused = client.post(path + "presence/", {"version": str(_of(path).version)}, secure=True, follow=True)
    assert "Pour un mineur, dites qui l’accompagne" in refused.content.decode()
    assert _arrival(again).presence_at is None
    post(client, path + "presence/", version=str(_of(path).version), said="father")
    assert _arrival(again).stage == "done"
    assert "Identité dite par : Père" in get(client, path).content.decode()


def test_the_identity_stays_what_it_was() -> None:
    from kiosk.console.models import Person

    client = at_desk()
    person = _arrival(_qualified(client)).person
    _confirm(client, _taken(client, _short()))
    after = Person.objects.get(pk=person.pk)
    names = ("status", "evidence", "evidence_on", "decided_at", "decided_by", "verified_at", "attributes")
    assert [getattr(after, name) for name in names] == [getattr(person, name) for name in names]
    assert after.version == person.version + 2  # whose visit it is, and that she was seen


def test_who_says_that_it_is_not_them_goes_on_as_with_anybody() -> None:
    from kiosk.console.models import Person

    client = at_desk()
    person = _arrival(_qualified(client)).person
    again = _short()
    path = _taken(client, again)
    post(client, path + "absence/")
    after = _arrival(again)
    assert (after.person, after.candidate, after.presence_at) == (None, None, None)
    assert after.insi_next_at is not None  # INSi is asked now, by the worker
    assert (after.need, after.stage) == ("insi-pending", "called")
    assert after.is_new  # nobody else looks alike: it was said of her already
    assert Person.objects.get(pk=person.pk).version == person.version
    page = get(client, path).content.decode()
    assert 'class="presence"' not in page
    _confirm_nothing(client, path)


def _confirm_nothing(client: Any, path: str) -> None:
    post(client, path + "presence/", version="1")
    from kiosk.console.models import Arrival

    assert Arrival.objects.get(pk=path.split("/")[2]).presence_at is None


def test_a_kiosk_s_word_finds_nobody() -> None:
    """What it says of the way is looked up again here."""
    _qualified(at_desk())
    stranger = _arrival(_short(DOMINIQUE))
    assert (stranger.candidate, stranger.need) == (None, "insi-pending")
    assert stranger.insi_next_at is not None
    twin = _arrival(_short(ZOE, birth_rank="2"))
    assert (twin.candidate, twin.need) == (None, "insi-pending")


def test_without_the_short_path_nobody_is_a_candidate() -> None:
    _qualified(at_desk())
    assert _arrival(arrive(ZOE, InsUnreachable("timeout"))).candidate is None


def test_who_is_doubted_between_the_kiosk_and_the_desk_is_looked_at_as_ever() -> None:
    client = at_desk()
    first = _qualified(client)
    again = _short()
    officer = at_desk("marc", "officer")
    post(officer, _taken(officer, first) + "decision/doubt/")
    path = _taken(client, again)
    assert 'class="presence"' not in get(client, path).content.decode()
    _confirm_nothing(client, path)


def test_a_document_that_says_otherwise_takes_the_key_away() -> None:
    client = at_desk()
    _qualified(client)
    again = _short(mrz=mrz_of(DOMINIQUE))  # a structure that films all the same
    path = _taken(client, again)
    page = get(client, path).content.decode()
    assert 'class="presence"' not in page
    _confirm_nothing(client, path)


def test_a_page_shown_before_somebody_else_s_decision_confirms_nothing() -> None:
    client = at_desk()
    _qualified(client)
    path = _taken(client, _short())
    answer = _confirm(client, path, _of(path).version - 1)
    assert answer.status_code == 302
    assert "relisez la page" in get(client, path).content.decode()
    _confirm_nothing(client, path)


def test_only_who_has_the_patient_may_say_it() -> None:
    client = at_desk()
    _qualified(client)
    again = _short()
    path = f"/arrivees/{again.key}/"
    assert _confirm(client, path).status_code == 302
    assert _arrival(again).presence_at is None
    post(at_desk("zoe"), path + "prendre/")
    _confirm(client, path)
    assert _arrival(again).presence_at is None


def test_what_was_said_by_mistake_is_taken_back_by_who_said_it() -> None:
    from kiosk.console.models import Person

    client = at_desk()
    person = _arrival(_qualified(client)).person
    again = _short()
    path = _taken(client, again)
    _confirm(client, path)
    post(client, path + "annuler/")
    after = _arrival(again)
    assert (after.person, after.candidate, after.presence_at, after.stage) == (None, person, None, "called")
    assert Person.objects.get(pk=person.pk).status == "QUALIFIED"
    assert _acts(again)[-2:] == ["visit-detached", "undone"]
    _confirm(client, path)
    assert _arrival(again).stage == "done"


def test_whose_visit_staff_say_it_is_is_confirmed_by_the_same_key() -> None:
    """By the whole path, from the list of who may be known."""
    client = at_desk()
    person = _arrival(_qualified(client)).person
    again = arrive(ZOE)
    path = _taken(client, again)
    post(client, path + "personne/", whose=str(person.pk))
    page = get(client, path).content.decode()
    assert 'class="presence"' in page and 'data-key="n"' in page
    _confirm(client, path)
    after = _arrival(again)
    assert (after.person, after.stage, after.presence_by.username) == (person, "done", "lea")
    post(client, path + "annuler/")
    after = _arrival(again)
    assert (after.person, after.presence_at) == (person, None)  # it was hers before
    post(client, path + "absence/")
    assert (_arrival(again).person, _arrival(again).is_new) == (None, True)


def test_the_trail_holds_all_of_it_and_no_trait() -> None:
    from kiosk.console import audit
    from kiosk.console.models import AuditEntry

    client = at_desk()
    _qualified(client)
    again = _short()
    _confirm(client, _taken(client, again))
    assert audit.verify()[1] == ()
    for entry in AuditEntry.objects.filter(about=again.key):
        assert "ADRUN" not in json.dumps([entry.details, entry.codes])


# --- by the whole path: filed by itself where the sources name one person ---------------------------------------------


def test_whom_insi_names_by_the_card_is_expected_and_confirmed_by_one_key() -> None:
    client = at_desk()
    person = _arrival(_qualified(client)).person
    again = arrive(ZOE, _by_card(ZOE))
    assert (_arrival(again).person, _arrival(again).need, _arrival(again).presence_at) == (person, "presence", None)
    path = _taken(client, again)
    assert 'data-key="j"' in get(client, path).content.decode()
    _confirm(client, path)
    after = _arrival(again)
    assert (after.stage, after.status, after.presence_by.username) == ("done", "QUALIFIED", "lea")


def test_a_machine_that_named_them_is_contradicted_with_one_key() -> None:
    client = at_desk()
    _qualified(client)
    again = arrive(ZOE, _by_card(ZOE))
    path = _taken(client, again)
    post(client, path + "absence/")
    after = _arrival(again)
    assert (after.person, after.is_new, after.need) == (None, True, "ready")
    assert 'class="presence"' not in get(client, path).content.decode()


def test_a_visit_is_filed_under_nobody_when_the_rule_names_nobody() -> None:
    client = at_desk()
    _qualified(client)
    for check_in in (
        arrive(ZOE),  # nothing says how INSi was asked
        arrive(ZOE, _by_card(ZOE), mrz=mrz_of(DOMINIQUE)),  # a document of somebody else
        arrive(ZOE, _by_card(ZOE), card_nir=DOMINIQUE.number + DOMINIQUE.key),  # a borrowed card
        arrive(DOMINIQUE, _by_card(DOMINIQUE)),  # nobody of that number is known
    ):
        assert _arrival(check_in).person is None


def test_what_the_worker_hears_later_files_a_visit_that_nobody_is_at() -> None:
    from django.utils import timezone

    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again

    client = at_desk()
    person = _arrival(_qualified(client)).person
    waiting, called = arrive(ZOE, InsUnreachable("timeout")), arrive(ZOE, InsUnreachable("timeout"))
    _taken(client, called)
    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now())
    while insi_again.insi_once(lambda *_: _by_card(ZOE)):
        continue
    assert (_arrival(waiting).person, _arrival(waiting).need) == (person, "presence")
    assert _arrival(called).person is None  # staff have the page open: they say whose visit it is


def test_who_is_doubted_is_not_filed_by_itself() -> None:
    client, officer = at_desk(), at_desk("marc", "officer")
    first = _qualified(client)
    post(officer, _taken(officer, first) + "decision/doubt/")
    assert _arrival(arrive(ZOE, _by_card(ZOE))).person is None


def test_filing_establishes_nothing_and_calls_nobody() -> None:
    from kiosk.console.models import Person as Row

    client = at_desk()
    person = _arrival(_qualified(client)).person
    again = arrive(ZOE, _by_card(ZOE))
    after = Row.objects.get(pk=person.pk)
    assert (after.status, after.decided_at, after.evidence_on) == ("QUALIFIED", person.decided_at, person.evidence_on)
    assert (_arrival(again).stage, _arrival(again).assigned_to) == ("waiting", None)
