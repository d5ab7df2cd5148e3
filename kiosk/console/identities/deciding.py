"""What a member of staff decides about one identity, carried out in one transaction with its line in the audit trail.

What may be decided is tried first (``identities.trying``); what it makes of the person is the register's to say.

Reading, trying, looking for who is known and sealing need no lock: a decision is made ready while nobody waits for it.
Under the lock it is looked whether all that it rests on still stands; where it does not, or where a rule forbids it,
everything is read again there, and that counts.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.arrivals.queue import IN_WORK, locked, locked_beside
from kiosk.console.identities import (
    accepting,
    agreeing,
    comparing,
    knowing,
    original,
    pieces,
    reserving,
    saying,
    seeing,
    trying,
    undoing,
)
from kiosk.console.identities.choices import ACCEPTING, WITH_ORIGINAL, Action, Choice, Confirmed
from kiosk.console.identities.pieces import Shown
from kiosk.console.identities.reasons import NotAllowed, Stopped, WhyAside, refused
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Person, Role, Sealed, Staff, Stage, rows
from kiosk.console.records import by_hand, indexes, notes, search, vault
from kiosk.console.register import decisions, prior, visits
from kiosk.console.register.decisions import Step
from kiosk.console.register.writer import Conflict, Refused
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.identity.names import NameRefused, is_coherent_first_name
from kiosk.core.status.permissions import Identity
from kiosk.core.status.transitions import Actor, ActorKind, ApcvRead, Event, EvidenceChecked, FirstNameChosen, apply
from kiosk.sealing import CannotOpen

Row = tuple[object, ...]


def decide(key: UUID, staff: Staff, choice: Choice, *, where: str = "") -> Arrival:
    """Carry out one decision. NotAllowed names the rule; nothing is changed then."""
    ready = _beforehand(key, staff, choice, where)
    with in_words(_ACTS[choice.action], staff.username, key, where):
        with rows.at_once():
            asked = locked_beside(key)
            if ready is not None and ready.is_opening:
                audit.hold()
            now = _Now.asked(key, ready.latest) if ready is not None else None
        locked_so = _held_by(staff, asked())
        if ready is None or now is None or not ready.stands(locked_so, now):
            if locked_so.person is None:
                audit.hold()  # whoever is opened meanwhile would be met by nobody
            ready = _made_ready(locked_so, staff, choice, where)
        return _carried_out(ready, staff, choice)


@dataclass(frozen=True, slots=True, repr=False)
class _Ready(Confidential):
    """A decision that nothing forbids, and what that was read on."""

    arrival: Arrival
    as_read: Row
    sealed: Row
    latest: int  # the last act of the trail before anything was read
    sought: list[bytes]  # under what it was looked for among those who are known
    stored: CheckIn
    check_in: CheckIn
    side_by_side: comparing.Compared
    recorded: Callable[[], Person]

    @property
    def is_opening(self) -> bool:
        """Somebody becomes known: until that stands nobody else may, whom this one would have been laid beside."""
        return self.arrival.person_id is None

    def stands(self, locked_so: Arrival, now: "_Now") -> bool:
        """What it was read on is what stands now, under the lock. Whom it is about the register looks at itself."""
        sealed, changed = now.sealed(), now.changed()
        return (
            self.as_read == _row(locked_so)
            and [self.sealed] == [tuple(map(bytes, row)) for row in sealed]
            and not prior.is_met_among(changed, self.sought)
        )


@dataclass(frozen=True, slots=True)
class _Now:
    """What may have changed since a decision was made ready, asked for under the lock, read when it is called."""

    sealed: Callable[[], by_hand.Rows]
    changed: Callable[[], list[object]]

    @classmethod
    def asked(cls, key: UUID, latest: int) -> "_Now":
        return cls(by_hand.asked(_LATER_NOW, by_hand.key(key)), prior.changed_since(latest))


def _beforehand(key: UUID, staff: Staff, choice: Choice, where: str) -> _Ready | None:
    """A decision made ready while nobody waits; None where something speaks against it: that is said under the lock."""
    try:
        head = audit.head()
        if head is not None and not head.is_proven:
            return None  # what was written since cannot be told by its number
        arrival = Arrival.objects.select_related("sealed", "person__absorbed_by").get(pk=key)
        if not is_in_hand(arrival, staff) or arrival.person != arrival.known:
            return None
        return _made_ready(arrival, staff, choice, where, head.number if head is not None else 0)
    except (NotAllowed, Conflict, Refused, CannotOpen, BadCheckIn, ObjectDoesNotExist):
        return None


def _made_ready(arrival: Arrival, staff: Staff, choice: Choice, where: str, latest: int = 0) -> _Ready:
    """Try a decision on all that is known, and write down what it would record. NotAllowed names the rule."""
    as_read, sealed = _row(arrival), _later(arrival.sealed)
    version = choice.version if choice.version is not None else visits.standing_of(arrival).version
    stored = vault.open_arrival(arrival)
    check_in = visits.counting(arrival, stored)
    agreeing.check_is_as_shown(choice.answer_shown, check_in)
    side_by_side = comparing.compared(check_in)
    is_of_unit = staff.role == Role.OFFICER
    laid = trying.laid(arrival, check_in, side_by_side, original.kept(arrival), is_of_unit=is_of_unit)
    shown = _shown(choice, check_in)
    confirmed = _confirmed(choice, check_in, side_by_side)
    if choice.action in WITH_ORIGINAL:
        saying.check(choice.said_by, arrival, check_in, choice.original)
        _check_confirmed(confirmed)
        if choice.action is Action.VALIDATE:
            agreeing.check_original(choice.original, choice.first_given_name, check_in)
            agreeing.check_it_differs(choice.original, check_in, side_by_side)
        else:
            agreeing.check_it_agrees(choice.original, check_in, side_by_side)
        _check_first_name(choice, check_in)
    seen = trying.asked(choice.action, laid)
    knowing.check_said(arrival, check_in)
    actor = Actor(ActorKind.STAFF, staff.username)
    identity, facts, events = trying.tried(choice.action, laid, shown, confirmed, actor)
    all_the_same = bool(laid.reserved) and choice.action is Action.QUALIFY
    if all_the_same:
        reserving.check_said(laid.reserved, choice.why, choice.sentence)
    details: dict[str, audit.Detail] = {
        "before": facts[0].before.value,
        "after": facts[-1].after.value,
        "rules": "+".join(fact.rule for fact in facts),
        "evidence": identity.evidence,
        "tolerated": choice.accepts_tolerated,
        "said": choice.said_by is not None,
        "odd": accepting.written(check_in) if choice.action in ACCEPTING else "",
        **({"seen": seeing.written(seen)} if seen else {}),
        **({"reserved": "+".join(laid.reserved), "why": choice.why} if all_the_same else {}),
        **(shown.written() if shown is not None else {}),
    }
    recorded = decisions.written_down(
        arrival,
        check_in,
        _steps(events, choice, reserving.body(choice.why, choice.sentence) if all_the_same else {}),
        staff.username,
        _ACTS[choice.action],
        details=details,
        stood=laid.identity,
        where=where,
        expected_version=version,
        indexes=original.fingerprints_of(choice.original),
    )
    sought = knowing.keys_of(arrival, check_in)
    return _Ready(arrival, as_read, sealed, latest, sought, stored, check_in, side_by_side, recorded)


def _carried_out(ready: _Ready, staff: Staff, choice: Choice) -> Arrival:
    """Record it, and keep where it leaves the visit."""
    arrival = ready.arrival
    before, is_new = undoing.before_of(arrival), arrival.person is None
    person = ready.recorded()
    if choice.original.birth_name:
        indexes.add(arrival, search.fingerprints_of(choice.original.traits()))
    if choice.action in _SETTING_ASIDE:
        arrival.need = comparing.need_of(visits.counting(arrival, ready.stored))
    stage, reason = _after(choice.action, ready.side_by_side, ready.check_in)
    keep(arrival, staff, stage, reason, undoing.with_decision(before, person, is_new=is_new))
    return arrival


def _row(arrival: Arrival) -> Row:
    """All that stands in the visit's row."""
    return tuple(getattr(arrival, field.attname) for field in Arrival._meta.concrete_fields)


