"""What stands over the day's work: identity vigilance, search, indicators, kiosks, accounts."""

import csv
import io
import re
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kiosk import __version__
from kiosk.console import audit
from kiosk.console.models import Staff, Terminal
from kiosk.console.records import search
from kiosk.console.register import prior
from kiosk.console.site import metrics
from kiosk.console.staff.access import Right, act, address_of, needs, staff_of
from kiosk.console.terminals import enrolment, health
from kiosk.console.upkeep import certificate
from kiosk.console.views.own_account import confirms
from kiosk.console.vigilance import indicators
from kiosk.console.words import as_date

_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r]")


@needs(Right.VIGILANCE)
@require_http_methods(["GET", "POST"])
def search_page(request: HttpRequest) -> HttpResponse:
    """Prior search: by POST only, so that no criterion ends up in an address or a log."""
    found, without_visit, asked = [], [], False
    form = {"born": "", "name": "", "given": ""}
    if request.method == "POST":
        form = {name: request.POST.get(name, "").strip()[:20] for name in form}
        born = search.written_date(form["born"])
        if born:
            asked = True
            found = list(search.find(born, form["name"], form["given"]))
            without_visit = prior.without_visit(born, form["name"], form["given"])
            act(request, audit.Act.SEARCHED, found=len(found) + len(without_visit))
    said = {"found": found, "without_visit": without_visit, "asked": asked, "form": form}
    context = {"page": "search", "now": timezone.now(), **said}
    return render(request, "console/search.html", context)


@needs(Right.INDICATORS)
@require_safe
def indicators_page(request: HttpRequest) -> HttpResponse:
    """The indicators of a period, of all or of one kiosk and service; as a page, or for a spreadsheet."""
    said = {name: request.GET.get(name, "").replace("\0", "") for name in ("from", "to", "kiosk", "desk")}
    period = indicators.period_of(said["from"], said["to"], timezone.localdate(), said["kiosk"], said["desk"])
    period, reread = indicators.reread(period)
    wrong = [name for name in ("from", "to") if said[name].strip() and as_date(said[name]) is None]
    context = {
        "page": "indicators",
        "reread": reread,
        "figures": indicators.of(period),
        "reasons": indicators.reasons(period),
        "waiting": indicators.waiting(period),
        "period": period,
        "wrong": wrong,
        "said": said,
    }
    if request.GET.get("format") == "csv":
        return as_csv(_rows(period, context), "indicateurs.csv")
    context["days"] = indicators.days(period)
    context["kiosks"] = list(Terminal.objects.order_by("name").values_list("pk", flat=True))
    context["desks"] = settings.KIOSK.desks
    return render(request, "console/indicators.html", context)


def _rows(period: indicators.Period, context: dict[str, Any]) -> list[tuple[object, ...]]:
    """Period, kiosk and service in every line: a line says all even when cut out."""
    where = (period.first.isoformat(), period.last.isoformat(), period.kiosk or "toutes", period.desk or "tous")
    rows: list[tuple[object, ...]] = [
        ("du", "au", "borne", "guichet", "indicateur", "formule", "valeur", "sur", "pourcentage")
    ]
    for one in context["figures"]:
        share = "" if one.is_minutes or not one.total else f"{one.percent:.1f}".replace(".", ",")
        rows.append((*where, one.label, one.formula, one.count, "" if one.is_minutes else one.total, share))
    for title, shares in (("Discordance", context["reasons"]), ("Attente avant qualification", context["waiting"])):
        for one in shares:
            share = f"{one.percent:.1f}".replace(".", ",")
            rows.append((*where, f"{title} : {one.label}", "", one.count, one.total, share))
    reread = context["reread"]
    rows.append(
        (*where, "Arrivées modifiées hors de la console", "non comptées / relues", reread.unproven, reread.count, "")
    )
    return rows


@needs(Right.SUPERVISE)
@require_safe
def terminals(request: HttpRequest) -> HttpResponse:
    days = certificate.days_left(timezone.localdate())
    certificate_said = {"certificate_days": days, "certificate_soon": certificate.SOON}
    said = {"terminals": health.terminals(), "version": __version__, **certificate_said}
    return render(request, "console/terminals.html", {"page": "terminals", **said})


@needs(Right.SUPERVISE)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest) -> HttpResponse:
    """Listen to a kiosk no more: what that means, then the password again. Only a new enrolment takes it back."""
    said = request.POST if request.method == "POST" else request.GET
    name = said.get("borne", "").replace("\0", "")[:60]
    if not Terminal.objects.filter(pk=name, revoked_at=None).exists():
        return redirect("terminals")
    problem = ""
    if request.method == "POST":
        if confirms(request, request.POST.get("password", "")):
            with suppress(enrolment.Unknown):  # somebody else has, meanwhile
                enrolment.revoke(name, who=staff_of(request).username, where=address_of(request))
            messages.success(request, _("La borne {name} est révoquée.").format(name=name))
            return redirect("terminals")
        if not request.user.is_authenticated:
            return redirect("sign-in")
        problem = _("Le mot de passe n’est pas reconnu. La borne est encore écoutée.")
    context = {"page": "terminals", "name": name, "problem": problem}
    return render(request, "console/terminal_revoke.html", context, status=403 if problem else 200)


@needs(Right.EVERYONE)
@require_safe
def health_page(_request: HttpRequest) -> HttpResponse:
    """Alive, and the database answers; says nothing else to whoever asks."""
    Staff.objects.exists()
    return JsonResponse({"status": "ok"})


@needs(Right.EVERYONE)
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """For the site's supervision, which shows its token."""
    if not metrics.is_allowed(request.headers.get("Authorization", "")):
        raise Http404
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def as_csv(rows: list[tuple[object, ...]], name: str) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def harmless(cell: object) -> object:
    """A text a spreadsheet would run is kept a text."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
