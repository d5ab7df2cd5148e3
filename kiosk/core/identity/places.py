"""Birth places by their official code (code officiel géographique, COG), of today and of the past (GI3 EXI ID 14-15).

The table is a value that comes from outside: the core reads no file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core.identity.dates import BirthDate

UNKNOWN_PLACE = "99999"  # data that arrived without a place
NEW_CALEDONIA = "988"

_WIRE = re.compile(r"[A-Z0-9]{5}", re.ASCII)
_COUNTRY = re.compile(r"99[1-5][0-9]{2}", re.ASCII)  # the third digit is the continent's; no list of them is shipped
# Municipal districts (arrondissements municipaux) and their city: both codes occur for one birth (ins-rules 1.6).
_DISTRICTS = (("751", 1, 20, "75056"), ("6938", 1, 9, "69123"), ("132", 1, 16, "13055"))
CITY_OF_DISTRICT = {
    f"{prefix}{number:0{5 - len(prefix)}d}": city
    for prefix, first, last, city in _DISTRICTS
    for number in range(first, last + 1)
}
# Départements that were divided: every commune got a new number with the same last three digits.
_DIVIDED = {"20": ("Corse", "1975-12-31"), "75": ("Seine", "1967-12-31"), "78": ("Seine-et-Oise", "1967-12-31")}
# Départements before independence: first two characters, country, last day they were French (ins-rules 1.6).
_BEFORE_INDEPENDENCE = (
    ("91", "99352", "1962-07-02"),
    ("92", "99352", "1962-07-02"),
    ("93", "99352", "1962-07-02"),
    ("94", "99352", "1962-07-02"),
    ("95", "99350", "1956-03-01"),
    ("96", "99351", "1956-03-19"),
)


class PlaceRelation(StrEnum):
    """How two codes stand to each other."""

    SAME = "same"
    DISTRICT = "district"  # arrondissement against its city
    SUCCESSOR = "successor"  # one became, or joined, the other: renamed, renumbered or merged
    COUNTRY = "country"  # a code of before independence against the country's
    OTHER = "other"
    UNKNOWN = "unknown"  # one of them states nothing


def is_well_formed_place(code: str) -> bool:
    """Say whether this is written as a COG: five letters or digits (XSD)."""
    return _WIRE.fullmatch(code.upper()) is not None


def is_abroad(code: str) -> bool:
    """Born abroad: 99 and the country's three digits; 99999 states nothing (ins-rules 1.6)."""
    return code.startswith("99") and code != UNKNOWN_PLACE


def departement_of(code: str) -> str:
    """Give the number of the département, or of the collectivity overseas, that a code begins with; none abroad."""
    if code.startswith("99"):
        return ""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a code: a commune with its département, or a country, which has none."""

    code: str
    name: str = ""  # empty where the table does not have it
    number: str = ""  # of the département, of that time
    departement: str = ""
    until: str = ""  # the last day of this code, YYYY-MM-DD; empty where it is in force, or nobody knows
    today: str = ""  # the code that took its place; empty where it is in force


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """The communes and countries we know, today's and former ones; empty: only the arrondissements are known."""

    names: Mapping[str, str] = field(default_factory=dict)  # code to French name, former codes where known
    successors: Mapping[str, str] = field(default_factory=dict)  # former code to the code that took its place
    departements: Mapping[str, str] = field(default_factory=dict)  # number to name
    ends: Mapping[str, str] = field(default_factory=dict)  # former code to its last day, YYYY-MM-DD, where it is known

    def knows(self, code: str) -> bool:
        """The code is, or was, a place of this table."""
        return code in self.names or code in self.successors or code in CITY_OF_DISTRICT

    def name(self, code: str) -> str:
        """Give the place's French name; empty when the table does not have it."""
        return self.names.get(code, "")

    def today(self, code: str) -> str:
        """Follow a former code to the one in force; a code that never changed is its own."""
        seen = {code}
        while (following := self.successors.get(code, code)) not in seen:
            seen.add(following)
            code = following
        return code

    def described(self, code: str, born: BirthDate | None = None) -> "Place":
        """Say what is known of a code, for whoever reads no codes; ``born`` tells Algeria of 1950 from today's 91."""
        code = code.upper()
        if state := self._state_of_today(code, born):
            return Place(code, today=state)
        number, until, today = departement_of(code), self.ends.get(code, ""), self.today(code)
        name, departement = self.name(code), self.departements.get(number, "")
        if number in _DIVIDED and departement_of(today) != number and today[2:] == code[2:]:
            departement, last = _DIVIDED[number]
            name, until = name or self.name(today), until or last
        return Place(code, name, number if departement else "", departement, until, today if today != code else "")

    def is_possible(self, code: str, born: BirthDate | None = None) -> bool:
        """Say whether somebody can be born there: a place of the table, a country, a département of before, or 99999.

        Without a table only the writing is judged.
        """
        code = code.upper()
        if not self.names:
            return is_well_formed_place(code)
        is_country = _COUNTRY.fullmatch(code) is not None
        return code == UNKNOWN_PLACE or is_country or self.knows(code) or bool(self._state_of_today(code, born))

    def relation(self, left: str, right: str, born: BirthDate | None = None) -> PlaceRelation:
        """Say how two codes of birth places stand to each other; symmetric."""
        left, right = left.upper(), right.upper()
        if UNKNOWN_PLACE in (left, right) or not left or not right:
            return PlaceRelation.UNKNOWN
        if left == right:
            return PlaceRelation.SAME
        if CITY_OF_DISTRICT.get(left, left) == right or CITY_OF_DISTRICT.get(right, right) == left:
            return PlaceRelation.DISTRICT
        if self.today(left) == right or self.today(right) == left:  # two former communes of one stay two places
            return PlaceRelation.SUCCESSOR
        if left == self._state_of_today(right, born) or right == self._state_of_today(left, born):
            return PlaceRelation.COUNTRY
        return PlaceRelation.OTHER

    def _state_of_today(self, code: str, born: BirthDate | None) -> str:
        """What a former département became that is no commune of France, for someone born before; empty for others."""
        if born is None or not born.is_calendar or not self.names or self.knows(code):
            return ""
        states = (
            state for prefix, state, last in _BEFORE_INDEPENDENCE if code.startswith(prefix) and born.text <= last
        )
        return next(states, "")


NO_TABLE = PlaceTable()
