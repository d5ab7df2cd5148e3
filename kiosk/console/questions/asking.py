"""INSi asked what a kiosk asks: by whoever holds the question's lease, so that a killed process loses nothing.

A pool of threads of the console holds the lease of what has just come; the worker takes over what is overdue.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kiosk import journal
from kiosk.console.identities import comparing, reasking
from kiosk.console.models import Question, QuestionState
from kiosk.console.questions import keeping
from kiosk.console.records import vault
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.question import BadQuestion
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import Exchange, InsAnswer, InsUnreachable
from kiosk.insi.client import InsiClient
from kiosk.sealing import CannotOpen

DEADLINE = 20.0  # seconds, one whole search
LEASE = timedelta(seconds=DEADLINE + 20)
FIRST_PAUSE = timedelta(seconds=15)  # then twice as long each time
HEAD_START = timedelta(seconds=5)  # for who has just answered, or joined, to bring it to the visit
CALLER = "console"


class Insi(Protocol):
    """Whoever answers for INSi: the whole search, with the card and then the document; what it was asked is known."""

    def look_for(
        self,
        person: Beneficiary | None,
        insured: Beneficiary | None,
        traits: Traits | None,
        earlier: Sequence[Exchange],
        card_seconds: float | None,
    ) -> InsAnswer: ...


class InsiOverTheWire:
    """INSi itself, for kiosks' questions."""

    def __init__(self, client: InsiClient) -> None:
        self._client = client

    def look_for(
        self,
        person: Beneficiary | None,
        insured: Beneficiary | None,
        traits: Traits | None,
        earlier: Sequence[Exchange],
        card_seconds: float | None,
    ) -> InsAnswer:
        return self._client.find_person(
            *(person, insured, traits, DEADLINE), caller=CALLER, earlier=earlier, card_seconds=card_seconds
        )


def lease(key: UUID) -> bool:
    """Have this question to ask, for as long as a lease lasts; False when another has it, or it is no longer asked."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    waiting = Question.objects.filter(free, pk=key, state=QuestionState.WAITING)
    return bool(waiting.update(leased_until=now + LEASE))


def lease_due() -> UUID | None:
    """Have the next question that is due."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    due = Question.objects.filter(free, state=QuestionState.WAITING, next_at__lte=now)
    for key in due.order_by("next_at").values_list("pk", flat=True)[:5]:
        if lease(key):
            return UUID(str(key))
    return None


def to_be_brought() -> UUID | None:
    """A question whose answer nobody brought to the visit that waits for it: who had it was killed."""
    now = timezone.now()
    late = Question.objects.filter(state=QuestionState.ANSWERED, next_at__lte=now).exclude(visit=None)
    key = late.order_by("next_at").values_list("pk", flat=True).first()
    return UUID(str(key)) if key is not None else None


def ask(key: UUID, insi: Insi) -> bool:
    """Ask a question whose lease is ours, and keep what INSi said, every call of it; True when a visit waits for it.

    A visit that joins after that brings it itself.
    """
    row = Question.objects.filter(pk=key).first()
    if row is None or row.state != QuestionState.WAITING:
        return True  # whoever has it may have been killed before bringing it
    try:
        return _keep(key, _said(row, insi), with_visit=row.visit_id is not None)
    except (CannotOpen, BadQuestion, BadCheckIn):  # no key for it any more, or not as it was written
        journal.record(journal.Happening.INSI_CALLED, outcome="CannotOpen")
        give_up(key)
        return False


def _said(row: Question, insi: Insi) -> InsAnswer:
    """INSi's answer to what the kiosk asked, and to the visit's document where a visit has joined."""
    asked, before = keeping.asked(row), keeping.answer_of(row)
    card_seconds = _seconds_left(row) if asked.beneficiary is not None else None
    if card_seconds == 0:
        return InsUnreachable("not-asked")  # the visit is asked about as one whose card was read too long ago
    traits = asked.traits
    if traits is None and row.visit is not None:
        traits = reasking.document_of(vault.open_arrival(row.visit))
    return insi.look_for(asked.beneficiary, asked.insured, traits, before.exchanges, card_seconds)


def _seconds_left(row: Question) -> float:
    """A card speaks for some minutes after it was read: later nobody can tell that its person is there."""
    return reasking.seconds_of_card(row.read_at, timezone.now()) if row.read_at is not None else 0.0


def _keep(key: UUID, answer: InsAnswer, *, with_visit: bool) -> bool:
    now = timezone.now()
    with transaction.atomic():
        row = Question.objects.select_for_update().get(pk=key)
        if row.state not in keeping.OPEN:
            return False  # dropped while INSi was asked
        row.tries, row.asked_at, row.leased_until = row.tries + 1, now, None
        before = keeping.answer_of(row)
        is_second = row.state == QuestionState.ANSWERED  # another took over, and was quicker: the calls alone are new
        exchanges = (*before.exchanges, *answer.exchanges)[-keeping.MOST_EXCHANGES :]
        answer = replace(before if is_second else answer, exchanges=exchanges)
        keeping.set_answer(row, answer)
        row.by_document = row.by_document or (with_visit and not is_second)
        row.state, row.next_at = _then(row, answer, now)
        row.save(update_fields=["state", "next_at", "tries", "asked_at", "leased_until", "answer", "by_document"])
    journal.record(journal.Happening.INSI_CALLED, outcome=type(answer).__name__)
    return row.visit_id is not None


def _then(row: Question, answer: InsAnswer, now: datetime) -> tuple[QuestionState, datetime]:
    """No answer is asked for again, until a visit takes the question over with its own patience."""
    if comparing.is_pending(answer) and row.visit_id is None and row.state == QuestionState.WAITING:
        return QuestionState.WAITING, now + FIRST_PAUSE * 2 ** min(row.tries - 1, 8)
    return QuestionState.ANSWERED, now + HEAD_START


def give_up(key: UUID) -> None:
    """It cannot be read here: the visit that named it, if any, is asked about without it."""
    with transaction.atomic():
        row = Question.objects.select_for_update().get(pk=key)
        if row.state in keeping.OPEN:
            keeping.drop(row, "unreadable")


Step = Callable[[UUID, bool], None]  # a question, and whether its lease is ours
