"""Heads kept beside the database: in a file that only grows, and in the system log.

Whoever puts the database back to an earlier day would have to do the same to them: let the file stand on another
disk, or the log on another machine.
"""

import logging
import os
import platform
from contextlib import suppress
from logging.handlers import SysLogHandler
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from kiosk import journal
from kiosk.console.models import Witness
from kiosk.console.models.proven import Unproven
from kiosk.console.witness import findings, heads
from kiosk.console.witness.brought import contradiction
from kiosk.heads import SignedHead, heads_in

_TAIL = 64 * 1024  # bytes: some two hundred heads


def place() -> Path:
    """Where the file stands."""
    path: Path = settings.KIOSK.witness_file or settings.KIOSK.data_dir / "witness"
    return path


def own_name() -> str:
    """What this machine's file is called among the witnesses."""
    return f"file:{platform.node()[:60]}"


def last() -> SignedHead | None:
    """The last head of ours that stands whole in the file; None when there is none."""
    try:
        with place().open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            text = file.read().decode("ascii", "replace")
    except FileNotFoundError:
        return None
    ours = [one for one in heads_in(text) if heads.is_ours(one)]
    return ours[-1] if ours else None


def compare() -> list[findings.Found]:
    """What the file shows that the trail does not hold, or that the file itself is not what it was."""
    found = last()
    before = Witness.objects.filter(pk=own_name()).first()
    if before is not None and (found is None or found.number < before.number):
        return [findings.Found("file", f"{before.number}-{'gone' if found is None else found.number}", own_name())]
    broken = None if found is None else contradiction(found, own_name())
    return [] if broken is None else [broken]


def keep() -> bool:
    """Write the head of now behind the others, on the disk when this returns; False when there is nothing to write.

    While the trail does not hold the last one, nothing covers it up until an officer has seen that.
    """
    head, before = heads.current(), last()
    if head is None or (before is not None and before.number == head.number and before.chained == head.chained):
        return False
    broken = None if before is None else contradiction(before, own_name())
    if broken is not None and not findings.is_seen(broken.name):
        return False
    try:
        _append(place(), head.text)
        _tell(head.text)
    except OSError:
        journal.record(journal.Happening.WITNESS_UNKEPT)
        return False
    said = {"number": head.number, "head": head.text, "brought_at": timezone.now()}
    with suppress(Unproven):  # what is not ours is found, and not covered up
        Witness.objects.update_or_create(pk=own_name(), defaults=said)  # also lower, when an officer has seen why
        if not Witness.objects.filter(pk=own_name(), number=head.number).exists():
            findings.unkept(Witness)
    return True


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        is_torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"  # the power went in the middle of a line
        file.write((b"\n" if is_torn else b"") + line.encode("ascii") + b"\n")
        os.fsync(descriptor)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class _Syslog(SysLogHandler):
    """One that says when it was not heard."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        raise OSError(f"{record.levelname}: not told")


def _tell(text: str) -> None:
    address: str = settings.KIOSK.witness_syslog
    if not address:
        return
    host, _, port = address.rpartition(":")
    handler = _Syslog(address if address.startswith("/") else (host, int(port)), SysLogHandler.LOG_AUTH)
    try:
        handler.ident = "kiosk-console: "
        handler.emit(logging.LogRecord("kiosk", logging.INFO, "", 0, text, None, None))
    finally:
        handler.close()
