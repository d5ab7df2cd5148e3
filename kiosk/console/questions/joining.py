"""A check-in names its question: joined only when it is the same kiosk's, unused, and says the same person.

A kiosk is a witness that may lie: a question of another kiosk is not touched, one about somebody else is dropped, one
that was used serves nobody again. The visit is then asked about as if it had named none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from kiosk.console.identities import comparing
from kiosk.console.models import Arrival, Question, QuestionState, rows
from kiosk.console.questions import answering, asking, keeping
from kiosk.core.checkin import question
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.sealing import CannotOpen

PATIENCE = asking.LEASE + timedelta(seconds=5)  # the visit's own question waits so long for this one's answer


class Fit(StrEnum):
    """What the question that a check-in names is to it; a code for the trail."""

    JOINED = "joined"
    MISMATCH = "mismatch"  # about somebody else
    USED = "used"  # another visit has it, or it was dropped
    LATE = "late"  # not here yet: when it comes, it is not asked
    STRANGE = "strange"  # another kiosk's, or no name of a question at all


@dataclass(frozen=True, slots=True)
class Named:
    """The question that a check-in names."""

    key: UUID
    fit: Fit


def named_by(check_in: CheckIn, terminal: str) -> Named | None:
    """What the question is that this check-in of that kiosk names; None when it names none."""
    if not check_in.question:
        return None
    try:
        key = UUID(check_in.question)
    except ValueError:
        return Named(UUID(int=0), Fit.STRANGE)
    row = Question.objects.filter(pk=key).first()
    if row is None:
        return Named(key, Fit.LATE)
    if row.terminal_id != terminal or not row.is_proven:
        return Named(key, Fit.STRANGE)
    if row.visit_id is not None or row.state not in keeping.OPEN:
        return Named(key, Fit.USED)
    return Named(key, Fit.JOINED if _is_same_person(row, check_in) else Fit.MISMATCH)


def join(named: Iterable[tuple[Named, Arrival]]) -> None:
    """Do what each fit asks for, in the transaction that keeps the visits; in the order of their keys."""
    for one, arrival in sorted(named, key=lambda pair: pair[0].key):
        _join(one, arrival, timezone.now())


def _join(one: Named, arrival: Arrival, now: datetime) -> None:
    row = rows.locked(Question, one.key)
    if row is not None and (row.terminal_id != arrival.terminal_id or row.visit_id or row.state not in keeping.OPEN):
        return
    match one.fit:
        case Fit.JOINED:
            is_at_desk = settings.KIOSK.asks_at_desk  # INSi is asked when staff take the patient
            if row is not None and row.is_proven:
                row.visit, row.next_at = arrival, None if is_at_desk else now + answering.HEAD_START
                rows.update(row, "visit", "next_at")
        case Fit.MISMATCH:
            if row is not None:
                keeping.drop(row, "mismatch")
        case Fit.LATE:
            late = Question(
                key=one.key, terminal_id=arrival.terminal_id, received_at=now, state=QuestionState.LATE, visit=arrival
            )
            Question.objects.bulk_create([late], ignore_conflicts=True)


def _is_same_person(row: Question, check_in: CheckIn) -> bool:
    try:
        asked = keeping.asked(row)
    except (CannotOpen, BadCheckIn, question.BadQuestion):
        return False
    if asked.beneficiary is not None:
        return _is_of_card(asked.beneficiary, asked.insured, check_in)
    read = comparing.read_by_machine(check_in)
    return read is not None and asked.traits is not None and _timeless(read) == _timeless(asked.traits)


def _is_of_card(person: Beneficiary, insured: Beneficiary | None, check_in: CheckIn) -> bool:
    card = check_in.card
    said = (check_in.card_nir[:13], check_in.birth_rank or "1", check_in.insured_nir[:13])
    asked = (person.nir, person.birth_rank or "1", insured.nir if insured is not None else "")
    born = card.birth_date.text if card is not None and card.birth_date is not None else ""
    return said == asked and born == person.birth_date != ""


def _timeless(traits: Traits) -> Traits:
    return replace(traits, collected_at=None)
