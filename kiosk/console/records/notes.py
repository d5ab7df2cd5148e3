"""What staff wrote about one person, sealed beside the check-in: confirmed, completed, asked."""

import json
from typing import Any

from kiosk.console.models import Arrival
from kiosk.console.records import vault


def opened(arrival: Arrival, part: str = "accepted") -> dict[str, Any]:
    """What stands there, opened; empty when nobody wrote anything. CannotOpen where a row does not prove itself."""
    if isinstance(arrival, Arrival):  # migrations read rows of before they did
        arrival.must_be_proven()
        arrival.sealed.must_be_proven()
    body = bytes(getattr(arrival.sealed, part))
    if not body:
        return {}
    content: dict[str, Any] = json.loads(vault.open_kept(body, part, arrival.key))
    return content


def seal(arrival: Arrival, part: str, content: dict[str, Any]) -> None:
    """Write it again, locked for this visit."""
    sealed = arrival.sealed
    setattr(sealed, part, vault.seal_part(json.dumps(content).encode(), part, arrival.key))
    sealed.save(update_fields=[part])


def keep(arrival: Arrival, **changes: object) -> None:
    """Add to what staff confirmed; the rest stays."""
    seal(arrival, "accepted", {**opened(arrival), **changes})


def withdraw_question(arrival: Arrival) -> None:
    """Nobody is to be asked any more: what staff asked is no longer awaited. The caller saves the arrival."""
    arrival.insi_next_at, arrival.question = None, 0
    kept = opened(arrival, "criteria")
    if kept.get("next"):
        seal(arrival, "criteria", {name: kept[name] for name in ("asked", "first") if name in kept})
