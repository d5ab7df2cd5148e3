"""The sheet that a patient takes home: a page to print, and the same as PDF, in the language they read."""

from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from kiosk.console import audit
from kiosk.console.identities import sheets
from kiosk.console.models import Arrival
from kiosk.console.printing import process
from kiosk.console.register import visits
from kiosk.console.staff.access import Right, act, needs, staff_of
from kiosk.console.views.arrival import found, may_open
from kiosk.console.vigilance import colleagues
from kiosk.core.languages import LANGUAGES, SOURCE, Language


@needs(Right.WORK)
@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """The sheet that is due, or that none is."""
    language = _language(request)
    arrival = found(key)
    if not may_open(request, arrival):
        return redirect("identity", key)
    made = _made(request, arrival, language)
    context = {
        "page": "queue",
        "arrival": arrival,
        "languages": tuple(enumerate(LANGUAGES.values(), start=1)),
        "language": language,
        **_said(arrival, made),
    }
    return render(request, "console/sheet.html", context)


@needs(Right.WORK)
@require_safe
def as_pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same sheet, set here: whatever browser and fonts the desk has."""
    language = _language(request)
    arrival = found(key)
    if not may_open(request, arrival):
        return redirect("identity", key)
    page, made = f"{reverse('sheet', args=(key,))}?langue={language.code}", _made(request, arrival, language)
    if made is None:
        return redirect(page)  # which says that none is due
    with override(language.code):
        html = render_to_string(
            "console/sheet_paper.html",
            {
                "language": language,
                "structure": settings.KIOSK.structure,
                "arrival": arrival,
                "style": style(),
                "invented": INVENTED.get(settings.KIOSK.mode, ""),
                **_said(arrival, made),
            },
        )
    try:
        pdf = process.pdf_of(html)
    except process.CannotPrint:
        messages.error(request, _("Le PDF ne peut pas être préparé pour le moment. Imprimez cette page."))
        return redirect(page)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="fiche.pdf"'
    return response


def _language(request: HttpRequest) -> Language:
    language = LANGUAGES.get(request.GET.get("langue", SOURCE))
    if language is None:
        raise Http404
    return language


def _made(request: HttpRequest, arrival: Arrival, language: Language) -> sheets.Sheet | None:
    """The sheet, with its line in the trail; where none is due the dossier was looked at all the same."""
    check_in = visits.opened(arrival)
    made = sheets.sheet(sheets.filling(arrival, check_in), language.code)
    if made is None:
        act(request, audit.Act.OPENED, arrival.key)
    else:
        act(request, audit.Act.SHEET_PRINTED, arrival.key, language=language.code, cause=made.cause.value)
    colleagues.note(check_in, arrival.key, staff_of(request))
    return made


def _said(arrival: Arrival, made: sheets.Sheet | None) -> dict[str, Any]:
    """What the sheet says, and how the desk finds its dossier again."""
    return {"sheet": made, "contact": settings.KIOSK.contact, "arrived": timezone.localtime(arrival.arrived_at)}


INVENTED = {"test": "Environnement de test", "training": "Formation : personnes inventées"}  # whatever the language


@cache
def style() -> str:
    return (files("kiosk.console") / "static" / "console" / "sheet.css").read_text(encoding="utf-8")
