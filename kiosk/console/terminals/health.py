"""How the kiosks are: silent, without a device, or in need of somebody before they stop."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from kiosk.console.models import Terminal

SILENT_AFTER = timedelta(seconds=90)  # three heartbeats
MANY_UNDELIVERED = 10
CERTIFICATE_DAYS = 30
LITTLE_DISK_MB = 1024
CLOCK_OFF_MS = 30_000  # beyond five minutes the kiosk is not believed any more


@dataclass(frozen=True, slots=True)
class TerminalLine:
    """One kiosk in the status strip."""

    terminal: Terminal
    is_silent: bool
    lost: tuple[str, ...]

    @property
    def alarms(self) -> tuple[str, ...]:
        """What somebody must see to before it stops the kiosk."""
        one = self.terminal
        raised = {
            "queue": one.queue >= MANY_UNDELIVERED,
            "parked": bool(one.parked),
            "certificate": one.certificate_days is not None and one.certificate_days < CERTIFICATE_DAYS,
            "disk": one.disk_free_mb is not None and one.disk_free_mb < LITTLE_DISK_MB,
            "clock": one.clock_offset_ms is not None and abs(one.clock_offset_ms) > CLOCK_OFF_MS,
        }
        return tuple(name for name, is_raised in raised.items() if is_raised)

    @property
    def is_well(self) -> bool:
        return not self.is_silent and not self.lost and not self.alarms


def terminals() -> list[TerminalLine]:
    now = timezone.now()
    lines = []
    for terminal in Terminal.objects.filter(revoked_at=None).order_by("name"):
        silent = terminal.last_seen_at is None or now - terminal.last_seen_at > SILENT_AFTER
        lost = tuple(sorted(name for name, state in terminal.devices.items() if state != "ok"))
        lines.append(TerminalLine(terminal, silent, lost))
    return lines
