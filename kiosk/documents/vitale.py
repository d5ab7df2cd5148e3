"""The files of a carte Vitale decoded: who is on the card, as far as its bytes can be trusted.

Facts: data objects 65 (one beneficiary; the insured first) with 80 name, 81 given name, 82 date of birth, 93 NIR;
Latin-1 text, blank-padded. Any bytes are accepted: what could be read is kept, what is odd is named.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from hardware import tlv
from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import key_of
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.card import Beneficiary, CardAnomaly, CardContents

MOST_BENEFICIARIES = 19
LONGEST_FILE = 65_536
_MOST_OBJECTS = 1024
_LONGEST_TEXT = 64

_BENEFICIARY, _NAME, _GIVEN_NAME, _BIRTH_DATE, _NUMBER = 0x65, 0x80, 0x81, 0x82, 0x93
_NIR = re.compile(r"([1-8]\d{4}(?:\d{2}|2[AB])\d{6})(\d{2})?", re.ASCII)
_DATE = re.compile(r"(1[89]\d\d|20\d\d)(\d\d)([0-2]\d|3[01])", re.ASCII)


def decode(identity_file: bytes, numbers_file: bytes) -> CardContents:
    """Say who is on the card, the insured (ouvrant droit) first. Never raises, whatever the bytes."""
    oddities = _Oddities()
    people = [
        _person(found.value, oddities) for found in _objects(identity_file, oddities) if found.tag == _BENEFICIARY
    ]
    known = [person for person in people if person.name or person.given_name]
    if len(known) != len(people):
        oddities.add(CardAnomaly.TRUNCATED)
    numbers = [
        _number(found.value, oddities) for found in _objects(numbers_file, oddities) if found.tag == _BENEFICIARY
    ]
    if len(known) > MOST_BENEFICIARIES or len(numbers) > MOST_BENEFICIARIES:
        oddities.add(CardAnomaly.TOO_MANY)
    # A person whose name could not be read still has a place in the order of the numbers.
    matched = _match(people[:MOST_BENEFICIARIES], numbers[:MOST_BENEFICIARIES], oddities)
    ranked = _ranked([person for person in matched if person.name or person.given_name], oddities)
    if ranked and not ranked[0].nir:
        oddities.add(CardAnomaly.NUMBER_MISSING)
    return CardContents(tuple(ranked), oddities.named())


@dataclass(frozen=True, slots=True, repr=False)
class CardRecord(Confidential):
    """One beneficiary as a reading library states them: texts, not yet trusted."""

    name: str = ""
    given_name: str = ""
    birth_date: str = ""  # YYYYMMDD
    birth_rank: str = ""  # rang gémellaire; "" when the library does not say
    number: str = ""  # NIR and key
    birth_name: str = ""  # "" when the library does not tell it from the name in use


def from_records(records: Iterable[CardRecord]) -> CardContents:
    """Say who is on the card from what a reading library gave, as wary of it as of bytes. Never raises."""
    oddities = _Oddities()
    people: list[Beneficiary] = []
    has_ranks = True
    for record in islice(records, MOST_BENEFICIARIES + 1):
        number, key = _nir(_clean(record.number, oddities), oddities)
        rank = record.birth_rank.strip()
        is_rank = len(rank) == 1 and rank in "123456789"
        has_ranks &= is_rank
        person = Beneficiary(
            name=_clean(record.name, oddities),
            given_name=_clean(record.given_name, oddities),
            birth_date=_date(_clean(record.birth_date, oddities), oddities),
            birth_rank=rank if is_rank else "1",
            nir=number,
            nir_key=key,
            birth_name=_clean(record.birth_name, oddities),
        )
        if person.name or person.given_name:
            people.append(person)
    if len(people) > MOST_BENEFICIARIES:
        oddities.add(CardAnomaly.TOO_MANY)
    people = people[:MOST_BENEFICIARIES]
    if not all(_fits(person.nir, person) for person in people):
        oddities.add(CardAnomaly.NUMBERS_DO_NOT_MATCH)
    if people and not people[0].nir:
        oddities.add(CardAnomaly.NUMBER_MISSING)
    return CardContents(tuple(people if has_ranks else _ranked(people, oddities)), oddities.named())


def traits_of(beneficiary: Beneficiary, collected_at: datetime) -> Traits:
    """State what the card says of one person as traits (source CARD).

    Where the reading does not state which name is the birth name, the one it has may be the name in use; the given name
    is often the first only, and the card states neither sex nor place.
    """
    return Traits(
        source=Source.CARD,
        birth_name=beneficiary.birth_name or beneficiary.name,
        name_in_use=beneficiary.name if beneficiary.birth_name else "",
        given_names=(beneficiary.given_name,) if beneficiary.given_name else (),
        birth_date=BirthDate(beneficiary.birth_date) if beneficiary.birth_date else None,
        given_names_may_be_cut=True,
        collected_at=collected_at,
    )


class _Oddities:
    """The anomalies met so far, each named once, in the order of their definition."""

    def __init__(self) -> None:
        self._met: set[CardAnomaly] = set()

    def add(self, anomaly: CardAnomaly) -> None:
        self._met.add(anomaly)

    def named(self) -> tuple[CardAnomaly, ...]:
        return tuple(anomaly for anomaly in CardAnomaly if anomaly in self._met)


def _objects(data: bytes, oddities: _Oddities) -> Iterator[tlv.DataObject]:
    """Yield the data objects of one level; a cut one is yielded with what is there, and named."""
    if len(data) > LONGEST_FILE:
        oddities.add(CardAnomaly.TRUNCATED)
    for found in tlv.objects(data[:LONGEST_FILE], _MOST_OBJECTS):
        if not found.is_whole:
            oddities.add(CardAnomaly.TRUNCATED)
        yield found


def _person(value: bytes, oddities: _Oddities) -> Beneficiary:
    parts = _parts(value, oddities)
    return Beneficiary(
        name=_text(parts.get(_NAME, b""), oddities),
        given_name=_text(parts.get(_GIVEN_NAME, b""), oddities),
        birth_date=_date(_text(parts.get(_BIRTH_DATE, b""), oddities), oddities),
    )


def _date(written: str, oddities: _Oddities) -> str:
    date = _DATE.fullmatch(written)
    if not date or not _is_possible(*(int(part) for part in date.groups())):
        oddities.add(CardAnomaly.BAD_DATE)
    return "-".join(date.groups()) if date else ""


def _is_possible(year: int, month: int, day: int) -> bool:
    """Say whether a day is in the calendar, where the date claims to be of the calendar (lunar dates do not)."""
    return not 1 <= month <= 12 or day <= monthrange(year, month)[1]


def _parts(value: bytes, oddities: _Oddities) -> dict[int, bytes]:
    parts: dict[int, bytes] = {}
    for found in _objects(value, oddities):
        if found.is_whole:  # half a name is nobody's name
            parts.setdefault(found.tag, found.value)  # the first of two counts
    return parts


def _text(raw: bytes, oddities: _Oddities) -> str:
    """Read Latin-1 text; blanks and zeros at the end are padding."""
    return _clean(raw.rstrip(b"\x00").decode("latin-1"), oddities)


def _clean(text: str, oddities: _Oddities) -> str:
    """Drop what cannot be shown, and name it; bound the length."""
    kept = "".join(sign for sign in text[:LONGEST_FILE] if sign.isprintable())
    if len(kept) != len(text) or len(kept.strip()) > _LONGEST_TEXT:
        oddities.add(CardAnomaly.UNREADABLE_TEXT)
    return kept.strip()[:_LONGEST_TEXT].strip()


def _number(value: bytes, oddities: _Oddities) -> tuple[str, str]:
    return _nir(_text(_parts(value, oddities).get(_NUMBER, b""), oddities), oddities)


def _nir(written: str, oddities: _Oddities) -> tuple[str, str]:
    """Tell a NIR from its key; ("", "") when there is none, or none that can be one."""
    if not written.strip("0"):
        return "", ""
    number = _NIR.fullmatch(written)
    if not number:
        oddities.add(CardAnomaly.UNREADABLE_TEXT)
        return "", ""
    key = number[2] or ""
    if key != key_of(number[1]):
        oddities.add(CardAnomaly.BAD_KEY)
    return number[1], key


def _match(people: list[Beneficiary], numbers: list[tuple[str, str]], oddities: _Oddities) -> list[Beneficiary]:
    """Give each person their number: by the order of the files, checked against the year and month in the number.

    Where order and content disagree, content decides if it is unambiguous; what could be another's is nobody's.
    """
    if len(people) == len(numbers) and all(
        _fits(number, person) for person, (number, _) in zip(people, numbers, strict=True)
    ):
        return [_with_number(person, found) for person, found in zip(people, numbers, strict=True)]
    if numbers:
        oddities.add(CardAnomaly.NUMBERS_DO_NOT_MATCH)
    if len(people) == len(numbers) == 1:
        return [_with_number(people[0], numbers[0])]  # there is nobody else whose number it could be
    matched = list(people)
    for index, person in enumerate(people):
        fitting = [found for found in numbers if found[0] and _fits(found[0], person)]
        if len(fitting) != 1:
            continue
        others = [other for at, other in enumerate(people) if at != index and _fits(fitting[0][0], other)]
        if not others:
            matched[index] = _with_number(person, fitting[0])
    return matched


def _fits(number: str, person: Beneficiary) -> bool:
    """Say whether a NIR can be this person's by its year and month of birth (positions 2-5); no number fits everyone.

    The month may be a pseudo-month (20, 30-42, 50 and more: unknown or full registers), and then says nothing.
    """
    if not number or not person.birth_date:
        return True
    year, month = person.birth_date[2:4], person.birth_date[5:7]
    if number[1:3] != year:
        return False
    return number[3:5] == month or not "01" <= number[3:5] <= "12" or not "01" <= month <= "12"


def _with_number(person: Beneficiary, found: tuple[str, str]) -> Beneficiary:
    return replace(person, nir=found[0], nir_key=found[1])


def _ranked(people: list[Beneficiary], oddities: _Oddities) -> list[Beneficiary]:
    """Number twins (rang gémellaire) in the card's order: the files state no rank, so it is named a guess."""
    seen: dict[tuple[str, str], int] = {}
    ranked: list[Beneficiary] = []
    for person in people:
        born = (person.name, person.birth_date)
        rank = seen.get(born, 0) + 1 if person.birth_date else 1
        seen[born] = rank
        if rank > 1:
            oddities.add(CardAnomaly.BIRTH_RANK_GUESSED)
        ranked.append(replace(person, birth_rank=str(min(rank, 9))))
    return ranked
