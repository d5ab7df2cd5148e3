"""The fictitious holder of a specimen, and which zone their document bears."""

import random
from dataclasses import dataclass, replace

from kiosk.documents.mrz_format import FRENCH_ID, TD1, TD2, TD3, MrzFormat
from tests.specimens.zone import MrzContent, write

KINDS = ("french-id-2021", "french-id-1988", "passport", "residence-permit", "european-id")


@dataclass(frozen=True)
class SpecimenPerson:
    """Nobody: a name, a sex and a date, as a civil register would write them."""

    surname: str
    given_names: tuple[str, ...]
    birth_date: str  # YYYY-MM-DD
    sex: str  # "F" or "M"
    birth_place: str = "PARIS"


ZOE = SpecimenPerson("ADRUN", ("ZOE",), "1975-12-31", "F", "MAZOIRES")  # as INSi's simulator knows her
ZOE_ELSEWHERE = replace(ZOE, birth_place="SAINT-DENIS")  # on purpose: only who reads the original sees it

_SURNAMES = """
    MARTIN BERNARD THOMAS PETIT ROBERT DURAND DUBOIS MOREAU LAURENT SIMON LEFEBVRE LEROY ROUX GARCIA FOURNIER KOWALCZYK
    NGUYEN YILMAZ O'CONNOR D'ARTAGNAN DE-LA-TOUR LE-GALL VAN-DER-BERG ZOUBI XAVIER QUENTIN WOJCIK KJELDSEN HUYGHEBAERT
    SCHWARZENBERGER-HOHENSTEIN ÉTIENNE GONÇALVES MÜLLER BJÖRK FOUQUET-DE-BELLE-ISLE JOLY BIDIBOB OBADIA SIBONY ZISS
"""
_GIVEN = """
    MARIE JEAN PIERRE LOUISE JEAN-BAPTISTE ANNE-SOPHIE CHLOÉ ZOÉ FRANÇOIS KÉVIN WALID XAVIÈRE YANNICK QUITTERIE OSCAR
    BOB GUSTAVE ISIS LÉO MARGUERITE DOMINIQUE SIBYLLE THÉODORE BALTHAZAR EMMANUELLE JOSÉPHINE KIM UGO ÈVE OTTO IGOR
"""
_STATES = ("BEL", "D<<", "ESP", "ITA", "NLD", "PRT", "ROU", "POL", "AUT", "SWE", "FIN", "GRC")
_HOLDERS = ("DZA", "MAR", "TUN", "SEN", "CIV", "TUR", "CHN", "VNM", "BRA", "UKR", "GBR", "USA", "MLI", "LKA")


def somebody(rng: random.Random) -> SpecimenPerson:
    """Draw a person by chance."""
    names = tuple(rng.sample(_GIVEN.split(), rng.choice((1, 1, 2, 3))))
    date = f"{rng.randint(1930, 2024):04d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return SpecimenPerson(rng.choice(_SURNAMES.split()).replace("-", rng.choice("- ")), names, date, rng.choice("FM"))


def zone_of(person: SpecimenPerson, kind: str, rng: random.Random) -> tuple[MrzFormat, tuple[str, ...]]:
    """Write the zone that a document of this kind bears for this person."""
    birth = person.birth_date[2:].replace("-", "")
    expiry = f"{rng.randint(26, 36)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"

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
