"""What the last verification of somebody's matricule came to, for the unit who has their page open."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console.models import Person, Verification
from kiosk.console.vigilance import campaigns
from kiosk.console.words import clock, day


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence; whether the answer is awaited, and whether the unit has to decide something."""

    text: str
    weight: str = "info"
    is_awaited: bool = False
    is_task: bool = False


def told_of(person: Person | None) -> Told | None:
    """What stands about this person; None where there is nothing, or nothing new, to say."""
    if person is None:
        return None
    row = Verification.objects.filter(person=person).order_by("-pk").first()
    if row is not None and row.next_at is not None:
        return Told(
            _("La vérification de l’INS est demandée. Rechargez la page pour lire la réponse."), is_awaited=True
        )
    task = campaigns.failed().filter(person=person).first()
    if task is not None:
        return Told(_(TO_DECIDE).format(found=campaigns.words_of(task)), "wait", is_task=True)
    if row is None or row.done_at is None or timezone.localdate(row.done_at) != timezone.localdate():
        return None
    at = f"{day(row.done_at)} {clock(row.done_at)}"
    return Told(_("Vérification de l’INS, {at} : {found}.").format(at=at, found=campaigns.words_of(row)))


TO_DECIDE = (
    "Le service national ne confirme pas cet INS ({found}). Contrôlez-le. S’il est faux, refusez-le ; s’il est juste, "
    "acceptez-le de nouveau dans « Autres décisions »."
)
