"""Rights that were given by a clock which ran ahead: put right, it makes none of them last longer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from kiosk.console.models import Invitation, Role, Staff
from kiosk.console.staff import admissions, emergencies
from kiosk.console.terminals import enrolment
from kiosk.sealing import signer_public_pem
from tests.console.arrivals import SIGNER
from tests.console.conftest import console, postgresql, sqlite
from tests.console.staff import add

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
