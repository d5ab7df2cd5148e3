"""Who writes to the database and has not the site's secret: nobody signs in by it, and an officer reads of it.

Each row is altered as PostgreSQL's or SQLite's own shell would; then the page is asked as a browser asks it, and the
worker takes its turns.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, TestCase
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.config import ServerSettings
from kiosk.console.models import (
    AuditEntry,
    Authenticator,
    Emergency,
    Inspection,
    Invitation,
    NationalIdentity,
    SecurityKey,
    Session,
    Staff,
    Terminal,
)
from kiosk.console.models.proven import Proven
from kiosk.console.said import Said
from kiosk.console.staff import accounts, emergencies, second_factor
from kiosk.console.terminals import enrolment
from kiosk.console.upkeep import checking, glancing
from kiosk.console.witness import findings
from kiosk.sealing import generate_signer, signer_public_pem
from tests.console.arrivals import put
from tests.console.conftest import empty, make_sqlite
from tests.console.rewritten import behind, unguarded
from tests.console.staff import PASSWORD, add, browser, code_of, get, idle_for, sign_in


@pytest.fixture(scope="module")
def tables() -> ServerSettings:
    return make_sqlite()  # what a row proves is the same in both databases


@pytest.fixture(autouse=True)
def console(tables: ServerSettings) -> Iterator[None]:
    with empty(tables):
        add("lea")
        add("olivia", "officer")
        yield


def found() -> list[str]:
    """What an officer reads once the worker has been through."""
    Inspection.objects.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "EVERY", timedelta())  # its pauses have passed
        for _ in range(3):
            checking.take_turns(timezone.now())
    return sorted(one.name.split("-")[0] for one in findings.unseen())


def tries(name: str, password: str, code: str) -> int:
    said = {"username": name, "password": password, "code": code}
    return int(browser().post("/connexion/", said, secure=True).status_code)


def put_back(model: type[Proven], columns: dict[str, Any]) -> None:
    """A row that stood there once, in its own words."""
    QuerySet(model)._insert([model(**columns)], fields=model._meta.concrete_fields, raw=True, using="default")


def test_a_password_put_in_the_database_opens_no_session_and_an_officer_reads_of_it() -> None:
    behind(Staff.objects.filter(username="olivia"), password=make_password("the keeper's own words"))
    assert tries("olivia", "the keeper's own words", code_of("olivia")) == 403
    assert tries("lea", PASSWORD, code_of("lea")) == 302
    assert found() == ["row:staff"]


def test_a_second_factor_sealed_with_the_public_key_which_every_kiosk_has_is_nobodys() -> None:
    mine = Authenticator.objects.get(user__username="olivia")
    key = secrets.token_bytes(20)
    behind(Authenticator.objects.filter(pk=mine.pk), sealed_key=second_factor.seal_key(mine.user_id, key))
    assert tries("olivia", PASSWORD, code_of("olivia")) == 403
    assert found() == ["row:authenticator"]


def test_a_factor_that_is_put_in_beside_the_owners_is_nobodys() -> None:
    lea, olivia = Authenticator.objects.get(user__username="lea"), Staff.objects.get(username="olivia")
    code = code_of("lea")
    behind(Authenticator.objects.filter(pk=lea.pk), user_id=olivia.pk)
    assert tries("olivia", PASSWORD, code) == 403
    assert "row:authenticator" in found()


@pytest.mark.parametrize(("column", "value"), [("role", "auditor"), ("username", "leon"), ("is_active", False)])
def test_a_role_given_in_the_database_ends_the_session_that_was_open(column: str, value: object) -> None:
    client = sign_in("lea")
    assert get(client, "/file/").status_code == 200
    behind(Staff.objects.filter(username="lea"), **{column: value})
    assert get(client, "/file/").status_code == 302
    assert "row:staff" in found()


def test_an_account_as_it_was_before_it_was_closed_is_not_opened_again_by_putting_its_row_back() -> None:
    before = Staff.objects.filter(username="lea").values().get()
    client = sign_in("lea")
    accounts.set_active(Staff.objects.get(username="lea"), active=False, who="olivia")
    behind(Staff.objects.filter(username="lea"), **before)
    assert Staff.objects.get(username="lea").is_proven
    assert tries("lea", PASSWORD, code_of("lea", steps=1)) == 403
    idle_for(client, 30)
    assert get(client, "/file/").status_code == 302
    assert found() == ["older:staff"]


@contextmanager
def _learned(how: str) -> Iterator[None]:
    """What is done meanwhile this process knows of: by itself, or a quarter of a minute after another one did it."""
    if how == "own":
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield
        return
    yield
    glancing.once()


def _say_of_nobody(act: audit.Act) -> None:
    """The later act is altered too: nothing in the database says any more what it was about."""
    with unguarded():
        AuditEntry.objects.filter(number=AuditEntry.objects.filter(act=act).latest("number").number).update(
            about="leon", who="leon", details="{}"
        )


@pytest.mark.parametrize("how", ["own", "another's"])
def test_an_account_of_before_is_not_opened_though_the_act_that_closed_it_was_altered_too(how: str) -> None:
    before = Staff.objects.filter(username="lea").values().get()
    client = sign_in("lea")
    with _learned(how):
        accounts.set_active(Staff.objects.get(username="lea"), active=False, who="olivia")
    behind(Staff.objects.filter(username="lea"), **before)
    _say_of_nobody(audit.Act.ACCOUNT_CHANGED)
    assert tries("lea", PASSWORD, code_of("lea", steps=1)) == 403
    idle_for(client, 30)
    assert get(client, "/file/").status_code == 302
    assert [one.code for one in findings.unseen()] == ["altered"]


@pytest.mark.parametrize("how", ["own", "another's"])
def test_a_kiosk_of_before_is_not_heard_and_a_right_of_before_not_held_though_the_acts_were_altered_too(
    how: str,
) -> None:
    signer, lea = generate_signer(), Staff.objects.get(username="lea")
    enrolment.enrol("borne-7", signer_public_pem(signer).decode(), who="test")
    taken = emergencies.take(lea, "vigilance", "nobody of the unit tonight", where="")
    kiosk = Terminal.objects.filter(pk="borne-7").values().get()
    right = Emergency.objects.filter(pk=taken.pk).values().get()
    with _learned(how):
        enrolment.revoke("borne-7", who="test")
        emergencies.give_back(lea, where="")
    behind(Terminal.objects.filter(pk="borne-7"), **kiosk)
    behind(Emergency.objects.filter(pk=taken.pk), **right)
    _say_of_nobody(audit.Act.KIOSK_REVOKED)
    _say_of_nobody(audit.Act.EMERGENCY_ENDED)
    assert put("/intake/heartbeat", b"{}", kiosk="borne-7", signer=signer).status_code == 401
    assert emergencies.current(lea) == []


def test_what_a_process_remembers_of_acts_has_a_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_of_rights", Said(2))
    acts = [AuditEntry(number=one, act=audit.Act.KIOSK_ENROLLED, about=f"borne-{one}") for one in (1, 2, 3)]
    audit.remember(acts)
    assert [audit.remembered(audit.Act.KIOSK_REVOKED, one.about) for one in acts] == [0, 2, 3]


def test_a_factor_that_was_taken_away_is_not_put_back() -> None:
    lea = Staff.objects.get(username="lea")
    former = Authenticator.objects.filter(user=lea).values().get()
    accounts.enrol(lea, PASSWORD, second_factor.new_key())
    put_back(Authenticator, former)
    again = Authenticator.objects.get(pk=former["id"])
    assert again.is_proven and not again.is_of(Staff.objects.get(pk=lea.pk))
    assert found() == ["older:authenticator"]


def test_who_reads_the_table_of_sessions_takes_nobodys_place() -> None:
    sign_in("olivia")
    [row] = Session.objects.all()
    thief = Client()
    thief.cookies["__Host-console"] = row.session_key
    assert get(thief, "/file/").status_code == 302


def test_the_session_of_another_put_under_ones_own_name_opens_nothing() -> None:
    sign_in("olivia")
    theirs = Session.objects.get()
    mine = sign_in("lea")
    own = Session.objects.exclude(pk=theirs.pk)
    behind(own, session_data=theirs.session_data, staff_id=theirs.staff_id, expire_date=theirs.expire_date)
    assert get(mine, "/file/").status_code == 302
    assert found() == ["row:session"]


def test_an_emergency_made_longer_or_put_back_gives_no_right() -> None:
    lea = Staff.objects.get(username="lea")
    taken = emergencies.take(lea, "vigilance", "nobody of the unit tonight", where="")
    before = Emergency.objects.filter(pk=taken.pk).values().get()
    emergencies.give_back(lea, where="")
    behind(Emergency.objects.filter(pk=taken.pk), **before)
    assert emergencies.current(lea) == []
    behind(Emergency.objects.filter(pk=taken.pk), right="work")
    assert emergencies.current(lea) == []
    assert "row:emergency" in found()


def test_a_kiosk_whose_key_was_exchanged_is_not_heard_and_one_revoked_neither_when_put_back() -> None:
    theirs, thief = generate_signer(), generate_signer()
    enrolment.enrol("borne-7", signer_public_pem(theirs).decode(), who="test")
    before = Terminal.objects.filter(pk="borne-7").values().get()
    behind(Terminal.objects.filter(pk="borne-7"), public_key=signer_public_pem(thief).decode())
    assert put("/intake/heartbeat", b"{}", kiosk="borne-7", signer=thief).status_code == 401
    assert found() == ["row:terminal"]
    enrolment.enrol("borne-7", signer_public_pem(theirs).decode(), who="command:root")  # told, and mended on the server
    assert put("/intake/heartbeat", b"{}", kiosk="borne-7", signer=theirs).status_code == 200
    enrolment.revoke("borne-7", who="test")
    behind(Terminal.objects.filter(pk="borne-7"), **before)
    assert Terminal.objects.get(pk="borne-7").is_proven
    assert put("/intake/heartbeat", b"{}", kiosk="borne-7", signer=theirs).status_code == 401
    assert "older:terminal" in found()


def test_an_invitation_that_has_served_is_not_put_back() -> None:
    code = enrolment.invite("borne-8", who="test")
    before = Invitation.objects.values().get()
    assert enrolment.accept_invitation("borne-8", code, signer_public_pem(generate_signer()).decode())
    put_back(Invitation, before)
    assert not enrolment.accept_invitation("borne-8", code, signer_public_pem(generate_signer()).decode())


def test_an_account_that_was_taken_out_is_missed() -> None:
    Authenticator.objects.filter(user__username="lea").delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM console_staff WHERE username = 'lea'")
    assert [one[:4] for one in found()] == ["gone"]


KINDS = (Staff, Authenticator, Terminal, Emergency, Invitation, Session, SecurityKey, NationalIdentity)


@pytest.fixture()
def one_of_each() -> dict[type[Proven], Proven]:
    lea = Staff.objects.get(username="lea")
    enrolment.enrol("borne-7", signer_public_pem(generate_signer()).decode(), who="test")
    enrolment.invite("borne-8", who="test")
    sign_in("lea")
    emergencies.take(lea, "vigilance", "nobody of the unit tonight", where="")
    SecurityKey.objects.create(user=lea, name="key", credential_id=b"id", credential=b"credential")
    accounts.link(lea, accounts.national_fingerprint("899700000001"), who="olivia")
    return {kind: kind.objects.first() for kind in KINDS}


def test_whatever_column_of_an_account_or_a_kiosk_is_altered_the_row_proves_nothing(
    one_of_each: dict[type[Proven], Proven],
) -> None:
    """A new column is in it by itself: only what the model names beside its proof, with a reason, may differ."""
    with connection.constraint_checks_disabled():
        for kind, row in one_of_each.items():
            assert row.is_proven
            for field in kind._meta.concrete_fields:
                if field.primary_key or field.name in kind.BESIDE:
                    continue
                stood = kind.objects.filter(pk=row.pk).values().get()
                behind(kind.objects.filter(pk=row.pk), **{field.attname: _otherwise(field, stood[field.attname])})
                assert not kind.objects.get(pk=row.pk).is_proven, f"{kind.__name__}.{field.name}"
                behind(kind.objects.filter(pk=row.pk), **stood)
                assert kind.objects.get(pk=row.pk).is_proven


_OTHERWISE: dict[str, Callable[[Any], Any]] = {
    "BooleanField": lambda value: not value,
    "BinaryField": lambda value: bytes(value) + b"\0",
    "DateTimeField": lambda value: timezone.now().replace(year=2001) if value is None else value.replace(year=2001),
    "CharField": lambda value: value + "x",
    "TextField": lambda value: value + " x",
}


def _otherwise(field: Any, value: Any) -> Any:
    return _OTHERWISE.get(field.get_internal_type(), lambda number: (number or 0) + 1)(value)
