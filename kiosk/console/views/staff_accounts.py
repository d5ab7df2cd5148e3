"""Accounts of members of staff: asked for by an administrator, agreed to by a second person, closed by one alone."""

import re

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console.models import Role, Staff
from kiosk.console.staff import accounts, admissions
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.views.enrolment import square
from kiosk.console.words import one_line

_NATIONAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{3,59}", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}", re.ASCII)
_NOBODYS = {"psc", "worker", "console"}  # who acts in the trail, and is no member of staff


@needs(Right.ACCOUNTS)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return _page(request)


@needs(Right.ACCOUNTS)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    name, role = request.POST.get("username", "").strip().lower(), request.POST.get("role", "")
    if not _NAME.fullmatch(name) or name in _NOBODYS or role not in Role.values:
        messages.error(request, _("Un identifiant : 2 à 40 lettres, chiffres, points ou tirets ; et un rôle."))
        return redirect("accounts")
    if Staff.objects.filter(username=name).exists():
        messages.error(request, _("Ce compte existe déjà."))
        return redirect("accounts")
    desk = one_line(request.POST.get("desk", ""), 20)
    who, where = staff_of(request).username, address_of(request)
    return _asked(request, accounts.add(name, role, who=who, where=where, desk=desk))


@needs(Right.ACCOUNTS)
@require_POST
def renew(request: HttpRequest, number: int) -> HttpResponse:
    """A lost telephone, a forgotten password: the owner enrols anew, once a second person has agreed."""
    return _asked(request, _other(request, number))


@needs(Right.ACCOUNTS)
@require_POST
def link(request: HttpRequest, number: int) -> HttpResponse:
    """Have an account linked to a national identifier (Pro Santé Connect), or unlink it when none is given."""
    staff, written = _other(request, number), request.POST.get("national_id", "").strip()
    who, where = staff_of(request).username, address_of(request)
    if not written:
        accounts.unlink(staff, who=who, where=where)
        return redirect("accounts")
    if not _NATIONAL_ID.fullmatch(written):
        messages.error(request, _("Un identifiant national : le numéro RPPS, ou celui de la carte professionnelle."))
        return redirect("accounts")
    try:
        admissions.ask_to_link(staff, written, who=who, where=where)
    except admissions.NotPossible:
        messages.error(request, _("Cet identifiant national est celui d’un autre compte."))
    return redirect("accounts")


@needs(Right.ACCOUNTS)
@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    accounts.set_active(
        _other(request, number), active=False, who=staff_of(request).username, where=address_of(request)
    )
    return redirect("accounts")


@needs(Right.ACCOUNTS)
@require_POST
def open_again(request: HttpRequest, number: int) -> HttpResponse:
    admissions.ask_to_open(_other(request, number), who=staff_of(request).username, where=address_of(request))
    return redirect("accounts")


@needs(Right.AGREE)
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What others have asked for accounts, and this person may agree to."""
    return _to_agree(request)


@needs(Right.AGREE)
@require_POST
def agree(request: HttpRequest, number: int) -> HttpResponse:
    """A second person agrees; the link for the owner is shown once."""
    national_id = request.POST.get("national_id", "").strip()
    try:
        given = admissions.agree(number, staff_of(request), national_id=national_id, where=address_of(request))
    except admissions.NotPossible:
        messages.error(request, _("Cette demande n’est plus à confirmer, ou ce n’est pas le même identifiant."))
        return redirect("admissions")
    if not given.link:
        return redirect("admissions")
    return _to_agree(request, given=given, address=address_for(request, given.link))


@needs(Right.SIGNED_IN)
@require_POST
def refuse(request: HttpRequest, number: int) -> HttpResponse:
    """A second person, who asked, or the owner of the account says no: nothing is done."""
    staff = staff_of(request)
    if not admissions.refuse(number, staff, where=address_of(request)):
        raise Http404
    messages.success(request, _("Demande refusée. Rien n’a été changé."))
    back = request.POST.get("back", "")
    return redirect(back if back in {"accounts", "admissions"} else "own-account")


def address_for(request: HttpRequest, link: str) -> str:
    """Where the owner enrols."""
    return request.build_absolute_uri(reverse("enrol", args=link.split("/")))


def _other(request: HttpRequest, number: int) -> Staff:
    """Somebody else's account: nobody closes or renews their own here."""
    staff = Staff.objects.exclude(pk=staff_of(request).pk).filter(pk=number).first()
    if staff is None:
        raise Http404
    return staff


def _asked(request: HttpRequest, staff: Staff) -> HttpResponse:
    try:
        given = admissions.ask_to_enrol(staff, who=staff_of(request).username, where=address_of(request))
    except admissions.NotPossible:
        messages.error(request, _("Ce compte est désactivé : rouvrez-le d’abord."))
        return redirect("accounts")
    return _page(request, given=given)


def _to_agree(request: HttpRequest, **more: object) -> HttpResponse:
    waiting = admissions.waiting(staff_of(request))
    drawn = {"square": square(str(more["address"]))} if "address" in more else {}
    return render(request, "console/admissions.html", {"page": "admissions", "waiting": waiting, **more, **drawn})


def _page(request: HttpRequest, **more: object) -> HttpResponse:
    staff = Staff.objects.order_by("username").prefetch_related("nationalidentity_set", "securitykey_set")
    context = {
        "page": "accounts",
        "staff": staff,
        "roles": Role.choices,
        "has_psc": settings.KIOSK.names_professionals,
        "pending": admissions.pending(),
    }
    return render(request, "console/accounts.html", context | more)
