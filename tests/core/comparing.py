"""Two sources compared from either side, and what may come of it."""

from dataclasses import replace

from kiosk.core.coherence.compare import Comparison, Outcome, Reason, Trait, compare
from kiosk.core.identity.places import NO_TABLE, PlaceTable
from kiosk.core.identity.traits import Source, Traits
from tests.core.examples import INSI

STAFF = replace(INSI, source=Source.STAFF)
DOCUMENT = replace(INSI, source=Source.DOCUMENT)


def both(left: Traits, right: Traits, places: PlaceTable = NO_TABLE) -> Comparison:
    """The comparison, which must come out the same from either side."""
    one, other = compare(left, right, places=places), compare(right, left, places=places)
    for trait in Trait:
        mine, theirs = one.of(trait), other.of(trait)
        assert (mine.outcome, mine.reason, mine.correctors) == (theirs.outcome, theirs.reason, theirs.correctors)
    assert one.findings == other.findings
    assert [verdict.trait for verdict in one.verdicts] == list(Trait)
    return one


def verdict(left: Traits, right: Traits, trait: Trait, places: PlaceTable = NO_TABLE) -> tuple[Outcome, Reason | None]:
    found = both(left, right, places).of(trait)
    return found.outcome, found.reason


def tolerated(reason: Reason) -> tuple[Outcome, Reason]:
    return Outcome.TOLERATED, reason


def blocking(reason: Reason) -> tuple[Outcome, Reason]:
    return Outcome.BLOCKING, reason


SAME = (Outcome.SAME, None)
NOT_STATED = (Outcome.NOT_STATED, None)
