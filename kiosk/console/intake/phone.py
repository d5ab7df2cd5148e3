"""An appli carte Vitale that a kiosk says it read: verified here, once, as it comes in; what that comes to is kept.

A kiosk only carries the attestation. Where none of ours can tell that it is genuine, what the kiosk says is announced
and counts for nothing; then staff go the ordinary way. INSi is not asked by itself either way (RNIV1 §4.3.4).
"""

import hashlib
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings

from kiosk import journal
from kiosk.appli.plug_ins import verifier_called
from kiosk.appli.verifier import AppliVerifier
from kiosk.console.config import AppliVerifierSection
from kiosk.console.models import BlindIndex
from kiosk.console.records import vault
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.appli import AppliSaid
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.core.status.attestation import Attested, Distrust, counted

ATTESTED = "attested"
# What a plug-in may throw, whatever its contract says: a kiosk's check-in is not lost for it.
_THROWN = (ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError)


def answer_of(check_in: CheckIn, received_at: datetime) -> InsFound | InsUnreachable | None:
    """What stands for INSi's answer where a phone was shown; None where none was."""
    said = check_in.appli
    if said is None:
        return None
    found = _found(said, received_at)
    return found if isinstance(found, InsFound) else InsUnreachable(found.value)


def code_of(answer: InsFound | InsUnreachable | None) -> str:
    """What the trail says of it."""
    if answer is None:
        return ""
    return ATTESTED if isinstance(answer, InsFound) else answer.reason


def marks_of(check_in: CheckIn) -> set[bytes]:
    """By what a second visit that comes with the same person's same attestation is known; none where it counts not."""
    is_attested = isinstance(check_in.insi, InsFound) and check_in.insi.is_attested
    return {_mark_of(check_in.appli)} if check_in.appli is not None and is_attested else set()


def _mark_of(said: AppliSaid) -> bytes:
    person = said.person
    digest = hashlib.sha256(said.attestation).hexdigest()
    return vault.blind("appli", f"{digest} {person.matricule.number} {person.birth_rank}")


def _found(said: AppliSaid, received_at: datetime) -> InsFound | Distrust:
    section: AppliVerifierSection | None = settings.KIOSK.appli
    if section is None:
        return Distrust.NO_VERIFIER
    attested = _attested(_verifier(section), said.attestation)
    if isinstance(attested, Distrust):
        return attested
    within = timedelta(minutes=section.minutes)
    found = counted(said, attested, received_at, structure=section.structure, within=within)
    if isinstance(found, InsFound) and BlindIndex.objects.filter(value=_mark_of(said)).exists():
        return Distrust.USED
    return found


def _attested(verifier: AppliVerifier, attestation: bytes) -> Attested | Distrust:
    try:
        attested = verifier.attested(attestation)
    except _THROWN as trouble:
        journal.record_bug(trouble)
        return Distrust.TROUBLE
    return attested if attested is not None else Distrust.NOT_GENUINE


@cache
def _verifier(section: AppliVerifierSection) -> AppliVerifier:
    return verifier_called(section.verifier, section.issuers)