def _later(sealed: Sealed) -> Row:
    """What is sealed of the visit and may change while it is decided about; what the kiosk sent never does."""
    return tuple(bytes(getattr(sealed, part)) for part in _LATER)


_LATER_NOW = "SELECT answer, accepted, criteria FROM console_sealed WHERE arrival_id = %s"
_LATER = ("answer", "accepted", "criteria")


def set_aside(key: UUID, staff: Staff, reason: WhyAside, *, where: str = "") -> Arrival:
    """Leave an identity to the identity-vigilance unit; its status does not change."""
    with in_words(audit.Act.SET_ASIDE, staff.username, key, where):
        arrival = in_hand(key, staff)
        keep(arrival, staff, Stage.SET_ASIDE, reason.value, undoing.before_of(arrival))
        audit.record(
            audit.Act.SET_ASIDE,
            who=staff.username,
            where=where,
            about=str(key),
            reason=reason.value,
            status=arrival.status,
        )
        return arrival


def is_in_hand(arrival: Arrival, staff: Staff) -> bool:
    """This member of staff called or holds this patient."""
    return arrival.stage in {Stage.CALLED, Stage.HELD} and arrival.assigned_to_id == staff.pk


def in_hand(key: UUID, staff: Staff) -> Arrival:
    """This patient, called or held by this member of staff, locked. NotAllowed otherwise."""
    return _held_by(staff, locked(key))


