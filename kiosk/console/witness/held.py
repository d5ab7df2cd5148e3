"""Alarms whose row the database does not keep: this process holds them, and its pages tell them all the same.

Each process has its own: it hears of the others' by the trail. Who ends forgets; the trail has the act, and the worker
finds by it what has no row.
"""

from collections.abc import Sequence

from kiosk.console.models import Finding

MOST = 200  # a trigger that holds back everything fills no memory; what is one too many is in the trail and the journal
_held: dict[str, Finding] = {}


def hold(row: Finding) -> bool:
    """Whether it is new."""
    if row.pk in _held or len(_held) >= MOST:
        return False
    _held[row.pk] = row
    return True


def let_go(name: str) -> None:
    _held.pop(name, None)


def is_held(name: str) -> bool:
    return name in _held


def rows(codes: Sequence[str] = (), but: Sequence[str] = ()) -> list[Finding]:
    """What is held, with one of these codes if any are named, the latest first."""
    some = [one for one in list(_held.values()) if (not codes or one.code in codes) and one.code not in but]
    return sorted(some, key=lambda one: one.found_at, reverse=True)


def forget() -> None:
    """All of it: for another database."""
    _held.clear()
