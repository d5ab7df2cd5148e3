"""The queue, calls from kiosks, and who comes next."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console.arrivals import queue
from kiosk.console.identities import asking
from kiosk.console.models import Arrival, Need, Staff, Stage
from kiosk.console.models.arrivals import WITHOUT_INSI
from kiosk.console.records import room
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.terminals import health
from kiosk.console.upkeep import at_the_desk, certificate, insi_again
from kiosk.console.views import queue_lines, whose_name
from kiosk.console.views.accounts import home_of
from kiosk.console.witness import findings

RECENT = timedelta(hours=12)
FRESH = timedelta(seconds=30)


@needs(Right.SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect(home_of(staff_of(request)))


@needs(Right.WORK)
@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    since = timezone.now() - RECENT
    whose = Arrival.objects.select_related("person__absorbed_by")
    mine = whose.filter(decided_by=staff_of(request), decided_at__gte=since).order_by("-decided_at")[:8]
    gone = whose.filter(stage=Stage.GONE, received_at__gte=since).order_by("-received_at")[:8]
    context = {
        "page": "queue",
        "today": mine,
        "gone": gone,
        **queue_context(staff_of(request), None, _need(request), _desk(request), _kiosk(request)),
    }
    return render(request, "console/queue.html", context)


@needs(Right.WORK, quiet=True)
@require_safe
def queue_part(request: HttpRequest) -> HttpResponse:
    """The queue again, when it changed; nothing otherwise."""
    try:
        current = UUID(request.GET["current"]) if "current" in request.GET else None
    except ValueError:
        current = None
    context = queue_context(staff_of(request), current, _need(request), _desk(request), _kiosk(request))
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "console/_queue.html", context)


@needs(Right.WORK)
@require_POST
def call_next(request: HttpRequest) -> HttpResponse:
    staff, where, left = staff_of(request), address_of(request), _left(request)
    arrival = queue.call_next(staff, where=where, desk=staff.desk)
    if arrival is None:
        messages.info(request, _("Personne n’attend."))
        return redirect("queue")
    ask_at_desk(request, arrival.key)
    if left is None:
        return redirect("identity", arrival.key)
    paused = queue.pause(left, staff, where=where)
    if paused is not None:
        messages.info(request, _("{ticket} est en pause, dans vos dossiers ouverts.").format(ticket=paused.ticket))
    return redirect(f"{reverse('identity', args=(arrival.key,))}?apres={left}")


def _left(request: HttpRequest) -> UUID | None:
    """From whose page the next one is called; None from the queue's."""
    try:
        return UUID(request.POST["from"]) if "from" in request.POST else None
    except ValueError:
        return None


def ask_at_desk(request: HttpRequest, key: UUID) -> None:
    """INSi is asked at once about whom staff have just taken in hand, where that was left for now: in their name."""
    staff = staff_of(request)
    if asking.at_desk(key, staff, where=address_of(request), held_for=insi_again.LEASE):
        at_the_desk.ask_first(key, staff, whose_name.at_hand(request, staff))


@needs(Right.WORK)
@require_POST
def answer_call(request: HttpRequest, key: UUID) -> HttpResponse:
    queue.answer_call(key, staff_of(request), where=address_of(request))
    return redirect("queue")


def _need(request: HttpRequest) -> str:
    """The one need the list is narrowed to; empty for all."""
    asked = request.GET.get("need", "")
    return asked if asked in Need.values else ""


def _desk(request: HttpRequest) -> str:
    """The one desk the list is narrowed to; empty for all."""
    asked = request.GET.get("guichet", "")
    return asked if asked in settings.KIOSK.desks else ""


def _kiosk(request: HttpRequest) -> str:
    """The one kiosk whose many who came by touch alone are shown one by one; empty for none."""
    return request.GET.get("borne", "").replace("\0", "")[:60]


def _next_up(arrivals: list[Arrival], desk: str) -> Arrival | None:
    """Who would be called next, as far as the queue shows it (``queue.call_next`` says who is)."""
    waiting = [one for one in arrivals if one.stage == Stage.WAITING and one.is_proven]
    ours = [one for one in waiting if not desk or one.desk in {desk, ""}]
    return min(ours, key=lambda one: one.need == Need.INSI_PENDING and one.insi_next_at is not None, default=None)


def _label(need: Need) -> str:
    """What those of one need are called together: some of them are awaited, others are to be asked about."""
    if need is not Need.INSI_PENDING:
        return str(need.label)
    return _("INSi sans réponse") if settings.KIOSK.insi is not None else _(WITHOUT_INSI)


def queue_context(
    staff: Staff, current: UUID | None, need: str = "", desk: str = "", kiosk: str = ""
) -> dict[str, Any]:
    """What the left column shows, with a fingerprint that tells whether it changed."""
    now = timezone.now()
    arrivals, calls, terminals = list(queue.in_work(need, desk, kiosk)), queue.open_calls(), health.terminals()
    findings.meet(one.as_found() for one in arrivals if not one.is_proven)
    mine = [one for one in arrivals if one.assigned_to_id == staff.pk]
    others = [one for one in arrivals if one.assigned_to_id != staff.pk]
    others.sort(key=lambda one: one.assigned_to_id is not None)
    mine_said = queue_lines.written(mine, current, now, are_mine=True)
    others_said = queue_lines.written(others, current, now)
    counts, has_room = queue.counts(desk), room.is_enough()
    groups = () if kiosk or need else counts.groups
    certificate_days = certificate.days_left(timezone.localdate())
    shown = [
        tuple(sorted(counts.needs.items())),
        mine_said,
        others_said,
        *((call.key, call.count, call.reasons) for call in calls),
        *((group.kiosk, group.count) for group in groups),
        has_room,
        certificate_days,
        *((line.terminal.pk, line.is_silent, line.lost, line.alarms, line.terminal.queue) for line in terminals),
    ]
    return {
        "mine": mine_said,
        "open": others_said,
        "next_up": _next_up(arrivals, staff.desk),
        "groups": groups,
        "group": kiosk,
        "has_room": has_room,
        "calls": calls,
        "fresh_calls": {call.key for call in calls if now - call.latest < FRESH},  # each heard and spoken once
        "terminals": terminals,
        "ill": sum(not line.is_well for line in terminals),
        "renew_certificate": certificate_days is not None and certificate_days < certificate.SOON,
        "certificate_days": certificate_days,
        "waiting": counts.waiting,
        "need": need,
        "narrowed_desk": desk,
        "all_desks": settings.KIOSK.desks,
        "needs": [
            {"code": one.value, "label": _label(one), "count": counts.needs[one.value]}
            for one in Need
            if counts.needs.get(one.value)
        ],
        "current": current,
        "now": now,
        "seen": hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
    }
