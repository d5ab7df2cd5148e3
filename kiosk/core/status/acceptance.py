"""Whether an answer of INSi may be accepted at all, before anybody compares it with a person: one predicate.

Kiosk, console and worker ask here, and nowhere else. What forbids an answer forbids it to everyone; what is merely odd
a member of staff confirms, each oddity by its name, and no machine does. Both are codes: no trait, no number.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.identity.matricule import Matricule, is_well_formed
from kiosk.core.identity.places import UNKNOWN_PLACE, is_well_formed_place
from kiosk.core.identity.traits import Sex, Traits
from kiosk.core.sources.insi import InsFound


class AnswerFault(StrEnum):
    """What forbids accepting an answer; where INSi's reader has a flag for it, the code is that flag's."""

    SEVERAL = "several-individuals"  # more than one person in it: to take one would be to choose (ins-rules 3.3)
    ODD_NUMBER = "odd-number"  # not written as a matricule (XSD IdIndividu)
    NO_OID = "no-oid"  # a number without its authority is nothing (ins-rules 1.1)
    UNKNOWN_OID = "unknown-oid"
    TEST_OID = "test-oid"  # test and demonstration people, in production (ins-rules 1.1)
    SIMULATOR = "simulator"  # not INSi answered, in production
    NO_NAME = "no-name"
    NO_GIVEN_NAMES = "no-given-names"
    NO_DATE = "no-birth-date"
    ODD_DATE = "odd-birth-date"  # incomplete or lunar: no health identity holds one (GI3 EXI ID 12)
    NO_SEX = "no-sex"  # INSi knows M and F (SEL EF_INS25_04)
    NO_PLACE = "no-birth-place"
    ODD_PLACE = "odd-birth-place"  # not written as a COG


class AnswerOddity(StrEnum):
    """What a member of staff must confirm by its name before an answer is accepted."""

    WRONG_KEY = "bad-key"  # store as returned and alert (ins-rules 1.7)
    NO_KEY = "no-key"
    UNKNOWN_PLACE = "unknown-place"  # 99999: INSi does not know where
    SECONDARY_NAME = "found-by-secondary-name"  # ins-rules 3.3, step 4
    OUTSIDE_LIST = "given-name-outside-list"
    PERIOD = "active-period"  # the number's own dates make no sense
    HISTORY = "history"  # earlier numbers that repeat, overlap or have a wrong key: seen in test answers
    UNKNOWN_ELEMENTS = "unknown-elements"
    OTHER = "other-flag"  # a flag that this version does not know


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What one answer comes to."""

    forbids: tuple[AnswerFault, ...] = ()
    to_confirm: tuple[AnswerOddity, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Nothing forbids it and nothing is odd: the only kind of answer a machine may accept."""
        return not self.forbids and not self.to_confirm

    def left(self, confirmed: Collection[AnswerOddity]) -> tuple[AnswerOddity, ...]:
        """List what is still to be confirmed."""
        return tuple(odd for odd in self.to_confirm if odd not in confirmed)

    def permits(self, confirmed: Collection[AnswerOddity]) -> bool:
        """Say whether staff who confirmed this much may accept the answer."""
        return not self.forbids and not self.left(confirmed)


def acceptance_of(found: InsFound, *, in_production: bool) -> Acceptance:
    """Say what forbids an answer and what of it must be confirmed (identity-register, property 23).

    Values are judged, not what was said of them on the way here; the flags add what the values no longer tell.
    Outside production a simulator answers, about test people: neither is odd there.
    """
    faults = {*_of_number(found.matricule), *_of_traits(found.traits)}
    faults |= {_FAULTS[flag] for flag in found.flags if flag in _FAULTS}
    if not in_production:
        faults -= {AnswerFault.TEST_OID, AnswerFault.SIMULATOR}
    odd = {*_odd(found)} | {_oddity(flag) for flag in found.flags if flag not in _FAULTS}
    return Acceptance(
        tuple(fault for fault in AnswerFault if fault in faults),
        tuple(oddity for oddity in AnswerOddity if oddity in odd),
    )


_FAULTS = {fault.value: fault for fault in AnswerFault} | {
    "no-traits": AnswerFault.NO_NAME,
    "odd-sex": AnswerFault.NO_SEX,
}


def _of_number(matricule: Matricule) -> Iterator[AnswerFault]:
    if not is_well_formed(matricule.number):
        yield AnswerFault.ODD_NUMBER
    if not matricule.oid:
        yield AnswerFault.NO_OID
    elif matricule.kind is None:
        yield AnswerFault.UNKNOWN_OID
    elif not matricule.is_for_real_people:
        yield AnswerFault.TEST_OID


def _of_traits(traits: Traits) -> Iterator[AnswerFault]:
    """The five traits, each there and each of the right form."""
    if not traits.birth_name.strip():
        yield AnswerFault.NO_NAME
    if not "".join(traits.given_names).strip():
        yield AnswerFault.NO_GIVEN_NAMES
    if traits.birth_date is None:
        yield AnswerFault.NO_DATE
    elif not traits.birth_date.is_calendar:
        yield AnswerFault.ODD_DATE
    if traits.sex not in (Sex.FEMALE, Sex.MALE):
        yield AnswerFault.NO_SEX
    if not traits.birth_place_code.strip():
        yield AnswerFault.NO_PLACE
    elif not is_well_formed_place(traits.birth_place_code):
        yield AnswerFault.ODD_PLACE


def _odd(found: InsFound) -> Iterator[AnswerOddity]:
    if not found.matricule.key:
        yield AnswerOddity.NO_KEY
    elif not found.matricule.key_is_right:
        yield AnswerOddity.WRONG_KEY
    if found.traits.birth_place_code == UNKNOWN_PLACE:
        yield AnswerOddity.UNKNOWN_PLACE


def _oddity(flag: str) -> AnswerOddity:
    """Name what a flag stands for; several flags about the same thing are confirmed once."""
    for whose, oddity in (("active-", AnswerOddity.PERIOD), ("history-", AnswerOddity.HISTORY)):
        if flag.startswith(whose):
            return oddity
    known = {oddity.value: oddity for oddity in AnswerOddity}
    return known.get(flag, AnswerOddity.OTHER)
