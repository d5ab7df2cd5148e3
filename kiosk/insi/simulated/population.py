"""The people a simulated INSi knows: the public test people, and as many generated ones as wanted.

Generated people cannot exist: their numbers name the département 00, which there is not.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIA, OID_NIR, key_of


@dataclass(frozen=True, slots=True, repr=False)
class Person(Confidential):
    """One person as the national register states them."""

    birth_name: str
    given_names: tuple[str, ...]
    sex: str
    birth_date: str
    place: str
    number: str
    key: str
    oid: str = OID_NIR
    history: tuple[str, ...] = ()  # earlier numbers with their key: 15 characters each
    insured: str = ""  # number of the insured person (ouvrant droit) whose card names this one
    birth_rank: str = "1"
    behaviour: str = ""  # DOWN: whoever asks about this one finds the service out of order


DOWN = "down"
TEST_PEOPLE = (
    Person("ADRUN", ("ZOE",), "F", "1975-12-31", "63220", "2751263220749", "74"),
    Person("ADRTROIS", ("DOMINIQUE",), "F", "1997-02-26", "2A020", "297022A020778", "78"),
    Person("ADRTROIS", ("TOUSSAINT",), "M", "1960-01-01", "2B020", "160012B020777", "13"),
    Person("TCHITCHI", ("CATARINA", "BELLA"), "F", "1936-06-21", "63220", "2360663220836", "56"),
    Person(
        *("ECETINSI", ("PIERRE-ALAIN", "MURIEL", "FLORIANT"), "M", "2009-07-14", "63220", "1090763220834", "89"),
        history=("209076322083439", "209066322012355"),
    ),
    Person("PROVISOIRE", ("MATRICULE",), "M", "2009-07-01", "63220", "1090763220888", "35", OID_NIA),
)


def _spelt(birth_name: str, given_names: tuple[str, ...], sex: str, birth_date: str, order: int) -> Person:
    """Make up one whose name is written in one of the ways that INSi tells apart; the number names no commune."""
    number = f"{1 if sex == 'M' else 2}{birth_date[2:4]}{birth_date[5:7]}00990{order:03d}"
    return Person(birth_name, given_names, sex, birth_date, "29019", number, key_of(number))


SPELT_PEOPLE = (  # three names that a zone writes alike, and what a zone loses
    _spelt("LE GOFF", ("ANNE", "YVONNE"), "F", "1961-05-04", 101),
    _spelt("LE-GOFF", ("MARC", "YVES"), "M", "1962-06-05", 102),
    _spelt("LE--GOFF", ("JEAN-MARC", "PAUL"), "M", "1963-07-06", 103),
    _spelt("D'ARTAGNAN", ("CHARLES",), "M", "1964-08-07", 104),
    _spelt("O'BRIEN", ("KATE", "MARY"), "F", "1965-09-08", 105),
)

_SYLLABLES = ("BA", "CO", "DU", "FE", "GI", "LO", "MA", "NE", "PI", "RO", "SA", "TU", "VE", "ZI", "LAN", "MON")
_ENDINGS = ("RD", "LT", "SSE", "N", "T", "UX", "LLE", "RE")
_FEMALE = ("ADELE", "BERTHE", "CHLOE", "DENISE", "ELISE", "FANNY", "GISELE", "HELENE", "INES", "JEANNE", "MARIE-LOU")
_MALE = ("ALAIN", "BRICE", "CLEMENT", "DAVID", "EMILE", "FELIX", "GUY", "HUGO", "IVAN", "JULES", "JEAN-MARC")
_PLACES = ("63220", "2A020", "2B020", "99100")


def generated(count: int, seed: int) -> Iterator[Person]:
    """Make up people, one after the other, always the same for the same seed."""
    dice = random.Random(seed)
    for index in range(count):
        sex = dice.choice("FM")
        year, month, day = dice.randint(1925, 2024), dice.randint(1, 12), dice.randint(1, 28)
        names = tuple(dice.sample(_FEMALE if sex == "F" else _MALE, dice.choice((1, 1, 2, 3))))
        birth_name = "".join(dice.choice(_SYLLABLES) for _ in range(3)) + dice.choice(_ENDINGS)
        if index % 50 == 0:
            birth_name = f"D'{birth_name}"
        number = f"{1 if sex == 'M' else 2}{year % 100:02d}{month:02d}00{index // 999 % 1000:03d}{index % 999 + 1:03d}"
        yield Person(
            *(birth_name, names, sex, f"{year}-{month:02d}-{day:02d}", dice.choice(_PLACES), number, key_of(number))
        )


def from_json_lines(lines: Iterable[str]) -> Iterator[Person]:
    """Read further fictitious people, one JSON object a line, named like the fields of ``Person``."""
    for line in lines:
        if line.strip():
            told = json.loads(line)
            number = str(told["number"])
            told |= {"key": told.get("key") or key_of(number), "given_names": tuple(told["given_names"])}
            yield Person(**(told | {"history": tuple(told.get("history", ()))}))


class Population:
    """Everyone a simulator knows, found as the service finds them."""

    def __init__(self, people: Iterable[Person] = (*TEST_PEOPLE, *SPELT_PEOPLE)) -> None:
        self._by_traits: dict[tuple[str, str, str], list[Person]] = {}
        self._by_number: dict[str, list[Person]] = {}
        self._by_insured: dict[str, list[Person]] = {}
        self._size = 0
        for person in people:
            self.add(person)

    def __len__(self) -> int:
        return self._size

    def add(self, person: Person) -> None:
        """Make one more person known."""
        self._size += 1
        self._by_traits.setdefault((person.birth_name, person.sex, person.birth_date), []).append(person)
        for number in {person.number, *(past[:13] for past in person.history)}:
            self._by_number.setdefault(number, []).append(person)
        self._by_insured.setdefault(person.insured or person.number, []).append(person)

    def by_traits(self, birth_name: str, given_names: str, sex: str, birth_date: str, place: str) -> list[Person]:
        """Find by traits: names strictly the same, hyphens included; those asked open the official list."""
        asked = given_names.split()
        return [
            person
            for person in self._by_traits.get((birth_name, sex, birth_date), [])
            if " ".join(person.given_names).split()[: len(asked)] == asked and place in ("", person.place)
        ]

    def by_card(
        self, number: str, insured: str, birth_date: str, birth_rank: str, birth_name: str = ""
    ) -> list[Person]:
        """Find with a card's data: by the person's own number, else among those on the insured person's card.

        A name that is sent must be the birth name: the printed one, in use, finds nobody. A date of the card that is
        no day of the calendar also finds who was born on the day that completes it.
        """
        known = self._by_number.get(number, []) if number else self._by_insured.get(insured, [])
        known = [person for person in known if birth_name in ("", person.birth_name)]
        found = [person for person in known if person.birth_date == birth_date]
        if not found and (completed := _completed(birth_date)):
            found = [person for person in known if person.birth_date == completed]
        if len(found) > 1:
            found = [person for person in found if person.birth_rank == (birth_rank or "1")] or found
        return found


def _completed(text: str) -> str:
    try:
        day = BirthDate(text).interpretation()
    except ValueError:
        return ""
    return day.text if day is not None else ""
