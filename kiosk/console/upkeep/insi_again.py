"""INSi asked again: for those it had not answered, and for staff with other criteria.

The queue is the table itself: a worker takes a lease on one arrival, so that several workers never ask twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.arrivals import queue
from kiosk.console.config import ServerSettings
from kiosk.console.identities import asking, comparing, reasking, reasons
from kiosk.console.models import Arrival, Stage
from kiosk.console.records import indexes, notes, search, vault, when
from kiosk.console.register import answers, filing, visits
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.checkin.words import tag_of
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer, InsUnreachable
from kiosk.core.status.permissions import IdentityStatus, may_call_insi_by_card
from kiosk.core.status.transitions import Actor, ActorKind
from kiosk.insi.client import InsiClient
from kiosk.insi.config import config_from
from kiosk.sealing import CannotOpen

Ask = Callable[..., InsAnswer]  # a check-in, and the traits to ask with when staff or a verification names them
DEADLINE = 20.0  # seconds, one whole search
LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=15)  # somebody waits: soon at first, then twice as long each time, up to an hour
TRIES = 14
WORKER = Actor(ActorKind.WORKER, "worker")
MOST_EXCHANGES = 60  # kept of one person, every call of every search


def insi_of(server: ServerSettings, caller: str = "worker") -> Ask | None:
    """The way to INSi, when the configuration names one; ``caller`` stands in the journal of calls."""
    section = server.insi
    if section is None:
        return None
    client = InsiClient(config_from(section, server.mode))
    return lambda check_in, wanted=None: ask_again(client, check_in, wanted, caller=caller)


def ask_again(
    client: InsiClient, check_in: CheckIn | None, wanted: Traits | None = None, *, caller: str = "worker"
) -> InsAnswer:
    """Ask as the kiosk does: with the card's data, then or without a card with the document's.

    ``wanted``: ask with these traits instead, which a member of staff read on the original or a verification stored.
    """
    if wanted is not None:
        return client.find_by_traits(wanted, DEADLINE, caller=caller)
    if check_in is None:
        return InsUnreachable("not-asked")
    question = reasking.question_of(check_in) if comparing.is_pending(check_in.insi) else None
    if question is None:
        return check_in.insi
    return client.find_person(
        *(question.person, question.insured, question.document, DEADLINE),
        caller=caller,
        earlier=check_in.insi.exchanges,
        card_seconds=reasking.seconds_left(check_in, timezone.now()),
    )


def insi_once(ask: Ask) -> bool:
    """Ask INSi about one arrival that is due; False when none is."""
    key = _leased()
    if key is None:
        return False
    see_to(ask, key)
    return True


def insi_now(ask: Ask, key: UUID) -> bool:
    """Ask INSi about this arrival if it is due; False when it is not, or somebody asks already."""
    if not _lease(key):
        return False
    see_to(ask, key)
    return True


def see_to(ask: Ask, key: UUID, *, who: str = WORKER.name, means: str = "") -> None:
    """Ask about an arrival whose lease is ours; ``who`` asks, and by which means other than the certificate."""
    arrival = Arrival.objects.select_related("sealed", "person__absorbed_by").get(pk=key)
    try:
        check_in, asked = vault.open_arrival(arrival), _Asked(arrival.question, asking.wanted_of(arrival))
        if not (_may_ask(arrival, check_in) and answers.is_asked(arrival)):
            _withdraw(key)
            return
        if asked.wanted is not None:
            answer = ask(check_in, asked.wanted)
        else:
            may_say = reasking.while_card_counts(check_in, arrival, timezone.now())
            if may_say is None:
                _leave_to_staff(key)
                return
            asked = replace(asked, is_card_left_out=may_say.card is not check_in.card)
            answer = ask(may_say)
        _keep(key, asked, answer, who, means)
    except (CannotOpen, BadCheckIn):  # no key for it here, or not as it was written: nothing to ask
        Arrival.objects.filter(pk=key).update(insi_next_at=None, leased_until=None)
        journal.record(journal.Happening.INSI_CALLED, outcome="CannotOpen")


def _may_ask(arrival: Arrival, check_in: CheckIn) -> bool:
    """The question is a visit's; whose visit it is may be doubtful, or qualified, since (GI3 EXI ID 26)."""
    by_staff = asking.wanted_of(arrival) is not None
    return may_call_insi_by_card(visits.identity_of(arrival, check_in), staff_asks_again=by_staff)


