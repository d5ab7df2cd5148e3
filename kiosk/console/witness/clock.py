"""Whether this machine's clock goes on steadily: nobody is removed because somebody set it.

It is compared with the time since the machine was started, which nobody sets. Who waits is not removed before they have
waited as long again since a jump; after one of a day or more, forward, nothing is until an officer has seen the alarm.
A clock that was set while the machine was off is not told from one that went on, but where no act is known of a month.
"""

import time
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from kiosk.console.models import AuditEntry, Inspection, rows
from kiosk.console.witness import findings, held
from kiosk.console.witness.findings import Found

NAME = "clock"
STEP = timedelta(minutes=10)  # less makes nobody much older
FAR = timedelta(days=1)
LONG = timedelta(days=31)  # that a site does nothing
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class _Of:
    began: float | None = None  # of this process: what the clock said when the machine was started, when last looked at


def look() -> None:
    """See whether the clock was set; costs nothing while it was not."""
    began, before = _began(), _Of.began
    if before is not None and abs(began - before) < STEP.total_seconds():
        return
    _Of.began = began
    with transaction.atomic():
        jump = _kept(began, began - before if before is not None else 0.0)
    if jump >= FAR.total_seconds():
        findings.note([Found(NAME, f"0-{int(jump // 3600)}-{int(began // 3600)}")])


def steady_since() -> datetime | None:
    """When it was last set, by itself; None when it never was, as far as anybody saw."""
    row = Inspection.objects.filter(pk=NAME).first()
    return row.whole_at if row is not None else None


def is_in_question() -> bool:
    """Whether it jumped so far that somebody must say that it is right."""
    return bool(held.rows([NAME])) or findings.unseen().filter(code=NAME).exists()


def _kept(began: float, jump: float) -> float:
    """Have every process know; gives how far it jumped, as this process or one before it on this machine saw."""
    boot, now = _BOOT.read_text().strip(), timezone.now()
    here = f"{boot} {began:.0f}"
    row = Inspection.objects.select_for_update().filter(pk=NAME).first()
    if row is None:
        first = {"position": here, "whole_at": now if jump else None}
        _row, is_ours = Inspection.objects.get_or_create(name=NAME, defaults=first)
        if is_ours:
            return jump
        row = Inspection.objects.select_for_update().get(pk=NAME)  # another process looked at the same moment
    if not row.is_proven:
        findings.meet([row.as_found()])
        row.is_proven, row.whole_at = True, now
    said, _space, then = row.position.partition(" ")
    if said == boot and not jump:
        jump = began - float(then)
    elif said != boot and not jump:
        jump = _silence(now)
    if abs(jump) >= STEP.total_seconds():
        row.whole_at = now
    row.position = here
    rows.update(row)
    return jump


def _silence(now: datetime) -> float:
    """For how long the trail has been silent, where that is longer than a site is."""
    last = AuditEntry.objects.order_by("-number").values_list("at", flat=True).first()
    silent = now - last if last is not None else timedelta()
    return silent.total_seconds() if silent > LONG else 0.0


def _began() -> float:
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
