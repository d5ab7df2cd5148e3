"""What to ask INSi, in order: which call comes next, decided from what the earlier ones answered.

The card; if it finds nobody or several, or is refused, the traits of the document: the names one by one, all of them,
then the writings of a name that INSi takes for other names. Pure: ins-rules 3.3 (BRE, XSD and JAVA clients),
insi-interface 3 and 6. The same is never asked twice, and no search asks more than ``most`` times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.names import NameRefused, normalise
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.insi import lexical

_KEPT_FOR_SPELLINGS = 5  # of the calls, where there are many given names
_SHORTEST_CUT = 3  # letters of a given name that a card may have cut


class Answered(Enum):
    """What a search answered, as far as the next one depends on it."""

    FOUND = auto()  # 00
    NONE = auto()  # 01
    SEVERAL = auto()  # 02
    REFUSED = auto()  # this question was not taken; another one may be
    STOP = auto()  # anything technical: nothing is known, nothing more is asked


@dataclass(frozen=True, slots=True, repr=False)
class Search(Confidential):
    """What one search by traits asks (RECSANSVITALE), in INSi's letters."""

    birth_name: str
    given_name: str  # one call, one Prenom: one name, or several joined by a space
    sex: str  # "F" or "M"
    birth_date: str
    place: str = ""  # COG, sent only when it helps


@dataclass(frozen=True, slots=True, repr=False)
class Wanted(Confidential):
    """Whom we look for: all that is known, in INSi's letters."""

    birth_name: str
    given_names: tuple[str, ...]
    sex: str
    birth_date: str
    place: str = ""
    place_first: bool = False  # send the place at once (dropped again when nobody is found)
    hyphens_are_lost: bool = False  # read from an MRZ, which writes a hyphen as it writes a space
    spellings: tuple[str, ...] = ()  # the birth name as INSi may write it instead, the likeliest first


Asked = tuple[Search, Answered]

MOST = 12  # by the card, by five names, and six other writings (LE GOFF JEAN MARC in a zone: three names, two times)


def goes_on_by_traits(by_card: Answered) -> bool:
    """Say whether the document's traits are asked with after the card: not when it was found, nor in trouble."""
    return by_card in (Answered.NONE, Answered.SEVERAL, Answered.REFUSED)


def may_be_the_same(card: Beneficiary, document: Traits) -> bool:
    """Say whether a document can be the card's person's: whoever else's INS it leads to must not be retrieved here.

    The same birth date, interpreted where the card's is lunar, and one given name in common, for twins.
    """
    if not lexical.is_date(card.birth_date) or document.birth_date is None:
        return False
    on_card = BirthDate(card.birth_date)
    dates = {on_card, on_card.interpretation()}
    if document.birth_date.text not in {date.text for date in dates if date is not None}:
        return False
    try:
        ours, theirs = _words(normalise(card.given_name)), _words(normalise(" ".join(document.given_names)))
    except NameRefused:
        return False
    return not ours or any(_is_name_of(one, other) for one in ours for other in theirs)


def _is_name_of(on_card: str, stated: str) -> bool:
    return on_card == stated or (len(on_card) >= _SHORTEST_CUT and stated.startswith(on_card))


def next_search(wanted: Wanted, asked: Sequence[Asked], most: int = MOST) -> Search | None:
    """Say what to ask next; None: there is nothing more to ask."""
    ended = (Answered.FOUND, Answered.REFUSED, Answered.STOP)
    if len(asked) >= most or any(answered in ended for _, answered in asked):
        return None
    done = {search for search, _ in asked}
    for search in _in_order(wanted, asked, most):
        if search not in done:
            return search
    return None


def is_for(wanted: Wanted, search: Search) -> bool:
    """Say whether a search is one of those that look for this person."""
    same_birth = (search.sex, search.birth_date) == (wanted.sex, wanted.birth_date)
    names = _words(" ".join(wanted.given_names))
    is_named = all(word in names for word in _words(search.given_name))
    return same_birth and is_named and search.birth_name in (wanted.birth_name, *wanted.spellings)


def is_secondary(wanted: Wanted, found: Search) -> bool:
    """Say whether a 00 came through another name than the first: the list returned may then lack the first."""
    asked, listed = _words(found.given_name), _words(" ".join(wanted.given_names))
    return listed[: len(asked)] != asked


def _in_order(wanted: Wanted, asked: Sequence[Asked], most: int) -> Iterator[Search]:
    """Every search worth asking now, best first, whether asked already or not."""
    yield from _refinements(wanted, asked)
    place = wanted.place if wanted.place_first else ""
    names = wanted.given_names
    first = Search(wanted.birth_name, names[0], wanted.sex, wanted.birth_date, place)
    yield first
    if any(answered is Answered.SEVERAL for _, answered in asked):
        return  # the person is there, among several: other names alone would find other people
    bare = replace(first, place="")
    yield bare  # nobody there: the place may be wrong, or another of the same town
    singles = [replace(bare, given_name=name) for name in names[1:]]
    respelt = _respelt(wanted, bare)
    kept = (len(names) > 1) + min(len(respelt), _KEPT_FOR_SPELLINGS)  # and for all names together
    yield from singles[: max(0, most - len({first, bare}) - kept)]
    if len(names) > 1:
        yield replace(bare, given_name=" ".join(names))
    yield from respelt


def _words(names: str) -> list[str]:
    return names.replace("-", " ").split()


def _respelt(wanted: Wanted, bare: Search) -> list[Search]:
    """The same person under other writings, which INSi takes for other names (ins-rules 3.3, insi-interface 6).

    Where hyphens are lost, two given names may be one; each writing of the birth name is asked with the first given
    name, then with that composite, then with the others alone.
    """
    composite = ["-".join(wanted.given_names[:2])] if wanted.hyphens_are_lost and wanted.given_names[1:] else []
    given_names = [bare.given_name, *composite, *wanted.given_names[1:]]
    read = [replace(bare, given_name=name) for name in composite]
    return read + [
        replace(bare, birth_name=birth_name, given_name=name) for name in given_names for birth_name in wanted.spellings
    ]


def _refinements(wanted: Wanted, asked: Sequence[Asked]) -> Iterator[Search]:
    """After a 02, the same person with more said: the other given names, then the place of birth."""
    all_names = " ".join(wanted.given_names)
    for search, answered in asked:
        if answered is not Answered.SEVERAL:
            continue
        more = replace(search, given_name=all_names)
        if search.given_name == wanted.given_names[0]:
            yield more
        if wanted.place:
            answers = dict(asked)
            if answers.get(more) is Answered.SEVERAL:
                yield replace(more, place=wanted.place)
            yield replace(search, place=wanted.place)
