"""How the kiosks are: silent, without a device, or in need of somebody before they stop."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kiosk.console.models import Question, QuestionState, Recognition, Terminal
from kiosk.console.records.world import is_other, is_real
from kiosk.console.terminals import excess
from kiosk.console.terminals.excess import About

SILENT_AFTER = timedelta(seconds=90)  # three heartbeats
MANY_UNDELIVERED = 10
CERTIFICATE_DAYS = 30
LITTLE_DISK_MB = 1024
CLOCK_OFF_MS = 30_000  # beyond five minutes the kiosk is not believed any more
ASKED_WITHIN = timedelta(hours=1)
UNDER_WAY = timedelta(seconds=5)  # at the edge of what a kiosk counted


@dataclass(frozen=True, slots=True)
class TerminalLine:
    """One kiosk in the status strip."""

    terminal: Terminal
    is_silent: bool
    lost: tuple[str, ...]
    asked: tuple[datetime, ...] = ()  # whether somebody is known, in its name, within the hour
    asked_too_much: bool = False
    asks_insi_too_much: bool = False
    excesses: tuple[str, ...] = ()  # what it did that no kiosk does, within the hour

    @property
    def is_used_elsewhere(self) -> bool:
        """More was asked in its name than it says it asked: somebody else has its key."""
        one = self.terminal
        if one.asked is None or one.last_seen_at is None:
            return False
        since = one.last_seen_at - timedelta(seconds=one.asked_seconds) + UNDER_WAY
        return sum(1 for at in self.asked if since < at < one.last_seen_at - UNDER_WAY) > one.asked

    @property
    def alarms(self) -> tuple[str, ...]:
        """What somebody must see to before it stops the kiosk."""
        one = self.terminal
        raised = {
            "queue": one.queue >= MANY_UNDELIVERED,
            "parked": bool(one.parked),
            "certificate": one.certificate_days is not None and one.certificate_days < CERTIFICATE_DAYS,
            "disk": one.disk_free_mb is not None and one.disk_free_mb < LITTLE_DISK_MB,
            "recognitions": self.asked_too_much,
            "questions": self.asks_insi_too_much,
            "stranger": self.is_used_elsewhere,
            "invented": is_real() and is_other(one.mode),
            "real": not is_real() and is_other(one.mode),
            "clock": one.clock_offset_ms is not None and abs(one.clock_offset_ms) > CLOCK_OFF_MS,
        }
        for about in About:
            raised[about.value] = raised.get(about.value, False) or about.value in self.excesses
        return tuple(name for name, is_raised in raised.items() if is_raised)

    @property
    def is_well(self) -> bool:
        return not self.is_silent and not self.lost and not self.alarms


def terminals() -> list[TerminalLine]:
    now = timezone.now()
    lines, asked = [], defaultdict[str, list[Recognition]](list)
    for question in Recognition.objects.filter(asked_at__gte=now - ASKED_WITHIN).defer("nonce"):
        asked[question.terminal_id].append(question)
    too_many = Question.objects.filter(state=QuestionState.TOO_MANY, received_at__gte=now - ASKED_WITHIN)
    stopped = set(too_many.values_list("terminal_id", flat=True))
    for terminal in Terminal.objects.filter(revoked_at=None).order_by("name"):
        silent = terminal.last_seen_at is None or now - terminal.last_seen_at > SILENT_AFTER
        lost = tuple(sorted(name for name, state in terminal.devices.items() if state != "ok"))
        mine = asked[terminal.name]
        times, too_much = tuple(one.asked_at for one in mine), any(one.is_too_many for one in mine)
        did = excess.told(terminal, now)
        lines.append(TerminalLine(terminal, silent, lost, times, too_much, terminal.name in stopped, did))
    return lines