def _held_by(staff: Staff, arrival: Arrival) -> Arrival:
    if arrival.stage not in IN_WORK or not is_in_hand(arrival, staff):
        raise refused(Stopped.NOT_IN_HAND)
    return arrival


def _shown(choice: Choice, check_in: CheckIn) -> Shown | None:
    is_by_appli = choice.action is Action.QUALIFY and comparing.is_attested(check_in)
    if choice.action not in WITH_ORIGINAL or is_by_appli:
        return None
    offered = comparing.evidence_offered(check_in, timezone.localdate())
    return pieces.chosen(offered, choice.evidence, choice.companion)


def _confirmed(choice: Choice, check_in: CheckIn, side_by_side: comparing.Compared) -> Confirmed:
    is_for_the_eye = side_by_side.asks_confirmation or comparing.is_compared_by_hand(check_in)
    return Confirmed(
        choice.said_by is not None, choice.accepts_tolerated or not is_for_the_eye, choice.odd, choice.seen
    )


def _check_confirmed(confirmed: Confirmed) -> None:
    """Say what is missing before the core refuses it without knowing why."""
    if not confirmed.is_compared:
        raise NotAllowed(_("Confirmez que vous avez comparé les traits avec l’original."))


def _check_first_name(choice: Choice, check_in: CheckIn) -> None:
    """The first given name opens the list: INSi's, or the original's where there is no INS (GI3 EXI ID 10)."""
    is_qualified = choice.action is Action.QUALIFY
    listed = comparing.listed_given_names(check_in, with_ins=True) if is_qualified else choice.original.given_names
    try:
        is_coherent = not listed or is_coherent_first_name(choice.first_given_name, listed)
    except NameRefused:
        is_coherent = False
    _identity, fact = apply(Identity(), FirstNameChosen(is_coherent), trying.nobody(), timezone.now())
    if fact.refusal is not None:
        raise refused(fact.refusal)


def _steps(events: Sequence[Event], choice: Choice, all_the_same: Mapping[str, object]) -> list[Step]:
    """The events as they are recorded, each with what it says, which stays sealed."""
    steps = []
    if choice.first_given_name and choice.action in WITH_ORIGINAL:
        steps.append(Step(FirstNameChosen(True), json.dumps({"first_given_name": choice.first_given_name}).encode()))
    for event in events:
        said: dict[str, object] = saying.body(choice.said_by) if isinstance(event, EvidenceChecked | ApcvRead) else {}
        if isinstance(event, EvidenceChecked) and choice.action is Action.VALIDATE:
            said |= original.body(choice.original)
        if event is events[-1]:
            said |= all_the_same
        steps.append(Step(event, json.dumps(said).encode() if said else b""))
    return steps


def _after(action: Action, side_by_side: comparing.Compared, check_in: CheckIn) -> tuple[Stage, str]:
    """Where the arrival stands after a decision, and why the unit gets it if it does."""
    if action in {Action.HOMONYM, Action.CLEAR}:
        return Stage.CALLED, ""  # the patient is still in front of us
    if action is Action.VALIDATE and accepting.acceptance(check_in).forbids:
        return Stage.SET_ASIDE, WhyAside.UNUSABLE_ANSWER.value
    differs = side_by_side.answer is not None or side_by_side.card_blocks  # an answer there is, and is not taken
    if action in {Action.REFUSE_INS, Action.DOUBT} or (action is Action.VALIDATE and differs):
        return Stage.SET_ASIDE, ""
    return Stage.DONE, ""


def keep(arrival: Arrival, staff: Staff, stage: Stage, reason: str, before: undoing.Before) -> None:
    """Keep where a decision left the visit, and where it stood before, to undo it."""
    if stage == Stage.DONE and visits.brought_otherwise(arrival):
        stage, reason = Stage.SET_ASIDE, WhyAside.OTHER_ANSWER.value
    arrival.before, arrival.stage, arrival.reason = dict(before), stage, reason
    if stage != Stage.CALLED:
        arrival.decided_by, arrival.decided_at = staff, timezone.now()
    if visits.standing_of(arrival).identity.is_barred:
        notes.withdraw_question(arrival)
    rows.update(arrival)


_SETTING_ASIDE = frozenset(  # what INSi answered so far counts no more
    {Action.REFUSE_INS, Action.DOUBT, Action.FICTITIOUS, Action.CLEAR}
)
_ACTS = {
    Action.QUALIFY: audit.Act.QUALIFIED,
    Action.VALIDATE: audit.Act.VALIDATED,
    Action.ACCEPT_INS: audit.Act.INS_ACCEPTED,
    Action.REFUSE_INS: audit.Act.INS_REFUSED,
    Action.DOUBT: audit.Act.DOUBTED,
    Action.FICTITIOUS: audit.Act.DOUBTED,
    Action.HOMONYM: audit.Act.DOUBTED,
    Action.CLEAR: audit.Act.CLEARED,
}
