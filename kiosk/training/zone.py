"""The machine-readable zone of a specimen, printed as an issuer prints it (Doc 9303; the French card before 2021)."""

from dataclasses import dataclass

from kiosk.core.identity.traits import NameForm
from kiosk.documents.mrz import check_digit, mrz_name
from kiosk.documents.mrz_format import ALPHABET, FILLER, FRENCH_ID, MrzFormat


@dataclass(frozen=True)
class MrzContent:
    """What a printer of documents prints: one document's fields, names in their civil form."""

    surname: str
    given_names: tuple[str, ...]
    number: str
    birth: str  # YYMMDD, "<" for an unknown part
    sex: str  # "M", "F" or "<"
    code: str = "I"
    state: str = "FRA"
    nationality: str = "FRA"
    expiry: str = "<<<<<<"  # YYMMDD
    optional: str = ""
    optional2: str = ""
    office: str = ""  # French card before 2021: department and issuing office


def write(layout: MrzFormat, content: MrzContent) -> tuple[str, ...]:
    """Print a zone: ValueError when a field does not fit (a number, a code), names are cut as the format cuts them."""
    cells = [[FILLER] * layout.columns for _ in range(layout.rows)]

    def put(name: str, text: str) -> None:
        line, start, end = layout.fields[name]
        if len(text) > end - start:
            raise ValueError(f"the field {name} does not fit")
        cells[line][start : start + len(text)] = list(text)

    put("code", content.code)
    put("state", content.state)
    put("birth", content.birth)
    put("sex", content.sex)
    if layout is FRENCH_ID:
        put("surname", mrz_name(content.surname, NameForm.MRZ_FRENCH_ID)[:25])
        put("office", content.office)
        put("number", content.number)
        names = "<<".join(filter(None, (mrz_name(name, NameForm.MRZ_FRENCH_ID) for name in content.given_names)))
        put("given", names[:14])
    else:
        _, start, end = layout.fields["names"]
        put("names", _icao_names(content, end - start))
        put("nationality", content.nationality)
        put("expiry", content.expiry)
        optional = content.optional
        if len(content.number) > 9:  # goes on in the optional data (Doc 9303 part 5, 4.2.2, note j)
            rest = content.number[9:]
            optional = rest + check_digit(content.number) + FILLER + optional
        put("number", content.number[:9])
        put("optional", optional)
        if "optional2" in layout.fields:
            put("optional2", content.optional2)
    for name, (spans, (row, column)) in layout.checks.items():
        if name == "number" and layout is not FRENCH_ID and len(content.number) > 9:
            continue
        covered = "".join("".join(cells[line][start:end]) for line, start, end in spans)
        cells[row][column] = check_digit(covered)
    lines = tuple("".join(row) for row in cells)
    if not set(ALPHABET).issuperset("".join(lines)):
        raise ValueError("a field holds a character that the zone cannot")
    return lines


def _icao_names(content: MrzContent, width: int) -> str:
    """Cut so that the last cell is a letter; given names give way first (Doc 9303 parts 4 to 6, truncation)."""
    surname = mrz_name(content.surname)
    given = FILLER.join(filter(None, (mrz_name(name) for name in content.given_names)))
    if not given:
        return surname[:width]
    surname = surname[: width - 3].rstrip(FILLER)
    whole = f"{surname}<<{given}"
    if len(whole) <= width:
        return whole
    if whole[width - 1] == FILLER and whole[width - 3] != FILLER:  # a letter in the last cell tells of the cut
        return whole[: width - 2] + FILLER + whole[width]
    if whole[width - 1] == FILLER:  # an initial stands there: a longer given name gives a letter, or else the surname
        longest = max(whole[len(surname) + 2 : width].split(FILLER), key=len)
        end = whole.index(longest, len(surname) + 2) + len(longest) if len(longest) > 1 else len(surname)
        return (whole[: end - 1] + whole[end:])[:width]
    return whole[:width]
