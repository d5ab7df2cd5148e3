"""What a kiosk asked through the console, answered and brought to the visit that named it as the worker's answers are.

The same steps in the console's pool, at once, and in the worker, for what a killed process left.
"""

import functools
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.config import ServerSettings
from kiosk.console.identities import asking as by_staff
from kiosk.console.identities import comparing
from kiosk.console.models import Arrival, Question, QuestionState, Stage
from kiosk.console.questions import asking, keeping, order, pool
from kiosk.console.records import vault
from kiosk.console.register import answers
from kiosk.console.upkeep import insi_again
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.words import tag_of
from kiosk.core.sources.insi import InsAnswer
from kiosk.insi.client import InsiClient
from kiosk.insi.config import config_from
from kiosk.sealing import CannotOpen


def asker_of(server: ServerSettings) -> asking.Insi | None:
    """The way to INSi for kiosks' questions, when the configuration names one."""
    section = server.insi
    return asking.InsiOverTheWire(InsiClient(config_from(section, server.mode))) if section is not None else None


def stepper(insi: asking.Insi) -> pool.Step:
    """What the pool does for one question."""
    return functools.partial(see_to, insi=insi)


def see_to(key: UUID, insi: asking.Insi, *, is_leased: bool, fresh: asking.Fresh | None = None) -> None:
    """Ask if it is ours to ask; bring the answer to the visit; go on with the document where the card led nowhere."""
    if (is_leased or asking.lease(key)) and not asking.ask(key, insi, fresh):
        return
    while bring(key):
        asking.ask(key, insi)


def once(insi: asking.Insi) -> bool:
    """Take over one question that is due: a killed process left it, or INSi did not answer. False when none is."""
    key = asking.lease_due()
    if key is not None:
        see_to(key, insi, is_leased=True)
        return True
    left = asking.to_be_brought()
    if left is None:
        return False
    see_to(left, insi, is_leased=False)
    return True


def bring(key: UUID) -> bool:
    """Have the visit take the answer up; True when INSi is first to be asked with the document, whose lease is ours."""
    try:
        with transaction.atomic():
            mine = Question.objects.select_for_update(of=("self",)).filter(pk=key, state=QuestionState.ANSWERED)
            row = mine.exclude(visit=None).first()
            if row is None:
                return False
            visits = Arrival.objects.select_for_update(of=("self",)).filter(asked_before=row)
            arrival = visits.exclude(stage=Stage.REMOVED).first()  # what is sealed with it is read once it is held
            row.must_be_proven()
            if arrival is not None:
                return _brought(row, arrival)
            keeping.drop(row, "removed")
    except (CannotOpen, BadCheckIn):  # no key for it here, or not as it was written: the visit goes on without
        asking.give_up(key)
    return False


def _brought(row: Question, arrival: Arrival) -> bool:
    check_in, answer = vault.open_arrival(arrival), keeping.answer_of(row)
    is_awaited = answers.is_asked(arrival) and by_staff.wanted_of(arrival) is None
    if is_awaited and not row.by_document and order.goes_on(answer, check_in):
        row.state = QuestionState.WAITING
        row.leased_until = timezone.now() + asking.LEASE
        row.save()
        return True
    arrival.insi_tries += row.tries
    if not is_awaited:  # decided meanwhile, or the worker has asked by itself
        insi_again.keep_calls(arrival, check_in, answer)
    elif comparing.is_pending(answer):
        insi_again.keep_calls(arrival, check_in, answer)
        arrival.insi_next_at = timezone.now() + insi_again.FIRST_PAUSE
    else:
        arrival.insi_next_at = None
        insi_again.take_up(arrival, check_in, answer)
    arrival.save()
    keeping.close(row, QuestionState.TAKEN)
    _trace(arrival, answer)
    return False


def _trace(arrival: Arrival, answer: InsAnswer) -> None:
    audit.record(
        audit.Act.INSI_ASKED,
        who=insi_again.WORKER.name,
        about=str(arrival.pk),
        answer=tag_of(type(answer)),
        tries=arrival.insi_tries,
        status=arrival.status,
        **insi_again.said_of(arrival),
    )
    journal.record(journal.Happening.INSI_CALLED, outcome=type(answer).__name__)
