"""What members of staff did that an officer must look at: reading without need, a command in place of two people."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kiosk.console.models import Staff
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.views.register import shown_in
from kiosk.console.vigilance import alarms
from kiosk.console.vigilance.alarms import Told
from kiosk.console.witness import findings


@needs(Right.CONDUCT)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Everything of late, what was not seen first; nobody sees to what is about themself."""
    me = staff_of(request)
    context = {
        "page": "alerts",
        "rows": _told(findings.ALARMS, me),
        "unread": _told([findings.UNREAD], me),
    }
    return render(request, "console/alerts.html", context)


@needs(Right.CONDUCT)
@require_POST
def see(request: HttpRequest) -> HttpResponse:
    """An officer has looked into it, and it is not about them."""
    me, shown = staff_of(request), shown_in(request)
    about_me = {row.name for row in findings.named(shown) if alarms.whose(row) == me.pk}
    others = [name for name in shown if name not in about_me]
    findings.see(others, me.username, where=address_of(request), of=findings.CONDUCT)
    return redirect("alerts")


def _told(codes: Sequence[str], me: Staff) -> list[Told]:
    rows = [alarms.told(row, seen, me) for row, seen in findings.latest(of=codes)]
    return sorted(rows, key=lambda row: row.seen is not None)
