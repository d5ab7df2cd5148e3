"""The fictional people of every test, each with a name and a reason to exist.

The first seven are the public test people of the national test environment (INSi); all others are invented here, with
numbers that nobody has: their commune of birth is 990 of a department, which does not exist. Nobody here is real.
"""

from dataclasses import dataclass, replace
from itertools import count

from kiosk.core.identity.matricule import OID_NIA
from kiosk.core.identity.traits import Sex
from kiosk.training.people import Person

# --- the public test people ------------------------------------------------------------------------------------------
ZOE = Person("the plain case", "ADRUN", ("ZOE",), Sex.FEMALE, "1975-12-31", "63220", "2751263220749")
DOMINIQUE = Person(
    "born in Corse-du-Sud", "ADRTROIS", ("DOMINIQUE",), Sex.FEMALE, "1997-02-26", "2A020", "297022A020778"
)
TOUSSAINT = Person("born in Haute-Corse", "ADRTROIS", ("TOUSSAINT",), Sex.MALE, "1960-01-01", "2B020", "160012B020777")
CATARINA = Person(
    "INSi knows her second given name only: asking for OLA finds nobody",
    "TCHITCHI",
    ("CATARINA", "BELLA"),
    Sex.FEMALE,
    "1936-06-21",
    "63220",
    "2360663220836",
)
OLA = replace(CATARINA, why="Catarina as the local record knows her", given_names=("OLA", "CATARINA", "BELLA"))
PIERRE_ALAIN = Person(
    "a composite given name and two earlier matricules",
    "ECETINSI",
    ("PIERRE-ALAIN", "MURIEL", "FLORIANT"),
    Sex.MALE,
    "2009-07-14",
    "63220",
    "1090763220834",
    earlier=("2090763220834", "2090663220123"),
)
MATRICULE = Person(
    "has a NIA, not yet a NIR", "PROVISOIRE", ("MATRICULE",), Sex.MALE, "2009-07-01", "63220", "1090763220888", OID_NIA
)
# The test environment gives no date for him; this one is ours.
PIERRE = Person(
    "INSi finds nobody under any of his names",
    "HOUILLES",
    ("PIERRE", "PAUL", "JACQUES"),
    Sex.MALE,
    "1984-03-02",
    "63220",
    "",
)

# --- invented --------------------------------------------------------------------------------------------------------
LINA = Person(
    "a child with a number of her own", "ADRUN", ("LINA",), Sex.FEMALE, "2012-05-04", "63990", "2120563990001"
)
LEO = Person(
    "a child without a number on the card",
    "ADRUN",
    ("LEO",),
    Sex.MALE,
    "2019-09-17",
    "63990",
    "1190963990002",
    card_has_number=False,
)
MARIE = Person(
    "her card bears the name in use",
    "D'ESTRÉES-LEROY",
    ("MARIE-HÉLÈNE", "FRANÇOISE"),
    Sex.FEMALE,
    "1980-01-21",
    "75990",
    "2800175990003",
    name_in_use="MARTIN",
)
AHMED = Person(
    "day and month of birth unknown: a lunar date",
    "BENALI",
    ("AHMED",),
    Sex.MALE,
    "1951-20-00",
    "99352",
    "1512099352004",
)
CHLOE = Person(
    "a twin, born first, without a number on the card",
    "GEMEAUX",
    ("CHLOE",),
    Sex.FEMALE,
    "2016-02-29",
    "69990",
    "2160269990005",
    birth_rank="1",
    card_has_number=False,
)
CLARA = replace(CHLOE, why="her twin, born second", given_names=("CLARA",), number="2160269990006", birth_rank="2")
SOPHIE = Person("the twins' mother", "GEMEAUX", ("SOPHIE",), Sex.FEMALE, "1988-11-05", "69990", "2881169990007")
PERE = Person(
    "the insured of the longest card", "NOMBREUX", ("JEAN",), Sex.MALE, "1970-06-15", "13990", "1700613990008"
)


def _children_of_the_longest_card() -> tuple[Person, ...]:
    girls = ("ALICE", "CAMILLE", "ELISE", "GABRIELLE", "IRENE", "KARINE", "MANON", "OPHELIE", "QUITTERIE")
    boys = ("BASILE", "DENIS", "FELIX", "HUGO", "JULES", "LOUIS", "NOEL", "PAUL", "REMI")
    given = [name for pair in zip(girls, boys, strict=True) for name in pair]
    return tuple(
        Person(
            f"child {index + 1} of the longest card",
            "NOMBREUX",
            (name,),
            Sex.FEMALE if index % 2 == 0 else Sex.MALE,
            f"{1995 + index}-{index % 12 + 1:02d}-{index + 3:02d}",
            "13990",
            f"{2 if index % 2 == 0 else 1}{(95 + index) % 100:02d}{index % 12 + 1:02d}13990{100 + index}",
        )
        for index, name in enumerate(given)
    )


@dataclass(frozen=True, slots=True)
class Family:
    """The people of one carte Vitale, the insured (ouvrant droit) first."""

    name: str  # the sample card's name
    why: str
    people: tuple[Person, ...]


FAMILIES = {
    family.name: family
    for family in (
        Family("zoe", "a family: two children, one without a number", (ZOE, LINA, LEO)),
        Family("zoe-alone", "one person, the plain case", (ZOE,)),
        Family("dominique", "Corse-du-Sud", (DOMINIQUE,)),
        Family("toussaint", "Haute-Corse", (TOUSSAINT,)),
        Family("catarina", "the local record has another first given name", (CATARINA,)),
        Family("ola", "INSi answers 'none' to this card's given name", (OLA,)),
        Family("pierre-alain", "composite given name", (PIERRE_ALAIN,)),
        Family("matricule", "a NIA", (MATRICULE,)),
        Family("houilles", "INSi finds nobody; the number is not on the card", (PIERRE,)),
        Family("marie", "name in use, accents, apostrophe", (MARIE,)),
        Family("ahmed", "lunar date of birth", (AHMED,)),
        Family("twins", "two children born the same day", (SOPHIE, CHLOE, CLARA)),
        Family("nineteen", "the longest card: nineteen people", (PERE, *_children_of_the_longest_card())),
    )
}
EVERYONE = tuple({person.why: person for family in FAMILIES.values() for person in family.people}.values())


def card_file(family: Family, **options: str | int | float | bool) -> str:
    """Write the card of this family as the simulator reads it (TOML); ``options`` are keys of the whole card."""
    lines = [f"# {family.why}. Nobody on this card is real.", 'kind = "vitale"']
    lines += [f"{key} = {_toml(value)}" for key, value in options.items()]
    for person in family.people:
        number = person.number + person.key if person.card_has_number else ""
        lines += [
            "",
            f"[[beneficiary]]  # {person.why}",
            f"name = {_toml(person.card_name)}",
            f"given_name = {_toml(person.card_given_name)}",
            f"birth_date = {_toml(person.birth_date.replace('-', ''))}",
            f"number = {_toml(number)}",
        ]
    return "\n".join(lines) + "\n"


def _toml(value: str | int | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def somebody_like(person: Person) -> Person:
    """Another one of the same names, born another day, with a number of their own: known from nowhere yet."""
    at = next(_OTHERS)
    born = f"{int(person.birth_date[:4]) - 1 - at % 40:04d}-{1 + at % 12:02d}-{1 + at % 28:02d}"
    return replace(person, birth_date=born, number=f"{person.number[:10]}{at % 1000:03d}")


_OTHERS = count(100)
