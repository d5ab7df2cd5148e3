"""The invented people: families with twins, namesakes born the same day, names in use, dates half known.

Everything comes from one seed. Numbers are of communes 990 and up, which do not exist.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.names import normalise
from kiosk.core.identity.traits import Sex, Source, Traits
from tests.population import words

TODAY = date(2026, 11, 29)
TOWNS = tuple(
    f"{department:02d}{commune:03d}" for department in range(1, 60) for commune in (4, 53, 122, 185, 290, 362)
)
CAPITAL = tuple(f"751{number:02d}" for number in range(1, 21))
TWINS, NAMESAKES, ABROAD, HALF_KNOWN, COMPOSITE, IN_USE = 0.03, 0.012, 0.13, 0.25, 0.09, 0.6


@dataclass(slots=True)
class Somebody:
    """One invented person as the civil registry knows them, printable because they are nobody."""

    birth_name: str  # as written there, accents and all
    given_names: tuple[str, ...]
    sex: Sex
    birth_date: str  # as INSi has it: always a day of the calendar
    place: str
    number: str
    civil_date: str = ""  # what papers say where the day, or the month too, is unknown
    name_in_use: str = ""
    rank: int = 1  # rang gémellaire
    insured: "Somebody | None" = field(default=None, repr=False)  # a child's parent, whose card bears the child
    twin: "Somebody | None" = field(default=None, repr=False)
    namesake: "Somebody | None" = field(default=None, repr=False)  # same names, same day

    @property
    def on_papers(self) -> str:
        return self.civil_date or self.birth_date

    def as_insi_says(self) -> Traits:
        names = tuple(normalise(name) for name in self.given_names)
        return Traits(
            Source.INSI,
            normalise(self.birth_name),
            given_names=names,
            given_names_text=" ".join(names),
            birth_date=BirthDate(self.birth_date),
            sex=self.sex,
            birth_place_code=self.place,
        )


class World:
    """Makes people, one family after another."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._orders: Counter[str] = Counter()
        self._surnames = _weighted(len(words.COMMON_NAMES), 0.6)
        self._towns = _weighted(len(TOWNS), 0.9)

    def people(self, count: int) -> list[Somebody]:
        made: list[Somebody] = []
        while len(made) < count:
            made.extend(self._family())
        return made[:count]

    def _family(self) -> Iterator[Somebody]:
        """Two parents and up to three children; some of the children are twins, some people have a namesake."""
        surname = self._surname()
        born = self._day(1931, 2006)
        mother = self._person(self._surname(), Sex.FEMALE, born)
        if self.random.random() < IN_USE:
            mother.name_in_use = surname if self.random.random() < 0.8 else f"{mother.birth_name}-{surname}"
        father = self._person(surname, Sex.MALE, born + timedelta(self.random.randrange(-2500, 1500)))
        yield from (mother, father)
        eldest = max(date.fromisoformat(mother.birth_date) + timedelta(8500), date(1955, 1, 1))
        for _ in range(self.random.choice((0, 1, 1, 2, 2, 3))):
            eldest += timedelta(self.random.randrange(500, 2500))
            if eldest >= TODAY:
                break
            yield from self._birth(surname, eldest, self.random.choice((mother, father)))
        if self.random.random() < NAMESAKES:
            yield self.namesake_of(self.random.choice((mother, father)))

    def _birth(self, surname: str, born: date, insured: Somebody) -> Iterator[Somebody]:
        child = self._person(surname, self.random.choice((Sex.FEMALE, Sex.MALE)), born)
        is_minor = (TODAY - born).days < 16 * 365
        child.insured = insured if is_minor else None
        yield child
        if self.random.random() < TWINS:
            yield self.twin_of(child)

    def twin_of(self, child: Somebody) -> Somebody:
        """Same name, day and place; same sex or not; a first name that is another, at times hardly."""
        sex = child.sex if self.random.random() < 0.6 else self.random.choice((Sex.FEMALE, Sex.MALE))
        twin = self._person(child.birth_name, sex, date.fromisoformat(child.birth_date))
        if sex is child.sex and self.random.random() < 0.25:
            twin.given_names = (
                f"{child.given_names[0].partition('-')[0]}-{self._second_half(sex)}",
                *child.given_names[1:],
            )
        while twin.given_names[0] == child.given_names[0]:
            twin.given_names = (self._given(sex, child.birth_date), *twin.given_names[1:])
        twin.place, twin.civil_date, twin.rank, twin.insured = child.place, child.civil_date, 2, child.insured
        twin.twin, child.twin = child, twin
        return twin

    def namesake_of(self, one: Somebody) -> Somebody:
        """Somebody else of the same names and sex, born the same day, in half of the cases in the same town."""
        place = one.place if self.random.random() < 0.5 else self._place()
        other = replace(one, place=place, number="", insured=None, twin=None, namesake=one)
        other.number = self._number(other.sex, other.birth_date, place)
        one.namesake = other
        return other

    def _person(self, surname: str, sex: Sex, born: date) -> Somebody:
        day, place = born.isoformat(), self._place()
        given: tuple[str, ...]
        civil = ""
        if self.random.random() < ABROAD:
            place, names, girls, boys = self.random.choice(words.FOREIGN)
            surname = self.random.choice(names) if self.random.random() < 0.8 else surname
            given = (self.random.choice(girls if sex is Sex.FEMALE else boys),)
            if self.random.random() < HALF_KNOWN:
                civil = self.random.choice((f"{day[:8]}00", f"{day[:4]}-00-00"))
                whole = BirthDate(civil).interpretation()
                day = whole.text if whole is not None else day
        else:
            first = self._given(sex, day)
            given = (
                first,
                *(self._given(sex, f"{int(day[:4]) - 45}") for _ in range(self.random.choice((0, 1, 2, 2)))),
            )
        return Somebody(surname, given, sex, day, place, self._number(sex, day, place), civil)

    def _surname(self) -> str:
        chance = self.random.random()
        if chance < 0.3:
            return self._chosen(words.COMMON_NAMES, self._surnames)
        if chance < 0.34:
            return f"{self._chosen(words.COMMON_NAMES, self._surnames)}-{self.random.choice(words.RARE_NAMES)}"
        return self.random.choice(words.COMPOUND_NAMES if chance < 0.37 else words.RARE_NAMES)

    def _given(self, sex: Sex, born: str) -> str:
        which = 0 if sex is Sex.FEMALE else 1
        if self.random.random() < COMPOSITE:
            return f"{self.random.choice(words.FIRST_HALVES[which])}-{self._second_half(sex)}"
        if self.random.random() < 0.12:
            return self.random.choice(words.RARE_GIVEN[which])
        decade = max((year for year in words.GIVEN_NAMES if year <= int(born[:4])), default=1930)
        names = words.GIVEN_NAMES[decade][which]
        return self._chosen(names, _weighted(len(names), 0.7))

    def _second_half(self, sex: Sex) -> str:
        return self.random.choice(words.SECOND_HALVES[0 if sex is Sex.FEMALE else 1])

    def _place(self) -> str:
        if self.random.random() < 0.1:
            return self.random.choice(CAPITAL)
        return self._chosen(TOWNS, self._towns)

    def _day(self, first: int, last: int) -> date:
        start = date(first, 1, 1)
        return start + timedelta(self.random.randrange((date(last, 1, 1) - start).days))

    def _chosen(self, among: tuple[str, ...] | list[str], weights: tuple[float, ...]) -> str:
        return self.random.choices(among, cum_weights=weights)[0]

    def _number(self, sex: Sex, born: str, place: str) -> str:
        """Thirteen digits that nobody has: the order goes on in communes 991, 992 where 990 is full."""
        stem = f"{1 if sex is Sex.MALE else 2}{born[2:4]}{born[5:7]}{place[:2]}"
        self._orders[stem] += 1
        beyond, order = divmod(self._orders[stem] - 1, 999)
        return f"{stem}{990 + beyond}{order + 1:03d}"


@cache
def _weighted(count: int, steepness: float) -> tuple[float, ...]:
    """Cumulated weights of a list whose first is by far the most frequent."""
    return tuple(accumulate(1 / (rank + 1) ** steepness for rank in range(count)))
