"""A right taken in an emergency: by name, with a reason, for a while, in everybody's sight until looked into."""

from datetime import timedelta

import pytest

from tests.console.arrivals import arrive, enrol
from tests.console.conftest import ON_SQLITE
from tests.console.rewritten import rewrite
from tests.console.staff import PASSWORD, at_desk, get, post
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
WHY = "Patient sans papiers aux urgences, unité absente"


def _take(client, right: str = "vigilance", **said: object):
    return post(client, "/urgence/", **{"right": right, "reason": WHY, "password": PASSWORD, **said})


def _trail(*acts: str) -> list[tuple[str, str]]:
    from kiosk.console.models import AuditEntry

    return list(AuditEntry.objects.filter(act__in=acts).order_by("number").values_list("act", "who"))


def test_an_agent_takes_the_unit_s_right_for_an_hour_and_every_page_of_it_is_noted() -> None:
    from kiosk.console.models import AuditEntry, Emergency

    client = at_desk()
    refused = get(client, "/vigilance/")
    assert refused.status_code == 403 and "/urgence/" in refused.content.decode()
    assert _take(client)["Location"] == "/vigilance/"
    page = get(client, "/vigilance/")
    assert page.status_code == 200
    assert "Accès d’urgence" in page.content.decode() and "Rendre cet accès" in page.content.decode()
    get(client, "/recherche/")
    taken = Emergency.objects.get()
    assert taken.until - taken.opened_at == timedelta(minutes=60)
    used = AuditEntry.objects.filter(act="emergency-used").order_by("number").values_list("who", "details")
    assert list(used) == [
        ("lea", '{"page": "vigilance", "right": "vigilance"}'),
        ("lea", '{"page": "search", "right": "vigilance"}'),
    ]
    assert get(client, "/file/").status_code == 200  # of the role: not noted
    assert len(_trail("emergency-used")) == 2


def test_what_was_typed_is_sealed_and_nowhere_in_the_trail() -> None:
    from kiosk.console.models import AuditEntry, Emergency
    from kiosk.console.staff import emergencies

    _take(at_desk())
    taken = Emergency.objects.get()
    assert b"papiers" not in bytes(taken.reason)
    assert emergencies.reason_of(taken) == WHY
    assert not AuditEntry.objects.filter(details__contains="papiers").exists()


def test_it_ends_by_itself_and_before_when_it_is_given_back() -> None:
    from kiosk.console.models import Emergency

    client = at_desk()
    _take(client)
    rewrite(Emergency.objects.all(), until=Emergency.objects.get().opened_at)
    assert get(client, "/vigilance/").status_code == 403
    _take(client)
    assert get(client, "/vigilance/").status_code == 200
    post(client, "/urgence/rendre/")
    assert get(client, "/vigilance/").status_code == 403
    assert _trail("emergency-taken", "emergency-ended") == [
        ("emergency-taken", "lea"),
        ("emergency-taken", "lea"),
        ("emergency-ended", "lea"),
    ]


@ON_SQLITE
@pytest.mark.parametrize(
    "said",
    [
        {"password": "wrong password"},
        {"password": ""},
        {"reason": ""},
        {"reason": "  urgent  "},
        {"reason": "x" * 301},
        {"reason": "\u200b" * 20},
        {"right": "accounts"},
        {"right": "audit"},
        {"right": "work"},
        {"right": ""},
    ],
    ids=lambda said: repr(said)[:40],
)
def test_without_reason_password_or_a_right_one_may_take_nothing_is_given(said: dict[str, object]) -> None:
    from kiosk.console.models import Emergency

    assert _take(at_desk(), **said).status_code == 403
    assert not Emergency.objects.exists()


def test_it_is_taken_once_not_stacked_and_a_colleague_gets_nothing_of_it() -> None:
    from kiosk.console.models import Emergency

    client, other = at_desk(), at_desk("ines")
    _take(client)
    assert _take(client).status_code == 403
    assert Emergency.objects.count() == 1
    assert get(other, "/vigilance/").status_code == 403


def test_an_administrator_alone_at_night_may_serve_patients_but_an_auditor_stays_outside() -> None:
    enrol()
    check_in = arrive(ZOE)
    admin = at_desk("ada", "administrator")
    assert get(admin, "/file/").status_code == 403
    assert _take(admin, "work")["Location"] == "/file/"
    assert get(admin, f"/arrivees/{check_in.key}/").status_code == 200
    assert get(admin, "/vigilance/").status_code == 403
    auditor = at_desk("aude", "auditor")
    assert get(auditor, "/urgence/").status_code == 403
    assert get(auditor, f"/arrivees/{check_in.key}/").status_code == 403


def test_it_stands_on_every_page_of_the_overseers_until_another_has_looked_into_it() -> None:
    from kiosk.console.models import Emergency

    admin, auditor = at_desk("ada", "administrator"), at_desk("aude", "auditor")
    _take(admin, "work")
    number = Emergency.objects.get().pk
    assert "1 accès d’urgence à vérifier" in get(auditor, "/journal/").content.decode()
    assert "à vérifier" not in get(admin, "/bornes/").content.decode()  # nobody looks into their own
    assert post(admin, f"/urgences/{number}/verifier/").status_code == 404
    assert "par quelqu’un d’autre" in get(admin, "/urgences/").content.decode()
    page = get(auditor, "/urgences/").content.decode()
    assert WHY in page and "J’ai vérifié" in page
    assert post(auditor, f"/urgences/{number}/verifier/")["Location"] == "/urgences/"
    assert post(auditor, f"/urgences/{number}/verifier/").status_code == 404
    assert "à vérifier" not in get(auditor, "/journal/").content.decode()
    assert "aude" in get(auditor, "/urgences/").content.decode()
    assert _trail("emergency-seen") == [("emergency-seen", "aude")]


def test_a_closed_or_locked_account_keeps_nothing_of_it() -> None:
    from kiosk.console.models import Staff

    client = at_desk()
    _take(client)
    post(client, "/verrouiller/")
    assert get(client, "/vigilance/")["Location"] == "/verrou/"
    rewrite(Staff.objects.all(), is_active=False)
    assert get(client, "/vigilance/")["Location"] == "/connexion/"


def test_the_reason_is_sealed_again_for_a_new_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.models import Emergency
    from kiosk.console.records import structure
    from kiosk.console.staff import emergencies
    from kiosk.sealing import generate_recipient

    _take(at_desk())
    former, fresh = structure.keys().current, generate_recipient()
    by_id = {key.public_key.key_id: key for key in (former, fresh)}
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(fresh, by_id))
    assert (emergencies.reseal(), emergencies.reseal()) == (1, 0)
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(fresh, {fresh.public_key.key_id: fresh}))
    assert emergencies.reason_of(Emergency.objects.get()) == WHY
