"""A kiosk has the console ask INSi: kept on disk, "received", and asked. The kiosk learns nothing of the answer.

What it is told depends on the kiosk and on the form of what it sent, never on the person. Who stole a kiosk's key asks
no more often than people come to one; beyond that the trail, the page of kiosks and the figures for supervision say so.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.intake import quotas, worlds
from kiosk.console.intake.heartbeats import CLOCK_TOLERANCE
from kiosk.console.intake.signed import NotTrusted, NotUnderstood, Reception, SignedRequest, instant, trusted_terminal
from kiosk.console.models import Question, QuestionState, Terminal, rows
from kiosk.console.questions import asking, keeping, pool
from kiosk.console.records import by_hand
from kiosk.console.records.subject_keys import OwnKey
from kiosk.console.records.turnstile import Turnstile, transaction_in_turn
from kiosk.core.checkin.question import QUESTION_BYTES, BadQuestion
from kiosk.core.checkin.question import Question as Asked
from kiosk.sealing import CannotOpen

MAX_BODY = 2 * QUESTION_BYTES  # a question and its seal


@dataclass(slots=True)
class _Sent:
    """One question on its way to the disk, and what locks it there."""

    row: Question
    sealed: bytes
    own: OwnKey | None = field(default=None, init=False)


def _keep(sent: Sequence[_Sent]) -> None:
    """All of them, or none. IntegrityError when one was here before."""
    in_order = sorted(sent, key=lambda one: one.row.pk)
    keys = keeping.keep([(one.row, one.sealed) for one in in_order])
    with transaction_in_turn():
        rows.insert(Question, [one.row for one in in_order])
    for one, own in zip(in_order, keys, strict=True):
        one.own = own


_TURNSTILE = Turnstile(_keep)


def take_in(key: UUID, request: SignedRequest) -> Reception:
    """Keep one question, once, and have INSi asked. NotTrusted, NotUnderstood or OtherWorld otherwise."""
    if len(request.body) > MAX_BODY:
        return Reception.TOO_LARGE
    terminal, now = trusted_terminal(request), timezone.now()
    if abs(now - instant(request.sent_at)) > CLOCK_TOLERANCE:
        raise NotTrusted
    worlds.hear(terminal)
    lately = _lately(key, terminal.pk, now)
    if lately.owner is not None:
        return _again(lately.owner, terminal.pk)
    try:
        asked = keeping.read(request.body, key)
    except (CannotOpen, BadQuestion) as trouble:
        raise NotUnderstood(str(trouble)) from None
    row = Question(
        key=key,
        terminal_id=terminal.pk,
        sent_at=request.sent_at,
        signature=base64.b64decode(request.signature),
        received_at=now,
        read_at=min(instant(asked.read_at), now),  # a kiosk's clock may run ahead
        state=QuestionState.WAITING,
        by_document=asked.traits is not None,  # then there is nothing more to go on with
        next_at=None if settings.KIOSK.asks_at_desk else now,  # else when staff take the patient
    )
    if not _may_ask(terminal, lately, now):
        return Reception.TOO_MANY
    return _store(row, request.body, asked)


def _store(row: Question, sealed: bytes, asked: Asked) -> Reception:
    """On disk first; then somebody of this process asks, if there is room, or the worker does."""
    use = pool.slot() if row.next_at is not None else None
    row.leased_until = row.received_at + asking.LEASE if use is not None else None
    sent = _Sent(row, sealed)
    try:
        _TURNSTILE.go_through(sent)
    except IntegrityError:  # the same question, twice at the same moment
        owner = _lately(row.pk, row.terminal_id, row.received_at).owner
        if owner is None:
            raise
        return _again(owner, row.terminal_id)
    finally:
        if use is not None:
            use(asking.Fresh(row.pk, asked, row.read_at, sent.own) if sent.own is not None else None)
    return Reception.RECEIVED


def _again(owner: str, kiosk: str) -> Reception:
    """It came before. NotTrusted when it was another kiosk's."""
    if owner != kiosk:
        raise NotTrusted
    return Reception.RECEIVED


def _may_ask(terminal: Terminal, lately: quotas.Lately, now: datetime) -> bool:
    """No more often than people come to a kiosk; the first time beyond that is written down and raises an alarm."""
    server = settings.KIOSK
    over = max(lately.hour - server.questions_per_hour, lately.minute - server.questions_per_minute)
    if over < 0:
        return True
    if over == 0:
        stopped = Question(key=uuid4(), terminal_id=terminal.pk, received_at=now, state=QuestionState.TOO_MANY)
        stopped.save(force_insert=True)
        audit.record(audit.Act.QUESTIONS_STOPPED, who=terminal.name, about=terminal.name)
        journal.record(journal.Happening.QUESTIONS_STOPPED, kiosk=terminal.name)
    return False


_LATELY = (
    "SELECT (SELECT terminal_id FROM console_question WHERE key = %s), COUNT(*),"
    " COALESCE(SUM(CASE WHEN received_at > %s THEN 1 ELSE 0 END), 0) FROM console_question"
    " WHERE terminal_id IN (…) AND received_at BETWEEN %s AND %s AND state <> %s"
)


def _lately(key: UUID, kiosk: str, now: datetime) -> quotas.Lately:
    minute, hour, last = quotas.lasting(now)
    said = (by_hand.key(key), minute, quotas.of(kiosk, now), hour, last, QuestionState.LATE.value)
    return quotas.told(by_hand.rows(_LATELY, *said))
