"""What members of staff did, as an officer reads it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kiosk.console.models import AuditEntry, Finding, Staff


@dataclass(frozen=True, slots=True)
class Told:
    """One alarm in words. ``dossiers``: the visits it is about, where they are still there."""

    finding: Finding
    seen: AuditEntry | None
    who: str
    what: str
    is_own: bool


def whose(finding: Finding) -> int:
    """The account it is about: the first number of what it is about."""
    number = finding.about.partition("-")[0]
    return int(number) if number.isdigit() else 0


def told(finding: Finding, seen: AuditEntry | None, me: Staff) -> Told:
    """One alarm as this officer reads it."""
    staff = Staff.objects.filter(pk=whose(finding)).first()
    words = _WORDS.get(finding.code)
    what = words(finding) if words is not None else finding.name
    return Told(finding, seen, staff.username if staff is not None else "—", what, whose(finding) == me.pk)


def _command(_finding: Finding) -> str:
    return _("Un lien d’inscription a été fait par une commande sur le serveur, sans seconde personne.")


_WORDS: dict[str, Callable[[Finding], str]] = {"command": _command}
