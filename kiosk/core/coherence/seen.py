"""What a member of staff must say to have seen, by its name, before a difference counts for nothing.

The document's word against INSi's is never overruled by anybody: only what a machine cannot judge is left to the eye.
The card is no evidence (carte Vitale: a key to INSi, never proof, ins-rules 2.4): with the original in hand it warns.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.coherence.compare import Comparison
from kiosk.core.coherence.reasons import NAMED_REASONS, Reason, Trait


class Beside(StrEnum):
    """Whose word stands beside INSi's."""

    DOCUMENT = "document"  # pièce d'identité
    CARD = "card"  # carte Vitale


@dataclass(frozen=True, slots=True)
class ToSee:
    """One difference to be confirmed by its name; codes only, so that the trail may keep it."""

    beside: Beside
    trait: Trait
    reason: Reason

    @property
    def code(self) -> str:
        return f"{self.beside.value}:{self.trait.value}:{self.reason.value}"


EVERYTHING = frozenset(
    ToSee(beside, trait, reason)
    for beside in Beside
    for trait in Trait
    for reason in (NAMED_REASONS if beside is Beside.DOCUMENT else Reason)
)


def to_see(document: Comparison | None, card: Comparison | None) -> tuple[ToSee, ...]:
    """List what staff must name: of the document what a machine cannot judge, of the card whatever it says otherwise.

    Both are comparisons with INSi's answer. What blocks in the document is not here: nobody confirms it away.
    """
    of_document = document.to_be_named if document is not None else ()
    of_card = (*card.blocking, *card.to_be_named) if card is not None else ()
    named = [(Beside.DOCUMENT, verdict) for verdict in of_document] + [(Beside.CARD, verdict) for verdict in of_card]
    return tuple(
        ToSee(beside, verdict.trait, verdict.reason) for beside, verdict in named if verdict.reason is not None
    )


def left(asked: Collection[ToSee], seen: Collection[ToSee]) -> tuple[ToSee, ...]:
    """List what is still to be said; what was not asked is no answer."""
    return tuple(one for one in asked if one not in seen)
