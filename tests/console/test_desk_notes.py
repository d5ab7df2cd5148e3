"""The unit's note to the desk: sealed, proven, in the trail without its words; it comes back with the person."""

import json

import pytest

from tests.console.arrivals import arrive, enrol
from tests.console.rewritten import behind
from tests.console.staff import READ, at_desk, get, post
from tests.people import TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console")]
SAID = "Demander l’acte de naissance : deux prénoms s’opposent."


def _arrival(check_in):
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed").get(pk=check_in.key)


def _note(client, check_in, **said: str):
    return client.post(f"/arrivees/{check_in.key}/note/", said, secure=True, follow=True).content.decode()


def _acts(*acts: str) -> list[tuple[str, str, str, dict[str, object]]]:
    from kiosk.console.models import AuditEntry

    found = AuditEntry.objects.filter(act__in=acts).order_by("number")
    return [(one.act, one.who, one.about, json.loads(one.details)) for one in found]


def test_a_note_of_the_unit_stands_on_the_dossier_and_marks_its_row() -> None:
    enrol()
    check_in, other = arrive(ZOE), arrive(TOUSSAINT, ticket="A13")
    officer, host = at_desk("marc", "officer"), at_desk("lea")
    assert SAID in _note(officer, check_in, note=f"  {SAID}\r\n ")
    post(host, f"/arrivees/{check_in.key}/prendre/")
    page = get(host, f"/arrivees/{check_in.key}/").content.decode()
    assert SAID in page and "marc, " in page
    assert 'name="note"' not in page  # the desk reads it, and writes none
    queue = get(host, "/file/lignes/").content.decode()
    assert queue.count("note</span>") == 1
    post(host, f"/arrivees/{other.key}/prendre/")
    assert SAID not in get(host, f"/arrivees/{other.key}/").content.decode()


def test_what_it_says_is_sealed_and_the_trail_has_no_word_of_it() -> None:
    from kiosk.console.models import AuditEntry

    enrol()
    check_in = arrive(ZOE)
    _note(at_desk("marc", "officer"), check_in, note=SAID)
    row = _arrival(check_in)
    assert row.is_proven and row.sealed.is_proven and row.noted_at is not None
    assert b"acte de naissance" not in bytes(row.sealed.accepted)
    assert _acts("noted") == [("noted", "marc", check_in.key, {})]
    assert not AuditEntry.objects.filter(details__contains="acte").exists()


def test_a_note_is_changed_and_taken_away_and_nothing_is_written_twice() -> None:
    enrol()
    check_in, officer = arrive(ZOE), at_desk("marc", "officer")
    _note(officer, check_in, note=SAID)
    assert "Rien n’a changé." in _note(officer, check_in, note=SAID)
    changed = _note(officer, check_in, note="Rien à demander.")
    assert "Rien à demander." in changed and SAID not in changed
    assert "Rien à demander." not in _note(officer, check_in, remove="1", note="Rien à demander.")
    assert _arrival(check_in).noted_at is None
    assert [act for act, *_ in _acts("noted", "note-removed")] == ["noted", "noted", "note-removed"]


def test_a_note_longer_than_a_note_is_refused_and_markup_stays_text() -> None:
    enrol()
    check_in, officer = arrive(ZOE), at_desk("marc", "officer")
    assert "500 caractères au plus" in _note(officer, check_in, note="a" * 501)
    assert _arrival(check_in).noted_at is None
    page = _note(officer, check_in, note="<script>alert(1)</script> \u202e evil")
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "\u202e" not in page


def test_it_comes_back_with_the_person_on_their_next_visit() -> None:
    enrol()
    first, host = arrive(ZOE), at_desk("lea")
    post(host, f"/arrivees/{first.key}/prendre/")
    post(host, f"/arrivees/{first.key}/qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    _note(at_desk("marc", "officer"), first, note=SAID)
    again, person = arrive(ZOE, ticket="A27"), _arrival(first).person
    assert person is not None
    post(host, f"/arrivees/{again.key}/prendre/")
    if _arrival(again).person is None:
        assert SAID not in get(host, f"/arrivees/{again.key}/").content.decode()  # nobody has said that it is her
        post(host, f"/arrivees/{again.key}/personne/", whose=str(person.key))
    page = get(host, f"/arrivees/{again.key}/").content.decode()
    assert SAID in page and "sur le dossier A12" in page
    assert "note</span>" in get(host, "/file/lignes/").content.decode()


@pytest.mark.tampers
def test_a_note_put_in_another_place_behind_the_console_opens_nowhere() -> None:
    from kiosk.console.models import Sealed

    enrol()
    check_in, other = arrive(ZOE), arrive(TOUSSAINT, ticket="A13")
    officer = at_desk("marc", "officer")
    _note(officer, check_in, note=SAID)
    behind(Sealed.objects.filter(pk=other.key), accepted=bytes(_arrival(check_in).sealed.accepted))
    answer = get(officer, f"/arrivees/{other.key}/")
    assert answer.status_code == 503 and SAID not in answer.content.decode()


def test_with_the_visit_its_note_is_erased() -> None:
    from kiosk.console.register import erasure
    from kiosk.core.status.transitions import Actor, ActorKind

    enrol()
    check_in = arrive(ZOE)
    _note(at_desk("marc", "officer"), check_in, note=SAID)
    row = _arrival(check_in)
    erasure.remove([row], Actor(ActorKind.WORKER, "worker"), "copies")
    from kiosk.console.models import Arrival, Sealed

    assert Arrival.objects.get(pk=check_in.key).noted_at is None
    assert not Sealed.objects.filter(pk=check_in.key).exists()
