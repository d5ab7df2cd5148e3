"""Until when an identity document is valid: printed, or computed for the French card that does not say it in its zone.

Shown to staff, who decide: whether an expired document proves an identity is the hospital's own policy.
"""

from datetime import date

from kiosk.core.sources.document import MrzReading, Validity, ValidityStatus
from kiosk.documents.mrz_format import FRENCH_ID

_EXTENDED_SINCE = "2004-01"  # issued to adults from 2 January 2004: 15 years (décret n° 2013-1188)
_LAST_DAY = "2031-08-03"  # cards outside the ID-1 format end then (règlement (UE) 2019/1157, art. 5)


def validity_of(reading: MrzReading, today: date) -> Validity:
    """Tell until when the document read is valid; nothing when the digits it follows from are not certain."""
    if not _is_sure(reading):
        return Validity(ValidityStatus.UNKNOWN)
    if reading.format == FRENCH_ID.name:
        return _of_old_french_card(reading, today)
    if not reading.expiry:
        return Validity(ValidityStatus.UNKNOWN)
    is_over = reading.expiry < today.isoformat()
    return Validity(ValidityStatus.EXPIRED if is_over else ValidityStatus.VALID, reading.expiry)


def _is_sure(reading: MrzReading) -> bool:
    checks = dict(reading.checks)
    needed = ("number", "birth") if reading.format == FRENCH_ID.name else ("expiry",)
    return all(checks.get(name, False) for name in needed)


def _of_old_french_card(reading: MrzReading, today: date) -> Validity:
    number, birth = reading.document_number, reading.traits.birth_date
    if not (len(number) == 12 and number[:4].isdigit() and 1 <= int(number[2:4]) <= 12) or birth is None:
        return Validity(ValidityStatus.UNKNOWN)
    if reading.traits.other_birth_dates:
        return Validity(ValidityStatus.UNKNOWN)  # a child or a very old person: the two are not valid equally long
    year = int(number[:2]) + (2000 if int(number[:2]) <= today.year % 100 else 1900)
    issued = f"{year:04d}-{number[2:4]}"
    adult_from = f"{int(birth.text[:4]) + 18:04d}-{birth.text[5:7]}"
    if issued == adult_from:
        return Validity(ValidityStatus.UNKNOWN)  # the day decides, and it is not in the zone
    is_extended = issued > adult_from and issued >= _EXTENDED_SINCE
    until = f"{year + (15 if is_extended else 10):04d}-{number[2:4]}"
    # Cards issued to adults from 2014 on bear their fifteen years in print.
    is_longer_than_printed = is_extended and year < 2014
    if until >= _LAST_DAY[:7]:
        is_over = today.isoformat() > _LAST_DAY
        return Validity(ValidityStatus.EXPIRED if is_over else ValidityStatus.VALID, _LAST_DAY, is_longer_than_printed)
    month = today.isoformat()[:7]
    status = ValidityStatus.ASK_STAFF if until == month else None
    if status is None:
        status = ValidityStatus.VALID if until > month else ValidityStatus.EXPIRED
    return Validity(status, until, is_longer_than_printed)
