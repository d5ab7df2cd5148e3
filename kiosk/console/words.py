"""How things are written for staff: one plain line of what somebody typed, dates, times and numbers in French."""

import re
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kiosk.core.identity.dates import BirthDate, DateOddity
from kiosk.core.identity.matricule import Matricule

_WRITTEN = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", re.ASCII)
THIN = "\u202f"  # narrow no-break space


def one_line(text: object, longest: int) -> str:
    """One plain line of what a person or a machine wrote: no control character, no change of direction.

    Whatever separates words there (a line break, a tab, a space that does not break) is one space here.
    """
    kept = "".join(one for one in str(text)[: 8 * longest] if one.isprintable() or one.isspace())
    return " ".join(kept.split())[:longest].strip()


def clock(value: datetime | None) -> str:
    """14 h 05."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local.hour}{THIN}h{THIN}{local.minute:02d}"


def day(value: object) -> str:
    """21/01/1980; what is not a calendar date as it is, unknown parts said."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y")
    text = value.text if isinstance(value, BirthDate) else str(value or "")
    parts = text.split("-")
    return "/".join(reversed(parts)) if len(parts) == 3 else text


def as_date(text: str) -> date | None:
    """A calendar day as staff write it, 21/01/1980, or as an address of before has it; None where it is neither."""
    said = _WRITTEN.fullmatch(text.strip())
    try:
        return date(*(int(one) for one in reversed(said.groups()))) if said else date.fromisoformat(text.strip())
    except ValueError:
        return None


def since(then: datetime, now: datetime) -> str:
    """For how long, in days and hours, in words: a list is read aloud."""
    hours = max(int((now - then).total_seconds() // 3600), 0)
    days, hours = divmod(hours, 24)
    if not days and not hours:
        return _("moins d’une heure")
    in_days = ngettext("{n} jour", "{n} jours", days).format(n=days) if days else ""
    in_hours = ngettext("{n} heure", "{n} heures", hours).format(n=hours) if hours else ""
    return _("{days} et {hours}").format(days=in_days, hours=in_hours) if days and hours else in_days or in_hours


def birth_date(born: BirthDate) -> str:
    """A birth date as it is written, and in words what no calendar has of it: 00/00/1952, jour et mois inconnus."""
    words = {
        DateOddity.UNKNOWN_DAY: _("jour inconnu"),
        DateOddity.UNKNOWN_MONTH: _("mois inconnu"),
        DateOddity.UNKNOWN_YEAR: _("année inconnue"),
        DateOddity.LUNAR: _("date lunaire"),
        DateOddity.INTERPRETED: _("complétée selon la règle"),
    }
    said = [words[oddity] for oddity in born.oddities]
    if born.oddities[:2] == (DateOddity.UNKNOWN_DAY, DateOddity.UNKNOWN_MONTH):
        said[:2] = [_("jour et mois inconnus")]
    return ", ".join((day(born), *said))


def waited(since: datetime, now: datetime) -> str:
    """How long ago, in minutes, then hours."""
    minutes = max(int((now - since).total_seconds() // 60), 0)
    if minutes < 1:
        return _("à l’instant")
    if minutes < 60:
        return f"{minutes}{THIN}min"
    return f"{minutes // 60}{THIN}h{THIN}{minutes % 60:02d}"


def terminal(name: str) -> str:
    """A kiosk as staff call it: most are named "borne" already."""
    return name if name.casefold().startswith("borne") else _("borne {name}").format(name=name)


def number(matricule: Matricule) -> str:
    """A matricule in the groups people read aloud, never broken at the end of a line."""
    return matricule.grouped.replace(" ", THIN)


def inside(sentence: str) -> str:
    """A sentence, or a label, as it stands inside another: without its capital and its full stop."""
    is_acronym = sentence[1:2].isupper()  # INSi, PSC-3
    return (sentence[:1] if is_acronym else sentence[:1].lower()) + sentence[1:].rstrip(".")


def typo(text: str) -> str:
    """French typography: the curved apostrophe, and a space that does not break before : ; ! ?"""
    curved = text.replace("'", "’")
    for mark in (":", ";", "!", "?"):
        curved = curved.replace(f" {mark}", f"\u00a0{mark}")
    return curved
