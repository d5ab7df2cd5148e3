"""What members of staff did that an officer must look at: reading without need, a command in place of two people."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from kiosk.console.models import Role
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.views.register import shown_in
from kiosk.console.vigilance import alarms
from kiosk.console.witness import findings


@needs(Right.VIGILANCE)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Everything of late, what was not seen first; nobody sees to what is about themself."""
    me = staff_of(request)
    rows = [alarms.told(row, seen, me) for row, seen in findings.latest(of_conduct=True)]
    rows.sort(key=lambda row: row.seen is not None)
    context = {"page": "alerts", "rows": rows, "may_see": me.role == Role.OFFICER}
    return render(request, "console/alerts.html", context)


@needs(Right.VIGILANCE)
@require_POST
def see(request: HttpRequest) -> HttpResponse:
    """An officer has looked into it; a right taken in an emergency is not enough, and it is not about them."""
    me = staff_of(request)
    if me.role != Role.OFFICER:
        raise PermissionDenied
    own = {row.name for row, _seen in findings.latest(of_conduct=True) if alarms.whose(row) == me.pk}
    findings.see([name for name in shown_in(request) if name not in own], me.username, where=address_of(request))
    return redirect("alerts")
