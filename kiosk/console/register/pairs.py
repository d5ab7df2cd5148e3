"""Pairs of persons who may be one (doublons): proposed, merged, un-merged, set apart; one row a pair, for ever.

What happens to each person is a fact of theirs; the pair says where the judgement stands. A pair once judged, or once
un-merged, is never proposed again by itself.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.models import PairState, Person, PersonPair
from kiosk.console.register import reading, writer
from kiosk.console.register.writer import Told
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.person_events import Merged, PairProposed, PersonEvent, SetApart, Side, Unmerged
from kiosk.core.status.transitions import Actor, AttributeSet


def sought() -> Person | None:
    """Somebody known for whom nobody has looked for look-alikes yet; who was known first comes first."""
    due = Person.objects.filter(likened_at=None, absorbed_by=None, erased_at=None, decided_at__isnull=False)
    return due.order_by("opened_at").first()


def note_sought(person: Person) -> bool:
    """Look-alikes were looked for; False when another worker has noted it."""
    return bool(Person.objects.filter(pk=person.pk, likened_at=None).update(likened_at=timezone.now()))


def hold(*sides: Person) -> bool:
    """Hold these persons until the transaction ends, in the order of their keys; False when one is no more.

    Two workers that sought for both at once wait for each other, and never each hold what the other needs.
    """
    keys = [one.pk for one in sides]
    held = Person.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    return all(one.erased_at is None and one.absorbed_by_id is None for one in list(held))


def judged_with(person: Person) -> set[UUID]:
    """With whom this person was ever paired."""
    return {key for pair in of(person).values_list("first", "second") for key in pair} - {person.pk}


def of(person: Person) -> QuerySet[PersonPair]:
    """Every pair this person belongs to."""
    return PersonPair.objects.filter(Q(first=person) | Q(second=person))


def to_judge() -> QuerySet[PersonPair]:
    """Pairs proposed that can be judged: both sides stand for themselves, and neither is erased."""
    proposed = PersonPair.objects.filter(state=PairState.POSSIBLE, first__erased_at=None, second__erased_at=None)
    return proposed.filter(first__absorbed_by=None, second__absorbed_by=None)


def touching(people: Collection[UUID]) -> QuerySet[PersonPair]:
    """Pairs to be judged of which a side is one of these people, the oldest first."""
    return to_judge().filter(Q(first__in=people) | Q(second__in=people)).order_by("found_at", "pk")


def stranded() -> PersonPair | None:
    """A pair proposed of which one side leads to another record since, and nobody was asked about that one yet."""
    proposed = PersonPair.objects.filter(state=PairState.POSSIBLE, first__erased_at=None, second__erased_at=None)
    led = proposed.exclude(first__absorbed_by=None, second__absorbed_by=None)
    led = led.annotate(one=_led_to("first"), other=_led_to("second"))
    asked = PersonPair.objects.filter(
        Q(first=OuterRef("one"), second=OuterRef("other")) | Q(first=OuterRef("other"), second=OuterRef("one"))
    )
    known = led.exclude(one=F("other")).filter(~Exists(asked))
    return known.select_related("first__absorbed_by", "second__absorbed_by").order_by("found_at").first()


def _led_to(side: str) -> Coalesce:
    """The record that a side leads to; merges carried over from before may lead to one another."""
    steps = (f"{side}__absorbed_by__absorbed_by__absorbed_by", f"{side}__absorbed_by__absorbed_by")
    return Coalesce(*steps, f"{side}__absorbed_by", side)


def in_place_of(pair: PersonPair) -> PersonPair | None:
    """The pair of the records that the sides of this one lead to; None where they lead to one, or none was proposed."""
    one, other = pair.first.surviving, pair.second.surviving
    sides = Q(first=one, second=other) | Q(first=other, second=one)
    return PersonPair.objects.filter(sides).exclude(pk=pair.pk).first()


def propose(one: Person, other: Person, percent: int, by: Actor, *, where: str = "") -> bool:
    """Propose that two persons are one, unless they ever were a pair."""
    first, second = sorted((one, other), key=lambda side: (side.opened_at, str(side.pk)))
    said = {"likeness": percent, "found_at": timezone.now()}
    _pair, is_new = PersonPair.objects.get_or_create(first=first, second=second, defaults=said)
    if is_new:
        details: dict[str, audit.Detail] = {"other": str(first.pk), "likeness": percent}
        writer.record(second.pk, [Told(PairProposed(str(first.pk)), audit.Act.PAIR_FOUND, details)], by, where=where)
    return is_new


def locked(number: int, state: PairState) -> PersonPair | None:
    """A pair in this state with both persons, held until the transaction ends; None when it is not so any more.

    Persons are locked in the order of their keys: two who judge wait, and never block each other.
    """
    pair = PersonPair.objects.select_for_update().filter(pk=number, state=state).first()
    if pair is None:
        return None
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=(pair.first_id, pair.second_id))
    sides = {one.pk: one for one in rows.filter(erased_at=None).order_by("pk")}
    if len(sides) < 2:
        return None
    pair.first, pair.second = sides[pair.first_id], sides[pair.second_id]
    return pair


def held_among(people: Collection[UUID]) -> tuple[dict[UUID, Person], dict[frozenset[UUID], PersonPair]]:
    """These people, but for who is erased, and every pair of two of them, held until the transaction ends.

    Pairs first and then persons, each in the order of their keys, as ``locked`` does.
    """
    rows = PersonPair.objects.select_for_update().filter(first__in=people, second__in=people).order_by("pk")
    known = {frozenset((pair.first_id, pair.second_id)): pair for pair in rows}
    held = Person.objects.select_for_update(of=("self",)).filter(pk__in=people, erased_at=None).order_by("pk")
    return {one.pk: one for one in held}, known


def between(known: PersonPair | None, one: Person, other: Person, by: Actor, *, where: str = "") -> PersonPair:
    """The pair of two who are held; where nobody has proposed it, who judges them now does."""
    if known is None:
        propose(one, other, 0, by, where=where)
        known = PersonPair.objects.get(first__in=(one, other), second__in=(one, other))
    known.first, known.second = (one, other) if known.first_id == one.pk else (other, one)
    return known


def merge(
    pair: PersonPair, absorbed: Person, kept: Person, by: Actor, *, where: str = "", at: datetime | None = None
) -> None:
    """One record leads to the other from now on; nothing of it moves. ``writer.Refused`` when a rule forbids it."""
    survivor = reading.standing_of(kept)
    into = Side(str(kept.pk), survivor.held, survivor.identity.is_barred, bool(survivor.absorbed_by))
    _tell(absorbed, Merged(into), audit.Act.MERGED, by, where, {"kept": str(kept.pk)})
    _say(pair, PairState.MERGED, by, at)


def unmerge(pair: PersonPair, absorbed: Person, kept: Person, by: Actor, *, where: str = "") -> None:
    """Both stand for themselves again."""
    _tell(absorbed, Unmerged(), audit.Act.SPLIT, by, where, {"kept": str(kept.pk)})
    _say(pair, PairState.APART, by)


def set_apart(pair: PersonPair, by: Actor, *, where: str = "", at: datetime | None = None) -> None:
    """Two people: each bears the attribute homonym, where it may stand."""
    for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
        _tell(one, SetApart(str(other.pk)), audit.Act.SET_APART, by, where, {"other": str(other.pk)})
        if not reading.standing_of(one).identity.attributes & {Attribute.HOMONYM, Attribute.FICTITIOUS}:
            _tell(one, AttributeSet(Attribute.HOMONYM), audit.Act.DOUBTED, by, where, {"reason": "homonym"})
    _say(pair, PairState.APART, by, at)


def _tell(
    person: Person, event: PersonEvent, act: audit.Act, by: Actor, where: str, details: dict[str, audit.Detail]
) -> None:
    writer.record(person.pk, [Told(event, act, details)], by, where=where)
    person.refresh_from_db()


def _say(pair: PersonPair, state: PairState, by: Actor, at: datetime | None = None) -> None:
    pair.state, pair.decided_by, pair.decided_at = state, by.name, at or timezone.now()
    pair.save()
