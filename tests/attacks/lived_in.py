"""A console in which something of everything has happened: each of its tables has a row, and Django's have theirs."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.conf import settings


@contextmanager
def lived_in() -> Iterator[None]:
    """For as long as somebody looks at it; then as if nothing had been."""
    from tests.console.conftest import empty, make_sqlite

    server = make_sqlite()
    with empty(server, is_compared=False):
        settings.KIOSK = server.model_copy(update={"insi": object()})  # it has somebody to ask
        try:
            live()
            yield
        finally:
            settings.KIOSK = server


def live() -> None:
    from kiosk.console import audit
    from kiosk.console.upkeep import checking
    from tests.console.arrivals import arrive, asked_before, enrol
    from tests.console.asked_through import asked
    from tests.console.staff import at_desk
    from tests.console.taken_up import qualified
    from tests.people import DOMINIQUE, TOUSSAINT

    enrol()
    qualified(at_desk())
    asked(TOUSSAINT)
    arrive(DOMINIQUE)
    asked_before()
    audit.record(audit.Act.OPENED, who="lea")
    _of_the_unit()
    _of_kiosks()
    _of_staff()
    checking.take_turns(datetime.now(UTC))


def _of_the_unit() -> None:
    from kiosk.console.models import Campaign, Outbox, Person, Staff, Verification, Witness
    from kiosk.console.records import erasing
    from kiosk.console.register import pairs
    from kiosk.console.witness import brought, findings, heads
    from kiosk.core.status.transitions import Actor, ActorKind
    from tests.console.acquainted import make_known
    from tests.people import PIERRE_ALAIN

    now = datetime.now(UTC)
    other = Person.objects.get(pk=make_known(PIERRE_ALAIN))
    person = Person.objects.exclude(pk=other.pk).get()
    assert pairs.propose(person, other, 90, Actor(ActorKind.WORKER, "worker"))
    campaign = Campaign.objects.create(started_by=Staff.objects.first(), started_at=now, before=now.date(), total=1)
    Verification.objects.create(campaign=campaign, person=person, verdict="different", done_at=now, answer=4)
    Outbox.objects.create(fact=9, person=person, control_id=uuid.uuid4(), kind="withdrawn", made_at=now)
    erasing.ask([uuid.uuid4()])
    head = heads.current()
    assert head is not None
    brought.remember("kiosk:borne-1", head)
    findings.note([findings.Found("witness", "900-0a0b0c0d0e", "kiosk:borne-1", head.text)])
    assert Witness.objects.exists()


def _of_kiosks() -> None:
    from kiosk.console.models import Arrival, Copy, PhoneShown, Recognition, Terminal, rows
    from kiosk.console.terminals import enrolment
    from tests.console.arrivals import put

    assert put(f"/intake/calls/{uuid.uuid4()}", b'{"reason": "help", "desk": "3"}').status_code == 201
    assert put("/intake/heartbeat", b'{"version": "9", "devices": {"reader": "ok"}, "queue": 2}').status_code == 200
    enrolment.invite("borne-2", who="test")
    now = datetime.now(UTC)
    rows.insert(PhoneShown, [PhoneShown(mark=b"m" * 32, at=now)])
    Recognition.objects.create(terminal_id=Terminal.objects.get().pk, nonce=b"n" * 16, asked_at=now)
    Copy.objects.create(arrival=Arrival.objects.first(), place=0, digest=b"d" * 32, body=b"locked")


def _of_staff() -> None:
    from kiosk.console.models import Emergency, Guess, NationalIdentity, SecurityKey, Staff
    from kiosk.console.staff import accounts, admissions

    staff, now = Staff.objects.first(), datetime.now(UTC)
    SecurityKey.objects.create(user=staff, name="clé", credential_id=b"id", credential=b"credential", sign_count=3)
    NationalIdentity.objects.create(user=staff, name="PSC", fingerprint=b"f" * 16)
    until = now + timedelta(hours=1)
    Emergency.objects.create(staff=staff, right="decide", reason=b"sealed", opened_at=now, until=until)
    admissions.ask_to_open(accounts.add("olga", "host", who="lea"), who="lea")
    Guess.objects.create(about="account", count=3, since=now)
