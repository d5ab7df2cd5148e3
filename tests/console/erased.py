"""Erasing in tests: the command as somebody types it, and what must be left of whom it erased, which is nothing."""

import io
import sys
from datetime import datetime, timedelta
from uuid import UUID

import typer
from django.utils import timezone

from kiosk.commands import erase
from kiosk.console import audit
from kiosk.console.models import (
    Arrival,
    Copy,
    FactBody,
    Holding,
    Person,
    PersonIndex,
    Sealed,
)
from kiosk.console.records import indexes, subject_keys
from kiosk.console.upkeep import checking
from kiosk.core.checkin.value import CheckIn
from tests.console.taken_up import visit_of


def erased(key: object, *, said: str = "effacer", reason: str = "request", by: str = "marc") -> int:
    """The command, as somebody types it; gives its exit code."""
    before = sys.stdin
    sys.stdin = io.StringIO(f"{said}\n")
    try:
        erase.carry_out(str(key), reason, by)
    except typer.Exit as ended:
        return ended.exit_code
    finally:
        sys.stdin = before
    return 0


def nothing_opens(*people: Person) -> None:
    keys = [one.pk for one in people]
    assert not FactBody.objects.filter(subject__in=keys).exists()
    assert not PersonIndex.objects.filter(person__in=keys).exists()
    assert not Holding.objects.filter(person__in=keys).exists()
    assert not Sealed.objects.filter(arrival__person__in=keys).exists()
    assert not Copy.objects.filter(arrival__person__in=keys).exists()
    visits = list(Arrival.objects.filter(person__in=keys).values_list("pk", flat=True))
    assert indexes.of(visits) == {} and subject_keys.of([*keys, *visits]) == {}


def is_sound() -> bool:
    """The chain verifies, and whatever is read again is as it was written."""
    found = [one for check in checking.CHECKS.values() for part in checking.whole(check) for one in part.found]
    return audit.verify()[1] == () and found == []


def whose(check_in: CheckIn) -> Person:
    """Whose visit it is, now that nobody has it in hand."""
    person = visit_of(check_in).person
    assert isinstance(person, Person)
    return person


def stage_of(check_in: CheckIn) -> str:
    return Arrival.objects.get(pk=check_in.key).stage


def person_of(check_in: CheckIn) -> UUID:
    key = Arrival.objects.get(pk=check_in.key).person_id
    assert key is not None
    return key


def in_days(count: float) -> datetime:
    return timezone.now() + timedelta(days=count)
