"""A question as it is kept: what the kiosk sealed and what INSi said, locked with a key of the question's own."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from kiosk.console import audit
from kiosk.console.models import Question, QuestionState
from kiosk.console.records import erasing, subject_keys, vault
from kiosk.console.records.subject_keys import OwnKey
from kiosk.core.checkin import codec, question
from kiosk.core.sources.insi import InsAnswer, InsUnreachable
from kiosk.sealing import CannotOpen

MOST_EXCHANGES = 60  # kept of one question, every call of every search
OPEN = (QuestionState.WAITING, QuestionState.ANSWERED)
_BODY, _ANSWER = "question", "question-answer"
NO_ANSWER = InsUnreachable("not-asked")


def read(sealed: bytes, key: UUID) -> question.Question:
    """What a kiosk sent. CannotOpen or BadQuestion."""
    asked = question.read_question(vault.open_body(sealed, vault.context_of(_BODY, key)))
    if asked.key != str(key):
        raise question.BadQuestion("the question inside is not the one announced")
    return asked


def subject_of(key: UUID) -> UUID:
    """Whose key locks it: not the question's name, which a kiosk chooses and may choose to be a visit's."""
    return UUID(bytes=vault.blind("question", str(key)))


def subjects() -> set[UUID]:
    """Of all that is open."""
    return {subject_of(key) for key in Question.objects.filter(state__in=OPEN).values_list("pk", flat=True)}


def keep(rows: Sequence[tuple[Question, bytes]]) -> list[OwnKey]:
    """Make each one's key and lock with it what the kiosk sealed; the caller writes the rows.

    Killed in between, a key is left that locks nothing: the worker destroys it.
    """
    subjects = [subject_of(row.pk) for row, _ in rows]
    keys = subject_keys.create(subjects, pending=True)
    for subject, (row, sealed) in zip(subjects, rows, strict=True):
        row.body = keys[subject].lock(sealed, vault.context_of(_BODY, row.pk))
    return [keys[subject] for subject in subjects]


def asked(row: Question) -> question.Question:
    """Whom it is about. CannotOpen, KeyGone, or BadQuestion."""
    row.must_be_proven()
    context = vault.context_of(_BODY, row.pk)
    return question.read_question(vault.open_body(_unlocked(row, bytes(row.body), context), context))


def answer_of(row: Question) -> InsAnswer:
    """What INSi said so far. CannotOpen or BadCheckIn."""
    row.must_be_proven()
    return opened(bytes(row.answer), row.pk, own_of(row.pk)) if row.answer else NO_ANSWER


def own_of(key: UUID) -> OwnKey:
    """What locks it. KeyGone."""
    return subject_keys.one(subject_of(key))


def opened(answer: bytes, key: UUID, own: OwnKey) -> InsAnswer:
    """What INSi said so far, as it is kept. CannotOpen or BadCheckIn."""
    written = own.unlock(answer, vault.context_of(_ANSWER, key)) if answer else None
    return cast(InsAnswer, codec.read_written(InsAnswer, written)) if written is not None else NO_ANSWER


def locked(answer: InsAnswer, key: UUID, own: OwnKey) -> bytes:
    """What INSi said, as it is kept."""
    return own.lock(codec.written(answer), vault.context_of(_ANSWER, key))


def close(row: Question, state: QuestionState) -> None:
    """Nothing of it is needed any more: it goes, and its key with it, in the caller's transaction."""
    row.state, row.body, row.answer = state, b"", b""
    row.leased_until = row.next_at = None
    if row.is_proven:
        row.signature = b""
        row.save()
    else:  # what is not ours stays as it is, and is found; nobody asks with it any more
        Question.objects.filter(pk=row.pk).update(state=state, body=b"", answer=b"", leased_until=None, next_at=None)
    erasing.ask([subject_of(row.pk)])


def _unlocked(row: Question, body: bytes, context: bytes) -> bytes:
    return subject_keys.unlock(subject_of(row.pk), body, context)


def drop(row: Question, why: str) -> None:
    """Close it without a visit that takes its answer, and say so in the trail: INSi may have been called for it."""
    try:
        said = type(answer_of(row)).__name__ if row.answer else ""
    except (CannotOpen, codec.BadCheckIn):
        said = ""
    close(row, QuestionState.DROPPED)
    audit.record(
        audit.Act.QUESTION_DROPPED,
        who=audit.A_KIOSK,
        about=str(row.pk),
        kiosk=row.as_kept("terminal_id"),
        why=why,
        answer=said,
        tries=row.tries,
    )
