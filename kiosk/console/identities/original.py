"""What a member of staff writes down with the original before them: the five traits, none of them taken from elsewhere.

With them INSi is asked again, and on them an identity without INS rests.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from kiosk.console.identities import communes
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival
from kiosk.console.records import search
from kiosk.console.register import prior, reading, visits
from kiosk.console.words import one_line
from kiosk.core.checkin.stated import AT_HAND, Witness, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Sex, Source, Traits

LONGEST = 200
KEPT_AS = "original"
FIELDS = ("birth_name", "given_names", "sex", "birth_date", "place")


@dataclass(frozen=True, slots=True, repr=False)
class Original(Confidential):
    """The five traits as staff reads them on the original."""

    birth_name: str = ""
    given_names: str = ""
    sex: str = ""
    birth_date: str = ""  # YYYY-MM-DD
    place: str = ""  # COG

    def traits(self) -> Traits:
        return Traits(
            Source.STAFF,
            birth_name=self.birth_name,
            given_names=tuple(self.given_names.split()),
            given_names_text=self.given_names,
            birth_date=BirthDate(self.birth_date) if self.birth_date else None,
            sex=Sex(self.sex) if self.sex in {one.value for one in Sex} else None,
            birth_place_code=self.place,
        )


def read(said: Mapping[str, str]) -> Original:
    """Read the form. NotAllowed when a date or a place cannot be understood."""
    born = one_line(said.get("birth_date", ""), LONGEST)
    date = search.written_date(born)
    if born and not date:
        raise NotAllowed(_("Écrivez la date comme 21/01/1980."))
    return Original(
        birth_name=one_line(said.get("birth_name", ""), LONGEST).upper(),
        given_names=one_line(said.get("given_names", ""), LONGEST).upper(),
        sex=one_line(said.get("sex", ""), LONGEST),
        birth_date=date,
        place=communes.code_of(said.get("place_choice") or said.get("place", "")),
    )


def as_written(said: Mapping[str, str]) -> dict[str, str]:
    """The form as it came, to be shown again where it was not understood."""
    return {name: said.get(name, "")[:LONGEST] for name in FIELDS}


def proposed_for_asking(check_in: CheckIn) -> Original:
    """What the question to INSi starts from: whatever is known; staff corrects it."""
    return _written(best(check_in, AT_HAND))


def proposed(check_in: CheckIn) -> Original:
    """What an identity without INS starts from: the document read with certainty, or nothing; staff completes it."""
    return _written(best(check_in, (Witness.DOCUMENT,)))


def kept(arrival: Arrival) -> Original | None:
    """What staff wrote down with the evidence that counts; None when they did not."""
    known = arrival.known
    nth = visits.standing_of(arrival).basis.evidence_at
    body = reading.body_of(known.pk, nth) if known is not None and nth else None
    said = json.loads(body).get(KEPT_AS) if body is not None else None
    return Original(**said) if said else None


def body(original: Original) -> dict[str, object]:
    """What staff wrote down, to be sealed with the fact that rests on it."""
    return {KEPT_AS: asdict(original)}


def fingerprints_of(original: Original) -> frozenset[bytes]:
    """Under which the prior search finds what staff wrote down."""
    return prior.indexes_of_traits(original.traits()) if original.birth_name else frozenset()


def _written(traits: Traits | None) -> Original:
    if traits is None:
        return Original()
    date = traits.birth_date
    is_one_day = date is not None and date.is_calendar and not traits.other_birth_dates
    return Original(
        birth_name=traits.birth_name,
        given_names=" ".join(traits.given_names),
        sex=traits.sex.value if traits.sex else "",
        birth_date=date.text if date is not None and is_one_day else "",
        place=traits.birth_place_code,
    )
