"""A visit and whose it is: where they stand, and what counts for it.

Before anybody decided, a visit is nobody's: what its sources come to is a machine's word. The first decision opens the
person (``register.decisions``), or the visit is attached to one who is known (``register.attaching``).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models import OuterRef, Subquery

from kiosk.console.models import Arrival, AuditEntry, Person, Stage
from kiosk.console.records import vault
from kiosk.console.register import bodies, reading, writer
from kiosk.console.register.writer import Told
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound, InsSeveral, InsUnreachable
from kiosk.core.status.permissions import Identity, IdentityStatus
from kiosk.core.status.returning import are_equal
from kiosk.core.status.standing import Standing
from kiosk.core.status.transitions import Actor, Refusal

ASKED = "asked"  # nothing has answered yet
VOID = "void"  # why nothing answers: what did was set aside with a decision
REPORTED = vault.REPORTED
NOBODY_ASKED = frozenset({"through-console", "not-asked"})  # at the kiosk: the console asks first
CARD_TOO_OLD = "card-too-old"  # the card was read too long ago to ask with it, and nothing else asks


def standing_of(arrival: Arrival) -> Standing:
    """Where whose visit it is stands; nothing is established about somebody unknown."""
    known = arrival.known
    return reading.as_read(known) if known is not None else Standing()


def identity_of(arrival: Arrival, check_in: CheckIn, *, is_free: bool | None = None) -> Identity:
    """The identity as it stands: the person's; before that, the matricule that a machine took for theirs.

    ``is_free``: whether INSi's number can be theirs, for whom ``why_not_hold`` was asked already.
    """
    if arrival.known is not None:
        return standing_of(arrival).identity
    found, is_taken = check_in.insi, arrival.reported == IdentityStatus.RETRIEVED.value
    if not isinstance(found, InsFound) or not is_taken:
        return Identity()
    if is_free is None:
        is_free = why_not_hold(arrival, found.matricule) is None
    return Identity(matricule=found.matricule) if is_free else Identity()  # what another holds was taken for nobody


def named(arrival: Arrival, matricule: Matricule) -> Matricule | Mark:
    """A matricule as the events about this visit's identity name it."""
    known = arrival.known
    return matricule if known is None else bodies.mark_of(known.pk, matricule)


def named_mark(arrival: Arrival, matricule: Matricule) -> Mark:
    """The mark of a matricule among the facts of whose visit it is. ValueError for somebody unknown."""
    known = arrival.known
    if known is None:
        raise ValueError("nobody is known yet")
    return bodies.mark_of(known.pk, matricule)


def opened(arrival: Arrival) -> CheckIn:
    """All that counts for this visit: what the kiosk sent, with the answer of INSi that counts for whose visit it is.

    That is the accepted one; else the last one that may still be accepted, a phone's only where it was shown at this
    very visit. What was set aside with a decision answers no more. CannotOpen, BadCheckIn, or ``reading.Tampered``.
    """
    return counting(arrival, vault.open_arrival(arrival))


def counting(arrival: Arrival, check_in: CheckIn) -> CheckIn:
    """The same of what is kept of the visit, for whom has it open (``vault.open_arrival``)."""
    known = arrival.known
    if known is None:
        return check_in
    standing = standing_of(arrival)
    is_shown = isinstance(check_in.insi, InsFound) and check_in.insi.is_attested
    latest = standing.latest_of(with_attested=is_shown)
    nth = standing.basis.answer or (latest.nth if latest is not None else 0)
    answer = answer_of(known.pk, nth) if nth else None
    return replace(check_in, insi=answer) if answer is not None else _unanswered(arrival, check_in)


def _unanswered(arrival: Arrival, check_in: CheckIn) -> CheckIn:
    """Nothing that INSi said counts: it is being asked, or could not answer, or what it answered was set aside."""
    if arrival.insi_next_at is not None:
        return replace(check_in, insi=InsUnreachable(ASKED, check_in.insi.exchanges))
    if isinstance(check_in.insi, InsFound | InsNotFound | InsSeveral):
        return replace(check_in, insi=InsUnreachable(VOID, check_in.insi.exchanges))
    return check_in


def answer_of(person: UUID, nth: int) -> InsAnswer | None:
    """What INSi answered, by the person's fact; None when its body is erased."""
    body = reading.body_of(person, nth)
    return codec.from_bytes(body).insi if body is not None else None


