"""A kiosk has the console ask INSi: kept on disk, "received", and asked. The kiosk learns nothing of the answer.

What it is told depends on the kiosk and on the form of what it sent, never on the person. Who stole a kiosk's key asks
no more often than people come to one; beyond that the trail, the page of kiosks and the figures for supervision say so.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.intake.heartbeats import CLOCK_TOLERANCE
from kiosk.console.intake.signed import NotTrusted, NotUnderstood, Reception, SignedRequest, instant, trusted_terminal
from kiosk.console.models import Question, QuestionState, Terminal
from kiosk.console.questions import asking, keeping, pool
from kiosk.console.records.turnstile import Turnstile, transaction_in_turn
from kiosk.core.checkin.question import QUESTION_BYTES, BadQuestion
from kiosk.sealing import CannotOpen

MAX_BODY = 2 * QUESTION_BYTES  # a question and its seal
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Sent:
    """One question on its way to the disk."""

    row: Question
    sealed: bytes


def _keep(sent: Sequence[_Sent]) -> None:
    """All of them, or none. IntegrityError when one was here before."""
    rows = keeping.keep([(one.row, one.sealed) for one in sorted(sent, key=lambda one: one.row.pk)])
    with transaction_in_turn():
        Question.objects.bulk_create(rows)


_TURNSTILE = Turnstile(_keep)


def take_in(key: UUID, request: SignedRequest) -> Reception:
    """Keep one question, once, and have INSi asked. NotTrusted or NotUnderstood otherwise."""
    if len(request.body) > MAX_BODY:
        return Reception.TOO_LARGE
    terminal, now = trusted_terminal(request), timezone.now()
    if abs(now - instant(request.sent_at)) > CLOCK_TOLERANCE:
        raise NotTrusted
    if _is_here(key, terminal):
        return Reception.RECEIVED
    try:
        asked = keeping.read(request.body, key)
    except (CannotOpen, BadQuestion) as trouble:
        raise NotUnderstood(str(trouble)) from None
    row = Question(
        key=key,
        terminal=terminal,
        sent_at=request.sent_at,
        signature=base64.b64decode(request.signature),
        received_at=now,
        read_at=min(instant(asked.read_at), now),  # a kiosk's clock may run ahead
        state=QuestionState.WAITING,
        next_at=None if settings.KIOSK.asks_at_desk else now,  # else when staff take the patient
    )
    if not _may_ask(terminal, now):
        return Reception.TOO_MANY
    _store(row, request.body)
    return Reception.RECEIVED


def _store(row: Question, sealed: bytes) -> None:
    """On disk first; then somebody of this process asks, if there is room, or the worker does."""
    use = pool.slot() if row.next_at is not None else None
    row.leased_until = row.received_at + asking.LEASE if use is not None else None
    is_kept = False
    try:
        _TURNSTILE.go_through(_Sent(row, sealed))
        is_kept = True
    except IntegrityError:  # the same question, twice at the same moment
        if not _is_here(row.pk, row.terminal):
            raise
    finally:
        if use is not None:
            use(row.pk if is_kept else None, True)


def _is_here(key: UUID, terminal: Terminal) -> bool:
    """It came before. NotTrusted when it was another kiosk's."""
    owner = Question.objects.filter(pk=key).values_list("terminal_id", flat=True).first()
    if owner not in (None, terminal.pk):
        raise NotTrusted
    return owner is not None


def _may_ask(terminal: Terminal, now: datetime) -> bool:
    """No more often than people come to a kiosk; the first time beyond that is written down and raises an alarm."""
    server = settings.KIOSK
    hour, minute = _lately(terminal, now)
    over = max(hour - server.questions_per_hour, minute - server.questions_per_minute)
    if over < 0:
        return True
    if over == 0:
        Question(key=uuid4(), terminal=terminal, received_at=now, state=QuestionState.TOO_MANY).save(force_insert=True)
        audit.record(audit.Act.QUESTIONS_STOPPED, who=terminal.name, about=terminal.name)
        journal.record(journal.Happening.QUESTIONS_STOPPED, kiosk=terminal.name)
    return False


def _lately(terminal: Terminal, now: datetime) -> tuple[int, int]:
    """How many this kiosk asked within the hour, and within the minute."""
    since = [connection.ops.adapt_datetimefield_value(now - ago) for ago in (MINUTE, HOUR)]
    with connection.cursor() as cursor:  # by hand: two numbers out of one index, for every question
        cursor.execute(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN received_at > %s THEN 1 ELSE 0 END), 0) FROM console_question"
            " WHERE terminal_id = %s AND received_at > %s AND state <> %s",
            [since[0], terminal.pk, since[1], QuestionState.LATE.value],
        )
        hour, minute = cursor.fetchone()
    return int(hour), int(minute)
