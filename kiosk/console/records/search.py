"""Prior search (recherche d'antériorité): birth date first, then at most three letters of a name (GI3 EXI ID 17).

What is stored is a keyed fingerprint of each criterion: a stolen database answers no search.
"""

import re
from uuid import UUID

from django.db.models import QuerySet

from kiosk.console.models import Arrival, Stage
from kiosk.console.records import by_hand, indexes, vault
from kiosk.core.checkin.stated import LOOKED_FOR, stated
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.duplicates import search_for, search_keys
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Traits

MAX_FOUND = 50
MOST_INDEXES = 200  # rows of one check-in; people of three sources come to some sixty
_MET_AT_ONCE = 1000


def indexes_of(check_in: CheckIn) -> set[bytes]:
    """Every fingerprint under which this person may be looked for, from each source; of a hostile check-in not all."""
    found = {one for traits in stated(check_in, LOOKED_FOR) for one in fingerprints_of(traits)}
    return at_most(found, MOST_INDEXES - 1) | card_of(check_in)


def at_most(values: set[bytes], most: int) -> set[bytes]:
    """These, or as many of them: always the same ones."""
    return values if len(values) <= most else set(sorted(values)[:most])


def card_of(check_in: CheckIn) -> set[bytes]:
    """The fingerprint of what the card says a person is told by; none where it has no number of theirs, or no date."""
    born = check_in.card.birth_date if check_in.card is not None else None
    if born is None or not check_in.card_nir:
        return set()
    return {card_fingerprint(check_in.card_nir, check_in.birth_rank, born.text)}


def card_fingerprint(nir: str, birth_rank: str, birth_date: str) -> bytes:
    """Number, rank and birth date of a card's person, in one; the two digits of the number's key do not count."""
    return vault.blind("card", f"{nir[:13].upper()} {birth_rank or '1'} {birth_date}")


def fingerprints_of(traits: Traits) -> set[bytes]:
    """Every fingerprint under which one source has this person looked for."""
    return {vault.blind(key.field.value, key.text) for key in search_keys(traits)}


def find(birth_date: str, name: str = "", given_name: str = "") -> QuerySet[Arrival]:
    """Arrivals of people born that day, whose name or first name starts like this; who came last first.

    Whom that meets is known before the visits are asked for. They may be thousands: then those who came last are
    looked for among some of them after the others.
    """
    met = list(indexes.met(sought(birth_date, name, given_name)))
    if len(met) > _MET_AT_ONCE:
        pieces = (met[first : first + _MET_AT_ONCE] for first in range(0, len(met), _MET_AT_ONCE))
        met = [key for some in pieces for key in _came_last(some)]
    found = Arrival.objects.exclude(stage=Stage.REMOVED).filter(pk__in=met).select_related("person__absorbed_by")
    return found.order_by("-received_at")[:MAX_FOUND]


def _came_last(visits: list[UUID]) -> list[UUID]:
    found = by_hand.rows(_CAME_LAST, by_hand.keys(visits), Stage.REMOVED.value, MAX_FOUND)
    return [by_hand.subject(key) for (key,) in found]


_CAME_LAST = "SELECT key FROM console_arrival WHERE key IN (…) AND stage <> %s ORDER BY received_at DESC LIMIT %s"


def sought(birth_date: str, name: str = "", given_name: str = "") -> list[bytes]:
    """The fingerprints that all must be met: of the date first, then of the beginning of each name given."""
    keys = sorted(search_for(BirthDate(birth_date), name, given_name), key=lambda one: one.field.value)
    return [vault.blind(key.field.value, key.text) for key in keys]


def alike(check_in: CheckIn) -> QuerySet[Arrival]:
    """Other arrivals of somebody born that day whose names start alike: the same person, or a look-alike."""
    for traits in stated(check_in, LOOKED_FOR):
        if traits.birth_date is not None and traits.birth_name and traits.given_names:
            return find(traits.birth_date.text, traits.birth_name, traits.given_names[0])
    return Arrival.objects.none()


def written_date(text: str) -> str:
    """A birth date as people write it (21/01/1980) or as machines do; empty when it is neither."""
    french = re.fullmatch(r"(\d{2})[/. ]?(\d{2})[/. ]?(\d{4})", text.strip(), re.ASCII)
    if french:
        return "-".join(reversed(french.groups()))
    return text.strip() if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII) else ""
