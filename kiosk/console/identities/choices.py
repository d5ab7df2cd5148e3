"""What staff may do with an identity in front of them, and what they say when they do it."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.console.identities.original import Original
from kiosk.core.coherence.seen import EVERYTHING, ToSee
from kiosk.core.status.acceptance import AnswerOddity
from kiosk.core.status.accompanying import SaidBy


class Action(StrEnum):
    """What staff may do with an identity in front of them; the order is the page's."""

    QUALIFY = "qualify"  # qualifier
    VALIDATE = "validate"  # valider sans INS
    ACCEPT_INS = "accept-ins"  # accepter l'INS sans pièce: récupérée
    REFUSE_INS = "refuse-ins"  # refuser l'INS
    DOUBT = "doubt"  # douteux
    FICTITIOUS = "fictitious"  # fictif
    HOMONYM = "homonym"  # homonyme
    CLEAR = "clear"  # lever douteux, fictif ou homonyme: both steps are done again (T8)


ACCEPTING = frozenset({Action.QUALIFY, Action.ACCEPT_INS})  # INSi's answer becomes this person's
WITH_ORIGINAL = frozenset({Action.QUALIFY, Action.VALIDATE})  # evidence is before them


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says."""

    action: Action
    evidence: str = ""
    companion: str = ""  # what was seen beside evidence that does not stand alone
    first_given_name: str = ""
    accepts_tolerated: bool = False
    said_by: SaidBy | None = None  # who said name, given names, date and place of birth unprompted
    odd: frozenset[AnswerOddity] = frozenset()  # oddities of INSi's answer, each confirmed by its name
    original: Original = field(default_factory=Original)  # what staff reads there: an identity without INS rests on it
    seen: frozenset[ToSee] = frozenset()  # differences, each confirmed by its name
    version: int | None = None  # of the person, as the page showed them; 0 where it showed nobody
    why: str = ""  # the unit's reason to qualify what the desk may not, of the list
    sentence: str = ""  # and in its own words
    answer_shown: str = ""  # the mark of INSi's answer as the page showed it


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What staff established with the person and the original before them: without it, evidence agrees with nothing."""

    was_said: bool  # the person, or the adult with a minor, said who they are, unprompted
    is_compared: bool  # nothing was left to the eye, or staff compared each trait with the original
    odd: frozenset[AnswerOddity] = frozenset()  # of INSi's answer
    seen: frozenset[ToSee] = frozenset()  # what staff say to have seen, by its name

    @property
    def agrees(self) -> bool:
        return self.was_said and self.is_compared


ON_PAPER = Confirmed(True, True, frozenset(AnswerOddity), EVERYTHING)  # what a page offers: as if staff had done it all
