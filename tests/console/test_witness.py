"""What kiosks bring back of the trail is compared with it: what the console never signed counts for nothing."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.db import connection

from kiosk import journal
from kiosk.console import audit, chain, keyring
from kiosk.console.models import AuditEntry, AuditHead, Finding, Witness
from kiosk.console.witness import brought, findings, heads
from kiosk.heads import SignedHead, read_head, read_key, read_mark, sign_head, sign_mark
from kiosk.sealing import generate_signer
from tests.console.arrivals import check_in_of, enrol, put, sealed
from tests.console.rewritten import unguarded
from tests.people import ZOE

pytestmark = pytest.mark.usefixtures("console")


@pytest.fixture(autouse=True)
def _five_acts(console: object) -> None:
    enrol()
    for number in range(4):
        audit.record(audit.Act.OPENED, who="lea", about=f"dossier-{number}")


def beat(witness: str = "", kiosk: str = "borne-1"):
    """One heartbeat of a kiosk, with the witness it brings."""
    return put("/intake/heartbeat", b"{}", kiosk=kiosk, witness=witness)


def head_of(answer) -> SignedHead:
    mark = read_mark(answer.headers["X-Console-Mark"])
    key = read_key(answer.headers["X-Console-Key"])
    assert mark is not None and key is not None and mark.is_signed_by(key)
    head = heads.brought_as(mark.text)
    assert head is not None
    return head


def cut_to(number: int) -> None:
    """As somebody with the database's password would: the tail goes, and the head is put back with its own proof.

    What stood in the head then is known to whoever kept a copy of the database of that moment.
    """
    last = AuditEntry.objects.filter(number=number).first()
    chained = bytes(last.chained) if last else chain.Walked().chained
    proof = chain.proof(AuditHead(last_number=number, chained=chained), keyring.key(keyring.CHAIN))
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM console_auditentry WHERE number > %s", [number])
    AuditHead.objects.update(last_number=number, chained=chained, proof=proof)


def found() -> list[str]:
    return [one.code for one in findings.unseen()]


def test_a_kiosk_is_given_the_head_of_the_moment_and_brings_it_back() -> None:
    first = beat()
    assert (first.status_code, head_of(first).number) == (200, 5)
    audit.record(audit.Act.OPENED, who="lea")
    second = beat(first.headers["X-Console-Mark"])
    assert head_of(second).number == 6
    kept = Witness.objects.get()
    known = read_head(kept.head)
    assert (kept.by, kept.number, kept.refused) == ("kiosk:borne-1", 6, 0)
    assert known is not None and heads.held(known) is heads.Held.HELD


def test_what_a_kiosk_is_given_says_nothing_of_how_the_trail_grew() -> None:
    """Whoever has a kiosk's key would read from it when INSi answered, and what: right dates are found sooner."""
    still = [beat().headers["X-Console-Mark"] for _ in range(2)]
    for _ in range(100):
        audit.record(audit.Act.OPENED, who="lea")
    said = [*still, beat().headers["X-Console-Mark"]]
    assert len(set(said)) == 3 and len({len(one) for one in said}) == 1
    assert {name for name in beat(said[0]).headers if name.startswith("X-Console")} == {
        *("X-Console-Mark", "X-Console-Key", "X-Console-Version"),
    }


def test_the_head_that_a_kiosk_of_before_kept_counts_as_well() -> None:
    head = heads.current()
    assert head is not None
    beat(head.text)
    assert (Witness.objects.get().number, found()) == (5, [])
    cut_to(3)
    assert "X-Console-Mark" not in beat(head.text).headers
    assert found() == ["witness"]


def test_no_other_mark_takes_the_place_of_one_that_is_lost_before_an_officer_has_seen_it() -> None:
    enrol("borne-2")
    witness = beat().headers["X-Console-Mark"]
    cut_to(3)
    assert "X-Console-Mark" not in beat(witness).headers and "X-Console-Mark" not in beat(witness).headers
    assert "X-Console-Mark" in beat(kiosk="borne-2").headers
    findings.see([one.name for one in findings.unseen()], "ines", where="127.0.0.1")
    assert head_of(beat(witness)).number > 3
    assert found() == []


def test_a_check_in_takes_the_head_along_that_counts_it() -> None:
    check_in = check_in_of(ZOE)
    answer = put(f"/intake/check-ins/{check_in.key}", sealed(check_in))
    assert (answer.status_code, head_of(answer).number) == (201, 6)


def test_nobody_but_a_kiosk_of_ours_is_told_the_head() -> None:
    stranger = put("/intake/heartbeat", b"{}", signer=generate_signer(), witness="x")
    assert stranger.status_code == 401 and "X-Console-Mark" not in stranger.headers
    assert not Witness.objects.exists()


