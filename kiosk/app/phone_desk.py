"""The phone's reader is watched and read like the card's: only what is told of it differs.

What comes from it is not trusted: whoever is on the phone is bounded here, or nothing was read.
"""

from collections.abc import Callable

from hardware.appli.base import AppliReading, AppliRecord, AppliRecords, PhoneReader
from hardware.cards.base import Unreadable
from kiosk.app.card_desk import CardDesk, Progress
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.appli import LONGEST_ATTESTATION, MOST_PEOPLE, AppliContents, AppliPerson
from kiosk.core.sources.card import Beneficiary, CardContents
from kiosk.core.turn import events as ev
from kiosk.core.turn.screens import CardProblem

DEVICE = "phone"


def phone_desk(reader: PhoneReader, post: Callable[[ev.Event], None]) -> CardDesk[PhoneReader]:
    """A desk for this reader, which says "a phone" where the card's says "a card"."""
    return CardDesk(reader, read_phone, lambda event: _post(event, post), DEVICE, settles=0.0)


def read_phone(
    reader: PhoneReader, slot: str, progress: Progress, cancelled: Callable[[], bool]
) -> CardContents | CardProblem:
    """Who is on the phone there."""
    return contents_of(reader.read_appli(slot, progress, cancelled))


def contents_of(reading: AppliReading) -> CardContents | CardProblem:
    """A reading as the kiosk shows it; half a family is nobody."""
    if reading == Unreadable("card-gone"):
        return CardProblem.PHONE_REMOVED
    if not isinstance(reading, AppliRecords) or not 0 < len(reading.records) <= MOST_PEOPLE:
        return CardProblem.PHONE
    if not 0 < len(reading.attestation) <= LONGEST_ATTESTATION:
        return CardProblem.PHONE
    try:
        people = tuple(map(_person, reading.records))
    except ValueError:
        return CardProblem.PHONE
    return CardContents(tuple(map(_shown, people)), appli=AppliContents(people, reading.attestation))


def _person(record: AppliRecord) -> AppliPerson:
    traits = Traits(
        source=Source.APPLI,
        birth_name=record.birth_name,
        given_names=record.given_names,
        birth_date=BirthDate(record.birth_date) if record.birth_date else None,
        sex=Sex(record.sex) if record.sex else None,
        birth_place_code=record.birth_place,
    )
    if not traits.birth_name or not traits.given_names:
        raise ValueError("somebody without a name cannot be chosen")
    return AppliPerson(traits, Matricule(record.number, record.key, record.oid), record.birth_rank)


def _shown(person: AppliPerson) -> Beneficiary:
    """As far as a public screen masks them; no number: nothing is ever asked with one."""
    traits = person.traits
    born = traits.birth_date.text if traits.birth_date is not None else ""
    return Beneficiary(traits.birth_name, traits.given_names[0], born, person.birth_rank)


def _post(event: ev.Event, post: Callable[[ev.Event], None]) -> None:
    """A phone that goes takes nothing along: what it showed was shown."""
    match event:
        case ev.CardArrived() | ev.CardStaysMute():
            post(ev.PhoneShown())
        case ev.CardLeft() | ev.CardFound():
            return
        case ev.ReaderWent():
            post(ev.PhoneReaderWent())
        case ev.ReaderCame():
            post(ev.PhoneReaderCame())
        case ev.CardNotRead(turn, problem) if problem is CardProblem.UNREADABLE:  # the desk's own word for a bug
            post(ev.CardNotRead(turn, CardProblem.PHONE))
        case _:
            post(event)
