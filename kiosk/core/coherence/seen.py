"""What a member of staff must say to have seen, by its name, before a difference counts for nothing.

The document's word against INSi's is never overruled by anybody: only what a machine cannot judge is left to the eye.
The card is no evidence (carte Vitale: a key to INSi, never proof, ins-rules 2.4): with the original in hand it warns.
The place of birth is one of the five traits and no zone bears it: staff read it on the original.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.coherence.compare import Comparison
from kiosk.core.coherence.reasons import NAMED_REASONS, Outcome, Reason, Trait
from kiosk.core.identity.places import UNKNOWN_PLACE
from kiosk.core.identity.traits import Traits


class Beside(StrEnum):
    """Whose word stands beside INSi's."""

    DOCUMENT = "document"  # pièce d'identité
    CARD = "card"  # carte Vitale


@dataclass(frozen=True, slots=True)
class ToSee:
    """One thing to be confirmed by its name; codes only, so that the trail may keep it."""

    beside: Beside
    trait: Trait
    reason: Reason | None = None  # None: no machine read it, and the original says what INSi says

    @property
    def code(self) -> str:
        return f"{self.beside.value}:{self.trait.value}:{self.reason.value if self.reason else 'read'}"


PLACE_READ = ToSee(Beside.DOCUMENT, Trait.BIRTH_PLACE)
_OF_DOCUMENT = frozenset(ToSee(Beside.DOCUMENT, trait, reason) for trait in Trait for reason in NAMED_REASONS)
_OF_CARD = frozenset(ToSee(Beside.CARD, trait, reason) for trait in Trait for reason in Reason)
EVERYTHING = _OF_DOCUMENT | _OF_CARD | {PLACE_READ}


def to_see(insi: Traits, document: Comparison | None, card: Comparison | None) -> tuple[ToSee, ...]:
    """List what staff must name: of the document what a machine cannot judge, of the card whatever it says otherwise.

    ``document`` and ``card`` are comparisons with ``insi``, the answer; ``document`` only of what was read with
    certainty. What blocks in it is not here: nobody confirms it away.
    """
    of_document = document.to_be_named if document is not None else ()
    of_card = (*card.blocking, *card.to_be_named) if card is not None else ()
    named = [(Beside.DOCUMENT, verdict) for verdict in of_document] + [(Beside.CARD, verdict) for verdict in of_card]
    differences = tuple(ToSee(beside, verdict.trait, verdict.reason) for beside, verdict in named)
    return (PLACE_READ, *differences) if _is_place_for_the_eye(insi, document) else differences


def _is_place_for_the_eye(insi: Traits, document: Comparison | None) -> bool:
    """INSi states a place, and no machine compared it with the document's; 99999 states nothing (ins-rules 1.6)."""
    if insi.birth_place_code in ("", UNKNOWN_PLACE):
        return False
    return document is None or document.of(Trait.BIRTH_PLACE).outcome is Outcome.NOT_STATED


def left(asked: Collection[ToSee], seen: Collection[ToSee]) -> tuple[ToSee, ...]:
    """List what is still to be said; what was not asked is no answer."""
    return tuple(one for one in asked if one not in seen)
