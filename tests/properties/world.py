"""Nine people who are easily taken for each other, and what INSi says of them: so few that they meet often."""

from dataclasses import replace
from datetime import UTC, datetime

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR, OID_NIR_TEST, Matricule, key_of
from kiosk.core.identity.names import NameRefused, comparison_key
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.document import DocumentKind, DocumentPicture, DocumentReading, MrzReading, Side
from kiosk.core.sources.insi import (
    Exchange,
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsSeveral,
    InsUnreachable,
    PastMatricule,
)
from tests.console.arrivals import TINY_JPEG, mrz_of
from tests.people import AHMED, CATARINA, CHLOE, CLARA, MARIE, MATRICULE, ZOE, Person

HOMONYM = replace(ZOE, why="Zoé's homonym, born elsewhere", birth_place_code="75990", number="2751275990031")
SWAPPED = replace(CHLOE, why="a third child, whose names are the twins'", given_names=("CHLOE", "CLARA"))
SWAPPED = replace(SWAPPED, number="2160269990032", birth_rank="3")
PEOPLE: dict[str, Person] = {
    "zoe": ZOE,
    "homonym": HOMONYM,
    "chloe": CHLOE,
    "clara": CLARA,
    "swapped": SWAPPED,
    "marie": MARIE,
    "catarina": CATARINA,
    "nia": MATRICULE,
    "ahmed": AHMED,
}
NEW_NUMBER = {"nia": "1090763220890", "zoe": "2751263220790"}  # what a NIA, or a changed NIR, becomes one day
MANNERS = (
    *("right",) * 12,
    *("other", "other", "several", "nobody", "silent", "silent", "trouble", "odd", "replaced", "replaced"),
    *("several-in-one", "bad-key", "no-place", "place-unknown", "no-date", "no-sex", "test-oid", "no-oid"),
)


def name_of(person: Person) -> str:
    return next(name for name, one in PEOPLE.items() if one is person)


def card_of(name: str) -> Beneficiary:
    return PEOPLE[name].beneficiary()


def reading_of(name: str, how: str) -> DocumentReading | None:
    """A document as the kiosk's readers give it: read with certainty, hardly read, or only a picture."""
    if how == "unread":
        return DocumentReading(DocumentKind.UNKNOWN)
    mrz = _zone_of(PEOPLE[name], accepted=how != "doubtful")
    if how == "misspelt":
        mrz = replace(mrz, traits=replace(mrz.traits, birth_name=mrz.traits.birth_name + "E"))
    return DocumentReading(DocumentKind.FRENCH_ID_2021, mrz)


def _zone_of(person: Person, *, accepted: bool) -> MrzReading:
    zone = mrz_of(person, accepted=accepted)
    try:
        names = tuple(comparison_key(one) for one in person.given_names)
        return replace(
            zone, traits=replace(zone.traits, birth_name=comparison_key(person.birth_name), given_names=names)
        )
    except NameRefused:
        return zone


def pictures_of(how: str) -> tuple[DocumentPicture, ...]:
    return (DocumentPicture(Side.FIRST, TINY_JPEG),) if how != "none" else ()


def answer(manner: str, name: str) -> InsAnswer:
    """What INSi says when it is asked about this person, rightly or otherwise."""
    person = PEOPLE[name]
    match manner:
        case "right":
            return _found(person)
        case "other":
            others = list(PEOPLE)
            return _found(PEOPLE[others[(others.index(name) + 1) % len(others)]])
        case "several":
            return InsSeveral()
        case "nobody":
            return InsNotFound()
        case "silent" | "not-asked":
            return InsUnreachable("timeout" if manner == "silent" else manner)
        case "trouble":
            return InsCertificateTrouble("expired")
        case "odd":
            return replace(_found(person), flags=("found-by-secondary-name",))
        case "several-in-one":
            return replace(_found(person), flags=("several-individuals",))
        case "bad-key" | "test-oid" | "no-oid":
            changes = {"bad-key": {"key": "00"}, "test-oid": {"oid": OID_NIR_TEST}, "no-oid": {"oid": ""}}[manner]
            return InsFound(replace(person.matricule, **changes), person.traits(Source.INSI))
        case "no-place" | "place-unknown" | "no-date" | "no-sex":
            lacks = {
                "no-place": {"birth_place_code": ""},
                "place-unknown": {"birth_place_code": "99999"},
                "no-date": {"birth_date": None},
                "no-sex": {"sex": None},
            }[manner]
            return InsFound(person.matricule, replace(person.traits(Source.INSI), **lacks))
        case "replaced":
            number = NEW_NUMBER.get(name, person.number)
            past = PastMatricule(person.matricule)
            return InsFound(_numbered(number), person.traits(Source.INSI), history=(past,))
    raise ValueError(manner)


def called(answer: InsAnswer, began: datetime) -> InsAnswer:
    """The answer with its one call, which began then."""
    call = Exchange("search", "", began.astimezone(UTC).isoformat(timespec="seconds"), 1, "00", b"", b"")
    return replace(answer, exchanges=(call,))


def _found(person: Person) -> InsFound:
    return InsFound(person.matricule, person.traits(Source.INSI))


def _numbered(number: str) -> Matricule:
    return Matricule(number, key_of(number), OID_NIR)


def meant_by(wanted: Traits | None, nir: str) -> str:
    """Of whom a question is: by the card's number, else by the traits it names; Zoé when nobody here is meant."""
    for name, person in PEOPLE.items():
        if nir and person.card_has_number and nir.startswith(person.number):
            return name
    if wanted is not None:
        for name, person in PEOPLE.items():
            if _agrees(person, wanted):
                return name
    return "zoe"


def _agrees(person: Person, wanted: Traits) -> bool:
    if wanted.birth_date != BirthDate(person.birth_date) or (wanted.sex or person.sex) != person.sex:
        return False
    if wanted.birth_place_code and wanted.birth_place_code != person.birth_place_code:
        return False
    try:
        theirs = {comparison_key(one) for text in wanted.given_names for one in text.split()}
        return bool(theirs & {comparison_key(one) for one in person.given_names})
    except NameRefused:
        return False
