"""The identity-vigilance unit's desk (cellule d'identitovigilance): what was set aside, look-alikes, verifications."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console import audit
from kiosk.console.identities import rows
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival, Campaign, PairState, PersonPair, Stage
from kiosk.console.register import pairs as register_pairs
from kiosk.console.register import prior
from kiosk.console.staff.access import Right, act, address_of, needs, staff_of
from kiosk.console.templatetags.console_tags import reason as reason_word
from kiosk.console.views.arrival import carried_out
from kiosk.console.vigilance import campaigns, colleagues, confided, desk_notes, look_alikes
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
        "narrowings": [(code, _reason(code), count) for code, count in counts.items() if count],
        "keeps": f"pourquoi={to}&" if to else "",
        "now": timezone.now(),
        **_tabs("aside"),
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
def pairs(request: HttpRequest) -> HttpResponse:
    """Look-alikes to be judged, then what was said of the latest ones."""
    known = PersonPair.objects.select_related("first", "second")
    known = known.filter(first__erased_at=None, second__erased_at=None)
    waiting = register_pairs.to_judge().select_related("first", "second").order_by("found_at")
    page = Paginator(waiting, 50).get_page(request.GET.get("page"))
    said = known.exclude(state=PairState.POSSIBLE).order_by("-decided_at")[:SHOWN]
    context = {"page": "vigilance", "rows": page, "said": said, "now": timezone.now(), **_tabs("pairs")}
    return render(request, "console/pairs.html", context)


@needs(Right.VIGILANCE)
@require_safe
def pair(request: HttpRequest, key: UUID, other: UUID) -> HttpResponse:
    """Two records side by side; looking at them is written down for both."""
    found = _pair(key, other)
    led = register_pairs.in_place_of(found) if _is_led(found) else None
    if led is not None:
        return redirect("pair", led.first_id, led.second_id)
    sides = []
    for person in (found.first, found.second):
        stated = prior.stated_of(person)
        act(request, audit.Act.OPENED, person.pk)
        if stated is not None:
            colleagues.note(stated, person.pk, staff_of(request))
        sides.append(rows.rows_of_one(stated) if stated is not None else rows.rows_of_traits(None))
    lines = [(label, one, two) for (label, one), (_label, two) in zip(*sides, strict=False)]
    context = {"page": "vigilance", "pair": found, "first": found.first, "second": found.second, "lines": lines}
    return render(request, "console/pair.html", {**context, "is_led": _is_led(found), **_tabs("pairs")})


@needs(Right.VIGILANCE)
@require_POST
def judge(request: HttpRequest, key: UUID, other: UUID) -> HttpResponse:
    """Merge, un-merge, or two people: what the unit says."""
    found, staff, where = _pair(key, other), staff_of(request), address_of(request)
    match request.POST.get("said", ""):
        case "apart":
            return _done(request, found, lambda: look_alikes.set_apart(found.pk, staff, where=where))
        case "split":
            return _done(request, found, lambda: look_alikes.split(found.pk, staff, where=where))
        case "merge":
            kept = {"first": found.first_id, "second": found.second_id}.get(request.POST.get("kept", ""))
            if kept is None:
                messages.error(request, _("Dites lequel des deux dossiers est gardé."))
                return redirect("pair", found.first_id, found.second_id)
            return _done(request, found, lambda: look_alikes.merge(found.pk, staff, kept, where=where))
    raise Http404


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
        **_tabs("campaigns"),
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


def _pair(key: UUID, other: UUID) -> PersonPair:
    known = PersonPair.objects.select_related("first__absorbed_by", "second__absorbed_by")
    found = known.filter(first=key, second=other, first__erased_at=None, second__erased_at=None).first()
    if found is None:
        raise Http404
    return found


def _is_led(pair: PersonPair) -> bool:
    """Proposed, and one side leads to another record since: it is judged there."""
    is_absorbed = pair.first.absorbed_by_id is not None or pair.second.absorbed_by_id is not None
    return pair.state == PairState.POSSIBLE and is_absorbed


def _done(request: HttpRequest, found: PersonPair, change: Callable[[], object]) -> HttpResponse:
    try:
        change()
    except NotAllowed as rule:
        messages.error(request, str(rule))
    return redirect("pair", found.first_id, found.second_id)


def _told(request: HttpRequest, change: Callable[[], object]) -> HttpResponse:
    try:
        change()
    except NotAllowed as rule:
        messages.error(request, str(rule))
    return redirect("campaigns")


def _tabs(current: str) -> dict[str, object]:
    """The unit's three lists, each with how many wait there."""
    return {
        "tab": current,
        "aside_count": Arrival.objects.filter(stage=Stage.SET_ASIDE).count(),
        "pair_count": register_pairs.to_judge().count(),
        "unread_count": findings.unread_unseen(),
    }
