"""A process that serves looks for itself, every few seconds, at what would keep the worker's alarms from its pages."""

import threading
from contextlib import suppress

from django.db import InterfaceError, OperationalError

from kiosk.console.threads import Threads
from kiosk.console.upkeep import tables
from kiosk.console.witness import clock, findings

EVERY = 15.0  # seconds


class _Of:
    """This process's thread, as long as nobody told it to stop."""

    is_over: threading.Event | None = None


def start() -> None:
    """Begin. Once, after the process was forked."""
    over = _Of.is_over = threading.Event()
    threading.Thread(target=_glance_until, args=(over,), name="glances", daemon=True).start()


def stop() -> None:
    if _Of.is_over is not None:
        _Of.is_over.set()


def once() -> None:
    """See what clock and tables do of themselves, what this process holds, and what the trail tells of others'."""
    clock.look()
    findings.note(tables.check("", 0).found)
    findings.tell_again()
    findings.hear()


def _glance_until(over: threading.Event) -> None:
    threads = Threads(1, "glance")
    while not over.wait(EVERY):
        threads.do(_if_there)
    threads.stop()


def _if_there() -> None:
    with suppress(OperationalError, InterfaceError):  # a database that is away: pages say so, and the worker
        once()
