"""What one case of the training is made of: who comes, what they show, what INSi knows, what staff must do."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum

from kiosk.insi.simulated.population import DOWN
from kiosk.insi.simulated.population import Person as Known
from kiosk.training.people import Person, known

MOST_COPIES = 60  # different people who may come with one case
_MOST_MEMBERS = 4  # of a case: who comes, on whose card, who looks like them
_TURNING = "BCDFGLMNPRSTV"  # letters that another copy's names have instead of one another


Saying = Callable[[Person], Person]  # what a card or a document makes of who comes


def as_is(person: Person) -> Person:
    """Nothing is said otherwise."""
    return person


class Right(StrEnum):
    """The right decision; what the page must lead to."""

    QUALIFY = "qualify"  # with the original in hand, once what differs was seen
    PRESENCE = "presence"  # qualified before: it is them
    ASK_DOCUMENT = "ask-document"  # nothing shows who this is: with the original, then qualify
    ASK_AGAIN = "ask-again"  # INSi, with what the original says
    WAIT = "wait"  # INSi has not answered: the question is put again by itself
    VALIDATE = "validate"  # without INS, on the original alone
    SAME_PERSON = "same-person"  # several visits, one person
    CONFIDE = "confide"  # to the unit (identitovigilance)


class National(Enum):
    """What INSi says of who comes."""

    FOUND = "found"
    NOBODY = "nobody"
    SEVERAL = "several"
    SILENT = "silent"


class Read(Enum):
    """How well the machine read the document."""

    WELL = "well"
    UNCERTAIN = "uncertain"  # something lay over the zone
    NOT = "not"  # the picture is spoilt


class Sealed(Enum):
    """What the visible seal of the card of 2021 says; other documents have none."""

    NOT_VERIFIED = "not-verified"
    FALSE = "false"
    OTHERWISE = "otherwise"  # than the printed zone


@dataclass(frozen=True, slots=True)
class Paper:
    """The document that is shown: it says what is true of who comes, but for what is written here."""

    kind: str = "french-id-2021"
    says: Saying = as_is
    expiry: str = "340101"  # YYMMDD
    says_place: bool = True
    read: Read = Read.WELL
    sealed: Sealed = Sealed.NOT_VERIFIED


@dataclass(frozen=True, slots=True)
class Case:
    """Something that staff meet."""

    name: str
    meets: str  # in French: what this is
    right: Right
    do: str  # in French: what to do about it
    person: Person  # as INSi knows them
    need: str = "ready"  # what the queue says, once INSi has answered
    national: National = National.FOUND
    has_card: bool = True
    card_says: Saying = as_is
    insured: Person | None = None  # whose card it is, when not their own
    others: tuple[Person, ...] = ()  # whom INSi knows beside them
    paper: Paper | None = field(default_factory=Paper)
    visits: int = 1  # of the same person, one after the other

    def of(self, person: Person) -> "Case":
        """The same case with somebody else."""
        return replace(self, person=person)


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one copy of a case: as many come with it as are wanted, and each is somebody else."""

    case: Case
    person: Person
    on_card: Person | None
    insured: Person | None
    on_paper: Person | None
    others: tuple[Person, ...]

    def known(self) -> tuple[Known, ...]:
        """Whom the simulated INSi must know, for it to answer as the case says."""
        beside = [known(one, self.insured) for one in self.others]
        beside += [known(self.insured)] if self.insured is not None else []
        person = known(self.person, self.insured)
        match self.case.national:
            case National.FOUND:
                return person, *beside
            case National.SEVERAL:
                return person, replace(person, place=_elsewhere(person.place)), *beside
            case National.SILENT:
                return replace(person, behaviour=DOWN), *beside
            case National.NOBODY:
                return tuple(beside)


def cast_of(case: Case, number: int, copy: int = 0) -> Cast:
    """The people of this copy, made from ``number``, which is the case's own. ValueError beyond the bound."""
    if not 0 <= copy < MOST_COPIES:
        raise ValueError("more copies of a case than there are people")

    def made(person: Person, member: int) -> Person:
        return _copied(person, f"00{number:03d}{copy * _MOST_MEMBERS + member + 1:03d}", copy)

    person = made(case.person, 0)
    return Cast(
        case,
        person,
        replace(made(case.card_says(case.person), 0), number=person.number) if case.has_card else None,
        made(case.insured, 1) if case.insured is not None and case.has_card else None,
        made(case.paper.says(case.person), 0) if case.paper is not None else None,
        tuple(made(one, 2 + nth) for nth, one in enumerate(case.others)),
    )


def _copied(person: Person, rest: str, copy: int) -> Person:
    """Somebody else of the same kind: other letters, another day, a number that nobody has (département 00)."""
    year, month, day = person.birth_date.split("-")
    if 1 <= int(month) <= 12 and 1 <= int(day) <= 28:
        month, day = f"{(int(month) - 1 + copy) % 12 + 1:02d}", f"{(int(day) - 1 + copy) % 28 + 1:02d}"
    else:  # a date that is a case by itself: another year
        year = str(int(year) - copy // len(_TURNING))
    sex = "1" if person.sex.value == "M" else "2"
    return replace(
        person,
        birth_name=_turned(person.birth_name, copy),
        name_in_use=_turned(person.name_in_use, copy),
        birth_date=f"{year}-{month}-{day}",
        number=f"{sex}{year[2:]}{month}{rest}",
    )


def _turned(name: str, copy: int) -> str:
    """The same name with other consonants; what makes a case of it (a hyphen, an accent, one letter) stays."""
    by = copy % len(_TURNING)
    return name.translate(str.maketrans(_TURNING, _TURNING[by:] + _TURNING[:by]))


def _elsewhere(place: str) -> str:
    return "75056" if place != "75056" else "13055"
