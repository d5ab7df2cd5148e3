"""The matricule INS: NIR or NIA, its key and its authority (OID), inseparable (ins-rules 1.1, 1.7).

Nothing about the person is ever derived from the digits: neither sex, nor date, nor place, nor NIR against NIA.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.confidential import Confidential

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_NIR_TEST = "1.2.250.1.213.1.4.10"
OID_NIR_DEMO = "1.2.250.1.213.1.4.11"

_WIRE = re.compile(r"\d{6}[A-Za-z0-9]\d{6}", re.ASCII)  # XSD IdIndividu: only the 7th character may be a letter
_KEYED = re.compile(r"\d{13}|\d{5}2[AB]\d{6}", re.ASCII)  # a letter only in Corsica's départements
_KEY = re.compile(r"\d{2}", re.ASCII)


class MatriculeRefused(ValueError):
    """A number cannot be what is claimed; the message never holds the number."""


class MatriculeKind(StrEnum):
    """What the OID says the number is; the digits do not say it (ins-rules 1.1)."""

    NIR = "NIR"
    NIA = "NIA"  # numéro identifiant d'attente: registration pending
    NIR_TEST = "NIR-TEST"
    NIR_DEMO = "NIR-DEMO"


_KINDS = {
    OID_NIR: MatriculeKind.NIR,
    OID_NIA: MatriculeKind.NIA,
    OID_NIR_TEST: MatriculeKind.NIR_TEST,
    OID_NIR_DEMO: MatriculeKind.NIR_DEMO,
}


def key_of(number: str) -> str:
    """Compute the two-digit key (clé) of the 13 characters: 97 - (n mod 97), 2A as 19 and 2B as 18.

    MatriculeRefused when the 13 characters have no key: a letter elsewhere than in 2A and 2B, or another length.
    """
    upper = number.upper()
    if not _KEYED.fullmatch(upper):
        raise MatriculeRefused("a key belongs to 13 digits, the 6th and 7th of which may be 2A or 2B")
    digits = upper[:5] + upper[5:7].replace("2A", "19").replace("2B", "18") + upper[7:]
    return f"{97 - int(digits) % 97:02d}"


def is_well_formed(number: str) -> bool:
    """Say whether INSi may send this number: 13 digits, the 7th possibly a letter; any month, any first digit (XSD)."""
    return _WIRE.fullmatch(number) is not None


@dataclass(frozen=True, slots=True, repr=False)
class Matricule(Confidential):
    """A matricule INS with the authority that gave it; one without the other is never kept (ins-rules 1.1).

    Written down as returned, even incomplete, which no ``Identity`` takes. A wrong key is a flag for staff
    (``key_is_right``), never a reason to lose an answer.
    """

    number: str  # 13 characters
    key: str  # 2 digits, "" when the source gave none
    oid: str

    @property
    def is_complete(self) -> bool:
        """Number and authority are both there: the only form in which an identity keeps it."""
        return bool(self.number and self.oid)

    @property
    def key_is_right(self) -> bool:
        """The key was given and is the one the number has."""
        try:
            return self.key == key_of(self.number)
        except MatriculeRefused:
            return False

    @property
    def kind(self) -> MatriculeKind | None:
        """NIR, NIA, test or demonstration, by the OID alone; None for an authority we do not know."""
        return _KINDS.get(self.oid)

    @property
    def is_for_real_people(self) -> bool:
        """False for the OIDs of test and demonstration: quarantined in production (ins-rules 1.1)."""
        return self.kind in {MatriculeKind.NIR, MatriculeKind.NIA}

    @property
    def grouped(self) -> str:
        """Write the number as people read it: ``2 80 01 75 056 016 35``."""
        return group(self.number, self.key)


@dataclass(frozen=True, slots=True, repr=False)
class Mark(Confidential):
    """A matricule as its keyed mark, with its OID: equal matricules of one person have equal marks, and no number can
    be read back from one. The key's two digits do not count.
    """

    number: str
    oid: str

    @property
    def is_complete(self) -> bool:
        """Mark and authority are both there."""
        return bool(self.number and self.oid)


def group(number: str, key: str = "") -> str:
    """Write a NIR as people read it: sex, year, month, département, commune, order, key."""
    parts = (number[0:1], number[1:3], number[3:5], number[5:7], number[7:10], number[10:13], key)
    return " ".join(part for part in parts if part)


def parse_typed_nir(text: str) -> tuple[str, str]:
    """Read the 15 characters a person typed or a reader read: on such data a wrong key is an error (ins-rules 1.7).

    A NIR typed by hand is for looking up a local record or a card; it never becomes a matricule INS (ins-rules 1.1).
    """
    compact = "".join(text.split()).upper() if len(text) <= 40 else ""
    number, key = compact[:13], compact[13:]
    if not _KEYED.fullmatch(number) or not _KEY.fullmatch(key):
        raise MatriculeRefused("a NIR is written with 13 characters and a key of 2 digits")
    if key != key_of(number):
        raise MatriculeRefused("the key does not belong to the number")
    return number, key
