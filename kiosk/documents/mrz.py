"""Text of a machine-readable zone to core values (bande MRZ: ICAO Doc 9303; French card before 2021).

Pure: it knows neither pictures nor the clock. A reading is built even when check digits fail: it says which.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import NameForm, Sex, Source, Traits
from kiosk.core.sources.document import DocumentKind, MrzReading
from kiosk.documents.mrz_format import (
    ALL_FORMATS,
    ALPHABET,
    DIGITS,
    EUROPEAN_STATES,
    FILLER,
    FRENCH_ID,
    TD1,
    TD2,
    TD3,
    MrzFormat,
)

_VALUES = {character: index for index, character in enumerate(DIGITS + ALPHABET[10:36])} | {FILLER: 0}
# Letters that no accent explains, as the zone writes them (Doc 9303 part 3, section 6, table A).
_WRITTEN = {
    "Œ": "OE", "Æ": "AE", "ß": "SS", "ẞ": "SS", "Ø": "OE", "Å": "AA", "Þ": "TH", "Ð": "D", "Đ": "D", "Ł": "L",
    "Ħ": "H", "Ŧ": "T", "Ŋ": "N", "Ĳ": "IJ", "ĸ": "Q",
}  # fmt: skip
_OLDEST = 120  # years: nobody presenting a document is older
_LONGEST_NAME = 200  # characters of a civil name that are looked at; a hostile one is cut


class MrzTrouble(StrEnum):
    SHAPE = "shape"  # number or length of the lines
    ALPHABET = "alphabet"
    CODE = "code"  # not a document code of this shape


@dataclass(frozen=True, slots=True)
class NotMrz:
    """The text is not a machine-readable zone that we know."""

    reason: MrzTrouble


def check_digit(text: str) -> str:
    """Compute a check digit (chiffre de contrôle): weights 7, 3, 1, modulo 10 (Doc 9303 part 3, 4.9)."""
    return str(sum(_VALUES[character] * (7, 3, 1)[index % 3] for index, character in enumerate(text)) % 10)


def mrz_name(name: str, form: NameForm = NameForm.MRZ) -> str:
    """Write a name as the zone does: no accent, apostrophe dropped (French card: a filler), hyphen and space alike."""
    text = name[:_LONGEST_NAME].upper()
    for letter, written in _WRITTEN.items():
        text = text.replace(letter, written)
    cells: list[str] = []
    for character in unicodedata.normalize("NFD", text):
        if "A" <= character <= "Z":
            cells.append(character)
        elif unicodedata.combining(character):
            continue
        elif character in " -‐‑<" or form is NameForm.MRZ_FRENCH_ID:
            cells.append(FILLER)
    return FILLER.join(part for part in "".join(cells).split(FILLER) if part)


def format_of(lines: Sequence[str]) -> MrzFormat | None:
    """Tell the format by lines, length and first letters; ``IDFRA`` on 2x36 is the old French card, never TD2."""
    shape = (len(lines), len(lines[0]) if lines else 0)
    for layout in ALL_FORMATS:
        if shape != (layout.rows, layout.columns):
            continue
        if layout is FRENCH_ID and not lines[0].startswith("IDFRA"):
            continue
        if lines[0][0] in layout.allowed(0, 0):
            return layout
    return None


def checks_of(layout: MrzFormat, lines: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Compare every check digit with what it covers, by name, in the layout's order."""
    verdicts: list[tuple[str, bool]] = []
    for name, (spans, (row, column)) in layout.checks.items():
        found = lines[row][column]
        if name == "number" and layout is not FRENCH_ID and found == FILLER:
            verdicts.append((name, _long_number(layout, lines) is not None))
            continue
        covered = "".join(lines[line][start:end] for line, start, end in spans)
        is_right = found == check_digit(covered)
        if found == FILLER and name in ("optional", "expiry"):  # may be a filler when the field is empty
            is_right = covered.strip(FILLER) == ""
        verdicts.append((name, is_right))
    return tuple(verdicts)


