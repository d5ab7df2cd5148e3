"""Every address × every role: what a page does not expressly allow is refused."""

import uuid

import pytest

from kiosk.console.staff.access import RIGHTS, Right
from tests.console.arrivals import arrive, enrol
from tests.console.conftest import ON_SQLITE
from tests.console.rewritten import rewrite
from tests.console.staff import add, browser, get, post, sign_in
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long, ON_SQLITE]

# name of the address: (the roles that may, how it is asked)
WORK = {"host", "officer"}
ALL = {"host", "officer", "administrator", "auditor"}
TABLE = {
    "home": (ALL, "get"),
    "lock": (ALL, "post"),
    "unlock": (ALL, "get"),
    "sign-out": (ALL, "post"),
    "unlock-key": (ALL, "post"),
    "still-here": (ALL, "get"),
    "own-account": (ALL, "get"),
    "key-ask": (ALL, "post"),
    "key-add": (ALL, "post"),
    "key-remove": (ALL, "post"),
    "emergency": ({"host", "administrator"}, "get"),
    "emergency-end": ({"host", "administrator"}, "post"),
    "emergencies": ({"officer", "administrator", "auditor"}, "get"),
    "emergency-seen": ({"officer", "administrator", "auditor"}, "post"),
    "emergency-stop": ({"officer", "administrator", "auditor"}, "post"),
    "queue": (WORK, "get"),
    "queue-part": (WORK, "get"),
    "call-next": (WORK, "post"),
    "answer-call": (WORK, "post"),
    "identity": (WORK, "get"),
    "picture": (WORK, "get"),
    "take": (WORK, "post"),
    "qualify": (WORK, "post"),
    "decide": (WORK, "post"),
    "set-aside": (WORK, "post"),
    "hold": (WORK, "post"),
    "release": (WORK, "post"),
    "gone": (WORK, "post"),
    "come-back": (WORK, "post"),
    "transfer": (WORK, "post"),
    "undo": (WORK, "post"),
    "whose": (WORK, "post"),
    "replace-ins": ({"officer"}, "post"),
    "present": (WORK, "post"),
    "absent": (WORK, "post"),
    "sheet": (WORK, "get"),
    "sheet-pdf": (WORK, "get"),
    "ask-again": (WORK, "post"),
    "answer-part": (WORK, "get"),
    "places": (WORK, "post"),
    "complete": (WORK, "post"),
    "downgrade": ({"officer"}, "post"),
    "verify": ({"officer"}, "post"),
    "note": ({"officer"}, "post"),
    "vigilance": ({"officer"}, "get"),
    "pairs": ({"officer"}, "get"),
    "pair": ({"officer"}, "get"),
    "judge": ({"officer"}, "post"),
    "campaigns": ({"officer"}, "get"),
    "campaign-start": ({"officer"}, "post"),
    "campaign-stop": ({"officer"}, "post"),
    "search": ({"officer"}, "get"),
    "indicators": ({"officer", "administrator", "auditor"}, "get"),
    "terminals": ({"administrator"}, "get"),
    "terminal-revoke": ({"administrator"}, "get"),
    "register": ({"officer", "administrator", "auditor"}, "get"),
    "register-seen": ({"officer"}, "post"),
    "accounts": ({"administrator"}, "get"),
    "account-add": ({"administrator"}, "post"),
    "account-link": ({"administrator"}, "post"),
    "account-renew": ({"administrator"}, "post"),
    "account-close": ({"administrator"}, "post"),
    "account-open": ({"administrator"}, "post"),
    "admissions": ({"officer", "administrator"}, "get"),
    "admission-agree": ({"officer", "administrator"}, "post"),
    "admission-refuse": (ALL, "post"),
    "session-end": (ALL, "post"),
    "told": (ALL, "post"),
    "alerts": ({"officer"}, "get"),
    "alerts-seen": ({"officer"}, "post"),
    "password": (ALL, "get"),
    "trail": ({"auditor"}, "get"),
    "trail-export": ({"auditor"}, "get"),
}
OWN = {"session-end", "admission-refuse"}  # of one's own: there is none here
OPEN_TO_ALL = {
    "sign-in",
    "sign-in-key",
    "psc",
    "psc-back",
    "enrol",
    "health",
    "metrics",
}  # metrics: to who shows the token


