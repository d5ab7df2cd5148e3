"""A test book (TOML): who is asked for, what is injected, what must come out; every mistake names its key."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import key_of
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.settings import BadSettings, InjectedSection, Section, problems_of

PUBLIC = Path(__file__).parent / "book.toml"  # the public test people's cases
_LARGEST = 1 << 20  # bytes


def _date(text: str) -> str:
    return BirthDate(text).text


def _number(text: str) -> str:
    key_of(text)
    return text


Date = Annotated[str, AfterValidator(_date)]
Number = Annotated[str, AfterValidator(_number)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class CaseTraits(Section):
    """Who is asked for, as a document says it."""

    birth_name: Name
    given_names: tuple[Name, ...] = Field(min_length=1, max_length=20)
    sex: Literal["F", "M"]
    birth_date: Date
    birth_place_code: str = Field(default="", max_length=5)

    def as_traits(self) -> Traits:
        """The same, as the client takes them."""
        return Traits(
            Source.DOCUMENT,
            birth_name=self.birth_name,
            given_names=self.given_names,
            birth_date=BirthDate(self.birth_date),
            sex=Sex(self.sex),
            birth_place_code=self.birth_place_code,
        )


class CaseCard(Section):
    """Who is asked for, as a carte Vitale says it."""

    number: Number | Literal[""] = ""  # the person's own; empty for a child without one
    insured: Number | Literal[""] = ""  # the insured person's, when it is somebody else
    name: str = Field(default="", max_length=100)
    birth_name: str = Field(default="", max_length=100)  # only when it is known to be the birth name
    given_name: str = Field(default="", max_length=100)
    birth_date: Date
    birth_rank: str = Field(default="1", pattern=r"^[1-9]$")

    @model_validator(mode="after")
    def _has_a_number(self) -> "CaseCard":
        if not (self.number or self.insured):
            raise ValueError("a card has a number: number or insured")
        return self

    def beneficiary(self) -> Beneficiary:
        """The person."""
        key = key_of(self.number) if self.number else ""
        name = self.name or self.birth_name
        return Beneficiary(name, self.given_name, self.birth_date, self.birth_rank, self.number, key, self.birth_name)

    def insured_person(self) -> Beneficiary | None:
        """Whose card it is, when it is somebody else's."""
        return Beneficiary("", "", "", "1", self.insured, key_of(self.insured)) if self.insured else None


class Case(Section):
    """One case: who, what INSi must answer, what becomes of the identity."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")
    title: str = Field(min_length=1, max_length=200)
    notes: str = Field(default="", max_length=2000)
    traits: CaseTraits | None = None
    card: CaseCard | None = None
    injected: tuple[InjectedSection, ...] = ()
    answer: Literal["found", "nobody", "several", "refused", "unreachable", "certificate"]
    status: Literal["PROVISIONAL", "RETRIEVED"]  # the most that a machine makes of it
    matricule: Number | Literal[""] = ""
    calls: int | None = Field(default=None, ge=0, le=50)  # how many, where the book says it

    @model_validator(mode="after")
    def _is_whole(self) -> "Case":
        if self.traits is None and self.card is None:
            raise ValueError("say who is asked for: traits, card or both")
        if bool(self.matricule) != (self.answer == "found"):
            raise ValueError("matricule goes with answer = found, and with no other")
        if self.status == "RETRIEVED" and self.answer != "found":
            raise ValueError("status = RETRIEVED goes with answer = found only")
        return self


class Book(Section):
    """The whole book."""

    title: str = Field(min_length=1, max_length=200)
    case: tuple[Case, ...] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _names_each_case_once(self) -> "Book":
        names = [each.id for each in self.case]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError("two cases have the same id: " + ", ".join(twice))
        return self


def read(path: Path) -> tuple[Book, bytes]:
    """Read a book, and give its bytes too, as they are kept. BadSettings names every key that is wrong."""
    try:
        with path.open("rb") as file:
            said = file.read(_LARGEST + 1)
    except OSError as trouble:
        raise BadSettings(f"{path}: cannot be read ({trouble.strerror})") from None
    if len(said) > _LARGEST:
        raise BadSettings(f"{path}: larger than a book may be (1 MiB)")
    try:
        document = tomllib.loads(said.decode("utf-8"))
        return Book.model_validate(document, context={"folder": path.resolve().parent}), said
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise BadSettings(f"{path}: not TOML: {trouble}") from None
    except ValidationError as trouble:
        raise BadSettings(problems_of(trouble, path)) from None