def grammar_faults(layout: MrzFormat, lines: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """List the cells that hold what their column cannot."""
    return tuple(
        (row, column)
        for row in range(layout.rows)
        for column in range(layout.columns)
        if lines[row][column] not in layout.allowed(row, column)
    )


def parse(
    lines: Iterable[str], today: date, *, doubtful: Iterable[tuple[int, int]] = (), accepted: bool = False
) -> MrzReading | NotMrz:
    """Read the lines of a zone; ``accepted`` is kept only if every check digit and the grammar hold."""
    rows = tuple(lines)[:4]
    if len(rows) not in (2, 3) or len({len(row) for row in rows}) != 1 or len(rows[0]) not in (30, 36, 44):
        return NotMrz(MrzTrouble.SHAPE)
    if any(character not in _VALUES for row in rows for character in row):
        return NotMrz(MrzTrouble.ALPHABET)
    layout = format_of(rows)
    if layout is None:
        return NotMrz(MrzTrouble.CODE)
    checks = checks_of(layout, rows)
    faults = grammar_faults(layout, rows)
    uncertain = tuple(sorted(set(doubtful) | set(faults)))
    field = {name: rows[line][start:end] for name, (line, start, end) in layout.fields.items()}
    return MrzReading(
        format=layout.name,
        lines=rows,
        traits=_traits(layout, field, today),
        document_number=(_long_number(layout, rows) or field["number"]).replace(FILLER, ""),
        issuing_state=field["state"],
        nationality=field.get("nationality", ""),
        expiry=_expiry(field.get("expiry", ""), today),
        checks=checks,
        doubtful=uncertain,
        accepted=accepted and not uncertain and all(is_right for _, is_right in checks),
    )


def propose_kind(reading: MrzReading) -> DocumentKind:
    """Propose what the document is from its zone; a member of staff decides."""
    code = reading.lines[0][:2]
    if reading.format == FRENCH_ID.name:
        return DocumentKind.FRENCH_ID_1988
    if reading.format == TD3.name:
        return DocumentKind.PASSPORT
    if reading.format not in (TD1.name, TD2.name):
        return DocumentKind.UNKNOWN
    if code[1] == "R":
        return DocumentKind.RESIDENCE_PERMIT
    if reading.issuing_state == "FRA":
        return DocumentKind.FRENCH_ID_2021 if code == "ID" else DocumentKind.RESIDENCE_PERMIT
    return DocumentKind.EUROPEAN_ID if reading.issuing_state in EUROPEAN_STATES else DocumentKind.UNKNOWN


def has_second_side(kind: DocumentKind, layout: str) -> bool:
    """Tell whether portrait and zone stand on two sides: TD1 cards, and what is not known to have one side."""
    return layout == TD1.name or kind in (DocumentKind.FRENCH_ID_2021, DocumentKind.RESIDENCE_PERMIT)


def birth_dates(text: str, today: date, latest: str = "") -> tuple[BirthDate, ...]:
    """Give every birth date a two-digit year can mean: not in the future, at most 120 years ago, latest first.

    Unknown month or day is ``00``. ``latest``: the person was born by then (the card was issued).
    """
    if len(text) != 6 or not text[:2].isdigit():
        return ()
    month, day = (part if part.isdigit() else "00" for part in (text[2:4], text[4:6]))
    bound = latest or today.isoformat()
    years = range(today.year, today.year - _OLDEST - 1, -1)
    return tuple(
        BirthDate(f"{year:04d}-{month}-{day}")
        for year in years
        if year % 100 == int(text[:2]) and f"{year:04d}-{month}-{day}" <= bound
    )


def _long_number(layout: MrzFormat, lines: Sequence[str]) -> str | None:
    """Read a number of more than 9 characters, which goes on in the optional data; None when there is none."""
    if layout not in (TD1, TD2):
        return None
    line, _, end = layout.fields["number"]
    if lines[line][end] != FILLER:
        return None
    row, start, stop = layout.fields["optional"]
    rest = lines[row][start:stop].split(FILLER, 1)[0]
    number = lines[line][end - 9 : end] + rest[:-1]
    return number if len(rest) >= 2 and check_digit(number) == rest[-1] else None


def _traits(layout: MrzFormat, field: dict[str, str], today: date) -> Traits:
    latest = ""
    if layout is FRENCH_ID:
        surname, given = field["surname"], field["given"]
        names = tuple(part.strip(FILLER).replace(FILLER, " ") for part in given.split("<<") if part.strip(FILLER))
        form = NameForm.MRZ_FRENCH_ID
        birth_name = " ".join(part for part in surname.split(FILLER) if part)
        is_name_cut = len(surname.rstrip(FILLER)) >= len(surname) - 1
        are_given_cut = len(given.rstrip(FILLER)) >= len(given) - 2
        latest = _issue_month_end(field["number"], today)
    else:
        whole = field["names"]
        surname, _, given = whole.rstrip(FILLER).partition("<<")
        form = NameForm.MRZ
        birth_name = " ".join(part for part in surname.split(FILLER) if part)
        names = tuple(part for part in given.split(FILLER) if part)
        is_full = whole[-1] != FILLER
        are_given_cut = is_full
        shortened = any(len(part) == 1 for part in birth_name.split(" "))
        is_name_cut = is_full and (not names or shortened or len(surname) >= len(whole) // 2)
    dates = birth_dates(field["birth"], today, latest)
    return Traits(
        source=Source.DOCUMENT,
        birth_name=birth_name,
        given_names=names,
        birth_date=dates[0] if dates else None,
        other_birth_dates=dates[1:],
        sex={"M": Sex.MALE, "F": Sex.FEMALE, FILLER: Sex.UNDETERMINED}.get(field["sex"]),
        name_form=form,
        birth_name_may_be_cut=is_name_cut,
        given_names_may_be_cut=are_given_cut,
    )


def _issue_month_end(number: str, today: date) -> str:
    """The old French card's number opens with the year and month of issue: nobody was born later."""
    if not number[:4].isdigit() or not 1 <= int(number[2:4]) <= 12:
        return ""
    year = int(number[:2]) + (2000 if int(number[:2]) <= today.year % 100 else 1900)
    return min(f"{year:04d}-{number[2:4]}-31", today.isoformat())


def _expiry(text: str, today: date) -> str:
    if not (len(text) == 6 and text.isdigit()):
        return ""
    near = [century + int(text[:2]) for century in (1900, 2000, 2100)]
    year = min(near, key=lambda candidate: abs(candidate - today.year))
    try:
        return date(year, int(text[2:4]), int(text[4:6])).isoformat()
    except ValueError:
        return ""
