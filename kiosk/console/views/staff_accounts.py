"""Accounts of members of staff, for the administrator: added, given new secrets, closed, opened again."""

import io
import re
import secrets

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console.models import Role, Staff
from kiosk.console.staff import accounts
from kiosk.console.staff.access import Right, address_of, needs, staff_of
from kiosk.console.words import one_line

_NATIONAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{3,59}", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}", re.ASCII)


@needs(Right.ACCOUNTS)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return _page(request)


@needs(Right.ACCOUNTS)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    name, role = request.POST.get("username", "").strip().lower(), request.POST.get("role", "")
    if not _NAME.fullmatch(name) or role not in Role.values:
        messages.error(request, _("Un identifiant : 2 à 40 lettres, chiffres, points ou tirets ; et un rôle."))
        return redirect("accounts")
    if Staff.objects.filter(username=name).exists():
        messages.error(request, _("Ce compte existe déjà."))
        return redirect("accounts")
    me = staff_of(request).username
    desk = one_line(request.POST.get("desk", ""), 20)
    accounts.add_staff(name, role, secrets.token_urlsafe(24), who=me, desk=desk)
    return _renewed(request, Staff.objects.get(username=name))


@needs(Right.ACCOUNTS)
@require_POST
def renew(request: HttpRequest, number: int) -> HttpResponse:
    """A lost telephone, a forgotten password: new ones, shown once."""
    return _renewed(request, _other(request, number))


@needs(Right.ACCOUNTS)
@require_POST
def link(request: HttpRequest, number: int) -> HttpResponse:
    """Link an account to a national identifier (Pro Santé Connect), or unlink it when none is given."""
    staff, written = _other(request, number), request.POST.get("national_id", "").strip()
    if written and not _NATIONAL_ID.fullmatch(written):
        messages.error(request, _("Un identifiant national : le numéro RPPS, ou celui de la carte professionnelle."))
        return redirect("accounts")
    if not accounts.link(staff, written, who=staff_of(request).username, where=address_of(request)):
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
    accounts.set_active(_other(request, number), active=True, who=staff_of(request).username, where=address_of(request))
    return redirect("accounts")


def _other(request: HttpRequest, number: int) -> Staff:
    """Somebody else's account: nobody closes or renews their own here."""
    staff = Staff.objects.exclude(pk=staff_of(request).pk).filter(pk=number).first()
    if staff is None:
        raise Http404
    return staff


def _renewed(request: HttpRequest, staff: Staff) -> HttpResponse:
    password, address = accounts.new_secrets(staff, who=staff_of(request).username, where=address_of(request))
    return _page(request, renewed=staff.username, password=password, square=_square(address))


def _page(request: HttpRequest, **more: object) -> HttpResponse:
    staff = Staff.objects.order_by("username").prefetch_related("nationalidentity_set", "securitykey_set")
    context = {"page": "accounts", "staff": staff, "roles": Role.choices, "has_psc": settings.KIOSK.names_professionals}
    return render(request, "console/accounts.html", context | more)


def _square(address: str) -> SafeString:
    """The address for the authenticator as a QR code, drawn here: it goes to no other service."""
    drawn = io.BytesIO()
    segno.make(address, micro=False).save(
        drawn, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, border=2, title="QR"
    )
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - drawn by us from a random secret
