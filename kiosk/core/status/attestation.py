"""Whether what an appli carte Vitale signed counts for a visit: one predicate, for whoever holds the issuer's keys.

A kiosk is a witness that may lie: what it says it read is never believed beside the attestation, only compared with it.
What passes here is an answer like INSi's, of another source: it is judged by ``status.acceptance`` and taken by staff
(T6, RNIV1 §4.3.4), never by a machine.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Source
from kiosk.core.sources.appli import MOST_PEOPLE, AppliPerson, AppliSaid
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.acceptance import AnswerFault

CLOCKS_DIFFER = timedelta(minutes=2)


class Distrust(StrEnum):
    """Why what was read from a phone counts for nothing; codes, for staff's page and the trail."""

    NO_VERIFIER = "appli-no-verifier"  # nobody here can tell whether it is genuine
    NOT_GENUINE = "appli-not-genuine"  # forged, altered, or not an attestation at all
    ELSEWHERE = "appli-elsewhere"  # made for another structure
    EXPIRED = "appli-expired"
    STALE = "appli-stale"  # made too long ago: another day's, shown again
    USED = "appli-used"  # another visit came with it
    OTHER_PERSON = "appli-other-person"  # the kiosk says otherwise than the attestation
    TROUBLE = "appli-trouble"  # the verifier itself failed


FOR_THE_UNIT = frozenset({Distrust.NOT_GENUINE, Distrust.OTHER_PERSON})  # somebody or something lies


@dataclass(frozen=True, slots=True, repr=False)
class Attested(Confidential):
    """What an attestation says whose signature is the issuer's: a verifier found so, and judged nothing else."""

    people: tuple[AppliPerson, ...]
    made_at: datetime  # aware
    valid_until: datetime  # aware
    audience: str  # for whom it was made: the structure's identifier
    is_simulated: bool = False


def counted(
    said: AppliSaid, attested: Attested, received_at: datetime, *, structure: str, within: timedelta
) -> InsFound | Distrust:
    """Say who the attestation names, if it counts for a visit that came at this moment of the console's own clock.

    ``structure``: for whom it must have been made; ``within``: how long ago at most.
    """
    if attested.audience != structure or not structure:
        return Distrust.ELSEWHERE
    if attested.made_at > received_at + CLOCKS_DIFFER:
        return Distrust.NOT_GENUINE
    if attested.made_at < received_at - within:
        return Distrust.STALE
    if attested.valid_until < received_at:
        return Distrust.EXPIRED
    person = next((one for one in attested.people[:MOST_PEOPLE] if _says(one) == _says(said.person)), None)
    if person is None:
        return Distrust.OTHER_PERSON
    flags = (AnswerFault.SIMULATOR.value,) if attested.is_simulated else ()
    return InsFound(person.matricule, _says(person).traits, flags=flags)


def _says(person: AppliPerson) -> AppliPerson:
    """The same, whoever read it and when."""
    return replace(person, traits=replace(person.traits, source=Source.APPLI, collected_at=None))


def code_of(reason: str) -> Distrust | None:
    """The distrust that stands in an answer's place; None when the reason is another one."""
    return Distrust(reason) if reason in frozenset(Distrust) else None
