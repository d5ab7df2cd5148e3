"""Look-alikes among those who are known (doublons potentiels): found by the worker, merged and un-merged by the unit.

Nothing is ever merged by a machine. Two persons whom INSi gave a matricule each are two people, or one that nobody may
merge: neither is proposed. Of all candidates only the likest one is. What the unit set apart or un-merged never comes
back by itself.
"""

from collections.abc import Collection
from itertools import combinations
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
from kiosk.console.register import pairs, prior, reading
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.status.transitions import Actor, ActorKind
from kiosk.sealing import CannotOpen

WORKER = Actor(ActorKind.WORKER, "worker")
LEAST = 2  # who are judged together


def seek_once() -> bool:
    """Look for look-alikes of one person nobody looked at yet; False when there is none.

    Read first, then noted with what was found in one short transaction: killed between the two, it is done again.
    """
    person = pairs.sought()
    if person is None:
        return _follow_once()
    try:
        found = _likest(person)
    except (CannotOpen, BadCheckIn):
        found = None  # nothing to compare here
        journal.record(journal.Happening.INSI_CALLED, outcome="CannotOpen")
    with transaction.atomic():
        may_pair = found is not None and pairs.hold(person, found.person)  # merged or erased since it was read
        if pairs.note_sought(person) and found is not None and may_pair:
            pairs.propose(person, found.person, found.percent, WORKER)
    return True


def _follow_once() -> bool:
    """What may be one with a record that leads to another since, may be one with that: the unit is asked about it."""
    pair = pairs.stranded()
    if pair is None:
        return False
    one, other = pair.first.surviving, pair.second.surviving
    with transaction.atomic():
        return pairs.hold(one, other) and pairs.propose(one, other, pair.likeness, WORKER)


def _likest(person: Person) -> prior.Candidate | None:
    """Who looks most like this person, if somebody does and the unit has not judged them yet."""
    stated = prior.stated_of(person)
    if stated is None:
        return None
    known = pairs.judged_with(person)
    is_numbered = reading.standing_of(person).held is not None
    for candidate in prior.candidates(stated, person.pk):
        both_numbered = is_numbered and reading.standing_of(candidate.person).held is not None
        if candidate.person.pk not in known and not both_numbered:
            return candidate
    return None


def pair_of(person: Person | None) -> PersonPair | None:
    """The pair this person belongs to that is still to be judged, or merged; the latest."""
    if person is None:
        return None
    open_ones = pairs.of(person).filter(Q(state=PairState.MERGED) | Q(pk__in=pairs.to_judge().values("pk")))
    return open_ones.select_related("first", "second").order_by("-found_at").first()


def merge(people: Collection[UUID], kept: UUID | None, staff: Staff, *, where: str = "") -> None:
    """Say that records are one person's: one is kept, the others lead to it from now on (RNIV; unit only).

    All of them in one transaction: where a rule forbids one, nothing is done.
    """
    with in_words(audit.Act.MERGED, staff.username, kept or "", where):
        sides, known = _held(people)
        if kept is None or kept not in sides:
            raise reasons.NotAllowed(_("Dites lequel des dossiers est gardé."))
        others = [one for key, one in sides.items() if key != kept]
        if any(one.absorbed.exists() for one in others):
            raise reasons.NotAllowed(_("D’autres dossiers mènent à celui-ci : gardez-le, ou défaites ces fusions."))
        if any(pair.state == PairState.APART for pair in known.values()):
            raise reasons.NotAllowed(_("Deux de ces dossiers ont déjà été distingués : laissez l’un d’eux de côté."))
        who, now = _who(staff), timezone.now()
        for one in others:
            pair = pairs.between(known.get(frozenset((one.pk, kept))), one, sides[kept], who, where=where)
            pairs.merge(pair, one, sides[kept], who, where=where, at=now)


def split(number: int, staff: Staff, *, where: str = "") -> PersonPair:
    """Undo a merge: both records stand for themselves again, and are never proposed again by themselves."""
    with in_words(audit.Act.SPLIT, staff.username, number, where):
        pair = _locked(number, PairState.MERGED)
        for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if one.absorbed_by_id == other.pk:
                pairs.unmerge(pair, one, other, _who(staff), where=where)
                return pair
        raise reasons.NotAllowed(_("Ces deux dossiers ne sont pas fusionnés."))


def set_apart(people: Collection[UUID], staff: Staff, *, where: str = "") -> None:
    """Say that records are as many people's: each bears the attribute homonym, which warns (GI3 EXI ID 24).

    Each is set apart from each of the others, so that nobody is asked again about two of them.
    """
    with in_words(audit.Act.SET_APART, staff.username, min(people, default=""), where):
        sides, known = _held(people)
        who, now = _who(staff), timezone.now()
        for one, other in combinations(sides.values(), 2):
            pair = pairs.between(known.get(frozenset((one.pk, other.pk))), one, other, who, where=where)
            if pair.state != PairState.APART:
                pairs.set_apart(pair, who, where=where, at=now)


def _held(people: Collection[UUID]) -> tuple[dict[UUID, Person], dict[frozenset[UUID], PersonPair]]:
    """Who is judged together, and every pair of two of them, held until the transaction ends."""
    if not people:
        raise _judged()
    if len(people) < LEAST:
        raise reasons.NotAllowed(_("Il faut au moins deux dossiers."))
    sides, known = pairs.held_among(people)
    is_same = len(sides) == len(people) and not any(one.absorbed_by_id for one in sides.values())
    if not is_same or {pair.state for pair in known.values()} == {PairState.APART}:
        raise _judged()
    return sides, known


def _locked(number: int, state: PairState) -> PersonPair:
    pair = pairs.locked(number, state)
    if pair is None:
        raise _judged()
    return pair


def _judged() -> reasons.NotAllowed:
    return reasons.NotAllowed(_("Un collègue a déjà traité ce doublon, ou un des dossiers a été effacé."))


def _who(staff: Staff) -> Actor:
    return Actor(ActorKind.STAFF, staff.username)
