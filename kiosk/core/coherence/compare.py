"""Does what two sources state belong to one person (contrôle de cohérence)? Differences named, nothing decided.

Each trait gets a verdict; staff decides on tolerated ones, and a blocking one forbids accepting the INS (ins-rules 4).
"""

from dataclasses import dataclass
from operator import ne

from kiosk.core.coherence.correctors import correctors
from kiosk.core.coherence.given_names import given_names_reason, listed, stated_first
from kiosk.core.coherence.issuers import written_out
from kiosk.core.coherence.name_verdicts import difference
from kiosk.core.coherence.reasons import NAMED_REASONS, TOLERATED_REASONS, Corrector, Outcome, Reason, Trait
from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.names import NameRefused, comparison_key
from kiosk.core.identity.places import NO_TABLE, PlaceRelation, PlaceTable
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.document import DocumentKind

__all__ = ["Comparison", "Corrector", "Outcome", "Reason", "Trait", "Verdict", "compare"]

# Without these three nobody is told from anybody: INSi's own mandatory traits but the sex, which no card states.
NECESSARY = frozenset({Trait.BIRTH_NAME, Trait.GIVEN_NAMES, Trait.BIRTH_DATE})


@dataclass(frozen=True, slots=True, repr=False)
class Verdict(Confidential):
    """One trait compared: what it comes to, why, and who can put it right."""

    trait: Trait
    outcome: Outcome
    reason: Reason | None = None  # None: same, or not stated
    correctors: tuple[Corrector, ...] = ()  # in the order to try; empty unless blocking


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Confidential):
    """Two sources compared, trait by trait, and what was recognised across traits."""

    verdicts: tuple[Verdict, ...]  # one per Trait, in its order
    findings: tuple[Reason, ...] = ()  # NAMES_SWAPPED, NAME_IN_USE, MAY_BE_TWIN: what the whole looks like

    def of(self, trait: Trait) -> Verdict:
        """Give the verdict on one trait."""
        return next(verdict for verdict in self.verdicts if verdict.trait is trait)

    @property
    def is_blocking(self) -> bool:
        """Something forbids accepting the INS, or qualifying."""
        return any(verdict.outcome is Outcome.BLOCKING for verdict in self.verdicts)

    @property
    def needs_confirmation(self) -> bool:
        """Nothing blocks, but staff has to look at ordinary differences and confirm them once, all together."""
        return not self.is_blocking and any(
            verdict.outcome is Outcome.TOLERATED and verdict.reason not in NAMED_REASONS for verdict in self.verdicts
        )

    @property
    def to_be_named(self) -> tuple[Verdict, ...]:
        """What staff must confirm by its name, read on the original: a machine takes it for the same person at most."""
        return tuple(verdict for verdict in self.verdicts if verdict.reason in NAMED_REASONS)

    @property
    def blocking(self) -> tuple[Verdict, ...]:
        """What the two say differently and nothing explains."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome is Outcome.BLOCKING)

    @property
    def is_sufficient(self) -> bool:
        """Names and birth date were stated by both: there was something to agree on."""
        return not any(verdict.outcome is Outcome.NOT_STATED for verdict in self.verdicts if verdict.trait in NECESSARY)

    @property
    def may_be_accepted(self) -> bool:
        """The two may be the same person: enough was compared and nothing blocks."""
        return self.is_sufficient and not self.is_blocking


def compare(
    left: Traits,
    right: Traits,
    *,
    places: PlaceTable = NO_TABLE,
    document: DocumentKind | None = None,
    issuer: str = "",
) -> Comparison:
    """Compare what two sources state about a person, each by what it can write (ins-rules 4).

    Symmetric: outcomes and reasons do not depend on the order. ``document`` is the kind of the document one of them was
    read from, where known: it says who corrects it. ``issuer`` is the state that issued it, as its zone writes it: it
    says which letters are written out there. A name in use is never compared with a birth name, only recognised
    where it was taken for one.
    """
    reasons: dict[Trait, Reason | None] = {}
    spellings = written_out(issuer)
    if left.birth_name and right.birth_name:
        reasons[Trait.BIRTH_NAME] = difference(
            left.birth_name,
            right.birth_name,
            (left.name_form, right.name_form),
            (left.birth_name_may_be_cut, right.birth_name_may_be_cut),
            spellings,
        )
    if listed(left) and listed(right):
        reasons[Trait.GIVEN_NAMES] = given_names_reason(left, right, spellings)
    if left.birth_date and right.birth_date:
        reasons[Trait.BIRTH_DATE] = _date_reason(left, right, left.birth_date, right.birth_date)
    if left.sex and right.sex:
        reasons[Trait.SEX] = None if left.sex is right.sex else Reason.OTHER_SEX
    if left.birth_place_code and right.birth_place_code:
        relation = places.relation(left.birth_place_code, right.birth_place_code, _later(left, right))
        if relation is not PlaceRelation.UNKNOWN:
            reasons[Trait.BIRTH_PLACE] = _OF_PLACE[relation]
    findings = _recognise(left, right, reasons)
    who = () if TOLERATED_REASONS.issuperset(filter(None, reasons.values())) else correctors(left, right, document)
    return Comparison(tuple([_verdict(trait, reasons, who) for trait in _TRAITS]), findings)


def _later(left: Traits, right: Traits) -> BirthDate | None:
    """Give the later of two birth dates, interpreted: what was before independence for both was for it."""
    dates = [each.birth_date.interpretation() for each in (left, right) if each.birth_date]
    return max((date for date in dates if date), key=lambda date: date.text, default=None)


_OF_PLACE: dict[PlaceRelation, Reason | None] = {
    PlaceRelation.SAME: None,
    PlaceRelation.DISTRICT: Reason.ARRONDISSEMENT,
    PlaceRelation.SUCCESSOR: Reason.COMMUNE_MERGED,
    PlaceRelation.COUNTRY: Reason.FOREIGN_PLACE,
    PlaceRelation.OTHER: Reason.OTHER_PLACE,
}
_TRAITS = tuple(Trait)
_NOT_STATED = {trait: Verdict(trait, Outcome.NOT_STATED) for trait in Trait}
_SAME = {trait: Verdict(trait, Outcome.SAME) for trait in Trait}
_TOLERATED = {
    (trait, reason): Verdict(trait, Outcome.TOLERATED, reason) for trait in Trait for reason in TOLERATED_REASONS
}


def _verdict(trait: Trait, reasons: dict[Trait, Reason | None], who: tuple[Corrector, ...]) -> Verdict:
    if trait not in reasons:
        return _NOT_STATED[trait]
    reason = reasons[trait]
    if reason is None:
        return _SAME[trait]
    if reason in TOLERATED_REASONS:
        return _TOLERATED[trait, reason]
    return Verdict(trait, Outcome.BLOCKING, reason, who)


def _blocks(reason: Reason | None) -> bool:
    return reason is not None and reason not in TOLERATED_REASONS


def _date_reason(left: Traits, right: Traits, one: BirthDate, other: BirthDate) -> Reason | None:
    """Name what tells two birth dates apart (GI3 EXI ID 11): any difference but the rule's own completion blocks."""
    if one.text == other.text:
        return None
    ones, others = (one, *left.other_birth_dates), (other, *right.other_birth_dates)
    pairs = [(a.text, b.text) for a in ones for b in others]
    if True in [a == b for a, b in pairs]:
        return Reason.TWO_DIGIT_YEAR
    if False in [each.is_calendar for each in (*ones, *others)]:
        if any(_completes(a, b) or _completes(b, a) for a in ones for b in others):
            return Reason.INTERPRETED_DATE
        if not one.is_calendar or not other.is_calendar:
            return Reason.INCOMPLETE_DATE
    if True in [a == f"{b[:5]}{b[8:]}-{b[5:7]}" for a, b in pairs]:
        return Reason.DAY_AND_MONTH_SWAPPED
    if True in [sum(map(ne, a, b)) == 1 for a, b in pairs]:
        return Reason.ONE_DIGIT_APART
    return Reason.OTHER_DATE


