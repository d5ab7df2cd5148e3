"""Whose word is asked first: what the sources of a check-in state, in the order in which a purpose believes them.

There are two orders, since two things are wanted. To tell a person from others, what the State keeps comes first. To
write down what a member of staff holds in their hands, that document comes first, however well a machine read it.
"""

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsFound


class Witness(Enum):
    """Who states something of the person."""

    INSI = auto()  # the answer, when one identity was found; or an appli carte Vitale's, verified
    DOCUMENT = auto()  # read by a machine with certainty
    DOUBTFUL = auto()  # a document's zone read without certainty
    CARD = auto()  # may print the name in use, and the first given name only; a phone's word before it is verified


# What can establish a trait: INSi keeps the national one; a document bears the State's word. A card does neither.
OFFICIAL = (Witness.INSI, Witness.DOCUMENT)
# To compare this person with others: the card is better than nothing, and last.
REFERENCE = (*OFFICIAL, Witness.CARD)
# To find somebody again or tell their age, where nothing rests on a wrong letter: what was hardly read is asked last.
LOOKED_FOR = (*REFERENCE, Witness.DOUBTFUL)
# What staff starts from with the original before them, and corrects: the document, even hardly read.
AT_HAND = (Witness.DOCUMENT, Witness.DOUBTFUL, Witness.INSI, Witness.CARD)


def stated(check_in: CheckIn, order: Sequence[Witness]) -> Iterator[Traits]:
    """Give what each source states, in this order; those that state nothing are left out."""
    for source in order:
        traits = _of(check_in, source)
        if traits is not None:
            yield traits


def best(check_in: CheckIn, order: Sequence[Witness]) -> Traits | None:
    """Give what the first source of this order states; None when none of them states anything."""
    return next(stated(check_in, order), None)


def announced(check_in: CheckIn) -> Traits | None:
    """What a kiosk says it read on a phone, as long as nothing else bears it out."""
    is_verified = isinstance(check_in.insi, InsFound) and check_in.insi.is_attested
    return check_in.appli.person.traits if check_in.appli is not None and not is_verified else None


def _of(check_in: CheckIn, source: Witness) -> Traits | None:
    match source:
        case Witness.INSI:
            return check_in.insi.traits if isinstance(check_in.insi, InsFound) else None
        case Witness.DOCUMENT:
            return check_in.mrz.certain if check_in.mrz is not None else None
        case Witness.DOUBTFUL:
            return check_in.mrz.traits if check_in.mrz is not None and not check_in.mrz.accepted else None
        case Witness.CARD:
            return check_in.card or announced(check_in)
