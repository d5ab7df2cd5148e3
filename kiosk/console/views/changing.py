"""What staff changes beside deciding: complementary traits, INSi asked again, a downgrade with its reason."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console.identities import asking, communes, complements, downgrading, original, reasons, replacing
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival, Stage
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.upkeep import at_the_desk, insi_now
from kiosk.console.views import whose_name
from kiosk.console.views.arrival import carried_out, shown_again
from kiosk.console.views.shown import version_shown
from kiosk.console.vigilance import campaigns
from kiosk.console.words import one_line


@needs(Right.WORK)
@require_POST
def complete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Complementary traits, each with its source."""
    word = request.POST.get("word", "")
    if word not in {one.value for one in complements.Word}:
        messages.error(request, _("Dites d’où viennent ces informations."))
        return redirect("identity", key)
    said = {code: _line(request, code.value) for code in complements.Complement}
    staff, where = staff_of(request), address_of(request)
    return carried_out(
        request, key, lambda: complements.complete(key, staff, said, complements.Word(word), where=where)
    )


@needs(Right.WORK)
@require_POST
def ask_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """INSi asked again, at once, with what staff reads on the original."""
    staff, where = staff_of(request), address_of(request)
    try:
        said = original.read(request.POST)
    except communes.Several as which:
        return shown_again(
            request, key, which, {"criteria": original.as_written(request.POST), "which": {"ask": which.choices}}
        )
    except NotAllowed as rule:
        messages.error(request, str(rule))
        return redirect("identity", key)

    def asked() -> Arrival:
        name = whose_name.required(request, staff)
        if name is not None:
            return at_the_desk.ask_again(key, staff, said, name, where=where)
        arrival = asking.ask_again(key, staff, said, where=where)
        transaction.on_commit(lambda: insi_now.ask_soon(key))
        return arrival

    return carried_out(request, key, asked)


@needs(Right.WORK, quiet=True)
@require_safe
def answer_part(_request: HttpRequest, key: UUID) -> HttpResponse:
    """Whether INSi has answered meanwhile: then the page shows it, or says so to those who are at work on it."""
    standing = Arrival.objects.filter(pk=key).exclude(stage=Stage.REMOVED).values_list("insi_next_at", flat=True)
    if not standing:  # asked often while somebody waits: nothing sealed is read for it
        raise Http404
    response = HttpResponse(status=204)
    if standing[0] is None:
        response["HX-Trigger"] = "answer-came"
    return response


@needs(Right.VIGILANCE)
@require_POST
def replace_ins(request: HttpRequest, key: UUID) -> HttpResponse:
    """INSi has replaced the number: the answer beside becomes the one that counts."""
    staff, where = staff_of(request), address_of(request)
    version = version_shown(request)
    return carried_out(request, key, lambda: replacing.replace_ins(key, staff, version=version, where=where))


@needs(Right.VIGILANCE)
@require_POST
def downgrade(request: HttpRequest, key: UUID) -> HttpResponse:
    """What was established is taken back, with a reason."""
    why = request.POST.get("reason", "")
    if why not in {one.value for one in reasons.WhyDown}:
        messages.error(request, _("Dites pourquoi."))
        return redirect("identity", key)
    staff, where = staff_of(request), address_of(request)
    reason, version = reasons.WhyDown(why), version_shown(request)
    return carried_out(request, key, lambda: downgrading.downgrade(key, staff, reason, version=version, where=where))


@needs(Right.VIGILANCE)
@require_POST
def verify(request: HttpRequest, key: UUID) -> HttpResponse:
    """INSi asked whether this identity's matricule is still right."""
    staff, where = staff_of(request), address_of(request)
    return carried_out(request, key, lambda: campaigns.verify_one(key, staff, where=where))


def _line(request: HttpRequest, name: str) -> str:
    return one_line(request.POST.get(name, ""), complements.LONGEST)
