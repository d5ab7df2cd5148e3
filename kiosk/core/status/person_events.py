"""What can happen to a person beside the transitions T1 to T12: visits, questions, presence, links, undoing, erasing.

With ``status.transitions`` these are all the events a person's identity is the fold of (``status.folding``). In them a
matricule is a mark.
"""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Mark
from kiosk.core.status import transitions
from kiosk.core.status.permissions import Identity


@dataclass(frozen=True, slots=True)
class TraitsStated:
    """The five traits of a person were written down for the first time; what they are is in the fact's body."""


@dataclass(frozen=True, slots=True)
class VisitAttached:
    """A visit (venue) is this person's."""


@dataclass(frozen=True, slots=True)
class VisitDetached:
    """A visit was not this person's after all, or is undecided again."""


@dataclass(frozen=True, slots=True)
class PresenceChecked:
    """Staff saw that who stands before them is who was qualified: it says so of the visit, not of the identity."""


@dataclass(frozen=True, slots=True)
class InsiAsked:
    """INSi is asked about this person; its answer cites this."""


@dataclass(frozen=True, slots=True, repr=False)
class InsiAnswered(Confidential):
    """INSi answered: an observation, and nothing more. ``mark`` is empty when it found nobody, or several."""

    mark: Mark | None


@dataclass(frozen=True, slots=True, repr=False)
class ApcvAttested(Confidential):
    """An appli carte Vitale says who this is, and that was verified: an observation, which staff may take."""

    mark: Mark | None


@dataclass(frozen=True, slots=True, repr=False)
class InsReplaced(Confidential):
    """Staff takes a new answer in place of the accepted one: NIA became NIR, or the number changed (ins-rules 1.8)."""

    matricule: Mark
    traits_agree: bool
    is_usable: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """INSi confirmed matricule and traits (vérification); only the day changes."""


@dataclass(frozen=True, slots=True)
class Side:
    """The other one of two people to be linked, as it stands."""

    key: str
    mark: Mark | None = None
    is_barred: bool = False
    is_absorbed: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """This person's record leads to another one's from now on (fusion); nothing of it moves."""

    into: Side


@dataclass(frozen=True, slots=True)
class Unmerged:
    """It stands for itself again."""


@dataclass(frozen=True, slots=True)
class PairProposed:
    """Two records may be one person's (doublon potentiel)."""

    other: str


@dataclass(frozen=True, slots=True)
class SetApart:
    """Two records are two people's: that never comes back by itself."""

    other: str


@dataclass(frozen=True, slots=True)
class Undone:
    """The decision that the fact cites is taken back, by who took it, the same day."""


class Kept(StrEnum):
    """What goes when its time is over."""

    COPY = "copy"  # of a document: three years
    BODY = "body"  # all that can be opened


@dataclass(frozen=True, slots=True)
class Erased:
    """A copy of a document, which changes no status; or all that can be opened of this person, which ends their record
    (``status.erasing``)."""

    what: Kept


@dataclass(frozen=True, slots=True, repr=False)
class Migrated(Confidential):
    """How an earlier version's decision left this identity."""

    identity: Identity
    evidence_on: str = ""  # ISO 8601 day
    companion_code: str = ""
    verified_at: str = ""  # ISO 8601
    is_decided: bool = True
    voids_answers: bool = False  # what INSi had answered was set aside with a decision: it is accepted never again


PersonEvent = (
    transitions.Event
    | TraitsStated
    | VisitAttached
    | VisitDetached
    | PresenceChecked
    | InsiAsked
    | InsiAnswered
    | ApcvAttested
    | InsReplaced
    | Verified
    | Merged
    | Unmerged
    | PairProposed
    | SetApart
    | Undone
    | Erased
    | Migrated
)