def observed_of(arrival: Arrival) -> InsAnswer | None:
    """The last answer that came after the accepted one and says otherwise: nothing rests on it."""
    known = arrival.known
    if known is None:
        return None
    standing = standing_of(arrival)
    taken, latest = standing.answer(standing.basis.answer), standing.latest_answer
    if taken is None or latest is None or latest.nth <= taken.nth:
        return None
    ours, theirs = answer_of(known.pk, taken.nth), answer_of(known.pk, latest.nth)
    return theirs if ours is not None and theirs is not None and says_otherwise(ours, theirs) else None


def brought_otherwise(arrival: Arrival) -> bool:
    """This visit brought INSi's answer that says otherwise than the accepted one: the unit says which counts."""
    known, latest = arrival.known, standing_of(arrival).latest_answer
    if known is None or latest is None or observed_of(arrival) is None:
        return False
    return AuditEntry.objects.filter(person=known.pk, nth=latest.nth, about=str(arrival.pk)).exists()


def says_otherwise(standing: InsAnswer, answer: InsAnswer) -> bool:
    """Another matricule, or other traits of this one."""
    if not isinstance(standing, InsFound) or not isinstance(answer, InsFound):
        return isinstance(answer, InsFound)
    ours, theirs = standing.matricule, answer.matricule
    is_of_one_source = standing.is_attested == answer.is_attested
    said = standing.traits == answer.traits if is_of_one_source else are_equal(standing.traits, answer.traits)
    return not said or (ours.number, ours.oid) != (theirs.number, theirs.oid)


def why_not_hold(arrival: Arrival, matricule: Matricule) -> Refusal | None:
    """Why this matricule cannot become whose visit it is; looked at again, under lock, when it is written."""
    return writer.held_elsewhere(arrival.known, matricule)


def latest_of(person: Person, *, held: bool = False) -> Arrival | None:
    """When they last came, of what is still kept; ``held`` until the transaction ends, before the person is."""
    mine = Arrival.objects.filter(person=person).exclude(stage=Stage.REMOVED)
    mine = mine.select_for_update() if held else mine.select_related("person__absorbed_by", "sealed")
    return mine.order_by("-received_at").first()


def latest_few(person: Person, most: int) -> list[Arrival]:
    """The last times they came, of what is still kept; the latest first."""
    mine = Arrival.objects.filter(person=person).exclude(stage=Stage.REMOVED).order_by("-received_at")
    return list(mine.select_related("person__absorbed_by", "sealed")[:most])


def latest_of_each(people: Collection[UUID]) -> dict[UUID, Arrival]:
    """When many people last came, in two questions; nobody's where nothing of theirs is kept."""
    mine = Arrival.objects.filter(person=OuterRef("pk")).exclude(stage=Stage.REMOVED).order_by("-received_at")
    keys = Person.objects.filter(pk__in=people).values_list(Subquery(mine.values("pk")[:1]), flat=True)
    rows = Arrival.objects.filter(pk__in=[key for key in keys if key is not None])
    return {one.person_id: one for one in rows.select_related("person__absorbed_by", "sealed") if one.person_id}


def times_come(person: Person, now: Arrival) -> int:
    """How often they came before this visit, as the register says: visits that are theirs still, erased ones too."""
    facts = AuditEntry.objects.filter(person=person.pk, kind__in=("visit-attached", "visit-detached"))
    last = dict(facts.exclude(about=str(now.key)).order_by("nth").values_list("about", "kind"))
    return sum(kind == "visit-attached" for kind in last.values())


def recorded(
    arrival: Arrival,
    known: Person,
    told: Sequence[Told],
    by: Actor,
    *,
    expected_version: int | None = None,
    where: str = "",
    is_decision: bool = False,
    indexes: frozenset[bytes] = frozenset(),
) -> Person:
    """Record about whose visit it is; the arrival at hand sees them as they stand then."""
    row = writer.record(
        known.pk,
        told,
        by,
        expected_version=expected_version,
        visit=arrival.pk,
        where=where,
        is_decision=is_decision,
        indexes=indexes,
    )
    if arrival.person_id == row.pk:
        arrival.person = row
    else:
        arrival.person = Person.objects.select_related("absorbed_by").get(visits=arrival)
    return row
