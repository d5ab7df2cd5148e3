"""Complementary traits as facts of whose visit it is, as they stand from then on."""

import json
from collections.abc import Mapping

from kiosk.console import audit
from kiosk.console.models import Arrival
from kiosk.console.register import visits
from kiosk.console.register.writer import Told
from kiosk.core.status.transitions import Actor, ComplementaryTraitEdited

Said = Mapping[str, Mapping[str, str]]


def as_fact(said: Said, details: Mapping[str, audit.Detail] | None = None) -> Told:
    """What was said, sealed in the fact."""
    body = json.dumps({"complementary": said}).encode()
    return Told(ComplementaryTraitEdited(), audit.Act.COMPLETED, details or {}, body=body)


def read(body: bytes) -> dict[str, dict[str, str]]:
    """Read it again."""
    said: dict[str, dict[str, str]] = json.loads(body)["complementary"]
    return said


def complete(arrival: Arrival, said: Said, by: Actor, details: Mapping[str, audit.Detail], *, where: str = "") -> None:
    """Note complementary traits about whose visit it is."""
    if arrival.known is not None:
        visits.recorded(arrival, arrival.known, [as_fact(said, details)], by, where=where)
