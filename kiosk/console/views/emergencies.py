"""Taking a right in an emergency, giving it back; looking into those who did."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kiosk.console.models import Arrival, Emergency, Role
from kiosk.console.staff import emergencies
from kiosk.console.staff.access import IN_AN_EMERGENCY, Right, address_of, needs, rights_of, staff_of
from kiosk.console.staff.emergencies import NotTaken, TooMany
from kiosk.console.views.own_account import confirms

MOST_DOSSIERS = 40


def label_of(right: str) -> str:
    """What the right opens, in staff's words."""
    labels = {
        Right.WORK.value: _("File d’attente et dossiers des patients"),
        Right.VIGILANCE.value: _("Identitovigilance : dossiers confiés, recherche"),
    }
    return labels.get(right, right)


@needs(Right.EMERGENCY)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Why, the password again, and the right is there for a while."""
    staff = staff_of(request)
    offered = [right for right in IN_AN_EMERGENCY[Role(staff.role)] if right not in rights_of(staff)]
    reason, problem = request.POST.get("reason", "")[: emergencies.LONGEST_REASON + 1], ""
    if request.method == "POST":
        right = request.POST.get("right", "")
        if not confirms(request, request.POST.get("password", "")):
            if not request.user.is_authenticated:
                return redirect("sign-in")
            problem = _("Le mot de passe n’est pas reconnu.")
        elif right not in offered:
            problem = _("Choisissez l’accès dont vous avez besoin.")
        else:
            try:
                emergencies.take(staff, right, reason, where=address_of(request))
                return redirect("queue" if right == Right.WORK else "vigilance")
            except TooMany:
                problem = _("Trois de vos accès n’ont pas encore été vérifiés : appelez un collègue qui peut le faire.")
            except NotTaken:
                problem = _("Dites pourquoi, en une phrase : un collègue la lira.")
    context = {
        "page": "emergency",
        "offered": [(right.value, label_of(right.value)) for right in offered],
        "reason": reason,
        "problem": problem,
        "minutes": settings.KIOSK.emergency_minutes,
        "longest": emergencies.LONGEST_REASON,
        "shortest": emergencies.SHORTEST_REASON,
    }
    return render(request, "console/emergency.html", context, status=403 if problem else 200)


@needs(Right.EMERGENCY)
@require_POST
def give_back(request: HttpRequest) -> HttpResponse:
    if emergencies.give_back(staff_of(request), where=address_of(request)):
        messages.success(request, _("Accès d’urgence rendu. Merci."))
    return redirect("home")


@needs(Right.EMERGENCIES)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    taken = Emergency.objects.select_related("staff", "seen_by").order_by("-pk")
    page = Paginator(taken, 30).get_page(request.GET.get("page"))
    rows = [
        {
            "taken": one,
            "right": label_of(one.right),
            "reason": emergencies.reason_of(one),
            "pages": emergencies.pages_of(one),
            "dossiers": _opened(one),
        }
        for one in page
    ]
    context = {"page": "emergencies", "rows": page, "lines": rows, "now": timezone.now()}
    return render(request, "console/emergencies.html", context)


@needs(Right.EMERGENCIES)
@require_POST
def look_into(request: HttpRequest, number: int) -> HttpResponse:
    if not emergencies.look_into(number, staff_of(request), where=address_of(request)):
        raise Http404
    return redirect("emergencies")


@needs(Right.EMERGENCIES)
@require_POST
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody else finds that it is not needed, or no longer: it ends at once."""
    if emergencies.end(number, staff_of(request), where=address_of(request)):
        messages.success(request, _("Accès terminé. Dites-le à la personne."))
    return redirect("emergencies")


def _opened(taken: Emergency) -> list[str]:
    """The numbers of the dossiers it opened, while they are there: nobody's name."""
    keys = [UUID(one) for one in emergencies.dossiers_of(taken)[:MOST_DOSSIERS]]
    tickets = dict(Arrival.objects.filter(pk__in=keys).values_list("pk", "ticket"))
    return [tickets.get(key) or _("effacé") for key in keys]
