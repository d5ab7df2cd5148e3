"""When a patient is given a sheet (fiche pour le patient), and for which cause: one function says it, ``due``.

A sheet sends somebody to an office. So there is one only where something of theirs differs or was not found, and where
nothing says that it may not be theirs: no sheet tells whose data stand in the national reference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kiosk.console.identities import accepting, comparing
from kiosk.console.identities.original import Original
from kiosk.console.identities.reasons import WhyAside
from kiosk.console.models import Arrival
from kiosk.core.checkin.stated import Witness, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.compare import Comparison, compare
from kiosk.core.coherence.reasons import Outcome, Reason, Trait
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer, InsNotFound, InsSeveral
from kiosk.core.status.permissions import BARRING, IdentityStatus


class Cause(StrEnum):
    """Why a sheet is given: each cause has a sheet of its own."""

    DOCUMENT = "document"  # the identity document says otherwise than the national reference
    REFERENCE = "reference"  # the national reference says otherwise than the person's papers
    CARD = "card"  # the carte Vitale says otherwise, and no document agrees with the reference
    NOBODY = "nobody"  # INSi found nobody (code 01)
    SEVERAL = "several"  # INSi found several (code 02): more criteria are wanted, no correction (ins-rules 3.3)


# Why it was set aside, where that says that it may be somebody else, or that what was read is not to be relied on.
NOT_THEIRS = frozenset({WhyAside.NOT_THIS_PERSON, WhyAside.LOOKS_ALIKE, WhyAside.DOCUMENT_DOUBTED, WhyAside.TECHNICAL})
# A trait that says another person altogether; two of them, and it is one.
ANOTHER = frozenset({Reason.OTHER_LETTERS, Reason.OTHER_FIRST_NAME, Reason.OTHER_DATE})
MOST_OTHERWISE = 1
# Staff said that it is them, with something wrong: of a first given name hardly different no machine can tell.
SAID_TO_DIFFER = frozenset({WhyAside.DIFFERENCES, WhyAside.INS_WRONG})


@dataclass(frozen=True, slots=True, repr=False)
class Standing(Confidential):
    """What the question rests on, of one visit."""

    answer: InsAnswer
    document: Comparison | None = None  # the document with INSi: as staff read it, or else a machine
    card: Comparison | None = None  # the card with INSi, or with the document when INSi found nobody
    between: Comparison | None = None  # the card with the document
    card_counts: bool = True  # the document was not found to agree with INSi
    status: str = IdentityStatus.PROVISIONAL.value
    is_barred: bool = False  # doubtful or fictitious
    reason: str = ""  # why it was set aside
    is_unusable: bool = False  # nobody may accept the answer: what it says otherwise is no difference of theirs
    is_sealed_otherwise: bool = False  # the document's seal speaks against it: nobody is told why

    @property
    def differing(self) -> Comparison | None:
        """The comparison that the patient has something to do about."""
        if differs(self.document):
            return self.document
        return self.card if self.card_counts and differs(self.card) else None

    @property
    def comparisons(self) -> Iterator[Comparison]:
        return (one for one in (self.document, self.card, self.between) if one is not None)


def due(of: Standing) -> Cause | None:
    """The one cause for which this patient is given a sheet; None where none is due."""
    is_settled = of.status == IdentityStatus.QUALIFIED or of.is_barred or of.reason in NOT_THEIRS
    if is_settled or of.is_unusable or of.is_sealed_otherwise:
        return None
    if any(may_be_somebody_else(one, of.reason) for one in of.comparisons):
        return None
    differing = of.differing
    if differing is None:
        return _NOT_FOUND.get(type(of.answer))
    is_against_reference = comparing.is_found(of.answer) and (of.reason == WhyAside.INS_WRONG or _card_sides(of))
    if is_against_reference:
        return Cause.REFERENCE
    return Cause.DOCUMENT if differing is of.document else Cause.CARD


def differing_traits(comparison: Comparison) -> tuple[tuple[Trait, Reason], ...]:
    """What differs, and how. What no machine could read is no difference: staff read it again."""
    return tuple(
        (one.trait, one.reason)
        for one in comparison.blocking
        if one.reason is not None and one.reason is not Reason.UNREADABLE
    )


def differs(comparison: Comparison | None) -> bool:
    return comparison is not None and bool(differing_traits(comparison))


def may_be_somebody_else(comparison: Comparison, said: str = "") -> bool:
    """A twin, or two traits of another person: a sheet would tell one about the other. ``said``: by staff, why."""
    reasons = [reason for _trait, reason in differing_traits(comparison)]
    if Reason.MAY_BE_TWIN in reasons or sum(reason in ANOTHER for reason in reasons) > MOST_OTHERWISE:
        return True
    is_told = said in SAID_TO_DIFFER and Reason.OTHER_SEX not in reasons
    return Reason.MAY_BE_TWIN in comparison.findings and not is_told


def standing(
    arrival: Arrival, check_in: CheckIn, side_by_side: comparing.Compared, written: Original | None
) -> Standing:
    """Read from a visit what ``due`` rests on; ``written``: what staff wrote down with the original before them."""
    insi, card, shown = best(check_in, (Witness.INSI,)), best(check_in, (Witness.CARD,)), document_of(check_in, written)
    document, with_card = side_by_side.document, side_by_side.card
    if written is not None:  # a person's reading of the original, where there was only a machine's
        document, with_card = _laid(check_in, shown, insi), _laid(check_in, card, insi or shown)
    return Standing(
        answer=check_in.insi,
        document=document,
        card=with_card,
        between=_laid(check_in, card, shown),
        card_counts=document is None or not document.may_be_accepted,
        status=arrival.status,
        is_barred=any(one in arrival.attributes for one in BARRING),
        reason=arrival.reason,
        is_unusable=bool(accepting.acceptance(check_in).forbids),
        is_sealed_otherwise=comparing.is_sealed_otherwise(check_in),
    )


def document_of(check_in: CheckIn, written: Original | None) -> Traits | None:
    """What the document says: as staff wrote it down, or as a machine read it with certainty."""
    return written.traits() if written is not None else comparing.read_by_machine(check_in)


def _laid(check_in: CheckIn, one: Traits | None, other: Traits | None) -> Comparison | None:
    if one is None or other is None:
        return None
    return compare(
        one,
        other,
        places=comparing.places(),
        document=check_in.document_kind,
        issuer=comparing.issuer_of(check_in),
    )


def _card_sides(of: Standing) -> bool:
    """The card says what the document says, wherever both speak of what differs: two papers against the reference."""
    if of.document is None or of.card is None or of.between is None:
        return False
    stated = [
        (of.card.of(trait).outcome, of.between.of(trait).outcome)
        for trait, _reason in differing_traits(of.document)
        if Outcome.NOT_STATED not in (of.card.of(trait).outcome, of.between.of(trait).outcome)
    ]
    return bool(stated) and all(
        card is Outcome.BLOCKING and between is not Outcome.BLOCKING for card, between in stated
    )


_NOT_FOUND = {InsNotFound: Cause.NOBODY, InsSeveral: Cause.SEVERAL}
