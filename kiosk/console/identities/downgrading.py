"""What was established taken back by the unit, with its reason (ins-rules 2.2, T9 and T10)."""

from uuid import UUID

from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities import comparing, undoing
from kiosk.console.identities.deciding import in_hand, keep
from kiosk.console.identities.reasons import NotAllowed, WhyDown
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Staff, Stage
from kiosk.console.register import decisions, visits
from kiosk.console.register.decisions import Step
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.status.transitions import StrictTraitEdited


def downgrade(key: UUID, staff: Staff, why: WhyDown, *, version: int | None = None, where: str = "") -> Arrival:
    """Take back what was established, with a reason: provisional again, matricule and evidence gone (T9, T10).

    What INSi answered so far counts no more: it answered about traits, or a person, that were wrong.
    """
    with in_words(audit.Act.DOWNGRADED, staff.username, key, where):
        arrival = in_hand(key, staff)
        check_in = visits.opened(arrival)
        identity = visits.identity_of(arrival, check_in)
        if identity.status is IdentityStatus.PROVISIONAL:
            raise NotAllowed(_("Cette identité est déjà provisoire."))
        before = undoing.before_of(arrival)
        is_new = arrival.person is None
        details: dict[str, audit.Detail] = {
            "before": identity.status.value,
            "after": IdentityStatus.PROVISIONAL.value,
            "rules": "T9" if identity.is_obtained else "T10",
            "reason": why.value,
        }
        recorded = decisions.written_down(
            arrival,
            check_in,
            [Step(StrictTraitEdited())],
            staff.username,
            audit.Act.DOWNGRADED,
            details=details,
            stood=identity,
            where=where,
            expected_version=version,
        )
        person = recorded()
        arrival.need = comparing.need_of(visits.opened(arrival))
        keep(arrival, staff, Stage.SET_ASIDE, why.value, undoing.with_decision(before, person, is_new=is_new))
        return arrival
