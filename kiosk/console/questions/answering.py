"""What INSi said of a question, kept: those who heard at the same moment go through together, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from kiosk import journal
from kiosk.console.identities import comparing
from kiosk.console.models import QuestionState
from kiosk.console.questions import keeping
from kiosk.console.records import by_hand
from kiosk.console.records.subject_keys import OwnKey
from kiosk.console.records.turnstile import Turnstile, transaction_in_turn
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.sources.insi import InsAnswer
from kiosk.sealing import CannotOpen

FIRST_PAUSE = timedelta(seconds=15)  # then twice as long each time
HEAD_START = timedelta(seconds=5)  # for who has just answered, or joined, to bring it to the visit

_ROWS = "SELECT key, state, tries, visit_id, by_document, answer FROM console_question WHERE key IN (…) ORDER BY key"
_KEEP = (
    "UPDATE console_question SET state = %s, next_at = %s, tries = %s, asked_at = %s, leased_until = NULL,"
    " answer = %s, by_document = %s WHERE key = %s"
)


@dataclass(slots=True, repr=False)
class Heard(Confidential):
    """What INSi said; whether it was asked with the visit's document too. And then, what became of it."""

    key: UUID
    answer: InsAnswer
    with_visit: bool
    own: OwnKey | None = None  # what locks it, where that is known
    is_awaited: bool = field(default=False, init=False)  # by a visit
    trouble: CannotOpen | BadCheckIn | None = field(default=None, init=False)


@dataclass(frozen=True, slots=True, repr=False)
class _Row(Confidential):
    state: str
    tries: int
    visit: object
    by_document: bool
    answer: bytes


class _Written(NamedTuple):
    """What ``_KEEP`` says of one question."""

    state: str
    next_at: object
    tries: int
    asked_at: object
    answer: bytes
    by_document: bool
    key: object


def keep(heard: Heard) -> bool:
    """Keep it, every call of it; True when a visit waits for it. CannotOpen or BadCheckIn."""
    _TURNSTILE.go_through(heard)
    if heard.trouble is not None:
        raise heard.trouble
    journal.record(journal.Happening.INSI_CALLED, outcome=type(heard.answer).__name__)
    return heard.is_awaited


def _keep(all_heard: Sequence[Heard]) -> None:
    """Each for itself: what cannot be opened of one troubles no other."""
    for_update = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with transaction_in_turn():
        found = by_hand.rows(_ROWS + for_update, [by_hand.key(one.key) for one in all_heard])
        rows = {by_hand.subject(key): _Row(*said) for key, *said in found}
        now = timezone.now()
        written = []
        for one in all_heard:  # one after the other: two may have heard of the same question
            said = _written(one, rows.get(one.key), now)
            if said is not None:
                written.append(said)
                rows[one.key] = replace(
                    rows[one.key], state=said.state, tries=said.tries, by_document=said.by_document, answer=said.answer
                )
        by_hand.update(_KEEP, written)


_TURNSTILE = Turnstile(_keep)


def _written(one: Heard, row: _Row | None, now: datetime) -> _Written | None:
    """What is kept of it; None for one that was dropped while INSi was asked, or that opens no more."""
    if row is None or row.state not in keeping.OPEN:
        return None
    try:
        own = one.own or keeping.own_of(one.key)
        before = keeping.opened(bytes(row.answer), one.key, own)
    except (CannotOpen, BadCheckIn) as trouble:
        one.trouble = trouble
        return None
    is_second = row.state == QuestionState.ANSWERED  # another took over, and was quicker: the calls alone are new
    exchanges = (*before.exchanges, *one.answer.exchanges)[-keeping.MOST_EXCHANGES :]
    answer = replace(before if is_second else one.answer, exchanges=exchanges)
    by_document = bool(row.by_document) or (one.with_visit and not is_second)
    one.is_awaited, tries = row.visit is not None, row.tries + 1
    state, next_at = _then(row, answer, now)
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (next_at, now)]
    locked = keeping.locked(answer, one.key, own)
    return _Written(state.value, moments[0], tries, moments[1], locked, by_document, by_hand.key(one.key))


def _then(row: _Row, answer: InsAnswer, now: datetime) -> tuple[QuestionState, datetime]:
    """No answer is asked for again, until a visit takes the question over with its own patience."""
    if comparing.is_pending(answer) and row.visit is None and row.state == QuestionState.WAITING:
        return QuestionState.WAITING, now + FIRST_PAUSE * 2 ** min(row.tries, 8)
    return QuestionState.ANSWERED, now + HEAD_START
