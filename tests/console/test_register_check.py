"""Everything is read again in slices, and compared with every witness; what is found stays until an officer saw it."""

import json
import socket
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit, chain, keyring
from kiosk.console.models import AuditHead, Finding, Inspection, Witness
from kiosk.console.upkeep import checking
from kiosk.console.upkeep.worker import work
from kiosk.console.witness import checks, findings, heads, kept, words
from kiosk.heads import heads_in
from tests.console.rewritten import behind
from tests.console.test_audit import _behind_its_back
from tests.console.test_witness import cut_to

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]


@pytest.fixture(autouse=True)
def _ten_acts(console: object) -> None:
    for number in range(10):
        audit.record(audit.Act.OPENED, who="lea", about=f"dossier-{number}")


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LEAST", 3)


def codes() -> list[str]:
    return sorted(one.code for one in findings.unseen())


def turns(count: int) -> None:
    """As the worker, so many times, as if its pause had passed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "EVERY", timedelta())
        for _ in range(count):
            checking.take_turns(timezone.now())


def written() -> list[int]:
    return [one.number for one in heads_in(kept.place().read_text())]


# --- the trail, in slices ---------------------------------------------------------------------------------------------


def test_a_whole_trail_is_read_in_slices_to_its_end_and_again(few_at_once: None) -> None:
    turns(1)
    assert Inspection.objects.get(pk="trail").position.startswith("3:")
    turns(2)
    audit.record(audit.Act.OPENED, who="lea")  # it grows meanwhile
    turns(1)
    done = Inspection.objects.get(pk="trail")
    assert (done.position, done.whole_at is not None, codes()) == ("", True, [])
    turns(1)
    assert Inspection.objects.get(pk="trail").position.startswith("3:")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE console_auditentry SET who = 'marc' WHERE number = 8", "altered"),
        ("UPDATE console_auditentry SET who = 'marc' WHERE number = 1", "altered"),
        ("DELETE FROM console_auditentry WHERE number = 7", "missing"),
        ("DELETE FROM console_auditentry WHERE number = 10", "cut"),
        ("DELETE FROM console_auditentry", "cut"),
        ("DELETE FROM console_audithead", "head"),
        ("UPDATE console_audithead SET last_number = 9", "head"),
    ],
)
def test_what_was_changed_behind_the_console_is_found_within_one_reading(
    few_at_once: None, change: str, expected: str
) -> None:
    _behind_its_back(change)
    turns(10)
    assert expected in codes() and set(codes()) <= {
        expected,
        "missing",
    }  # the gap, seen from behind
    count = Finding.objects.count()
    turns(10)
    assert Finding.objects.count() == count > 0


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM console_audithead",
        "UPDATE console_audithead SET last_number = 3",
        "UPDATE console_audithead SET proof = chained",
    ],
)
def test_a_head_that_somebody_wrote_never_becomes_ours_by_writing_on(change: str) -> None:
    _behind_its_back(change + " WHERE id = 1")
    for number in range(3):
        audit.record(audit.Act.OPENED, who="lea", about=f"later-{number}")  # work goes on
    turns(1)
    if "last_number" in change:  # its proof is still that of the act that stands last: nothing was lost
        assert (audit.verify(), codes()) == ((13, ()), [])
        return
    assert [one.reason for one in audit.verify()[1]] == ["head"]
    turns(3)
    assert codes() == ["head"]  # once, however the end moves
    assert heads.current() is None
    assert findings.see([one.name for one in findings.unseen()], "ines", where="") == 1
    turns(2)
    assert (codes(), audit.verify()[1]) == ([], ())
    assert heads.current() is not None


def test_a_cut_tail_with_its_head_put_back_stays_found_after_the_next_act() -> None:
    _behind_its_back("DELETE FROM console_auditentry WHERE number > 7")
    AuditHead.objects.update(last_number=7, chained=audit.chained_at(7))
    audit.record(audit.Act.OPENED, who="marc")
    turns(1)
    assert codes() == ["head"]


def test_a_trail_that_takes_no_act_any_more_stops_no_worker_and_hides_no_finding() -> None:
    told = StringIO()
    journal.write_to(told)
    older = AuditHead(last_number=3, chained=audit.chained_at(3))
    AuditHead.objects.update(
        last_number=3, chained=older.chained, proof=chain.proof(older, keyring.key(keyring.CHAIN))
    )  # of a copy of that day
    turns(2)
    assert codes() == ["head"]
    assert [json.loads(line)["happening"] for line in told.getvalue().splitlines()] == ["register-found"]
    assert findings.see([one.name for one in findings.unseen()], "ines", where="") == 0
    assert codes() == ["head"]


def test_of_a_register_in_doubt_nothing_is_purged(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.upkeep import retention

    purged: list[object] = []
    monkeypatch.setattr(retention, "purge", purged.append)
    kept.keep()
    cut_to(6)
    work(None, threading.Event(), once=True)
    assert purged == []
    findings.see([one.name for one in findings.unseen()], "ines", where="")
    work(None, threading.Event(), once=True)
    assert len(purged) == 1


def test_what_changes_behind_the_place_already_read_is_found_with_the_next_reading(few_at_once: None) -> None:
    turns(2)
    _behind_its_back("UPDATE console_auditentry SET about = '' WHERE number = 2")
    turns(2)
    assert codes() == []
    turns(1)
    assert codes() == ["altered"]


def test_the_same_act_altered_once_more_is_found_once_more() -> None:
    _behind_its_back("UPDATE console_auditentry SET who = 'marc' WHERE number = 8")
    turns(1)
    [first] = findings.unseen()
    findings.see([first.name], "ines", where="")
    turns(1)
    assert codes() == []
    _behind_its_back("UPDATE console_auditentry SET who = 'luc' WHERE number = 8")
    turns(1)
    assert codes() == ["altered"]


@pytest.mark.parametrize("place", ["6:" + "00" * 32, "6", ":", "x:y", "99:" + "ab" * 32, "6:zz"])
def test_a_place_that_somebody_else_wrote_is_not_gone_on_from(few_at_once: None, place: str) -> None:
    turns(2)
    behind(Inspection.objects.filter(pk="trail"), position=place)
    turns(1)
    assert Inspection.objects.get(pk="trail").position.startswith("9:")


def test_of_a_trail_that_is_wholly_another_one_only_the_first_few_are_told() -> None:
    audit.record_all([audit.Done(audit.Act.OPENED, who="lea")] * 300)
    _behind_its_back("UPDATE console_auditentry SET who = 'marc'")
    turns(1)
    assert Finding.objects.count() == checking.TOLD


def test_a_worker_reads_one_slice_and_pauses(few_at_once: None) -> None:
    now = timezone.now()
    checking.take_turns(now)
    checking.take_turns(now + timedelta(seconds=3))
    assert Inspection.objects.get(pk="trail").position.startswith("3:")
    checking.take_turns(now + checking.EVERY)
    assert Inspection.objects.get(pk="trail").position.startswith("6:")


def test_the_longest_name_of_a_finding_has_room() -> None:
    longest = findings.Found("altered", f"{10**18}-{'ff' * 5}")
    assert len(longest.name) <= 60
    findings.note([longest])
    assert words.told(longest.code, longest.about) != longest.code


# --- the file and the system log --------------------------------------------------------------------------------------


def test_the_worker_writes_the_head_beside_the_database_and_reads_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    work(None, threading.Event(), once=True)
    assert written() == [10]
    work(None, threading.Event(), once=True)  # nothing new: nothing written
    assert written() == [10]
    cut_to(6)
    monkeypatch.setattr(checking, "_come_to", {})  # it began anew: its pause has passed
    work(None, threading.Event(), once=True)
    assert codes() == ["witness"]
    assert Finding.objects.get().by == kept.own_name()
    assert written() == [10]  # nothing covers up what it shows


def test_once_an_officer_has_seen_it_the_file_goes_on_and_finds_the_next() -> None:
    kept.keep()
    cut_to(6)
    turns(1)
    findings.see([one.name for one in findings.unseen()], "ines", where="")
    assert kept.keep()
    assert written()[0] == 10 and written()[-1] == heads.current().number  # type: ignore[union-attr] # there are acts
    turns(2)
    assert codes() == []
    audit.record(audit.Act.OPENED, who="marc")
    assert kept.keep()
    cut_to(8)  # after the officer's act
    turns(1)
    assert codes() == ["witness"]
    cut_to(7)  # and that act too: then nobody has seen anything
    turns(1)
    assert codes() == ["witness", "witness"]


@pytest.mark.parametrize("left", ["", "noise\n", "one-line-less"])
def test_a_file_that_was_removed_or_shortened_is_found(left: str) -> None:
    kept.keep()
    first = kept.place().read_text()
    audit.record(audit.Act.OPENED, who="lea")
    kept.keep()
    kept.place().write_text(first if left == "one-line-less" else left)
    turns(1)
    assert codes() == ["file"]
    findings.see([one.name for one in findings.unseen()], "ines", where="")
    audit.record(audit.Act.OPENED, who="lea")
    assert kept.keep()
    turns(1)
    assert codes() == []


def test_a_line_torn_by_a_power_cut_is_passed_over_and_the_next_stands_on_its_own() -> None:
    kept.keep()
    with kept.place().open("a") as file:
        file.write("kiosk-head-1 11 ab")
    assert kept.last() == next(heads_in(kept.place().read_text()))
    audit.record(audit.Act.OPENED, who="lea")
    assert kept.keep()
    assert written() == [10, 11]
    assert kept.place().stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_written_stops_nothing_and_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = StringIO()
    journal.write_to(told)
    there = settings.KIOSK.model_copy(update={"witness_file": tmp_path / "gone" / "witness"})
    monkeypatch.setattr(settings, "KIOSK", there)
    assert not kept.keep()
    assert json.loads(told.getvalue())["happening"] == "witness-unkept"
    assert not Witness.objects.exists()


@pytest.mark.parametrize("kind", ["unix", "udp"])
def test_the_system_log_is_told_the_same_head(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    heard = socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET, socket.SOCK_DGRAM)
    with heard:
        heard.bind(str(tmp_path / "log") if kind == "unix" else ("127.0.0.1", 0))
        heard.settimeout(10)
        address = str(tmp_path / "log") if kind == "unix" else f"127.0.0.1:{heard.getsockname()[1]}"
        there = settings.KIOSK.model_copy(update={"witness_syslog": address})
        monkeypatch.setattr(settings, "KIOSK", there)
        assert kept.keep()
        line = heard.recv(2000).decode()
    assert [one.number for one in heads_in(line)] == [10] and "kiosk-console: " in line
    extract = tmp_path / "extract"
    extract.write_text(f"Nov 29 12:00:00 accueil {line}\nNov 29 12:00:01 accueil sshd: other\n")
    assert (checks.of_file(extract).count, checks.of_file(extract).found) == (1, ())
    cut_to(4)
    assert [one.code for one in checks.of_file(extract).found] == ["witness"]


def test_a_system_log_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = StringIO()
    journal.write_to(told)
    there = settings.KIOSK.model_copy(update={"witness_syslog": str(tmp_path / "nobody")})
    monkeypatch.setattr(settings, "KIOSK", there)
    assert not kept.keep()
    assert json.loads(told.getvalue())["happening"] == "witness-unkept"
    assert written() == [10]


def test_a_head_that_is_not_the_console_s_is_not_written() -> None:
    AuditHead.objects.update(last_number=4)
    assert not kept.keep()
    assert not kept.place().exists()
