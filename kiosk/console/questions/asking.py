"""INSi asked what a kiosk asks: by whoever holds the question's lease, so that a killed process loses nothing.

A pool of threads of the console holds the lease of what has just come; the worker takes over what is overdue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.identities import reasking
from kiosk.console.models import AuditEntry, Question, QuestionState, Terminal
from kiosk.console.questions import answering, keeping
from kiosk.console.questions.answering import Heard
from kiosk.console.records import vault, when
from kiosk.console.records.subject_keys import OwnKey
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.question import BadQuestion
from kiosk.core.checkin.question import Question as Asked
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import Exchange, InsAnswer, InsUnreachable
from kiosk.insi.client import InsiClient
from kiosk.sealing import CannotOpen

DEADLINE = 20.0  # seconds, one whole search
LEASE = timedelta(seconds=DEADLINE + 20)
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
    waiting = Question.objects.filter(when.is_free(now), pk=key, state=QuestionState.WAITING)
    return bool(waiting.update(leased_until=now + LEASE))


def lease_due() -> UUID | None:
    """Have the next question that is due."""
    now = timezone.now()
    waiting = Question.objects.filter(when.is_free(now), when.is_due(now), state=QuestionState.WAITING)
    for key in waiting.order_by("next_at").values_list("pk", flat=True)[:5]:
        if lease(key):
            return UUID(str(key))
    return None


def to_be_brought() -> UUID | None:
    """A question whose answer nobody brought to the visit that waits for it: who had it was killed."""
    now = timezone.now()
    late = Question.objects.filter(when.is_due(now), state=QuestionState.ANSWERED).exclude(visit=None)
    key = late.order_by("next_at").values_list("pk", flat=True).first()
    return UUID(str(key)) if key is not None else None


@dataclass(frozen=True, slots=True, repr=False)
class Fresh(Confidential):
    """A question that was kept this moment: who asks it at once need not read it again.

    With what the kiosk asked alone: the document of a visit that joins meanwhile is asked with next.
    """

    key: UUID
    asked: Asked
    read_at: datetime | None
    own: OwnKey

    def heard(self, insi: Insi) -> Heard:
        answer = _answer(self.asked, self.read_at, self.asked.traits, (), insi)
        return Heard(self.key, answer, with_visit=False, own=self.own)


def ask(key: UUID, insi: Insi, fresh: Fresh | None = None) -> bool:
    """Ask a question whose lease is ours, and keep what INSi said, every call of it; True when a visit waits for it.

    A visit that joins after that brings it itself.
    """
    try:
        heard = fresh.heard(insi) if fresh is not None else _heard(key, insi)
        return heard is None or answering.keep(heard)
    except (CannotOpen, BadQuestion, BadCheckIn):  # no key for it any more, or not as it was written
        journal.record(journal.Happening.INSI_CALLED, outcome="CannotOpen")
        give_up(key)
        return False


def _heard(key: UUID, insi: Insi) -> Heard | None:
    """None for one that is no longer asked: whoever has it may have been killed before bringing it."""
    row = Question.objects.filter(pk=key).first()
    if row is None or row.state != QuestionState.WAITING:
        return None
    if row.visit_id is None and not _is_still_heard(row):
        give_up(key, "kiosk-not-heard")
        return None
    return Heard(key, _said(row, insi), with_visit=row.visit_id is not None)


def _is_still_heard(row: Question) -> bool:
    """Its kiosk was neither revoked since it asked, nor given another key: nobody is known to stand there."""
    is_enrolled = Terminal.objects.filter(pk=row.terminal_id, revoked_at=None).exists()
    since = AuditEntry.objects.filter(about=row.terminal_id, act__in=audit.OF_A_KIOSK, at__gt=row.received_at)
    return is_enrolled and not since.exists()


def _said(row: Question, insi: Insi) -> InsAnswer:
    """INSi's answer to what the kiosk asked, and to the visit's document where a visit has joined."""
    asked, before = keeping.asked(row), keeping.answer_of(row)
    traits = asked.traits
    if traits is None and row.visit is not None:
        traits = reasking.document_of(vault.open_arrival(row.visit))
    return _answer(asked, row.read_at, traits, before.exchanges, insi)


def _answer(
    asked: Asked, read_at: datetime | None, traits: Traits | None, earlier: Sequence[Exchange], insi: Insi
) -> InsAnswer:
    card_seconds = _seconds_left(read_at) if asked.beneficiary is not None else None
    if card_seconds == 0:
        return InsUnreachable("not-asked")  # the visit is asked about as one whose card was read too long ago
    return insi.look_for(asked.beneficiary, asked.insured, traits, earlier, card_seconds)


def _seconds_left(read_at: datetime | None) -> float:
    """A card speaks for some minutes after it was read: later nobody can tell that its person is there."""
    return reasking.seconds_of_card(read_at, timezone.now()) if read_at is not None else 0.0


def give_up(key: UUID, why: str = "unreadable") -> None:
    """It cannot be read here, or is not to be asked: the visit that named it, if any, is asked about without it."""
    with transaction.atomic():
        row = Question.objects.select_for_update().get(pk=key)
        if row.state in keeping.OPEN:
            keeping.drop(row, why)
