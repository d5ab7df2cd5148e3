"""What members of staff did, as an officer reads it."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, Finding, Staff, Stage
from kiosk.console.witness import findings

MOST_DOSSIERS = 40
COMMAND = (
    "Un compte a été refait ou un lien d’inscription écrit par une commande sur le serveur, sans seconde personne."
)
CLOCK = (
    "L’horloge du serveur semble avoir avancé d’un jour ou plus. Rien n’est effacé tant que vous n’avez pas vu "
    "qu’elle est à l’heure."
)
_STRETCH = re.compile(r"acts:(\d{1,18})-(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """One alarm in words. ``dossiers``: the visits it is about, where they are still there."""

    finding: Finding
    seen: AuditEntry | None
    who: str
    what: str
    dossiers: tuple[Arrival, ...]
    is_own: bool


def whose(finding: Finding) -> int:
    """The account it is about: the first number of what it is about."""
    number = finding.about.partition("-")[0]
    return int(number) if number.isdigit() else 0


def told(finding: Finding, seen: AuditEntry | None, me: Staff) -> Told:
    """One alarm as this officer reads it."""
    staff = Staff.objects.filter(pk=whose(finding)).first()
    who = staff.username if staff is not None else "—"
    what = _what(finding)
    return Told(finding, seen, who, what, _dossiers(finding, who), whose(finding) == me.pk)


def _what(finding: Finding) -> str:
    match finding.code:
        case "command":
            return _(COMMAND)
        case "clock":
            return _(CLOCK)
        case findings.UNREAD:
            return _("Question au service national sur une pièce qu’aucune machine n’a lue :")
    return _of_reading(finding.about.split("-")[1:2])


def _of_reading(kind: list[str]) -> str:
    words = {
        "many": _("Beaucoup de dossiers ouverts en quelques minutes :"),
        "uncalled": _("Dossiers ouverts sans que cette personne ait appelé le patient :"),
        "colleague": _("Dossier ouvert, qui porte le nom d’un collègue ou d’un homonyme :"),
        "searched": _("Beaucoup de recherches d’antériorité en quelques minutes."),
        "asked": _("Beaucoup de questions au service national en quelques minutes :"),
        "unread": _("Attend que ses questions sur des pièces illisibles soient relues."),
    }
    return words.get("".join(kind), "".join(kind))


def _dossiers(finding: Finding, who: str) -> tuple[Arrival, ...]:
    """The visits it is about that are still there."""
    kind, _dash, key = finding.about.partition("-")[2].partition("-")
    named = {"unread": kind, "reading": key if kind == "colleague" else ""}.get(finding.code)
    keys = [named] if named else _looked_at(finding, who)
    valid = [UUID(one) for one in dict.fromkeys(keys) if re.fullmatch(r"[0-9a-f-]{32,36}", one)]
    found = Arrival.objects.filter(pk__in=valid[:MOST_DOSSIERS]).exclude(stage=Stage.REMOVED)
    return tuple(found.order_by("arrived_at"))


def _looked_at(finding: Finding, who: str) -> list[str]:
    stretch = _STRETCH.fullmatch(finding.by)
    if stretch is None:
        return []
    first, last = int(stretch[1]), int(stretch[2])
    acts = AuditEntry.objects.filter(number__gte=first, number__lte=last, who=who)
    looks = (audit.Act.OPENED, audit.Act.PICTURE_SEEN, audit.Act.SHEET_PRINTED, audit.Act.INSI_REQUESTED)
    return list(acts.filter(act__in=looks).order_by("number").values_list("about", flat=True))
