"""What INSi is asked for a visit by the console: exactly the question that its kiosk would have asked.

A card speaks for some minutes after it was read (``[insi] card_minutes``): later nobody can tell that its person is
still there, and a retrieval in its name is no longer one by card. Then the document asks, if a machine read it with
certainty; else it is for staff.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from kiosk.console.models import Arrival
from kiosk.core.checkin.stated import Witness, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import InsUnreachable
from kiosk.insi.search import may_be_the_same


@dataclass(frozen=True, slots=True, repr=False)
class Question(Confidential):
    """Who is asked about: the card's person, and the document's where the card finds nobody."""

    person: Beneficiary | None
    insured: Beneficiary | None
    document: Traits | None


def question_of(check_in: CheckIn) -> Question | None:
    """What can be asked with what came; None when there is nothing to ask with.

    About who showed an appli carte Vitale INSi is not asked (RNIV1 §4.3.4); staff may, where it could not be verified.
    """
    if check_in.appli is not None:
        return None
    document, person = document_of(check_in), _card_person(check_in)
    if person is not None:
        number = check_in.insured_nir
        insured = Beneficiary("", "", "", nir=number[:13], nir_key=number[13:15]) if number else None
        return Question(person, insured, document)
    return Question(None, None, document) if document is not None else None


def document_of(check_in: CheckIn) -> Traits | None:
    """The document's traits, when it was read with certainty and leaves one birth date only."""
    read = best(check_in, (Witness.DOCUMENT,))
    return read if read is not None and not read.other_birth_dates else None


def while_card_counts(check_in: CheckIn, arrival: Arrival, now: datetime) -> CheckIn | None:
    """The check-in as INSi may be asked with it now; None when only staff can say with what.

    Read too long ago, the card is left out. What it says still tells whose document may be asked with.
    """
    if not isinstance(check_in.insi, InsUnreachable) or _card_person(check_in) is None:
        return check_in
    read_at = _card_read_at(check_in, arrival)
    if now < read_at + timedelta(minutes=settings.KIOSK.card_minutes):
        return replace(check_in, card_read_at=read_at.isoformat())
    bare = replace(check_in, card=None, card_nir="", insured_nir="")
    question, person = question_of(bare), _card_person(check_in)
    if question is None or question.document is None or person is None:
        return None
    return bare if may_be_the_same(person, question.document) else None


def seconds_left(check_in: CheckIn, now: datetime) -> float | None:
    """How long INSi may still be called with the card; None where nothing says when it was read."""
    if _card_person(check_in) is None or not check_in.card_read_at:
        return None
    return seconds_of_card(datetime.fromisoformat(check_in.card_read_at), now)


def seconds_of_card(read_at: datetime, now: datetime) -> float:
    """How long INSi may still be called with a card that was read then; 0 once it counts no more."""
    until = read_at + timedelta(minutes=settings.KIOSK.card_minutes)
    return max(0.0, (until - now).total_seconds())


def _card_person(check_in: CheckIn) -> Beneficiary | None:
    """The card's person as the card says them (``vitale.traits_of``, read backwards); None where that asks nothing."""
    card = check_in.card
    if card is None or card.birth_date is None or not (check_in.card_nir or check_in.insured_nir):
        return None
    return Beneficiary(
        name=card.name_in_use or card.birth_name,
        given_name=" ".join(card.given_names),
        birth_date=card.birth_date.text,
        birth_rank=check_in.birth_rank or "1",
        nir=check_in.card_nir[:13],
        nir_key=check_in.card_nir[13:15],
        birth_name=card.birth_name if card.name_in_use else "",
    )


def _card_read_at(check_in: CheckIn, arrival: Arrival) -> datetime:
    """When the card was read, as far as a kiosk can be believed: at the latest when the check-in was made, and came."""
    try:
        said = datetime.fromisoformat(check_in.card_read_at)
    except ValueError:
        return arrival.arrived_at
    return min(said, arrival.arrived_at) if said.tzinfo is not None else arrival.arrived_at
