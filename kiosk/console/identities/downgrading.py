"""What was established taken back by the unit, with its reason (ins-rules 2.2, T9 and T10)."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities.deciding import identity_of, in_hand, keep
from kiosk.console.identities.reasons import REFUSALS, NotAllowed, WhyDown
from kiosk.console.models import Arrival, Staff, Stage
from kiosk.console.records import vault
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.status.transitions import Actor, ActorKind, StrictTraitEdited, apply


def downgrade(key: UUID, staff: Staff, why: WhyDown, *, where: str = "") -> Arrival:
    """Take back what was established, with a reason: provisional again, matricule and evidence gone (T9, T10)."""
    with transaction.atomic():
        arrival = in_hand(key, staff)
        identity = identity_of(arrival, vault.open_arrival(arrival))
        if identity.status is IdentityStatus.PROVISIONAL:
            raise NotAllowed(_("Cette identité est déjà provisoire."))
        after, fact = apply(identity, StrictTraitEdited(), Actor(ActorKind.STAFF, staff.username), timezone.now())
        if fact.refusal is not None:
            raise NotAllowed(_(REFUSALS[fact.refusal]))
        keep(arrival, after, staff, Stage.SET_ASIDE, why.value)
        audit.record(
            audit.Act.DOWNGRADED,
            who=staff.username,
            where=where,
            about=str(key),
            before=fact.before.value,
            after=fact.after.value,
            rules=fact.rule,
            reason=why.value,
        )
        return arrival
