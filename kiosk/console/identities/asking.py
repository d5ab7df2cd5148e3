"""INSi asked again by staff, with what they read on the original (ins-rules 3.3)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.arrivals.queue import IN_WORK
from kiosk.console.identities import comparing, deciding, fitting, reasons
from kiosk.console.identities.original import Original
from kiosk.console.identities.reasons import BARS
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Need, Role, Staff
from kiosk.console.records import notes, vault
from kiosk.console.register import answers, visits
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer, InsUnreachable
from kiosk.core.status.permissions import IdentityStatus, InsiBar, insi_bar
from kiosk.core.status.transitions import Actor, ActorKind
from kiosk.sealing import CannotOpen

MOST_SEARCHES = 5  # a visit; no official limit is known (ins-rules 3.3, Design)


@dataclass(frozen=True, slots=True)
class Asking:
    """Where asking again stands."""

    is_pending: bool
    left: int  # how many more times staff may ask
    found_nobody: bool  # the last time, while an earlier answer is kept


def asking_of(arrival: Arrival) -> Asking:
    """How often staff has asked, and whether an answer is awaited."""
    kept = notes.opened(arrival, "criteria")
    asked = kept.get("asked", [])
    return Asking(bool(kept.get("next")), max(MOST_SEARCHES - len(asked), 0), bool(kept.get("found_nobody")))


def why_not_ask(arrival: Arrival, check_in: CheckIn, staff: Staff) -> str:
    """The rule that forbids this person asking INSi again about this identity; empty when it may be asked."""
    if settings.KIOSK.insi is None:
        return _("Le service national n’est pas configuré ici.")
    if comparing.is_attested(check_in):
        return _("L’appli carte Vitale est vérifiée : le service national n’est pas interrogé (RNIV 1 § 4.3.4).")
    identity = visits.identity_of(arrival, check_in)
    if identity.is_barred:
        return _(BARS[InsiBar.BARRED])
    if identity.status is IdentityStatus.QUALIFIED:
        return _(BARS[InsiBar.QUALIFIED])
    if arrival.decided_at is not None and identity.is_obtained:
        return _("Un INS est accepté : refusez-le d’abord.")
    asking = asking_of(arrival)
    if asking.is_pending:
        return _("La question est posée : attendez la réponse.")
    if not asking.left:
        return _("Cinq recherches ont été faites pour cette venue : c’est le maximum.")
    return fitting.why_nobody(arrival, check_in, staff)


def ask_again(
    key: UUID, staff: Staff, criteria: Original, *, where: str = "", held_for: timedelta | None = None
) -> Arrival:
    """Have the worker ask INSi with these criteria (ins-rules 3.3); never the same twice.

    ``held_for``: not before so long, because the caller asks itself, in somebody's name.
    """
    with in_words(audit.Act.INSI_REQUESTED, staff.username, key, where):
        arrival = deciding.in_hand(key, staff)
        check_in = visits.opened(arrival)
        rule = why_not_ask(arrival, check_in, staff)
        if rule:
            raise reasons.NotAllowed(rule)
        bar = insi_bar(visits.identity_of(arrival, check_in), criteria.traits())
        if bar is not None:
            raise reasons.NotAllowed(_(BARS[bar]))
        kept = notes.opened(arrival, "criteria")
        fitting.check(check_in, criteria, staff, kept.get("first", []))
        wanted = [getattr(criteria, name) for name in _NAMES]
        # what was set aside since, or stands beside what is accepted, may be asked for anew: it is a new question
        standing = visits.standing_of(arrival)
        epoch = f"{standing.basis.epoch} {len(standing.answers)}" if standing.version else ""
        mark = vault.blind("criteria", "\n".join([*wanted, epoch])).hex()
        if mark in kept.get("asked", []):
            raise reasons.NotAllowed(_("Ces critères ont déjà été essayés : changez-en un."))
        asked = [*kept.get("asked", []), mark]
        notes.seal(arrival, "criteria", {"next": wanted, "asked": asked, "first": kept.get("first", wanted)})
        arrival.insi_next_at, arrival.insi_tries = timezone.now(), 0
        number = len(kept.get("asked", [])) + 1
        by, unread = Actor(ActorKind.STAFF, staff.username), fitting.is_unread(check_in)
        written = fitting.sealed(arrival, criteria)
        answers.ask(arrival, by, where=where, number=number, criteria=written, unread=unread)
        if unread and staff.role != Role.OFFICER:
            fitting.note_unread(arrival, staff)
        if arrival.need == Need.ASK_AGAIN:
            arrival.need = Need.INSI_PENDING
        arrival.leased_until = timezone.now() + held_for if held_for is not None else None
        arrival.save(update_fields=["insi_next_at", "insi_tries", "question", "need", "leased_until"])
        return arrival


def is_left_for_desk(arrival: Arrival, check_in: CheckIn) -> bool:
    """INSi is to be asked as soon as staff take this patient in hand, and not before (``[insi] when = "desk"``)."""
    if not settings.KIOSK.asks_at_desk or arrival.need != Need.INSI_PENDING or arrival.decided_at is not None:
        return False
    is_asked = arrival.insi_next_at is not None or arrival.insi_tries > 0 or _is_too_old(check_in.insi)
    return not is_asked and comparing.may_be_asked_again(check_in)


def _is_too_old(answer: InsAnswer) -> bool:
    return isinstance(answer, InsUnreachable) and answer.reason == visits.CARD_TOO_OLD


def at_desk(key: UUID, staff: Staff, *, where: str = "", held_for: timedelta) -> bool:
    """Staff have this patient in hand: have INSi asked if that was left for now. Says whether it is.

    ``held_for``: by nobody else before so long, because the caller asks.
    """
    if not settings.KIOSK.asks_at_desk:
        return False
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update().get(pk=key)
        if not deciding.is_in_hand(arrival, staff):
            return False
        try:
            is_left = is_left_for_desk(arrival, vault.open_arrival(arrival))
        except (CannotOpen, BadCheckIn):
            return False
        if is_left:
            arrival.insi_next_at = timezone.now()
            arrival.leased_until = arrival.insi_next_at + held_for
            answers.ask(arrival, Actor(ActorKind.STAFF, staff.username), where=where, number=0)
            arrival.save(update_fields=["insi_next_at", "question", "leased_until"])
        return is_left


def no_longer_left() -> int:
    """INSi is no longer asked at the desk: whom it was left for is due now. Gives how many."""
    if settings.KIOSK.asks_at_desk or settings.KIOSK.insi is None:
        return 0
    waiting = Arrival.objects.filter(stage__in=IN_WORK, need=Need.INSI_PENDING, insi_next_at=None, insi_tries=0)
    left = waiting.filter(decided_at=None, candidate=None).order_by("received_at").values_list("pk", flat=True)
    return sum(_is_due_now(UUID(str(key))) for key in left)


def _is_due_now(key: UUID) -> bool:
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update().get(pk=key)
        if arrival.insi_next_at is not None or arrival.stage not in IN_WORK:
            return False
        try:
            check_in = visits.opened(arrival)
        except (CannotOpen, BadCheckIn):
            return False
        is_barred = visits.standing_of(arrival).identity.is_barred
        if is_barred or _is_too_old(check_in.insi) or not comparing.may_be_asked_again(check_in):
            return False
        arrival.insi_next_at = timezone.now()
        answers.ask(arrival, Actor(ActorKind.WORKER, "worker"), number=0)
        arrival.save(update_fields=["insi_next_at", "question"])
        return True


def wanted_of(arrival: Arrival) -> Traits | None:
    """With what the worker asks INSi for staff; None when staff asked nothing."""
    wanted = notes.opened(arrival, "criteria").get("next")
    return Original(*wanted).traits() if wanted else None


def answered(arrival: Arrival, *, found_nobody: bool) -> None:
    """Note that INSi has answered staff's question."""
    kept = notes.opened(arrival, "criteria")
    if kept.get("next"):
        still: dict[str, object] = {name: kept[name] for name in ("asked", "first") if name in kept}
        notes.seal(arrival, "criteria", {**still, "found_nobody": found_nobody})


_NAMES = ("birth_name", "given_names", "sex", "birth_date", "place")
