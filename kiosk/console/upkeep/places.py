"""How far the worker has come in reading something again: written in one place, proven like every row."""

from datetime import datetime

from django.db import transaction

from kiosk.console.models import Inspection, rows
from kiosk.console.witness import findings


def came_to(name: str, position: str, whole_at: datetime | None) -> None:
    """Note how far this reading has come; ``whole_at``: all of it was read by then, else what stands there stays."""
    with transaction.atomic():
        row = Inspection.objects.select_for_update().filter(pk=name).first()
        if row is not None and not row.is_proven:  # told before it is written over: what it says from now on is ours
            findings.meet([row.as_found()])
            row.is_proven, row.whole_at = True, None
        if row is not None:
            row.position, row.whole_at = position, whole_at or row.whole_at
            rows.update(row)
    if not Inspection.objects.filter(pk=name, position=position).exists():
        findings.unkept(Inspection)