@dataclass(frozen=True, slots=True, repr=False)
class _Asked(Confidential):
    """What INSi is being asked for a visit; staff may ask something else, or nobody may, before it answers."""

    question: int
    wanted: Traits | None
    is_card_left_out: bool = False  # read too long ago

    def is_still(self, arrival: Arrival) -> bool:
        """The answer is awaited. Who became known meanwhile is asked about with what was asked for the visit."""
        is_same = self.question in {0, arrival.question} and self.wanted == asking.wanted_of(arrival)
        return is_same and answers.is_asked(arrival)


def _withdraw(key: UUID) -> None:
    """Nobody awaits an answer any more."""
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update().get(pk=key)  # what is sealed is read after the wait
        notes.withdraw_question(arrival)
        arrival.leased_until = None
        arrival.save(update_fields=["insi_next_at", "question", "leased_until"])


def _leave_to_staff(key: UUID) -> None:
    """The card was read too long ago, and nothing else asks: the page says so."""
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update().get(pk=key)
        arrival.leased_until = None
        check_in = vault.open_arrival(arrival)
        if not comparing.is_pending(check_in.insi):  # a question that the visit named has its answer by now
            arrival.save(update_fields=["leased_until"])
            return
        notes.withdraw_question(arrival)
        arrival.sealed.answer = vault.seal_answer(
            check_in, InsUnreachable(visits.CARD_TOO_OLD, check_in.insi.exchanges)
        )
        arrival.sealed.save(update_fields=["answer"])
        arrival.save(update_fields=["insi_next_at", "question", "leased_until"])
        audit.record(audit.Act.CARD_TOO_OLD, who=WORKER.name, about=str(key), minutes=settings.KIOSK.card_minutes)


def _leased() -> UUID | None:
    now = timezone.now()
    for key in _due(now).order_by("insi_next_at").values_list("pk", flat=True)[:5]:
        if _lease(key):
            return UUID(str(key))
    return None


def _lease(key: UUID) -> bool:
    now = timezone.now()
    return bool(_due(now).filter(pk=key).update(leased_until=now + LEASE))


def _due(now: datetime) -> QuerySet[Arrival]:
    waiting = Arrival.objects.filter(when.is_free(now), when.is_due(now, "insi_next_at"))
    return waiting.exclude(stage__in=(Stage.REMOVED, Stage.GONE))


def _keep(key: UUID, asked: _Asked, answer: InsAnswer, who: str, means: str) -> None:
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update().filter(pk=key).exclude(stage=Stage.REMOVED).first()
        if arrival is None:
            return
        check_in = vault.open_arrival(arrival)  # what else has answered while INSi was asked
        arrival.leased_until = None
        arrival.insi_tries += 1
        if not asked.is_still(arrival):
            keep_calls(arrival, check_in, answer)  # what is asked now, if anything, is asked next
            if not answers.is_asked(arrival):
                notes.withdraw_question(arrival)
        elif comparing.is_pending(answer):
            if answer.exchanges:
                keep_calls(arrival, check_in, answer)  # what is answered there is not asked again
            pause = FIRST_PAUSE * 2 ** min(arrival.insi_tries - 1, 8)
            arrival.insi_next_at = timezone.now() + pause if arrival.insi_tries < TRIES else None
            if arrival.insi_next_at is None:
                asking.answered(arrival, found_nobody=False)  # staff may try again
        else:
            arrival.insi_next_at = None
            take_up(arrival, check_in, answer)
        arrival.save()
        audit.record(
            audit.Act.INSI_ASKED,
            who=who,
            about=str(key),
            answer=tag_of(type(answer)),
            tries=arrival.insi_tries,
            status=arrival.status,
            **({"without": "card-too-old"} if asked.is_card_left_out else {}),
            **({"means": means} if means else {}),
            **said_of(arrival),
        )
    journal.record(journal.Happening.INSI_CALLED, outcome=type(answer).__name__)


