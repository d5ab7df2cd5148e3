"""The order of the searches by traits: which call comes next, decided from what the earlier ones answered.

Pure: ins-rules 3.3 (BRE, XSD and JAVA clients) and insi-interface 3. The same is never asked twice, and no
visit asks more than ``most`` times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from kiosk.core.confidential import Confidential


class Answered(Enum):
    """What a search answered, as far as the next one depends on it."""

    FOUND = auto()  # 00
    NONE = auto()  # 01
    SEVERAL = auto()  # 02
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


Asked = tuple[Search, Answered]


def next_search(wanted: Wanted, asked: Sequence[Asked], most: int = 6) -> Search | None:
    """Say what to ask next; None: there is nothing more to ask."""
    if len(asked) >= most or any(answered in (Answered.FOUND, Answered.STOP) for _, answered in asked):
        return None
    done = {search for search, _ in asked}
    for search in _in_order(wanted, asked, most):
        if search not in done:
            return search
    return None


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
    joined = replace(bare, given_name=" ".join(names))
    singles = [replace(bare, given_name=name) for name in names[1:]]
    respelt = _respelt(wanted, bare)
    kept = 1 + len(respelt)  # for all names together, and for the other spellings
    yield from singles[: max(0, most - len({first, bare}) - kept)]
    if len(names) > 1:
        yield joined
    yield from respelt


def _words(names: str) -> list[str]:
    return names.replace("-", " ").split()


def _respelt(wanted: Wanted, bare: Search) -> list[Search]:
    """Where hyphens are lost, a space may be one (ins-rules 3.3): in the birth name, or after the first name."""
    if not wanted.hyphens_are_lost:
        return []
    hyphenated = replace(bare, birth_name=wanted.birth_name.replace(" ", "-"))
    composite = replace(bare, given_name="-".join(wanted.given_names[:2]))
    return [each for each in (composite, hyphenated) if each != bare]


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
