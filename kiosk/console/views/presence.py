"""Somebody known and qualified has come: staff say that it is them, or that it is not."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kiosk.console.identities import presence, saying
from kiosk.console.models import Arrival
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.upkeep import insi_now
from kiosk.console.views.arrival import carried_out
from kiosk.console.views.shown import version_shown


@needs(Right.WORK)
@require_POST
def present(request: HttpRequest, key: UUID) -> HttpResponse:
    """It is the person expected: one key, and the visit is done."""
    staff, where, shown = staff_of(request), address_of(request), version_shown(request)
    said_by = saying.said_in(request.POST)
    return carried_out(request, key, lambda: presence.confirm(key, staff, shown, said_by, where=where))


@needs(Right.WORK)
@require_POST
def absent(request: HttpRequest, key: UUID) -> HttpResponse:
    """It is not them: looked at like anybody from now on."""

    def denied() -> Arrival:
        arrival = presence.deny(key, staff_of(request), where=address_of(request))
        transaction.on_commit(lambda: insi_now.ask_soon(key))
        return arrival

    return carried_out(request, key, denied)
