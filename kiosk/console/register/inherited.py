"""A visit as earlier versions kept it: what it said of an identity in columns of its own, and what may be made of it.

Read with the tables as they were (``apps`` of a migration): today's models know these columns no longer.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from kiosk.console.models import AuditEntry
from kiosk.console.records import notes, vault
from kiosk.console.register import bodies, visits
from kiosk.core.checkin import codec
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Matricule
from kiosk.core.sources.insi import InsAnswer, InsFound, InsUnreachable
from kiosk.core.status.acceptance import acceptance_of
from kiosk.core.status.permissions import BARRING, Attribute, IdentityStatus
from kiosk.sealing import CannotOpen

OBTAINED = frozenset({IdentityStatus.RETRIEVED.value, IdentityStatus.QUALIFIED.value})
DECIDED = frozenset({IdentityStatus.VALIDATED.value, IdentityStatus.QUALIFIED.value})
REMOVED, SET_ASIDE = "removed", "set-aside"
_FOUND = "00"  # INSi's own code: somebody was found
_ANSWERS = frozenset({"InsFound", "InsNotFound", "InsSeveral"})
_ACCEPTED = frozenset({"qualified", "ins-accepted"})
_REFUSED = frozenset({"ins-refused", "downgraded"})
_DECIDING = frozenset({"qualified", "validated", "ins-accepted", "ins-refused", "doubted", "cleared", "downgraded"})
_READ = _DECIDING | {"undone", "insi-asked", "insi-observed"}


@dataclass(frozen=True, slots=True, repr=False)
class Opened(Confidential):
    """All that is sealed beside one visit."""

    check_in: CheckIn
    observed: InsAnswer | None  # came after the decision, and nothing rests on it
    written: Mapping[str, Any]  # by staff

    @property
    def matricule(self) -> Matricule | None:
        """What INSi gave, with its authority."""
        found = self.check_in.insi
        return found.matricule if isinstance(found, InsFound) and found.matricule.is_complete else None


@dataclass(frozen=True, slots=True)
class Trail:
    """What the trail says of one visit's identity."""

    was_decided: bool = False  # more than set aside
    is_void: bool = False  # what INSi had answered was set aside with a decision, and nobody asked again
    is_accepted: bool = False
    is_late: bool = False  # INSi answered once more after its answer was accepted: 0.1.0 then took the later one


@dataclass(slots=True)
class Old:
    """What is remembered of one decided visit until its person is written: keys and codes, no trait."""

    key: UUID
    status: str
    attributes: frozenset[Attribute]
    evidence: str
    decided_at: datetime
    arrived_at: datetime
    merged_into: UUID | None
    value: bytes = b""  # fingerprint of the matricule that INSi gave
    is_void: bool = False
    is_late: bool = False
    is_accepted: bool = False
    why: str = ""  # why the identity is not carried over as it was

    @property
    def is_barred(self) -> bool:
        return bool(self.attributes & BARRING)

    @property
    def is_as_told(self) -> bool:
        """What a kiosk alone said INSi answered counts where staff accepted it, or bars somebody; else for nothing."""
        return self.is_accepted or self.is_barred

    @property
    def may_hold(self) -> bool:
        """A matricule was accepted, and can still be."""
        return self.status in OBTAINED and not self.is_barred and bool(self.value) and not self.why


def opened(row: Any, *, is_as_told: bool = True) -> Opened | None:
    """Open one visit; None when no key of this console opens it, or when what is inside is no check-in.

    ``is_as_told``: with INSi's answer as staff saw it then, also where a kiosk alone had said it.
    """
    try:
        check_in = vault.open_as_told(row) if is_as_told else _counting(row)
        body = bytes(row.sealed.observed)
        plain = vault.open_part(body, "observed", row.key) if body else b""
        observed = codec.from_bytes(plain).insi if plain else None
        return Opened(check_in, observed, notes.opened(row))
    except (CannotOpen, BadCheckIn):
        return None


def _counting(row: Any) -> CheckIn:
    """The check-in with what counts for INSi's answer: nothing that its kiosk alone said."""
    came, told = vault.open_check_in(bytes(row.sealed.check_in), row.key), vault.open_as_told(row)
    return replace(told, insi=InsUnreachable(visits.REPORTED)) if is_kiosks_word(row, came, told) else told


def is_kiosks_word(row: Any, came: CheckIn, told: CheckIn) -> bool:
    """Nobody else answered; or the answer was kept beside later calls of the console's that found nobody."""
    if settings.KIOSK.believes(row.terminal_id):
        return False
    if not row.sealed.answer:
        return not vault.is_silence(came)
    is_kept = replace(told.insi, exchanges=()) == replace(came.insi, exchanges=())
    calls = told.insi.exchanges[len(came.insi.exchanges) :]
    return is_kept and isinstance(came.insi, InsFound) and not any(one.code == _FOUND for one in calls)


