"""Look-alikes among the records (doublons potentiels): found by the worker, merged by the unit alone, and un-merged.

Nothing is ever merged by a machine. Two records that INSi gave the same matricule are one person's visits; two that it
gave different ones are two people: neither is proposed. Of all candidates only the likest one is.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rapidfuzz.distance import JaroWinkler

from kiosk import journal
from kiosk.console import audit
from kiosk.console.identities import deciding, reasons
from kiosk.console.models import Arrival, Pair, PairState, Staff, Stage
from kiosk.console.records import search, vault
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.stated import REFERENCE, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence import duplicates
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.transitions import Actor, ActorKind, AttributeSet, apply
from kiosk.sealing import CannotOpen

MOST_COMPARED = 12  # records opened for one newcomer, the latest of the look-alikes


def seek_once() -> bool:
    """Look for look-alikes of one record nobody looked at yet; False when there is none.

    Read first, then noted with what was found in one short transaction: killed between the two, it is done again.
    """
    due = Arrival.objects.filter(likened_at=None, insi_next_at=None).exclude(stage=Stage.REMOVED)
    arrival = due.select_related("sealed").order_by("received_at").first()
    if arrival is None:
        return False
    try:
        found = _likest(arrival)
    except (CannotOpen, BadCheckIn):
        found = None  # no key for it here: nothing to compare
        journal.record(journal.Happening.INSI_CALLED, outcome="CannotOpen")
    with transaction.atomic():
        is_mine = Arrival.objects.filter(pk=arrival.pk, likened_at=None).update(likened_at=timezone.now())
        if is_mine and found is not None:
            other, alike = found
            first, second = sorted((arrival, other), key=lambda one: (one.arrived_at, str(one.pk)))
            _propose(first, second, round(alike * 100))
    return True


def _likest(arrival: Arrival) -> tuple[Arrival, float] | None:
    """The record that looks most like this one, if one does; only the latest candidates are opened."""
    check_in = vault.open_arrival(arrival)
    ours = best(check_in, REFERENCE)
    if ours is None:
        return None
    others, theirs = [], []
    keys = [one.pk for one in search.alike(check_in) if one.pk != arrival.pk and one.merged_into_id is None]
    for other in Arrival.objects.filter(pk__in=keys[:MOST_COMPARED]).select_related("sealed"):
        known = vault.open_arrival(other)
        traits = best(known, REFERENCE)
        if traits is not None and not both_numbered(check_in, known):
            others.append(other)
            theirs.append(traits)
    found = duplicates.look_alikes(ours, theirs, JaroWinkler.normalized_similarity)
    return (others[found[0].index], found[0].likeness) if found else None


def _propose(first: Arrival, second: Arrival, percent: int) -> None:
    _pair, is_new = Pair.objects.get_or_create(
        first=first, second=second, defaults={"likeness": percent, "found_at": timezone.now()}
    )
    if is_new:
        audit.record(audit.Act.PAIR_FOUND, who="worker", about=str(second.pk), other=str(first.pk), likeness=percent)


def both_numbered(one: CheckIn, other: CheckIn) -> bool:
    """INSi gave each a matricule: it has said whether they are one person."""
    return isinstance(one.insi, InsFound) and isinstance(other.insi, InsFound)


def pair_of(arrival: Arrival) -> Pair | None:
    """The pair this record belongs to that is still proposed, or merged; the latest."""
    mine = Pair.objects.filter(Q(first=arrival) | Q(second=arrival)).exclude(state=PairState.APART)
    return mine.select_related("first", "second").order_by("-found_at").first()


def merge(number: int, staff: Staff, kept: UUID, *, where: str = "") -> Pair:
    """Say that two records are one person's: one is kept, the other leads to it from now on (RNIV; unit only)."""
    with transaction.atomic():
        pair = _locked(number, PairState.POSSIBLE)
        sides = {pair.first.pk: pair.first, pair.second.pk: pair.second}
        if kept not in sides:
            raise reasons.NotAllowed(_("Dites lequel des deux dossiers est gardé."))
        if any(one.merged_into_id is not None for one in sides.values()):
            raise reasons.NotAllowed(_("Un des deux dossiers est déjà fusionné : défaites d’abord cette fusion."))
        [other] = [one for key, one in sides.items() if key != kept]
        if other.merged.exists():
            raise reasons.NotAllowed(_("D’autres dossiers mènent à celui-ci : gardez-le, ou défaites ces fusions."))
        other.merged_into_id = kept
        other.save(update_fields=["merged_into"])
        return _said(pair, PairState.MERGED, staff, audit.Act.MERGED, where, about=other.pk, kept=str(kept))


def split(number: int, staff: Staff, *, where: str = "") -> Pair:
    """Undo a merge: both records stand for themselves again, and are still proposed."""
    with transaction.atomic():
        pair = _locked(number, PairState.MERGED)
        for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if one.merged_into_id == other.pk:
                one.merged_into_id = None
                one.save(update_fields=["merged_into"])
                return _said(pair, PairState.POSSIBLE, staff, audit.Act.SPLIT, where, about=one.pk, kept=str(other.pk))
        raise reasons.NotAllowed(_("Ces deux dossiers ne sont pas fusionnés."))


def set_apart(number: int, staff: Staff, *, where: str = "") -> Pair:
    """Say that two records are two people's: each bears the attribute homonym, which warns (GI3 EXI ID 24)."""
    with transaction.atomic():
        pair = _locked(number, PairState.POSSIBLE)
        for one in (pair.first, pair.second):
            identity = deciding.identity_of(one, vault.open_arrival(one))
            event = AttributeSet(Attribute.HOMONYM)
            after, fact = apply(identity, event, Actor(ActorKind.STAFF, staff.username), timezone.now())
            if fact.refusal is None:
                one.attributes = deciding.written(after.attributes)
                one.save(update_fields=["attributes"])
        return _said(
            pair, PairState.APART, staff, audit.Act.SET_APART, where, about=pair.second.pk, other=str(pair.first.pk)
        )


def _locked(number: int, state: PairState) -> Pair:
    pair = Pair.objects.select_for_update().filter(pk=number).first()
    if pair is None or pair.state != state:
        raise reasons.NotAllowed(_("Un collègue a déjà traité ce doublon."))
    locked = (
        Arrival.objects.select_for_update(of=("self",))
        .select_related("sealed")
        .filter(pk__in=(pair.first_id, pair.second_id))
    )
    sides = {one.pk: one for one in locked.order_by("pk").exclude(stage=Stage.REMOVED)}
    if len(sides) < 2:
        raise reasons.NotAllowed(_("Un des deux dossiers a été effacé."))
    pair.first, pair.second = sides[pair.first_id], sides[pair.second_id]
    return pair


def _said(
    pair: Pair, state: PairState, staff: Staff, act: audit.Act, where: str, *, about: UUID, **details: str
) -> Pair:
    pair.state, pair.decided_by, pair.decided_at = state, staff, timezone.now()
    pair.save()
    audit.record(act, who=staff.username, where=where, about=str(about), **details)
    return pair