def said_of(arrival: Arrival) -> dict[str, str]:
    """What a machine takes for theirs, for the trail, where somebody known has a status of their own."""
    return {"reported": arrival.reported} if arrival.person is not None else {}


def keep_calls(arrival: Arrival, check_in: CheckIn, answer: InsAnswer) -> None:
    """An answer to what nobody asks any more answers nothing; that INSi was called is kept (GI3 EXI REC 07)."""
    exchanges = (*check_in.insi.exchanges, *answer.exchanges)[-MOST_EXCHANGES:]
    arrival.sealed.answer = vault.seal_answer(check_in, replace(check_in.insi, exchanges=exchanges))
    arrival.sealed.save(update_fields=["answer"])


def take_up(arrival: Arrival, check_in: CheckIn, answer: InsAnswer) -> None:
    """Keep what INSi answered: for the visit, and as an observation about whose visit it is. Nothing is decided.

    What was found once is not lost because other criteria find nobody (GI3 EXI REC 07: every call is kept).
    """
    is_nobody = comparing.is_found(check_in.insi) and not comparing.is_found(answer)
    asking.answered(arrival, found_nobody=is_nobody)
    exchanges = (*check_in.insi.exchanges, *answer.exchanges)[-MOST_EXCHANGES:]
    later = replace(check_in, insi=replace(check_in.insi if is_nobody else answer, exchanges=exchanges))
    held = visits.opened(arrival).insi if visits.standing_of(arrival).held is not None else None
    answers.answered(arrival, check_in, replace(answer, exchanges=exchanges), WORKER)
    arrival.sealed.answer = vault.seal_answer(check_in, later.insi)
    arrival.sealed.save(update_fields=["answer"])
    arrival.reported = comparing.automatic_status(later)  # of the answer that counts now, whoever is at the visit
    indexes.add(arrival, search.indexes_of(later))
    if held is not None:
        _observe(arrival, held, answer)
        return
    arrival.need, arrival.differences = comparing.need_of(later), comparing.difference_codes(later)
    arrival.likened_at = None
    _conclude(arrival, later)
    if arrival.person is None and arrival.decided_at is None and not arrival.is_new:
        filing.file(arrival, later, comparing.places(), WORKER)
    elif arrival.is_new and filing.names_somebody(answer):
        arrival.is_new = False  # staff said so before INSi named who is known: they are asked once more


def _observe(arrival: Arrival, held: InsAnswer, answer: InsAnswer) -> None:
    """A matricule is held: an answer that says otherwise stands beside it, and is a task of the unit."""
    if not visits.says_otherwise(held, answer):
        return
    if arrival.stage not in queue.IN_WORK:  # else staff has it in hand, and sees the answer
        arrival.stage, arrival.reason = Stage.SET_ASIDE, reasons.WhyAside.OTHER_ANSWER.value
    audit.record(audit.Act.INSI_OBSERVED, who=WORKER.name, about=str(arrival.pk), status=arrival.status)


def _conclude(arrival: Arrival, later: CheckIn) -> None:
    """What the late answer makes of a visit that staff have dealt with.

    After they validated the identity: a task for the identity-vigilance unit, since only staff may say that the answer
    agrees with the evidence already checked (T5). What staff left provisional or doubted stays so.
    """
    is_validated = arrival.person is not None and arrival.status == IdentityStatus.VALIDATED.value
    if is_validated and comparing.is_found(later.insi) and arrival.stage not in queue.IN_WORK:
        arrival.stage, arrival.reason = Stage.SET_ASIDE, reasons.WhyAside.LATE_ANSWER.value
