"""Rights that were given by a clock which ran ahead: put right, it makes none of them last longer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from kiosk.console.models import Arrival, Invitation, Role, Staff
from kiosk.console.questions.asking import lease as lease_question
from kiosk.console.staff import admissions, emergencies, second_factor
from kiosk.console.terminals import enrolment
from kiosk.console.upkeep import asked as upkeep
from kiosk.console.upkeep import insi_again
from kiosk.core.sources.insi import InsUnreachable
from kiosk.sealing import signer_public_pem
from tests.console.arrivals import SIGNER, check_in_of, deliver, enrol, found, put, sealed
from tests.console.asked_through import asked, knowing, row_of
from tests.console.conftest import console, postgresql, sqlite
from tests.console.staff import add, code_of
from tests.people import DOMINIQUE, ZOE

__all__ = ["console", "postgresql", "sqlite"]  # fixtures
pytestmark = pytest.mark.usefixtures("console")
REASON = "Patient inconscient en salle de déchocage, identité à retrouver"
Set = Callable[[timedelta], None]


@pytest.fixture()
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Have the console's clock say another time from here on."""
    right = timezone.now

    def ahead(by: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: right() + by)

    return ahead


def test_an_emergency_ends_with_the_clock_that_began_it_and_may_be_taken_again(set_clock: Set) -> None:
    add("hugo")
    hugo = Staff.objects.get(username="hugo")
    set_clock(timedelta(days=1))
    emergencies.take(hugo, "vigilance", REASON, where="")
    assert emergencies.give_back(hugo, where="") == 1
    emergencies.take(hugo, "vigilance", REASON, where="")
    assert len(emergencies.current(hugo)) == 1
    set_clock(timedelta())
    assert not emergencies.current(hugo)
    emergencies.take(hugo, "vigilance", REASON, where="")
    assert len(emergencies.current(hugo)) == 1  # what was given back tomorrow ends none of today
    set_clock(timedelta(hours=5))
    assert not emergencies.current(hugo)


def test_who_was_wrong_while_the_clock_ran_ahead_signs_in_once_it_is_right(set_clock: Set) -> None:
    """Every code is wrong then: whoever tried to sign in would be shut out until that day has come."""
    add("lea")
    lea = Staff.objects.get(username="lea")
    set_clock(timedelta(days=1))
    for _ in range(3):
        assert second_factor.check_code(lea, "000000") is None
    set_clock(timedelta())
    assert second_factor.check_code(lea, code_of("lea")) is not None


def test_a_wrong_code_still_makes_the_next_wait(set_clock: Set) -> None:
    add("lea")
    lea = Staff.objects.get(username="lea")
    for _ in range(3):
        assert second_factor.check_code(lea, "000000") is None
    assert second_factor.check_code(lea, code_of("lea")) is None
    set_clock(timedelta(seconds=5))
    assert second_factor.check_code(lea, code_of("lea")) is not None


def test_links_and_invitations_last_no_longer_than_they_were_given_for(set_clock: Set) -> None:
    add("ines", "officer")
    ines, owner = Staff.objects.get(username="ines"), Staff.objects.create(username="max", role=Role.HOST, password="!")
    set_clock(timedelta(days=30))
    code = enrolment.invite("borne-7", who="console")
    asked = admissions.ask_to_enrol(owner, who="ada")
    number = admissions.waiting(ines).get().pk
    link = admissions.agree(number, ines).link
    assert asked.code and admissions.of_link(*_parts(link)) is not None
    set_clock(timedelta())
    assert admissions.of_link(*_parts(link)) is None and not admissions.pending()
    assert not enrolment.accept_invitation("borne-7", code, signer_public_pem(SIGNER).decode())
    assert Invitation.objects.count() == 1
    code = enrolment.invite("borne-7", who="console")
    assert enrolment.accept_invitation("borne-7", code, signer_public_pem(SIGNER).decode())


def _parts(link: str) -> tuple[int, str]:
    number, _slash, rest = link.partition("/")
    return int(number), rest


def test_insi_is_asked_again_though_a_clock_that_ran_ahead_wrote_when(set_clock: Set) -> None:
    enrol()
    set_clock(timedelta(days=30))
    at, came = timezone.now().isoformat(), check_in_of(DOMINIQUE, InsUnreachable("timeout"))
    question = asked(ZOE, sent_at=at)
    assert put(f"/intake/check-ins/{came.key}", sealed(came), sent_at=at).status_code == 201
    assert lease_question(row_of(question).pk)  # and is killed
    Arrival.objects.update(leased_until=timezone.now() + insi_again.LEASE)
    set_clock(timedelta())
    assert insi_again.insi_once(lambda *_: found(DOMINIQUE))
    assert upkeep.once(knowing(ZOE)) and row_of(question).state == "answered"


def test_who_waits_for_their_turn_at_insi_waits_as_long_as_was_said(set_clock: Set) -> None:
    enrol()
    assert deliver(check_in_of(DOMINIQUE, InsUnreachable("timeout"))).status_code == 201
    set_clock(timedelta(seconds=30))
    assert insi_again.insi_once(lambda *_: InsUnreachable("timeout"))
    assert not insi_again.insi_once(lambda *_: found(DOMINIQUE))
    tried = 1
    while Arrival.objects.get().insi_next_at is not None:
        next_at = Arrival.objects.get().insi_next_at
        set_clock(next_at - _really() - timedelta(seconds=1))
        assert not insi_again.insi_once(lambda *_: found(DOMINIQUE))
        set_clock(next_at - _really() + timedelta(seconds=1))
        assert insi_again.insi_once(lambda *_: InsUnreachable("timeout"))
        tried += 1
    assert tried == insi_again.TRIES


def _really() -> datetime:
    return datetime.now(UTC)


def test_two_who_look_first_at_the_same_moment_both_go_on(console: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two consoles that begin on an empty database: the first check-in of one of them was answered 500."""
    from kiosk.console.models import Inspection
    from kiosk.console.witness import clock

    monkeypatch.setattr(clock._Of, "began", None)
    ask, was_asked = Inspection.objects.select_for_update, []

    def nothing_yet() -> object:
        was_asked.append(True)
        if len(was_asked) > 1:
            return ask()
        Inspection.objects.create(name=clock.NAME, position="another 1")
        return Inspection.objects.none()

    monkeypatch.setattr(Inspection.objects, "select_for_update", nothing_yet)
    clock.look()
    assert Inspection.objects.filter(pk=clock.NAME).count() == 1 and len(was_asked) == 2
