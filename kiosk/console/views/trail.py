"""The trail for the auditor: sentences with filters on the page, everything as it was chained in the files."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Staff
from kiosk.console.staff.access import Right, act, address_of, needs, staff_of
from kiosk.console.templatetags.console_tags import act as act_word
from kiosk.console.views.oversight import as_csv
from kiosk.console.vigilance import consulting, sentences, told
from kiosk.console.vigilance.consulting import Asked
from kiosk.console.words import as_date, day, one_line

ACTS_IN_A_FILE = 100_000  # what is read and sent within one request's time
MACHINES = ("worker", audit.A_KIOSK, "command", "psc", "")  # who acts without an account, as a filter offers it
YEARS = range(2000, 2200)
_LOOKED_UP = "looked_up"
_NARROWING = ("acte", "agent", "du", "au", "personne")


@needs(Right.AUDIT)
@require_http_methods(["GET", "POST"])
def trail(request: HttpRequest) -> HttpResponse:
    """By POST a number of a ticket is looked up: an address names a dossier by its random key alone."""
    asked = _asked(request.POST if request.method == "POST" else request.GET)
    number = one_line(request.POST.get("numero", ""), 12)
    if request.method == "POST" and not asked.wrong:
        found = consulting.numbered(number, asked.first, asked.last, timezone.now()) if number else ()
        if found or not number:
            return redirect(_address(request.POST, found))
        has_dates = asked.first is not None or asked.last is not None
        within = (
            _("dans cette période, d’un an au plus") if has_dates else _("ces sept derniers jours : donnez des dates")
        )
        asked.wrong["numero"] = _("Aucun dossier n’a eu ce numéro {within}.").format(within=within)
    entries, older = ([], None) if asked.wrong else consulting.page(asked)
    if not asked.wrong:
        _note_reading(request, asked)
    said = sentences.told(entries)
    context = {
        "page": "trail",
        "lines": [(one, line, _more(one)) for one, line in zip(entries, said, strict=True)],
        "older": _address(request.GET, asked.dossiers, avant=str(older)) if older is not None else "",
        "newest": _address(request.GET, asked.dossiers) if asked.before is not None else "",
        "of_person": _of_person(request, asked),
        "asked": asked,
        "is_narrowed": replace(asked, before=None, wrong={}) != Asked(),
        "dossiers": sentences.names(asked.dossiers),
        "form": {name: _written(request, name) for name in ("numero", "du", "au")},
        "acts": sorted(((one.value, act_word(one.value)) for one in audit.Act), key=lambda pair: pair[1]),
        "staff": list(Staff.objects.order_by("username").values_list("username", flat=True)),
        "machines": [(f"-{name}", sentences.who(name)) for name in MACHINES],
        "files": _files(audit.last_number()),
    }
    return render(request, "console/trail.html", context)


def _note_reading(request: HttpRequest, asked: Asked) -> None:
    """An act for whoever is looked up; one, for as long as the reader stays with them, however many pages they turn."""
    names = consulting.looked_up(asked)
    if names == request.session.get(_LOOKED_UP, []):
        return
    who, where = staff_of(request).username, address_of(request)
    if names:
        audit.record_all([audit.Done(audit.Act.TRAIL_READ, who, where, about) for about in names])
    request.session[_LOOKED_UP] = names


@needs(Right.AUDIT)
@require_safe
def trail_export(request: HttpRequest) -> HttpResponse:
    """The trail for the auditor, a file for every so many acts; no cell can be taken for a formula."""
    said = request.GET.get("from", "1")
    first = int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 1
    act(request, audit.Act.EXPORTED, first=first)
    rows: list[tuple[object, ...]] = [("numéro", "instant", "qui", "où", "acte", "dossier", "détails", "chaîne")]
    part = AuditEntry.objects.filter(number__gte=first, number__lt=first + ACTS_IN_A_FILE)
    for entry in part.order_by("number").iterator():
        rows.append(
            (
                entry.number,
                entry.at.isoformat(),
                entry.who,
                entry.where,
                entry.act,
                entry.about,
                entry.details,
                bytes(entry.chained).hex(),
            )
        )
    return as_csv(rows, f"journal-des-actes-{first}.csv")


def _asked(said: QueryDict) -> Asked:
    """What the address, or the form, says; what is not understood is said beside its field, and nothing is shown."""
    wrong: dict[str, str] = {}
    days = {name: _day(said.get(name, "")) for name in ("du", "au")}
    for name, found in days.items():
        if found is None and said.get(name, "").strip():
            wrong[name] = _("Écrivez la date comme 21/01/1980.")
    if not wrong and days["du"] and days["au"] and days["du"] > days["au"]:
        wrong["au"] = _("La fin est avant le début.")
    who, before = one_line(said.get("agent", ""), 61), said.get("avant", "")
    return Asked(
        dossiers=tuple(key for one in said.getlist("dossier")[: consulting.FOUND] if (key := _key(one)) is not None),
        is_of_person="personne" in said,
        act=one_line(said.get("acte", ""), 40),
        who=None if not who else who.removeprefix("-") if who[1:] in MACHINES else who,
        first=days["du"],
        last=days["au"],
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
        wrong=wrong,
    )


def _day(said: str) -> date | None:
    """A day on which acts may be: what follows the last of the calendar has no date."""
    found = as_date(said)
    return found if found is not None and found.year in YEARS else None


def _address(said: QueryDict, dossiers: Sequence[UUID], **more: str) -> str:
    kept = [(name, said[name]) for name in _NARROWING if said.get(name, "").strip()]
    return f"{reverse('trail')}?{urlencode([*(('dossier', str(one)) for one in dossiers), *kept, *more.items()])}"


def _of_person(request: HttpRequest, asked: Asked) -> str:
    """Where one dossier is shown: the address of all that was done about its person."""
    is_offered = len(asked.dossiers) == 1 and not asked.is_of_person
    return _address(request.GET, asked.dossiers, personne="1") if is_offered else ""


def _written(request: HttpRequest, name: str) -> str:
    said = one_line((request.POST or request.GET).get(name, ""), 20)
    found = as_date(said) if name != "numero" else None
    return day(found.isoformat()) if found is not None else said


def _more(entry: AuditEntry) -> str:
    """What the act says beside; a sentence needs no second one where there is nothing."""
    return told.told(entry.details, act_word)


def _files(last: int) -> list[tuple[int, int]]:
    starts: Sequence[int] = range(1, max(last, 1) + 1, ACTS_IN_A_FILE)
    return [(start, min(start + ACTS_IN_A_FILE - 1, last)) for start in starts]


def _key(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
