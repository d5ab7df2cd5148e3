"""Look-alikes among those who are known (doublons potentiels): found by the worker, merged and un-merged by the unit.

Nothing is ever merged by a machine. Two persons whom INSi gave a matricule each are two people, or one that nobody may
merge: neither is proposed. Of all candidates only the likest one is. What the unit set apart or un-merged never comes
back by itself.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk import journal
from kiosk.console import audit
from kiosk.console.identities import reasons
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import PairState, Person, PersonPair, Staff
from kiosk.console.register import prior, reading, writer
from kiosk.console.register.writer import Told
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.person_events import Merged, PairProposed, PersonEvent, SetApart, Side, Unmerged
from kiosk.core.status.transitions import Actor, ActorKind, AttributeSet
from kiosk.sealing import CannotOpen

WORKER = Actor(ActorKind.WORKER, "worker")


def seek_once() -> bool:
    """Look for look-alikes of one person nobody looked at yet; False when there is none.

    Read first, then noted with what was found in one short transaction: killed between the two, it is done again.
    """
    due = Person.objects.filter(likened_at=None, absorbed_by=None, erased_at=None, version__gt=0)
    person = due.order_by("opened_at").first()
    if person is None:
        return False
    try:
        found = _likest(person)
    except (CannotOpen, BadCheckIn, reading.Tampered):
        found = None  # nothing to compare here
        journal.record(journal.Happening.INSI_CALLED, outcome="CannotOpen")
    with transaction.atomic():
        is_mine = Person.objects.filter(pk=person.pk, likened_at=None).update(likened_at=timezone.now())
        if is_mine and found is not None:
            first, second = sorted((person, found.person), key=lambda one: (one.opened_at, str(one.pk)))
            propose(first, second, found.percent)
    return True


def _likest(person: Person) -> prior.Candidate | None:
    """Who looks most like this person, if somebody does and the unit has not judged them yet."""
    stated = prior.stated_of(person)
    if stated is None:
        return None
    known = {person.pk, *_judged(person)}
    is_numbered = reading.standing_of(person).held is not None
    for candidate in prior.candidates(stated, person.pk):
        both_numbered = is_numbered and reading.standing_of(candidate.person).held is not None
        if candidate.person.pk not in known and not both_numbered:
            return candidate
    return None


def _judged(person: Person) -> set[UUID]:
    pairs = PersonPair.objects.filter(Q(first=person) | Q(second=person))
    return {key for pair in pairs.values_list("first", "second") for key in pair}


def propose(first: Person, second: Person, percent: int) -> None:
    """Propose that two persons are one, unless they were ever proposed, merged or set apart."""
    _pair, is_new = PersonPair.objects.get_or_create(
        first=first, second=second, defaults={"likeness": percent, "found_at": timezone.now()}
    )
    if is_new:
        details: dict[str, audit.Detail] = {"other": str(first.pk), "likeness": percent}
        told = [Told(PairProposed(str(first.pk)), audit.Act.PAIR_FOUND, details)]
        writer.record(second.pk, told, WORKER)


def pair_of(person: Person | None) -> PersonPair | None:
    """The pair this person belongs to that is still proposed, or merged; the latest."""
    if person is None:
        return None
    mine = PersonPair.objects.filter(Q(first=person) | Q(second=person)).exclude(state=PairState.APART)
    return mine.select_related("first", "second").order_by("-found_at").first()


def merge(number: int, staff: Staff, kept: UUID, *, where: str = "") -> PersonPair:
    """Say that two records are one person's: one is kept, the other leads to it from now on (RNIV; unit only)."""
    with in_words(audit.Act.MERGED, staff.username, kept, where):
        pair = _locked(number, PairState.POSSIBLE)
        sides = {pair.first.pk: pair.first, pair.second.pk: pair.second}
        if kept not in sides:
            raise reasons.NotAllowed(_("Dites lequel des deux dossiers est gardé."))
        if any(one.absorbed_by_id is not None for one in sides.values()):
            raise reasons.NotAllowed(_("Un des deux dossiers est déjà fusionné : défaites d’abord cette fusion."))
        [other] = [one for key, one in sides.items() if key != kept]
        if other.absorbed.exists():
            raise reasons.NotAllowed(_("D’autres dossiers mènent à celui-ci : gardez-le, ou défaites ces fusions."))
        survivor = reading.standing_of(sides[kept])
        into = Side(str(kept), survivor.held, survivor.identity.is_barred, bool(survivor.absorbed_by))
        _record(other, Merged(into), audit.Act.MERGED, staff, where, {"kept": str(kept)})
        return _said(pair, PairState.MERGED, staff)


def split(number: int, staff: Staff, *, where: str = "") -> PersonPair:
    """Undo a merge: both records stand for themselves again, and are never proposed again by themselves."""
    with in_words(audit.Act.SPLIT, staff.username, number, where):
        pair = _locked(number, PairState.MERGED)
        for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if one.absorbed_by_id == other.pk:
                _record(one, Unmerged(), audit.Act.SPLIT, staff, where, {"kept": str(other.pk)})
                return _said(pair, PairState.APART, staff)
        raise reasons.NotAllowed(_("Ces deux dossiers ne sont pas fusionnés."))


def set_apart(number: int, staff: Staff, *, where: str = "") -> PersonPair:
    """Say that two records are two people's: each bears the attribute homonym, which warns (GI3 EXI ID 24)."""
    with in_words(audit.Act.SET_APART, staff.username, number, where):
        pair = _locked(number, PairState.POSSIBLE)
        for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
            _record(one, SetApart(str(other.pk)), audit.Act.SET_APART, staff, where, {"other": str(other.pk)})
            identity = reading.standing_of(one).identity
            if Attribute.HOMONYM not in identity.attributes and Attribute.FICTITIOUS not in identity.attributes:
                _record(one, AttributeSet(Attribute.HOMONYM), audit.Act.DOUBTED, staff, where, {"reason": "homonym"})
        return _said(pair, PairState.APART, staff)


def _record(
    person: Person,
    event: PersonEvent,
    act: audit.Act,
    staff: Staff,
    where: str,
    details: dict[str, audit.Detail],
) -> None:
    by = Actor(ActorKind.STAFF, staff.username)
    row = writer.record(person.pk, [Told(event, act, details)], by, where=where)
    for name in ("version", "state", "attributes", "absorbed_by_id", "at_fact", "proof", "status"):
        setattr(person, name, getattr(row, name))


def _locked(number: int, state: PairState) -> PersonPair:
    """The pair and both persons, in one order, so that two who judge wait and never block each other."""
    pair = PersonPair.objects.select_for_update().filter(pk=number).first()
    if pair is None or pair.state != state:
        raise reasons.NotAllowed(_("Un collègue a déjà traité ce doublon."))
    locked = Person.objects.select_for_update(of=("self",)).order_by("pk")
    sides = {one.pk: one for one in locked.filter(pk__in=(pair.first_id, pair.second_id), erased_at=None)}
    if len(sides) < 2:
        raise reasons.NotAllowed(_("Un des deux dossiers a été effacé."))
    pair.first, pair.second = sides[pair.first_id], sides[pair.second_id]
    return pair


def _said(pair: PersonPair, state: PairState, staff: Staff) -> PersonPair:
    pair.state, pair.decided_by, pair.decided_at = state, staff.username, timezone.now()
    pair.save()
    return pair
