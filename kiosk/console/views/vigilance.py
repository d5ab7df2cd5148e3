"""The identity-vigilance unit's desk (cellule d'identitovigilance): what was set aside, verifications."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival, Campaign, Stage
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.templatetags.console_tags import reason as reason_word
from kiosk.console.views.arrival import carried_out
from kiosk.console.vigilance import campaigns, confided, desk_notes, groups
from kiosk.console.witness import findings
from kiosk.console.words import as_date

IN_A_PAGE = 50
VERIFIED_WITHIN = timedelta(days=3 * 365)  # ins-rules 3.4: three to five years, a parameter
SHOWN = 10


@needs(Right.VIGILANCE)
@require_safe
def set_aside(request: HttpRequest) -> HttpResponse:
    """The unit's work list: what was confided to it, who waits longest first; narrowed to one reason, if asked."""
    rows = confided.waiting()
    counts = confided.counted(rows)
    said = request.GET.get("pourquoi", "")
    to = said if said in counts else ""
    page = Paginator(confided.narrowed(rows, to), IN_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": "vigilance",
        "rows": page,
        "lines": confided.lines(list(page)),
        "to": to,
        "all_count": len(rows),
        "narrowings": [(code, _reason(code), count) for code, count in counts.items() if count],
        "keeps": f"pourquoi={to}&" if to else "",
        "now": timezone.now(),
        **tabs("aside"),
    }
    return render(request, "console/vigilance.html", context)


def _reason(code: str) -> str:
    others = {confided.NOTED: _("Avec une note"), confided.NO_REASON: _("Attribut ou décision")}
    return others.get(code) or reason_word(code)


@needs(Right.VIGILANCE)
@require_POST
def note(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the unit leaves for the desk on one dossier; empty, it is taken away."""
    said = "" if "remove" in request.POST else request.POST.get("note", "")
    return carried_out(request, key, lambda: desk_notes.write(key, staff_of(request), said, where=address_of(request)))


@needs(Right.VIGILANCE)
@require_safe
def campaigns_page(request: HttpRequest) -> HttpResponse:
    """Campaigns of verification: the one under way, those before, and what was not confirmed."""
    latest = Campaign.objects.select_related("started_by").order_by("-pk")[:SHOWN]
    before = timezone.localdate() - VERIFIED_WITHIN
    context = {
        "page": "vigilance",
        "campaigns": [campaigns.progress_of(one) for one in latest],
        "running": campaigns.running(),
        "why_not_many": campaigns.why_not_many(),
        "failed": [(row, campaigns.words_of(row)) for row in campaigns.failed()[:50]],
        "before": before,
        "due": min(campaigns.due(before).count(), campaigns.MOST),
        **tabs("campaigns"),
    }
    return render(request, "console/campaigns.html", context)


@needs(Right.VIGILANCE)
@require_POST
def campaign_start(request: HttpRequest) -> HttpResponse:
    """Verify what was not confirmed since a day."""
    day = as_date(request.POST.get("before", ""))
    if day is None:
        messages.error(request, _("Écrivez la date comme 21/01/1980."))
        return redirect("campaigns")
    return _told(request, lambda: campaigns.start(staff_of(request), day, where=address_of(request)))


@needs(Right.VIGILANCE)
@require_POST
def campaign_stop(request: HttpRequest) -> HttpResponse:
    """End the campaign under way."""
    return _told(request, lambda: campaigns.stop(staff_of(request), where=address_of(request)))


def _told(request: HttpRequest, change: Callable[[], object]) -> HttpResponse:
    try:
        change()
    except NotAllowed as rule:
        messages.error(request, str(rule))
    return redirect("campaigns")


def tabs(current: str) -> dict[str, object]:
    """The unit's three lists, each with how many wait there, look-alikes by group; what a colleague has open counts."""
    alike, in_hand = groups.waiting(), confided.in_hand()
    return {
        "tab": current,
        "in_hand": in_hand,
        "aside_count": Arrival.objects.filter(stage=Stage.SET_ASIDE).count() + len(in_hand),
        "pair_count": f"{len(alike.groups)}{'+' if alike.is_cut else ''}",
        "unread_count": findings.unread_unseen(),
    }
