"""An answer of INSi that comes after a decision: nothing changes, it stands beside, and the unit judges."""

from dataclasses import replace

from kiosk.console import audit
from kiosk.console.arrivals import queue
from kiosk.console.identities.reasons import WhyAside
from kiosk.console.models import Arrival, Stage
from kiosk.console.records import vault
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsAnswer, InsFound
from kiosk.core.status.permissions import IdentityStatus

_OBTAINED = frozenset({IdentityStatus.RETRIEVED.value, IdentityStatus.QUALIFIED.value})


def rests_on_its_answer(arrival: Arrival) -> bool:
    """Staff decided, and what they decided holds the matricule of the answer that stands."""
    return arrival.decided_at is not None and arrival.status in _OBTAINED


def is_kept_beside(arrival: Arrival) -> bool:
    """An answer came after the decision, and stands beside the one that counts."""
    return bool(arrival.sealed.observed)


def observe(arrival: Arrival, check_in: CheckIn, answer: InsAnswer) -> None:
    """Keep an answer that says otherwise beside the one that stands: in the trail, and a task of the unit.

    One that says the same, or finds nobody where one was found, contradicts nothing. The caller saves the arrival.
    """
    if not says_otherwise(check_in.insi, answer):
        return
    arrival.sealed.observed = vault.seal_observed(check_in, answer)
    arrival.sealed.save(update_fields=["observed"])
    if arrival.stage not in queue.IN_WORK:  # else staff has it in hand, and sees the answer
        arrival.stage, arrival.reason = Stage.SET_ASIDE, WhyAside.OTHER_ANSWER.value
    audit.record(audit.Act.INSI_OBSERVED, who="worker", about=str(arrival.pk), status=arrival.status)


def outdate(arrival: Arrival, standing: InsAnswer, answer: InsAnswer) -> None:
    """What a decision took back rested on the answer that goes: no undoing brings it back with another's matricule."""
    is_same = replace(standing, exchanges=()) == replace(answer, exchanges=())
    if arrival.before.get("status") in _OBTAINED and not is_same:
        arrival.before = {}


def forget(arrival: Arrival) -> None:
    """A new answer counts from now on: nothing stands beside it. Every call stays in the trace (GI3 EXI REC 07)."""
    if is_kept_beside(arrival):
        arrival.sealed.observed = b""
        arrival.sealed.save(update_fields=["observed"])


def says_otherwise(standing: InsAnswer, answer: InsAnswer) -> bool:
    """Another matricule, or other traits of this one."""
    if not isinstance(standing, InsFound) or not isinstance(answer, InsFound):
        return isinstance(answer, InsFound)
    ours, theirs = standing.matricule, answer.matricule
    is_same = (ours.number, ours.oid) == (theirs.number, theirs.oid) and standing.traits == answer.traits
    return not is_same
