"""Two readings of a birth date that differ, with the dates that make the difference (ins-rules 1.5 and 4)."""

from dataclasses import dataclass
from operator import ne

from kiosk.core.coherence.reasons import Reason
from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Traits


@dataclass(frozen=True, slots=True, repr=False)
class DateDetail(Confidential):
    """The two dates that a reason is about: of several possible ones those that come nearest."""

    shown: BirthDate  # the source's that is looked at; the one to be completed, where one is
    other: BirthDate  # the other source's
    also: BirthDate | None = None  # as possible as ``shown``: a zone writes two figures of the year
    completed: BirthDate | None = None  # what the rule makes of ``shown``; None where nobody knows the year


def date_detail(shown: Traits, other: Traits, reason: Reason | None) -> DateDetail | None:
    """Find the dates behind a reason; None for a reason that is about no date, or that two dates alone explain."""
    if shown.birth_date is None or other.birth_date is None:
        return None
    ones, others = (shown.birth_date, *shown.other_birth_dates), (other.birth_date, *other.other_birth_dates)
    match reason:
        case Reason.TWO_DIGIT_YEAR:
            (several, one) = (ones, others[0]) if len(ones) > 1 else (others, ones[0])
            return DateDetail(several[0], one, also=several[1])
        case Reason.INTERPRETED_DATE | Reason.INCOMPLETE_DATE:
            pairs = [(a, b) for a in ones for b in others] + [(b, a) for a in ones for b in others]
            found = [DateDetail(a, b, completed=a.interpretation()) for a, b in pairs if not a.is_calendar]
            return next((one for one in found if one.completed and one.completed.text == one.other.text), found[0])
        case Reason.DAY_AND_MONTH_SWAPPED | Reason.ONE_DIGIT_APART:
            nearest = min(((a, b) for a in ones for b in others), key=lambda pair: _distance(pair[0], pair[1], reason))
            return DateDetail(nearest[0], nearest[1])
    return None


def _distance(one: BirthDate, other: BirthDate, reason: Reason) -> int:
    """In how many figures two dates differ, the day and the month of one turned where that is the reason."""
    written = f"{one.year}-{one.day}-{one.month}" if reason is Reason.DAY_AND_MONTH_SWAPPED else one.text
    return sum(map(ne, written, other.text))