def _completes(incomplete: BirthDate, whole: BirthDate) -> bool:
    if incomplete.is_calendar:
        return False
    completed = incomplete.interpretation()
    return completed is not None and completed.text == whole.text


def _recognise(left: Traits, right: Traits, reasons: dict[Trait, Reason | None]) -> tuple[Reason, ...]:
    """Recognise across traits what one trait alone cannot tell, and name it in their stead."""
    name, given = reasons.get(Trait.BIRTH_NAME), reasons.get(Trait.GIVEN_NAMES)
    if _blocks(name) and _blocks(given) and _are_swapped(left, right):
        reasons[Trait.BIRTH_NAME] = reasons[Trait.GIVEN_NAMES] = Reason.NAMES_SWAPPED
        return (Reason.NAMES_SWAPPED,)
    if name in _OTHER_NAME and Source.CARD in (left.source, right.source):
        # The card prints the name in use (nom utilisé): tolerated when all the rest is this person's.
        if Trait.GIVEN_NAMES in reasons and not _blocks(given) and _is_born_alike(reasons):
            reasons[Trait.BIRTH_NAME] = Reason.MAY_BE_NAME_IN_USE
        return ()
    if _blocks(name) and _is_name_in_use_taken(left, right):
        reasons[Trait.BIRTH_NAME] = Reason.NAME_IN_USE
        return (Reason.NAME_IN_USE,)
    if (
        given in _OTHER_PERSONS_NAME
        and Trait.BIRTH_NAME in reasons
        and not _blocks(name)
        and _is_born_alike(reasons, whatever_sex=True)
    ):
        if given is Reason.OTHER_FIRST_NAME:
            reasons[Trait.GIVEN_NAMES] = Reason.MAY_BE_TWIN
        return (Reason.MAY_BE_TWIN,)
    return ()


