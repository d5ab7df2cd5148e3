"""Questions whose check-in never comes: dropped within the hour, traced, their keys destroyed."""

from datetime import datetime, timedelta

from django.db import transaction

from kiosk.console.models import Question
from kiosk.console.questions import keeping

DROPPED_AFTER = timedelta(minutes=55)
EVERY = timedelta(minutes=1)
KNOWN_FOR = timedelta(days=2)  # what is closed need not be known longer: a kiosk repeats within minutes
_AT_ONCE = 100


def once(now: datetime) -> int:
    """Drop what is due; gives how many questions."""
    count = 0
    while some := _drop_some(now):
        count += some
    Question.objects.exclude(state__in=keeping.OPEN).filter(received_at__lt=now - KNOWN_FOR).delete()
    return count


def _drop_some(now: datetime) -> int:
    due = Question.objects.filter(state__in=keeping.OPEN, received_at__lt=now - DROPPED_AFTER)
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).order_by("pk")[:_AT_ONCE])
        for row in rows:
            keeping.drop(row, "no-check-in" if row.visit_id is None else "unanswered")
    return len(rows)
