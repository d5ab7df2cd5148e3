"""The visible electronic seal (cachet électronique visible, CEV): a 2D-Doc that the State signed, text to values.

Pure: the signature is checked by what the caller gives. "Genuine" proves that the text was signed, not that this piece
of plastic is genuine: a seal can be photocopied.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.sources.document import MrzReading, SealReading, SealVerdict
from kiosk.documents.mrz import mrz_name

_GROUP, _RECORD, _UNIT = "\x1d", "\x1e", "\x1f"  # ends of a value, of a cut value, of the message
_EPOCH = date(2000, 1, 1)
_HEADER = re.compile(r"DC04[A-Z0-9]{4}[A-Z0-9]{4}[0-9A-F]{4}[0-9A-F]{4}[0-9A-Z]{2}[0-9A-Z]{2}[A-Z]{2}", re.ASCII)
_HEADER_LENGTH = 26
_LONGEST = 2000  # characters; a seal of a card has about 300
_MOST_ITEMS = 40

# Items of an identity title, with the length of those that have a fixed one.
ITEMS = {
    "60": "given_names",
    "62": "birth_name",
    "63": "name_in_use",
    "65": "kind",
    "66": "number",
    "67": "nationality",
    "68": "sex",
    "69": "birth_date",
    "6A": "birth_place",
    "6C": "birth_country",
}
_FIXED = {"65": 2, "67": 2, "68": 1, "69": 8, "6C": 2}


class NotSeal(StrEnum):
    """Why a text is not a seal that we know."""

    SHAPE = "shape"
    VERSION = "version"
    SIGNATURE = "signature"
    ITEMS = "items"


@dataclass(frozen=True, slots=True, repr=False)
class Seal(Confidential):
    """The content of a seal (2D-Doc version 4)."""

    authority: str  # autorité de certification, "FR05" for the State's agency
    certificate: str
    issued: date | None
    signed: date | None
    items: tuple[tuple[str, str], ...]  # name (or the id of an unknown item) and value, as written
    cut: tuple[str, ...]  # names of the items whose value was cut
    message: bytes  # what was signed
    signature: bytes  # r and s, 32 bytes each

    def value(self, name: str) -> str:
        return next((value for key, value in self.items if key == name), "")


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate the site trusts for seals (liste de confiance)."""

    public_key: bytes  # SubjectPublicKeyInfo, DER
    starts: date
    ends: date
    revoked: date | None = None  # from this day on it counts no more


SignerId = tuple[str, str]  # authority and certificate
Verify = Callable[[bytes, bytes, bytes], bool]  # public key, message, signature


def parse(text: str) -> Seal | NotSeal:
    """Read the text of a seal: header, items in any order, signature."""
    if len(text) > _LONGEST or text.count(_UNIT) != 1:
        return NotSeal.SHAPE
    signed_part, _, signature_part = text.partition(_UNIT)
    if not signed_part.startswith("DC04"):
        return NotSeal.VERSION if signed_part.startswith("DC") else NotSeal.SHAPE
    header = signed_part[:_HEADER_LENGTH]
    if not _HEADER.fullmatch(header):
        return NotSeal.SHAPE
    try:
        message = signed_part.encode("ascii")
        signature = base64.b32decode(signature_part + "=" * (-len(signature_part) % 8))
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return NotSeal.SIGNATURE
    if len(signature) != 64:
        return NotSeal.SIGNATURE
    items = _items(signed_part[_HEADER_LENGTH:])
    if items is None:
        return NotSeal.ITEMS
    return Seal(
        authority=header[4:8],
        certificate=header[8:12],
        issued=_day(header[12:16]),
        signed=_day(header[16:20]),
        items=tuple((name, value) for name, value, _ in items),
        cut=tuple(name for name, _, is_cut in items if is_cut),
        message=message,
        signature=signature,
    )


def check(seal: Seal, signers: Mapping[SignerId, Signer], verify: Verify) -> SealVerdict:
    """Check the signature with the signer's certificate as it was on the day of the signature, not today."""
    if not signers:
        return SealVerdict.NOT_VERIFIED
    signer = signers.get((seal.authority, seal.certificate))
    if signer is None:
        return SealVerdict.UNKNOWN_SIGNER
    if not verify(signer.public_key, seal.message, seal.signature):
        return SealVerdict.FALSE
    day = seal.signed or seal.issued
    if day is None or not signer.starts <= day <= signer.ends or (signer.revoked and day >= signer.revoked):
        return SealVerdict.SIGNER_EXPIRED
    return SealVerdict.GENUINE


def contradicts(seal: Seal, mrz: MrzReading) -> tuple[str, ...]:
    """Name what seal and zone say differently; a zone's cut names are prefixes (an alert for staff)."""
    traits = mrz.traits
    said = {
        "birth_name": (mrz_name(seal.value("birth_name")), mrz_name(traits.birth_name)),
        "given_names": (
            mrz_name(seal.value("given_names").replace("/", " ")),
            mrz_name(" ".join(traits.given_names)),
        ),
    }
    found = [name for name, (one, other) in said.items() if one and other and not _goes_on(one, other)]
    for name, other in (("number", mrz.document_number), ("sex", str(traits.sex or ""))):
        if seal.value(name) and other and seal.value(name) != other:
            found.append(name)
    return tuple(sorted(found))


def _goes_on(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def reading_of(seal: Seal, mrz: MrzReading | None, signers: Mapping[SignerId, Signer], verify: Verify) -> SealReading:
    """Give the seal its verdict, and compare it with the zone of the same picture when that was read with certainty."""
    is_compared = mrz is not None and mrz.accepted
    return SealReading(
        verdict=check(seal, signers, verify),
        signer=f"{seal.authority}-{seal.certificate}",
        signed=seal.signed.isoformat() if seal.signed else "",
        fields=seal.items,
        cut=seal.cut,
        is_compared=is_compared,
        contradictions=contradicts(seal, mrz) if mrz is not None and is_compared else (),
    )


def _items(text: str) -> list[tuple[str, str, bool]] | None:
    found: list[tuple[str, str, bool]] = []
    at = 0
    while at < len(text):
        if len(found) >= _MOST_ITEMS or at + 2 > len(text):
            return None
        key = text[at : at + 2]
        at += 2
        ends = [place for place in (text.find(_GROUP, at), text.find(_RECORD, at)) if place >= 0]
        length = _FIXED.get(key)
        if length is not None:
            value, at, is_cut = text[at : at + length], at + length, False
            if len(value) < length:
                return None
            if at < len(text) and text[at] in (_GROUP, _RECORD):
                at += 1
        else:
            stop = min(ends, default=len(text))
            value, is_cut = text[at:stop], stop < len(text) and text[stop] == _RECORD
            at = stop + 1
        found.append((ITEMS.get(key, key), value, is_cut))
    return found


def _day(text: str) -> date | None:
    return None if text == "FFFF" else _EPOCH + timedelta(days=int(text, 16))
