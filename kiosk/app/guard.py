"""The one handler of what was not foreseen: recorded without its message, and life goes on without that patient."""

from collections.abc import Callable

from kiosk import journal


def guarded(action: Callable[[], None], otherwise: Callable[[], None]) -> None:
    """Do it; if a bug strikes, record where (never what it said) and do the other."""
    try:
        action()
    except Exception as bug:  # noqa: BLE001 - the one handler
        journal.record_bug(bug)
        otherwise()
