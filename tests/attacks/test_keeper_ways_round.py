"""Who writes to the database goes round the rows' proofs: by what makes them, and by what tells of them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from kiosk.console import audit, chain, keyring
from kiosk.console.config import ServerSettings
from kiosk.console.models import AuditEntry, AuditHead, Finding, Inspection, Staff
from kiosk.console.upkeep import checking, readings, taking_over
from kiosk.console.witness import findings, kept
from tests.console.conftest import empty, make_sqlite
from tests.console.rewritten import behind, unguarded
from tests.console.staff import add, browser, code_of

OWN_WORDS = "the keeper's own words"


@pytest.fixture(scope="module")
def tables() -> ServerSettings:
    return make_sqlite()  # what a row proves is the same in both databases


@pytest.fixture(autouse=True)
def console(tables: ServerSettings) -> Iterator[None]:
    with empty(tables):
        yield


@pytest.fixture()
def updated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that an earlier version began, and that an update has taken over."""
    with monkeypatch.context() as patch:
        patch.setattr(chain, "BEGINNING", chain.START_OF_BEFORE)
        add("lea")
        add("olivia", "officer")
    assert taking_over.take_over()
    assert findings.unseen().count() == 0


def _signs_in(name: str, password: str) -> bool:
    said = {"username": name, "password": password, "code": code_of(name)}
    return int(browser().post("/connexion/", said, secure=True).status_code) == 302


def _found() -> list[str]:
    """What an officer reads once the worker has been through."""
    Inspection.objects.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "EVERY", timedelta())  # its pauses have passed
        for _ in range(3):
            checking.take_turns(timezone.now())
    return sorted(one.code for one in findings.unseen())


@pytest.mark.parametrize("how", ["taken-out", "altered", "cut"])
def test_an_account_forged_behind_an_update_is_not_taken_over_by_playing_the_update_again(
    updated: None, how: str
) -> None:
    """The act that says what was taken is taken out, altered, or cut off with the head of before it."""
    [proven] = AuditEntry.objects.filter(act=audit.Act.ROWS_PROVEN)
    before = AuditEntry.objects.get(pk=proven.pk - 1)
    assert kept.keep()
    with unguarded():
        if how == "altered":
            AuditEntry.objects.filter(pk=proven.pk).update(details="{}")
        else:
            AuditEntry.objects.filter(pk__gte=proven.pk).delete()
    if how == "cut":  # as a head of then stood in the database
        head = AuditHead(pk=1, last_number=before.number, chained=before.chained)
        head.proof = chain.proof(head, keyring.key(keyring.CHAIN))
        head.save()
        assert audit.verify()[1] == ()
    behind(Staff.objects.filter(username="olivia"), password=make_password(OWN_WORDS), proof=b"")
    taking_over.take_over()
    assert not _signs_in("olivia", OWN_WORDS)
    assert not Staff.objects.get(username="olivia").is_proven
    for one in findings.unseen():  # nor once an officer has read that an act is missing
        findings.see([one.pk], "lea", where="")
    taking_over.take_over()
    assert not Staff.objects.get(username="olivia").is_proven


def test_an_alarm_whose_row_is_taken_out_is_told_again() -> None:
    add("lea")
    findings.note([findings.Found("command", "1-lea")])
    assert _found() == ["command"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM console_finding")
    assert not Finding.objects.exists()
    assert _found() == ["command"]
    [told] = findings.unseen()
    findings.see([told.pk], "olivia", where="", of=findings.ALARMS)
    assert _found() == []


@pytest.mark.parametrize("how", ["older", "busy"])
def test_a_place_put_back_again_and_again_keeps_no_worker_from_reading_all(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that the worker wrote near the end, or one that says that somebody reads just now, at every turn."""
    monkeypatch.setattr(checking, "LEAST", 3)
    for number in range(10):
        audit.record(audit.Act.OPENED, who="lea", about=f"dossier-{number}")
    now = timezone.now()
    for turn in range(3):
        checking.take_turns(now + turn * checking.EVERY)
    near_the_end = Inspection.objects.filter(pk="trail").values().get()
    checking.take_turns(now + 3 * checking.EVERY)
    assert near_the_end["position"].startswith("9:")
    with unguarded():
        AuditEntry.objects.filter(pk=2).update(who="marc")
    for turn in range(4, 12):
        at = now + turn * checking.EVERY
        said = near_the_end if how == "older" else {"ran_at": at - timedelta(seconds=1)}
        behind(Inspection.objects.filter(pk="trail"), **said)
        checking.take_turns(at)
    assert "altered" in [one.code for one in findings.unseen()]


def test_who_writes_that_reading_was_just_looked_at_keeps_no_alarm_away() -> None:
    add("lea")
    readings.once(timezone.now() - readings.EVERY)
    for number in range(40):
        audit.record(audit.Act.OPENED, who="lea", about=f"dossier-{number}")
    Inspection.objects.filter(pk=readings.NAME).update(ran_at=timezone.now())
    assert readings.once(timezone.now()) > 0
    assert findings.unseen().filter(code="reading").exists()