_OTHER_NAME = frozenset({Reason.OTHER_LETTERS, Reason.WORD_MISSING})
_OTHER_PERSONS_NAME = frozenset({Reason.OTHER_FIRST_NAME, Reason.COMPOSITE, Reason.ONE_LETTER_APART})


def _is_born_alike(reasons: dict[Trait, Reason | None], *, whatever_sex: bool = False) -> bool:
    """The same birth date, no other place and no other sex: twins (jumeaux) share the first two."""
    return (
        Trait.BIRTH_DATE in reasons
        and not _blocks(reasons[Trait.BIRTH_DATE])
        and not _blocks(reasons.get(Trait.BIRTH_PLACE))
        and (whatever_sex or not _blocks(reasons.get(Trait.SEX)))
    )


def _are_swapped(left: Traits, right: Traits) -> bool:
    """The name of one is a given name of the other, both ways."""
    return _is_one_of(left.birth_name, right) and _is_one_of(right.birth_name, left)


def _is_one_of(name: str, traits: Traits) -> bool:
    key = _key(name)
    return bool(key) and key in (_key(listed(traits)), _key(stated_first(traits)))


def _is_name_in_use_taken(left: Traits, right: Traits) -> bool:
    """The birth name one source states is what the other knows as the name in use."""
    return any(
        used != "" and _key(used) != "" and _key(used) == _key(birth)
        for used, birth in ((left.name_in_use, right.birth_name), (right.name_in_use, left.birth_name))
    )


def _key(name: str) -> str:
    """Give the comparison key; empty for a name that cannot be written in INSi's alphabet, which equals nothing."""
    try:
        return comparison_key(name)
    except NameRefused:
        return ""
