"""What was found not to be as it was written: told on every page until an officer has seen it."""

from functools import cache
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console.models import Inspection, Role, Staff, Witness
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.witness import clock, findings, words
from kiosk.console.words import one_line


@needs(Right.INDICATORS)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Everything found lately, what witnesses know, and when all of it was last read."""
    latest = findings.latest()
    rows = [(row, words.told(row.code, row.about), words.named(row.by), seen) for row, seen in latest]
    context = {
        "page": "register",
        "rows": rows,
        "to_see": [row.name for row, seen in latest if seen is None],
        "witnesses": [(words.named(one.by), one) for one in Witness.objects.order_by("by")],
        "read": [(words.what(one.name), one) for one in Inspection.objects.exclude(pk=clock.NAME).order_by("name")],
        "may_see": staff_of(request).role == Role.OFFICER,
    }
    return render(request, "console/register.html", context)


@needs(Right.VIGILANCE)
@require_POST
def see(request: HttpRequest) -> HttpResponse:
    """An officer has seen what the page showed; a right taken in an emergency is not enough."""
    staff = staff_of(request)
    if staff.role != Role.OFFICER:
        raise PermissionDenied
    shown = shown_in(request)
    if findings.see(shown, staff.username, where=address_of(request)) < len(set(shown)) and findings.in_doubt():
        messages.error(request, _("Le journal n’accepte plus d’acte : prévenez le service informatique."))
    return redirect("register")


def shown_in(request: HttpRequest) -> list[str]:
    """The findings that the page showed."""
    return [one_line(name, 120) for name in request.POST.getlist("name")[: findings.SHOWN]]


def for_templates(request: HttpRequest) -> dict[str, Any]:
    """Whether every page says that the register is in doubt, and how many alarms; asked only where it is shown."""
    if not isinstance(getattr(request, "user", None), Staff):
        return {}
    stands = cache(findings.standing)
    return {
        "register_in_doubt": SimpleLazyObject(lambda: stands().in_doubt),
        "alerts": SimpleLazyObject(lambda: stands().alarms),
    }
