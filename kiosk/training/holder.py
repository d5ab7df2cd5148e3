"""The fictitious holder of a specimen, and which zone their document bears."""

import random
from dataclasses import dataclass

from kiosk.documents.mrz_format import FRENCH_ID, TD1, TD2, TD3, MrzFormat
from kiosk.training.zone import MrzContent, write

KINDS = ("french-id-2021", "french-id-1988", "passport", "residence-permit", "european-id")


@dataclass(frozen=True)
class SpecimenPerson:
    """Nobody: a name, a sex and a date, as a civil register would write them."""

    surname: str
    given_names: tuple[str, ...]
    birth_date: str  # YYYY-MM-DD
    sex: str  # "F" or "M"
    birth_place: str = "PARIS"
    name_in_use: str = ""  # printed under the birth name; no zone bears it
    expiry: str = ""  # YYMMDD; empty: some day of the next years


_STATES = ("BEL", "D<<", "ESP", "ITA", "NLD", "PRT", "ROU", "POL", "AUT", "SWE", "FIN", "GRC")
_HOLDERS = ("DZA", "MAR", "TUN", "SEN", "CIV", "TUR", "CHN", "VNM", "BRA", "UKR", "GBR", "USA", "MLI", "LKA")


def zone_of(person: SpecimenPerson, kind: str, rng: random.Random) -> tuple[MrzFormat, tuple[str, ...]]:
    """Write the zone that a document of this kind bears for this person."""
    birth = person.birth_date[2:].replace("-", "")
    by_chance = f"{rng.randint(26, 36)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    expiry = person.expiry or by_chance

    def some(pattern: str) -> str:
        return "".join(
            rng.choice("0123456789") if mark == "9" else rng.choice("ABCDEFGHJKLMNPRTUVWXYZ0123456789")
            for mark in pattern
        )

    def content(number: str, code: str, state: str = "FRA", nationality: str = "", **more: str) -> MrzContent:
        return MrzContent(
            surname=person.surname,
            given_names=person.given_names,
            number=number,
            birth=birth,
            sex=person.sex,
            code=code,
            state=state,
            nationality=nationality or state,
            expiry=expiry,
            **more,
        )

    match kind:
        case "french-id-1988":
            department = rng.choice(("075", "092", "2A0", "013", "069", "059"))
            issue = max(12, int(person.birth_date[2:4]) if person.birth_date >= "2012" else 12)
            number = f"{rng.randint(issue, max(issue, 21)):02d}{rng.randint(1, 12):02d}{department}{some('99999')}"
            layout = FRENCH_ID
            filled = content(number, "ID", office=f"{department}{some('999')}")
        case "passport":
            layout = TD3
            foreign = rng.random() < 0.3
            state = rng.choice(_HOLDERS) if foreign else "FRA"
            number = (
                some("X99999999")
                if foreign
                else f"{some('99')}{rng.choice('ABCDEFHK')}{rng.choice('ABCDEF')}{some('99999')}"
            )
            filled = content(number, "P<", state, optional=some("9999999999") if foreign else "")
        case "residence-permit":
            layout = TD1
            filled = content(some("XXXXXXXXX"), "IR", "FRA", rng.choice(_HOLDERS), optional=some("9999999999"))
        case "european-id":
            layout = rng.choice((TD1, TD1, TD2))
            state = "ROU" if layout is TD2 else rng.choice(_STATES)
            number = some("999999999999") if state == "BEL" else some("XXXXXXXXX")
            optional = some("99999999X") if state == "ESP" else ""
            filled = content(number, rng.choice(("ID", "I<")), state, optional=optional)
        case _:
            layout = TD1
            filled = content(some("XXXXXXXXX"), "ID")
    return layout, write(layout, filled)
