"""An appli carte Vitale that a kiosk says it read: verified here, once, as it comes in; what that comes to is kept.

A kiosk only carries the attestation. Where none of ours can tell that it is genuine, what the kiosk says is announced
and counts for nothing; then staff go the ordinary way. INSi is not asked by itself either way (RNIV1 §4.3.4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings

from kiosk import journal
from kiosk.appli.plug_ins import verifier_called
from kiosk.appli.verifier import AppliVerifier
from kiosk.console.config import AppliVerifierSection
from kiosk.console.models import PhoneShown, rows
from kiosk.console.records import indexes, vault
from kiosk.core.checkin.value import CheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.sources.appli import AppliSaid
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.core.status.attestation import Attested, Distrust, counted

ATTESTED = "attested"


class _BrokeError(Exception):
    """The verifier, or what it said, is not as its contract has it."""


@dataclass(frozen=True, slots=True, repr=False)
class Shown(Confidential):
    """What a phone that was shown comes to."""

    answer: InsFound | InsUnreachable  # what stands for INSi's
    mark: bytes = b""  # by what a second visit with it is known; none where it counts not

    @property
    def code(self) -> str:
        """What the trail says of it."""
        return ATTESTED if isinstance(self.answer, InsFound) else self.answer.reason


def shown_by(check_in: CheckIn, received_at: datetime) -> Shown | None:
    """What the phone comes to that this check-in came with; None where none was shown."""
    section: AppliVerifierSection | None = settings.KIOSK.appli
    if check_in.appli is None:
        return None
    if section is None:
        return _distrusted(Distrust.NO_VERIFIER)
    try:
        shown = _judged(section, check_in.appli, received_at)
    except _BrokeError as trouble:
        journal.record_bug(trouble.__cause__ or trouble)
        return _distrusted(Distrust.TROUBLE)
    return _distrusted(Distrust.USED) if is_used(shown) else shown


def is_used(shown: Shown) -> bool:
    """Another visit came in with it, since these are kept apart or before."""
    return bool(shown.mark) and (PhoneShown.objects.filter(mark=shown.mark).exists() or bool(indexes.met([shown.mark])))


def keep(shown: Iterable[Shown], at: datetime) -> None:
    """They are used from now on, in the transaction that keeps their visits. IntegrityError where one is already."""
    rows.insert(PhoneShown, [PhoneShown(mark=one.mark, at=at) for one in shown if one.mark])


def _judged(section: AppliVerifierSection, said: AppliSaid, received_at: datetime) -> Shown:
    """Whatever a plug-in throws or says, its contract or not: a kiosk's check-in is not lost for it. _BrokeError."""
    try:
        attested = _verifier(section).attested(said.attestation)
        if attested is None:
            return _distrusted(Distrust.NOT_GENUINE)
        within = timedelta(minutes=section.minutes)
        found = counted(said, attested, received_at, structure=section.structure, within=within)
        return Shown(found, _mark_of(found, attested)) if isinstance(found, InsFound) else _distrusted(found)
    except Exception as trouble:
        raise _BrokeError from trouble


def _distrusted(why: Distrust) -> Shown:
    return Shown(InsUnreachable(why.value))


def _mark_of(found: InsFound, attested: Attested) -> bytes:
    """Of what was signed, not of its bytes: most signatures can be written in more ways than one."""
    moments = f"{attested.made_at.timestamp()} {attested.valid_until.timestamp()}"
    traits = found.traits
    born = traits.birth_date.text if traits.birth_date is not None else ""
    return vault.blind("appli", f"{moments} {found.matricule.number} {' '.join(traits.given_names)} {born}")


@cache
def _verifier(section: AppliVerifierSection) -> AppliVerifier:
    return verifier_called(section.verifier, section.issuers)