def _addresses() -> dict[str, str]:
    from django.urls import get_resolver
    from django.utils import timezone

    from kiosk.console.models import Arrival, Emergency, Person, PersonPair, Staff
    from kiosk.console.staff import emergencies

    check_in, alike = arrive(ZOE), arrive(ZOE)
    now = timezone.now()
    for one in (check_in, alike):  # whoever they are: addresses name both
        rewrite(Arrival.objects.filter(pk=one.key), person=Person.objects.create(key=one.key, opened_at=now))
    PersonPair.objects.create(first_id=check_in.key, second_id=alike.key, likeness=90, found_at=now)
    other = Staff.objects.create_user("somebody-else", "no password", "host")
    taken = emergencies.take(other, "vigilance", "nobody of the unit tonight", where="")
    Emergency.objects.filter(pk=taken.pk).delete()
    taken.pk = other.pk
    taken.save(force_insert=True)
    values = {
        "key": check_in.key,
        "other": alike.key,
        "index": 0,
        "action": "doubt",
        "number": other.pk,
        "name": "x",
        "link": "x",
    }
    found = {}
    for pattern in get_resolver().url_patterns:
        name = getattr(pattern, "name", None)
        if name:
            route = str(pattern.pattern)
            for part, value in values.items():
                for kind in ("uuid", "int", "slug", "str"):
                    route = route.replace(f"<{kind}:{part}>", str(value))
            found[name] = "/" + route
    return found


def test_every_address_is_in_the_table() -> None:
    enrol()
    assert set(_addresses()) == set(TABLE) | OPEN_TO_ALL


@pytest.mark.parametrize("role", sorted(ALL))
def test_a_role_reaches_its_pages_and_no_other(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.register import visit_checks

    monkeypatch.setattr(visit_checks, "must_be_as_said", lambda _visit: None)  # no act says whose these visits are
    enrol()
    add("someone", role)
    client = sign_in("someone")
    addresses = _addresses()
    last = ("lock", "unlock", "unlock-key", "sign-out")  # these end what the others need
    for name in (*(set(TABLE) - set(last)), *last):
        path, (allowed, how) = addresses[name], TABLE[name]
        if (role, name) == ("host", "picture"):
            continue  # of what is in their hands only: tests/attacks/test_colleagues_table.py
        answer = post(client, path, desk="4", said="apart") if how == "post" else get(client, path)
        if role in allowed:
            assert answer.status_code in {200, 204, 302, 404 if name in OWN else 200}, (name, answer.status_code)
        else:
            assert answer.status_code == 403, (name, answer.status_code)


def test_without_signing_in_every_page_leads_to_the_door() -> None:
    enrol()
    for name, path in _addresses().items():
        if name in OPEN_TO_ALL:
            continue
        how = TABLE[name][1]
        answer = post(browser(), path) if how == "post" else get(browser(), path)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/connexion/"), name


def test_a_password_without_its_code_opens_nothing() -> None:
    from kiosk.console.models import Staff

    add()
    client = browser()
    client.force_login(Staff.objects.get(), backend="kiosk.console.staff.standing.ProvenAccounts")
    assert get(client, "/file/")["Location"] == "/connexion/"


def test_what_changes_something_is_never_done_by_a_mere_visit() -> None:
    enrol()
    add()
    client = sign_in()
    for name, path in _addresses().items():
        if TABLE.get(name, ("", ""))[1] == "post" and "host" in TABLE[name][0]:
            assert get(client, path).status_code == 405, name


def test_a_form_from_elsewhere_changes_nothing() -> None:
    from django.test import Client

    enrol()
    add()
    client = sign_in(client=Client())
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    for name, path in _addresses().items():
        if name in TABLE and TABLE[name][1] == "post":
            assert post(strict, path).status_code == 403, name


def test_every_right_is_somebody_s_and_no_role_has_all() -> None:
    given = frozenset().union(*RIGHTS.values())
    assert given | {Right.EVERYONE} == set(Right)
    assert all(rights != given for rights in RIGHTS.values())


def test_pages_are_never_cached_framed_or_helped_by_others() -> None:
    enrol()
    check_in = arrive(ZOE)
    add()
    client = sign_in()
    for path in ("/connexion/", "/file/", f"/arrivees/{check_in.key}/", f"/arrivees/{check_in.key}/pieces/0/"):
        answer = get(client, path)
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert not any("http" in part for part in policy.split())
        assert "<script>" not in answer.content.decode("latin-1") and " style=" not in answer.content.decode("latin-1")


def test_an_unknown_identity_is_nowhere_for_everybody() -> None:
    add()
    client = sign_in()
    assert get(client, f"/arrivees/{uuid.uuid4()}/").status_code == 404
    assert get(client, "/arrivees/1/").status_code == 404
    assert get(client, "/arrivees/../../etc/passwd").status_code == 404
