"""What a verification asked INSi and was answered, each try of it, as of a search (GI3 EXI REC 07).

Locked with the person's own key: it goes with them, and after the time that copies are kept for.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from kiosk.console.models import Verification
from kiosk.console.records import subject_keys, vault
from kiosk.core.checkin import codec
from kiosk.core.sources.insi import Exchange, InsAnswer
from kiosk.sealing import CannotOpen

if TYPE_CHECKING:
    from uuid import UUID

MOST = 60  # calls, of all tries


def keep(row: Verification, answer: InsAnswer) -> None:
    """Keep what INSi said and every call, beside those of the tries before; before anything is made of it."""
    calls = (*_calls(row), *answer.exchanges)[-MOST:]
    if not calls:
        return
    try:
        row.calls = subject_keys.lock(_subject(row), codec.written(replace(answer, exchanges=calls)), _context(row))
    except subject_keys.KeyGone:  # erased meanwhile
        return
    Verification.objects.filter(pk=row.pk, person__erased_at=None).update(calls=row.calls)


def answer_of(row: Verification) -> InsAnswer | None:
    """What INSi said last, with every call; None where nothing is kept. CannotOpen or BadCheckIn."""
    if not row.calls:
        return None
    written = subject_keys.unlock(_subject(row), bytes(row.calls), _context(row))
    return cast(InsAnswer, codec.read_written(InsAnswer, written))


def _calls(row: Verification) -> tuple[Exchange, ...]:
    try:
        kept = answer_of(row)
    except (CannotOpen, codec.BadCheckIn):
        return ()
    return kept.exchanges if kept is not None else ()


def _subject(row: Verification) -> "UUID":
    return row.person_id


def _context(row: Verification) -> bytes:
    return vault.context_of("verification", row.pk)
