"""Under which keys somebody is found again although a letter, a digit or a field differs (recherche d'antériorité).

A person known is indexed under all of their keys, a visit is looked for under its own: one in common, and the two are
compared (``candidates``). Each key is a text to be blinded before it is kept. What staff type follows another rule, the
birth date and three letters (``duplicates.search_for``, GI3 EXI ID 17); this is what the machine looks for by itself,
and the more keys two have in common, the sooner they are worth opening.

A day alone is no reason to open anybody: of a million people thirty are born on each. A letter of a name goes with it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from kiosk.core.coherence.duplicates import SearchField, SearchKey, possible_dates, search_keys
from kiosk.core.coherence.given_names import listed, stated_first
from kiosk.core.identity.names import NameRefused, comparison_key
from kiosk.core.identity.traits import Traits

_DAY = "date "  # how the key of a whole date begins
MOST_WORDS = 3  # of a name or a list of given names that have keys of their own: hostile input stays small
CLEARLY = 6  # keys in common: at least somebody's likeness
SOUNDS = 4  # letters kept of how a word sounds
# What sounds alike in French, in this order; then the vowels go, but the first, and so does what is silent at the end.
_SOUNDS_LIKE = (
    *(("PH", "F"), ("TH", "T"), ("CH", "S"), ("QU", "K"), ("GU", "G"), ("EAU", "O"), ("AU", "O")),
    ("BV", "V"),
    *(("H", ""), ("Y", "I"), ("W", "V"), ("Z", "S"), ("C", "K"), ("Q", "K"), ("J", "G")),
)
_SILENT_AT_END = re.compile(r"(?<=.)[ESTDX]+$")
_VOWELS = re.compile(r"(?<=.)[AEIOU]")
_TWICE = re.compile(r"(.)\1+")
_PARTICLES = frozenset({"DE", "DU", "DES", "D", "LE", "LA", "LES", "L", "EL", "AL", "BEN", "VAN", "VON", "DA", "DI"})


def blocking_keys(traits: Traits) -> frozenset[str]:
    """List the texts under which this person is looked for, from what one source states; none without a birth date.

    The whole date, alone; how the name sounds and the first letter of a given name, with the year or with the day and
    month, for a date that is wrong; how a given name sounds, with the year and month, for a name that is another.
    """
    names = _sounds((traits.birth_name, traits.name_in_use), without=_PARTICLES)
    given = _sounds((listed(traits),))
    return frozenset(key for date in _dates(traits) for key in _keys(date, names, given))


def met_under(traits: Traits) -> tuple[frozenset[str], frozenset[SearchKey]]:
    """Under which of their keys, and which of staff's (``search_keys``), whoever may be this person is known.

    The day goes with the beginning of a name, or of a name in the other's field; alone where no name is stated.
    """
    swapped = replace(traits, birth_name=stated_first(traits), name_in_use="", given_names=(traits.birth_name,))
    starts = search_keys(traits) | search_keys(replace(swapped, given_names_text=""))
    letters = frozenset(key for key in starts if key.field is not SearchField.BIRTH_DATE)
    blocks = blocking_keys(traits)
    return frozenset(key for key in blocks if not (letters and key.startswith(_DAY))), letters


def is_worth_opening(shared: int, most: int) -> bool:
    """Whether somebody with so many keys in common is looked at, where the one who has most has ``most``.

    Of a million people a dozen share one key with anybody: a day and a letter, or a month and a first name. Beside
    somebody who shares many that is chance; where nobody does it may be them, with two letters wrong.
    """
    return shared > 1 or most < CLEARLY


def _keys(date: str, names: frozenset[str], given: frozenset[str]) -> Iterator[str]:
    year, month, day = date.split("-")
    yield f"{_DAY}{date}"
    for one in given:
        yield f"given {one} {year}-{month}"
    for name in names:
        for letter in {one[0] for one in given}:
            yield f"year {name} {letter} {year}"
            yield f"day {name} {letter} {month}-{day}"


def _dates(traits: Traits) -> frozenset[str]:
    """Every birth date this may be: as written, completed by the rule, of either century."""
    stated = possible_dates(traits)
    completed = [date.interpretation() for date in stated]
    return frozenset(date.text for date in (*stated, *completed) if date is not None)


def _sounds(texts: Iterable[str], without: Collection[str] = ()) -> frozenset[str]:
    """Give how the first words of these names sound; those ``without`` only when there is nothing else."""
    return frozenset(sound(word) for text in texts for word in _words(text, without)[:MOST_WORDS])


def _words(text: str, without: Collection[str]) -> list[str]:
    try:
        words = comparison_key(text).split()
    except NameRefused:
        return []
    return [word for word in words if word not in without] or words


def sound(word: str) -> str:
    """Write how a word in INSi's letters sounds, roughly: DUPOND and DUPONT, MATHIEU and MATTHIEU are one."""
    heard = word
    for written, spoken in _SOUNDS_LIKE:
        heard = heard.replace(written, spoken)
    heard = _SILENT_AT_END.sub("", _TWICE.sub(r"\1", heard))
    return _TWICE.sub(r"\1", _VOWELS.sub("", heard))[:SOUNDS] or word[:1]
