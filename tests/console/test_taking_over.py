"""An update takes over what an earlier version left, once, and says so in the trail; nothing later is taken."""

from collections.abc import Iterator

import pytest

from kiosk.console import audit, chain
from kiosk.console.models import AuditEntry, Authenticator, Staff, Terminal
from kiosk.console.terminals import enrolment
from kiosk.console.upkeep import taking_over
from kiosk.sealing import generate_signer, signer_public_pem
from tests.console.rewritten import behind
from tests.console.staff import PASSWORD, add, browser, code_of


@pytest.fixture()
def left(console: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two accounts and a kiosk of a version whose rows proved nothing, in a trail that it began."""
    monkeypatch.setattr(chain, "BEGINNING", chain.START_OF_BEFORE)
    add("lea")
    add("olivia", "officer")
    enrolment.enrol("borne-7", signer_public_pem(generate_signer()).decode(), who="test")
    enrolment.enrol("borne-8", signer_public_pem(generate_signer()).decode(), who="test")
    behind(Staff.objects.all(), proof=b"", factors="", at_act=0)
    behind(Authenticator.objects.all(), proof=b"")
    behind(Terminal.objects.all(), proof=b"", at_act=0)
    monkeypatch.undo()
    yield


def _signs_in(name: str) -> bool:
    said = {"username": name, "password": PASSWORD, "code": code_of(name)}
    return int(browser().post("/connexion/", said, secure=True).status_code) == 302


def test_what_was_left_is_taken_over_and_works_and_the_trail_says_how_much(left: None) -> None:
    assert not _signs_in("lea")
    told = taking_over.take_over()
    assert (told["console_staff"], told["console_authenticator"], told["console_terminal"]) == (2, 2, 2)
    assert AuditEntry.objects.get(act=audit.Act.ROWS_PROVEN).details.count("console_staff") == 1
    assert audit.verify()[1] == ()
    assert _signs_in("lea")
    assert Terminal.objects.get(pk="borne-7").is_proven


def test_what_the_trail_contradicts_is_not_taken_over(left: None) -> None:
    behind(Staff.objects.filter(username="lea"), role="administrator")
    behind(Terminal.objects.filter(pk="borne-7"), name="borne-9")
    told = taking_over.take_over()
    assert (told["console_staff"], told["console_authenticator"], told["console_terminal"]) == (1, 1, 1)
    assert not _signs_in("lea") and _signs_in("olivia")


def test_a_row_without_proof_that_comes_after_is_never_taken_over(left: None) -> None:
    taking_over.take_over()
    behind(Staff.objects.filter(username="olivia"), role="administrator", proof=b"")
    assert taking_over.take_over() == {}
    assert not Staff.objects.get(username="olivia").is_proven


def test_where_rows_proved_themselves_from_the_first_act_on_nothing_is_taken_over(console: object) -> None:
    add("lea")
    behind(Staff.objects.all(), role="administrator", proof=b"")
    assert taking_over.take_over() == {}
    assert not audit.was_begun_before_proofs() and not Staff.objects.get().is_proven
