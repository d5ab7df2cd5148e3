"""A number that INSi has replaced (NIA become NIR, NIR changed), taken by the unit in place of the one held."""

from dataclasses import replace as with_changes
from uuid import UUID

from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities import accepting, agreeing, comparing, original, undoing
from kiosk.console.identities.deciding import in_hand, keep
from kiosk.console.identities.reasons import NotAllowed, refused
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Staff, Stage
from kiosk.console.register import decisions, visits
from kiosk.console.register.decisions import Step
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.person_events import InsReplaced


def why_not(arrival: Arrival) -> str:
    """The rule that forbids taking the answer beside in place of the one held; empty when it may be taken."""
    try:
        _checked(arrival)
    except NotAllowed as rule:
        return str(rule)
    return ""


def replace_ins(key: UUID, staff: Staff, *, version: int | None = None, where: str = "") -> Arrival:
    """Hold the number of the answer that stands beside; evidence stays, since the same traits were compared."""
    with in_words(audit.Act.INS_REPLACED, staff.username, key, where):
        arrival = in_hand(key, staff)
        found = _checked(arrival)
        before = undoing.before_of(arrival)
        identity = visits.standing_of(arrival).identity
        status = identity.status.value
        recorded = decisions.written_down(
            arrival,
            with_changes(visits.opened(arrival), insi=found),
            [Step(InsReplaced(visits.named_mark(arrival, found.matricule), traits_agree=True, is_usable=True))],
            staff.username,
            audit.Act.INS_REPLACED,
            details={"before": status, "after": status, "rules": "S8"},
            stood=identity,
            where=where,
            expected_version=version,
        )
        keep(arrival, staff, Stage.DONE, "", {**before, "decision": undoing.decision_of(recorded())})
        return arrival


def _checked(arrival: Arrival) -> InsFound:
    """The answer beside, plain and of the same person as far as everything here says; NotAllowed otherwise."""
    standing, observed = visits.standing_of(arrival), visits.observed_of(arrival)
    if standing.held is None or not isinstance(observed, InsFound):
        raise NotAllowed(_("Il n’y a pas d’autre réponse nationale à prendre."))
    if visits.named(arrival, observed.matricule) == standing.held:
        raise NotAllowed(_("La réponse porte le même numéro : il n’y a rien à remplacer."))
    if not accepting.judged(observed).is_plain:
        raise NotAllowed(_("Cette réponse est inhabituelle : refusez l’INS, puis acceptez-la en la confirmant."))
    check_in = visits.opened(arrival)
    accepted = check_in.insi
    same_traits = isinstance(accepted, InsFound) and not comparing.differs(accepted.traits, observed.traits)
    if not same_traits or comparing.compared(with_changes(check_in, insi=observed)).blocks:
        raise NotAllowed(_("Les traits ne sont pas les mêmes : refusez l’INS, ou déclassez."))
    agreeing.check_answer(original.kept(arrival), with_changes(check_in, insi=observed))
    refusal = visits.why_not_hold(arrival, observed.matricule)
    if refusal is not None:
        raise refused(refusal)
    return observed