def is_sealed(row: Any) -> bool:
    """There is something to open: a visit that was purged keeps its columns only."""
    return getattr(row, "sealed", None) is not None


def is_about_a_person(row: Any, trail: Trail, led_to: frozenset[UUID]) -> bool:
    """Somebody decided about an identity; a visit that was only set aside says nothing of one."""
    if row.evidence or row.attributes or row.reported in DECIDED or row.merged_into_id or row.pk in led_to:
        return True
    return row.decided_at is not None and (trail.was_decided or row.stage != SET_ASIDE)


def old_of(row: Any, trail: Trail) -> Old:
    return Old(
        row.pk,
        row.reported,
        attributes_of(row.attributes),
        row.evidence,
        row.decided_at or row.assigned_at or row.received_at,
        row.arrived_at,
        row.merged_into_id,
        is_void=trail.is_void,
        is_late=trail.is_late,
        is_accepted=trail.is_accepted,
    )


def look_inside(old: Old, row: Any) -> None:
    """Note which matricule INSi gave, and what speaks against carrying it over."""
    inside = opened(row, is_as_told=old.is_as_told) if is_sealed(row) else None
    if inside is None:
        old.why = "copies-erased" if row.stage == REMOVED else "unopened"
        return
    matricule = inside.matricule
    if matricule is not None:
        old.value = bodies.value_of(matricule)
    if old.status in OBTAINED and not old.is_barred:
        old.why = _why_not(inside, old, row)


def _why_not(inside: Opened, old: Old, row: Any) -> str:
    found = inside.check_in.insi
    if isinstance(found, InsUnreachable) and found.reason == visits.REPORTED:
        return "reported"
    if not isinstance(found, InsFound) or inside.matricule is None:
        return "no-answer"
    if acceptance_of(found, in_production=settings.KIOSK.is_production).forbids:
        return "unusable-answer"
    if old.evidence and not (old.is_accepted and old.status == IdentityStatus.QUALIFIED.value):
        return "never-compared"  # a machine's answer came to stand beside evidence
    if old.is_void:
        return "answer-withdrawn"
    return "late-answer" if old.is_late and _is_another(found, row) else ""


def _is_another(found: InsFound, row: Any) -> bool:
    """What stands is not what the kiosk brought: which answer was accepted, nobody can tell any more."""
    return visits.says_otherwise(vault.open_check_in(bytes(row.sealed.check_in), row.key).insi, found)


def attributes_of(words: str) -> frozenset[Attribute]:
    """The attributes as the column kept them; where they cannot stand together, the one that forbids most."""
    known = {one.value: one for one in Attribute}
    found = frozenset(known[word] for word in words.split() if word in known)
    return frozenset({Attribute.FICTITIOUS}) if Attribute.FICTITIOUS in found else found


def trails_of(keys: Iterable[UUID]) -> dict[str, Trail]:
    """What the trail says of these visits."""
    acts: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    entries = AuditEntry.objects.filter(about__in=[str(key) for key in keys], act__in=_READ).order_by("number")
    for about, act, details in entries.values_list("about", "act", "details"):
        acts.setdefault(about, []).append((act, json.loads(details)))
    return {about: trail_of(some) for about, some in acts.items()}


def trail_of(acts: Iterable[tuple[str, Mapping[str, Any]]]) -> Trail:
    """Follow what staff and INSi said, one after the other.

    Undoing a refusal gives the answer back, undoing a doubt does not (T8).
    """
    now, before, is_bar = Trail(), Trail(), False
    for act, details in acts:
        if act == "undone":
            now = replace(before, was_decided=True, is_void=now.is_void if is_bar else before.is_void)
            continue
        before, is_bar = now, act == "doubted" and details.get("after") == IdentityStatus.PROVISIONAL.value
        now = _followed(now, act, details, is_bar=is_bar)
    return now


def _followed(now: Trail, act: str, details: Mapping[str, Any], *, is_bar: bool) -> Trail:
    was_decided = now.was_decided or act in _DECIDING
    if is_bar or act in _REFUSED or (act == "validated" and details.get("before") in OBTAINED):
        return Trail(was_decided, is_void=True)
    if act in _ACCEPTED:
        return Trail(was_decided, is_accepted=True)
    if act == "insi-observed":
        return replace(now, is_late=False)  # it was kept beside
    if act == "insi-asked" and details.get("answer") in _ANSWERS:
        is_late = now.is_accepted and details["answer"] == "InsFound"
        return Trail(was_decided, is_accepted=now.is_accepted, is_late=is_late)
    return replace(now, was_decided=was_decided)
