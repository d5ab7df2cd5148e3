"""Which cases come, how many of each, and whom a site adds of its own: a TOML file, or a number of people."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.names import NameRefused, is_valid_birth_name, is_valid_given_name, normalise
from kiosk.core.identity.places import is_well_formed_place
from kiosk.core.identity.traits import Sex
from kiosk.settings import BadSettings, Section, problems_of, read_toml
from kiosk.training.case import MOST_COPIES, Cast, cast_of
from kiosk.training.cases import BY_NAME, CASES, PLAIN, cast
from kiosk.training.people import Person

MOST_ARRIVALS = 300  # at once
_MOST_OWN = 50
_FIRST_OWN = 900  # the number of a site's first own person, behind those of the table


def _is_case(name: str) -> str:
    if name not in BY_NAME:
        raise ValueError("cas inconnu : kiosk simulate arrivals --list écrit ceux qu'il y a")
    return name


def _is_name(name: str) -> str:
    try:
        written = normalise(name)
    except NameRefused:
        written = ""
    if not is_valid_birth_name(written):
        raise ValueError("écrivez un nom en lettres, avec espaces, apostrophes et traits d'union, 100 au plus")
    return written


def _is_given_name(name: str) -> str:
    if not is_valid_given_name(written := _is_name(name)):
        raise ValueError("écrivez un prénom en lettres, avec un seul trait d'union entre deux")
    return written


def _is_day(text: str) -> str:
    try:
        born = BirthDate(text).as_date()
    except ValueError:
        born = None
    if born is None or not date(1900, 1, 1) <= born <= date(2099, 12, 31):
        raise ValueError("écrivez un jour du calendrier, année d'abord : 1970-01-31")
    return text


def _is_place(code: str) -> str:
    if not is_well_formed_place(code):
        raise ValueError("écrivez le code officiel géographique, cinq caractères : 63220, 2A004, 99352")
    return code.upper()


CaseName = Annotated[str, AfterValidator(_is_case)]
Name = Annotated[str, Field(max_length=100), AfterValidator(_is_name)]
GivenName = Annotated[str, Field(max_length=100), AfterValidator(_is_given_name)]


class OwnPerson(Section):
    """Somebody whom a site invents: card, document and INSi say the same of them."""

    birth_name: Name
    given_names: tuple[GivenName, ...] = Field(min_length=1, max_length=10)
    sex: Literal["F", "M"]
    birth_date: Annotated[str, AfterValidator(_is_day)]
    birth_place: Annotated[str, AfterValidator(_is_place)]
    name_in_use: Name | Literal[""] = ""

    def person(self) -> Person:
        names = self.birth_name, self.given_names, Sex(self.sex), self.birth_date, self.birth_place
        return Person("a site's own", *names, "", name_in_use=self.name_in_use)


class Choices(Section):
    """The file: ``[cases]`` with a number behind each name, ``[[people]]`` with the site's own."""

    cases: dict[CaseName, Annotated[int, Field(ge=1, le=MOST_COPIES)]] = Field(default_factory=dict)
    people: tuple[OwnPerson, ...] = Field(default=(), max_length=_MOST_OWN)

    @model_validator(mode="after")
    def _is_some_and_not_too_many(self) -> "Choices":
        count = sum(BY_NAME[name].visits * count for name, count in self.cases.items()) + len(self.people)
        if not 1 <= count <= MOST_ARRIVALS:
            raise ValueError(f"le fichier demande {count} arrivées : écrivez-en de 1 à {MOST_ARRIVALS}")
        return self

    def own(self) -> list[Cast]:
        """The site's own people: whoever else reads the same file knows the same ones."""
        plain = BY_NAME[PLAIN]
        return [cast_of(plain.of(one.person()), _FIRST_OWN + nth) for nth, one in enumerate(self.people)]

    def casts(self) -> list[Cast]:
        """Who comes, the cases in turn."""
        copies = range(max(self.cases.values(), default=0))
        table = [cast(BY_NAME[name], copy) for copy in copies for name, count in self.cases.items() if copy < count]
        return table + self.own()


def read_choices(path: Path) -> Choices:
    """Read the file. BadSettings names every key that is wrong."""
    try:
        return Choices.model_validate(read_toml(path))
    except ValidationError as trouble:
        raise BadSettings(problems_of(trouble, path)) from None


def spread(arrivals: int | None = None) -> list[Cast]:
    """So many arrivals over all cases, in turn; None: each case once."""
    casts: list[Cast] = []
    left = sum(case.visits for case in CASES) if arrivals is None else arrivals
    for copy in range(MOST_COPIES):
        for case in CASES:
            if case.visits <= left:
                casts.append(cast(case, copy))
                left -= case.visits
    return casts
