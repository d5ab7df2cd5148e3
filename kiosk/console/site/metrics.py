"""Figures for supervision, in Prometheus' text form: how kiosks and queue are, nobody's identity."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.arrivals import queue
from kiosk.console.models import Arrival, Inspection, Stage, Witness
from kiosk.console.terminals import health
from kiosk.console.upkeep import certificate
from kiosk.console.witness import clock, findings


def is_allowed(authorization: str) -> bool:
    """The bearer token of the configuration was shown; without one configured nobody is allowed."""
    path = settings.KIOSK.metrics_token_file
    if path is None:
        return False
    expected = b"Bearer " + path.read_bytes().strip()
    return len(expected) > 20 and hmac.compare_digest(authorization.encode(), expected)


def text() -> str:
    """Everything, one line each."""
    return "\n".join((*_queue(), *_insi(), *_terminals(), *_register(), ""))


def _queue() -> Iterator[str]:
    now = timezone.now()
    yield "# TYPE console_in_work gauge"
    for need, count in sorted(queue.counts().needs.items()):
        yield f'console_in_work{{need="{need}"}} {count}'
    oldest = (
        Arrival.objects.filter(stage=Stage.WAITING)
        .order_by("received_at")
        .values_list("received_at", flat=True)
        .first()
    )
    yield "# TYPE console_longest_wait_seconds gauge"
    yield f"console_longest_wait_seconds {int((now - oldest).total_seconds()) if oldest else 0}"
    yield "# TYPE console_open_calls gauge"
    yield f"console_open_calls {sum(line.count for line in queue.open_calls())}"
    yield "# TYPE console_insi_pending gauge"
    yield f"console_insi_pending {Arrival.objects.exclude(insi_next_at=None).count()}"


def _insi() -> Iterator[str]:
    days = certificate.days_left(timezone.localdate())
    if days is not None:
        yield "# TYPE console_insi_certificate_days gauge"
        yield f"console_insi_certificate_days {days}"


def _register() -> Iterator[str]:
    """Whether what is kept is as it was written, and how far its witnesses have come."""
    now = timezone.now()
    yield "# TYPE console_register_findings gauge"
    yield f"console_register_findings {findings.count_unseen()}"
    yield "# TYPE console_trail_acts gauge"
    yield f"console_trail_acts {audit.last_number()}"
    yield "# TYPE console_register_read_seconds gauge"
    read = Inspection.objects.exclude(pk=clock.NAME).order_by("name")
    for name, whole_at in read.values_list("name", "whole_at"):
        if whole_at is not None:
            yield f'console_register_read_seconds{{check="{name}"}} {int((now - whole_at).total_seconds())}'
    for name in ("number", "refused"):
        yield f"# TYPE console_witness_{name} gauge"
        for witness in Witness.objects.order_by("by"):
            yield f'console_witness_{name}{{by="{witness.by}"}} {getattr(witness, name)}'


def _terminals() -> Iterator[str]:
    now = timezone.now()
    for name in (
        "up",
        "queue",
        "parked",
        "silent_seconds",
        "certificate_days",
        "disk_free_mb",
        "clock_offset_ms",
        "device_ok",
        "alarm",
    ):
        yield f"# TYPE kiosk_{name} gauge"
    for line in health.terminals():
        one = line.terminal
        label = f'kiosk="{one.name}"'
        yield f"kiosk_up{{{label}}} {0 if line.is_silent else 1}"
        yield f"kiosk_queue{{{label}}} {one.queue}"
        if one.last_seen_at is not None:
            yield f"kiosk_silent_seconds{{{label}}} {int((now - one.last_seen_at).total_seconds())}"
        for name in ("parked", "certificate_days", "disk_free_mb", "clock_offset_ms"):
            value = getattr(one, name)
            if value is not None:
                yield f"kiosk_{name}{{{label}}} {value}"
        for name in line.alarms:
            yield f'kiosk_alarm{{{label},about="{name}"}} 1'
        for device, state in sorted(one.devices.items()):
            if device.isidentifier():
                yield f'kiosk_device_ok{{{label},device="{device}"}} {1 if state == "ok" else 0}'
