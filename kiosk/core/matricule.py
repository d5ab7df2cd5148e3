"""The matricule INS: NIR or NIA, its key and its authority (OID), inseparable (ins-rules 1.1, 1.7)."""

from dataclasses import dataclass

from kiosk.core.confidential import Confidential

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_NIR_TEST = "1.2.250.1.213.1.4.10"
OID_NIR_DEMO = "1.2.250.1.213.1.4.11"


def key_of(number: str) -> str:
    """Compute the two-digit key (clé) of the 13 characters: 97 - (n mod 97), 2A as 19 and 2B as 18."""
    digits = number[:5] + number[5:7].replace("2A", "19").replace("2B", "18") + number[7:]
    return f"{97 - int(digits) % 97:02d}"


@dataclass(frozen=True, slots=True, repr=False)
class Matricule(Confidential):
    """A matricule INS with the authority that gave it; one without the other is never kept (ins-rules 1.1)."""

    number: str  # 13 characters
    key: str  # 2 digits, "" when the source gave none
    oid: str
