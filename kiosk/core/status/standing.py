"""Where one person's identity stands, and what it rests on (identity-register).

It is the fold of the person's facts (``status.folding``): nothing else makes one. What INSi answered before a barring,
a rejection, an edit or a failed verification belongs to an earlier *epoch*: it is kept, and accepted never again. To
ask anew is a new question.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Mark
from kiosk.core.status.permissions import Identity, IdentityStatus
from kiosk.core.status.person_events import PersonEvent
from kiosk.core.status.transitions import Actor, Refusal


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Confidential):
    """What is remembered of an answer: the matricule's mark, and in which epoch its question was asked."""

    nth: int
    mark: Mark | None
    epoch: int
    is_attested: bool = False  # an appli carte Vitale's: T6 alone takes it, and nothing else


@dataclass(frozen=True, slots=True, repr=False)
class Basis(Confidential):
    """What a decision rests on and changes: an undo restores all of it."""

    identity: Identity = field(default_factory=Identity)
    answer: int = 0  # the fact of the accepted answer; 0 without
    evidence_at: int = 0  # the fact that checked the evidence
    evidence_on: str = ""  # its day, ISO 8601
    companion_code: str = ""  # of the document seen with it
    compared: int = 0  # the answer with which the evidence was compared
    epoch: int = 0  # the last fact that made earlier answers worthless
    traits: int = 0  # the fact that last stated the five traits
    verified_at: str = ""  # INSi last confirmed it, ISO 8601
    decided_at: str = ""  # somebody last decided, ISO 8601: retention sees it
    decided_by: str = ""
    decision: int = 0  # the first fact of that decision


@dataclass(frozen=True, slots=True, repr=False)
class Standing(Confidential):
    """Everything about one person that facts have established so far."""

    version: int = 0  # facts so far
    basis: Basis = field(default_factory=Basis)
    before: Basis | None = None  # what the last decision changed; None when there is nothing to undo
    answers: tuple[Answer, ...] = ()  # the latest, whatever their epoch
    questions: tuple[tuple[int, int], ...] = ()  # open ones: the fact, and its epoch
    absorbed_by: str = ""
    erased_at: str = ""  # all that could be opened is gone, ISO 8601: nothing stands any more

    @property
    def identity(self) -> Identity:
        return self.basis.identity

    @property
    def status(self) -> IdentityStatus:
        return self.basis.identity.status

    @property
    def held(self) -> Mark | None:
        """The mark of the matricule held."""
        mark = self.basis.identity.matricule
        return mark if isinstance(mark, Mark) else None

    @property
    def latest_answer(self) -> Answer | None:
        """The last answer that may still be accepted; what was found is not lost because other criteria find nobody."""
        return self.latest_of(with_attested=True)

    def latest_of(self, *, with_attested: bool) -> Answer | None:
        """The same, with or without what an appli carte Vitale said: that is taken at the visit where it was shown."""
        open_now = [one for one in self.answers if one.epoch == self.basis.epoch]
        mine = [one for one in open_now if with_attested or not one.is_attested]
        found = [one for one in mine if one.mark is not None]
        return next(reversed(found or mine), None)

    def answer(self, nth: int) -> Answer | None:
        return next((one for one in self.answers if one.nth == nth), None)

    @property
    def is_compared(self) -> bool:
        """Evidence and accepted answer were laid side by side, and both still stand."""
        return self.basis.answer > 0 and self.basis.compared == self.basis.answer

    def with_basis(self, **changes: Any) -> "Standing":
        """The same with something else to rest on."""
        return replace(self, basis=replace(self.basis, **changes))


@dataclass(frozen=True, slots=True)
class Fact:
    """One event with its place among the person's facts."""

    nth: int
    event: PersonEvent
    by: Actor
    at: datetime  # aware
    cites: int = 0  # the fact it answers, accepts, rejects or undoes
    decision: int = 0  # the first fact of the decision this one belongs to; 0 for what nobody decided


@dataclass(frozen=True, slots=True, repr=False)
class Applied(Confidential):
    """What a fact makes of a standing; refused, it makes nothing of it."""

    standing: Standing
    rule: str
    before: IdentityStatus
    after: IdentityStatus
    refusal: Refusal | None = None
