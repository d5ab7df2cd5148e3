"""Until when an identity document is valid: printed, or computed for the French card that does not say it in its zone.

Shown to staff, who decide: whether an expired document proves an identity is the hospital's own policy.
"""

from datetime import date

from kiosk.core.identity.dates import BirthDate
from kiosk.core.sources.document import MrzReading, Validity, ValidityStatus
from kiosk.core.status.evidence import ADULT_AT, LAMINATED_UNTIL, laminated_card_valid_until
from kiosk.documents.mrz_format import FRENCH_ID

_LATE = 28  # a day late in every month: the zone tells the month of issue only


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
    issued, born = date(year, int(number[2:4]), _LATE), _born_by(birth)
    if (issued.year, issued.month) == (int(birth.year) + ADULT_AT, int(birth.month)):
        return Validity(ValidityStatus.UNKNOWN)  # the day decides, and it is not in the zone
    until = laminated_card_valid_until(issued, born)
    # Cards issued to adults from 2014 on bear their fifteen years in print.
    is_longer_than_printed = year < 2014 and until.year - year > 10
    if until == LAMINATED_UNTIL:
        status = ValidityStatus.EXPIRED if today > until else ValidityStatus.VALID
        return Validity(status, until.isoformat(), is_longer_than_printed)
    return Validity(_in_months(until, today), until.isoformat()[:7], is_longer_than_printed)


def _in_months(until: date, today: date) -> ValidityStatus:
    """The day of issue is not in the zone: in the last month nobody but the original can say."""
    if (until.year, until.month) == (today.year, today.month):
        return ValidityStatus.ASK_STAFF
    return ValidityStatus.VALID if until > today else ValidityStatus.EXPIRED


def _born_by(birth: BirthDate) -> date:
    """The first day of the month of birth; of a month the calendar has not, the first day after that year.

    ``00`` is no month either: it counts as the year's first, as everywhere that a date is compared as text.
    """
    if int(birth.month) > 12:
        return date(int(birth.year) + 1, 1, 1)
    return date(int(birth.year), max(int(birth.month), 1), 1)
