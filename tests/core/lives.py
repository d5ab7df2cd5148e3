"""Lives of persons in facts, numbered as the writer does it; one fact of every kind."""

from datetime import UTC, datetime

from kiosk.core.identity.matricule import Mark
from kiosk.core.status import person_events as pe
from kiosk.core.status.evidence import EvidenceTable
from kiosk.core.status.folding import apply, fold
from kiosk.core.status.permissions import Attribute, Identity
from kiosk.core.status.person_events import PersonEvent
from kiosk.core.status.standing import Fact, Standing
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    AttributeRemoved,
    AttributeSet,
    ComplementaryTraitEdited,
    Created,
    EvidenceChecked,
    FirstNameChosen,
    InsiAccepted,
    InsiRejected,
    Refusal,
    StrictTraitEdited,
    VerificationFailed,
)

LEA, MARC = Actor(ActorKind.STAFF, "lea"), Actor(ActorKind.STAFF, "marc")
KIOSK, WORKER = Actor(ActorKind.KIOSK, "borne-1"), Actor(ActorKind.WORKER, "worker")
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
ONE, OTHER = Mark("a1", "1.2.250.1.213.1.4.8"), Mark("b2", "1.2.250.1.213.1.4.8")
CARD = next(kind for kind in EvidenceTable().types if kind.code == "CN")
CHECKED = EvidenceChecked(CARD, True, "2026-11-29")
TAKEN = InsiAccepted(ONE, True, True)


class Life:
    """A person's facts, one after the other, as the writer numbers them."""

    def __init__(self) -> None:
        self.standing, self.facts = Standing(), []

    def add(
        self, event: PersonEvent, by: Actor = LEA, *, cites: int = 0, decision: int = 0, at: datetime = NOW
    ) -> Refusal | None:
        nth = self.standing.version + 1
        fact = Fact(nth, event, by, at, cites, nth if decision < 0 else decision)
        applied = apply(self.standing, fact)
        if applied.refusal is not None:
            assert applied.standing == self.standing
            assert applied.before is applied.after is self.standing.status
            return applied.refusal
        assert applied.before is self.standing.status
        self.standing = applied.standing
        assert applied.after is self.standing.status
        self.facts.append(fact)
        assert fold(self.facts) == self.standing
        return None

    def does(self, event: PersonEvent, by: Actor = LEA, **how: object) -> "Life":
        assert self.add(event, by, **how) is None
        return self


def known() -> Life:
    """Opened, with an answer of INSi that may be accepted: the fourth fact."""
    life = Life().does(Created()).does(pe.VisitAttached()).does(pe.TraitsStated())
    return life.does(pe.InsiAnswered(ONE), KIOSK)


def retrieved() -> Life:
    return known().does(TAKEN, KIOSK, cites=4)


def qualified() -> Life:
    return retrieved().does(CHECKED, decision=-1)


EVENTS: list[PersonEvent] = [
    Created(),
    pe.TraitsStated(),
    pe.VisitAttached(),
    pe.VisitDetached(),
    pe.PresenceChecked(),
    pe.InsiAsked(),
    pe.InsiAnswered(ONE),
    pe.InsiAnswered(None),
    TAKEN,
    InsiAccepted(ONE, False, True),
    InsiAccepted(ONE, True, False),
    pe.InsReplaced(OTHER, True, True),
    pe.InsReplaced(OTHER, False, False),
    InsiRejected(),
    AttributeSet(Attribute.HOMONYM),
    AttributeRemoved(Attribute.DOUBTFUL),
    StrictTraitEdited(),
    ComplementaryTraitEdited(),
    FirstNameChosen(True),
    FirstNameChosen(False),
    pe.Verified(),
    VerificationFailed(),
    pe.Merged(pe.Side("k", ONE, True, False)),
    pe.Merged(pe.Side("k", None, False, True)),
    pe.Unmerged(),
    pe.PairProposed("k"),
    pe.SetApart("k"),
    pe.Undone(),
    pe.Erased(pe.Kept.BODY),
    pe.Migrated(Identity(ONE, "CN", frozenset({Attribute.HOMONYM})), "2025-01-02", "PPA", "2025-02-03", False),
    pe.Migrated(Identity()),
]