@pytest.mark.parametrize("at", ["heartbeat", "check-in"])
@pytest.mark.parametrize("left", [0, 3])
def test_a_trail_that_was_cut_is_found_with_the_next_word_of_any_kiosk(at: str, left: int) -> None:
    witness = beat().headers["X-Console-Mark"]
    cut_to(left)
    assert [one.reason for one in audit.verify()[1]] == ([] if left else ["missing"])  # by itself it knows no more
    if at == "heartbeat":
        beat(witness)
    else:
        check_in = check_in_of(ZOE)
        assert put(f"/intake/check-ins/{check_in.key}", sealed(check_in), witness=witness).status_code == 201
    assert found() == ["witness"]
    one = Finding.objects.get()
    known = heads.brought_as(witness)
    assert known is not None
    assert (one.by, one.evidence) == ("kiosk:borne-1", known.text)
    assert AuditEntry.objects.filter(act="register-found", about=one.name).count() == 1
    assert findings.in_doubt()


def test_a_trail_that_was_cut_and_went_on_is_another_one_at_the_same_number() -> None:
    witness = beat().headers["X-Console-Mark"]
    cut_to(3)
    for _ in range(10):
        audit.record(audit.Act.OPENED, who="marc")
    assert audit.verify()[1] == ()
    beat(witness)
    assert found() == ["witness"]


def test_what_two_kiosks_bring_again_and_again_is_one_finding_and_one_act() -> None:
    enrol("borne-2")
    witness = beat().headers["X-Console-Mark"]
    cut_to(2)
    for _ in range(3):
        beat(witness)
        beat(witness, kiosk="borne-2")
    assert found() == ["witness"]
    assert AuditEntry.objects.filter(act="register-found").count() == 1


def test_an_officer_who_has_seen_it_is_not_told_again_of_the_same() -> None:
    witness = beat().headers["X-Console-Mark"]
    cut_to(3)
    beat(witness)
    [one] = findings.unseen()
    assert findings.see([one.name, "witness:9-none"], "ines", where="127.0.0.1") == 1
    assert findings.see([one.name], "marc", where="127.0.0.1") == 0
    beat(witness)
    for _ in range(10):
        audit.record(audit.Act.OPENED, who="marc")
    beat(witness)
    assert not findings.in_doubt()
    [(row, act)] = findings.latest()
    assert (row.name, act.who if act else "") == (one.name, "ines")
    later = beat().headers["X-Console-Mark"]
    cut_to(3)
    beat(later)  # another head that is lost is another matter
    assert findings.in_doubt()


def test_seen_is_what_the_trail_says_and_a_row_that_is_gone_comes_back() -> None:
    witness = beat().headers["X-Console-Mark"]
    cut_to(3)
    beat(witness)
    Finding.objects.all().delete()
    beat(witness)
    assert findings.in_doubt()


@pytest.mark.parametrize("what", ["junk", "another-key", "higher", "renumbered", "closed-by-itself", "altered"])
def test_a_head_that_a_kiosk_made_up_is_counted_and_nothing_follows(what: str) -> None:
    true = head_of(beat())
    liar = generate_signer()
    forged = {
        "junk": "kiosk-head-1 99 nonsense",
        "another-key": sign_head(5, true.chained, datetime.now(UTC), liar).text,
        "higher": sign_head(10**17, bytes(32), datetime.now(UTC), liar).text,
        "renumbered": true.text.replace("kiosk-head-1 5 ", "kiosk-head-1 50 "),
        "closed-by-itself": sign_mark(sign_head(9, true.chained, datetime.now(UTC), liar), bytes(32), liar).text,
        "altered": heads.marked(true).replace("kiosk-mark-1 ", "kiosk-mark-1 x")[:-1],
    }[what]
    told = StringIO()
    journal.write_to(told)
    for _ in range(3):
        assert beat(forged).status_code == 200
    assert found() == []
    kept = Witness.objects.get()
    assert (kept.refused, kept.number) == (3, 0)
    lines = [json.loads(line)["happening"] for line in told.getvalue().splitlines()]
    assert lines.count("witness-refused") == 1


def test_an_old_head_brought_again_lowers_nothing() -> None:
    first = beat()
    audit.record(audit.Act.OPENED, who="lea")
    second = beat()
    beat(second.headers["X-Console-Mark"])
    beat(first.headers["X-Console-Mark"])
    assert Witness.objects.get().number == head_of(second).number
    assert found() == []


def test_a_head_that_somebody_without_the_key_wrote_is_never_signed() -> None:
    AuditHead.objects.update(last_number=4, chained=bytes(AuditEntry.objects.get(number=4).chained))
    assert heads.current() is None
    assert "X-Console-Mark" not in beat().headers


def test_heads_are_compared_while_the_trail_grows() -> None:
    head = heads.current()
    assert head is not None
    audit.record(audit.Act.OPENED, who="lea")
    assert heads.held(head) is heads.Held.HELD
    assert brought.contradiction(head, "kiosk:x") is None
