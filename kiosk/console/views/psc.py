"""The way to Pro Santé Connect and back. Whatever goes wrong there, the console's own sign-in stays.

The session's cookie is not sent when another site sends the browser back (SameSite=Strict), so what must be remembered
on the way stands in a cookie of its own, signed, for ten minutes; and the last step is a page of ours, not a redirect.
"""

import re
import secrets
import unicodedata
from dataclasses import asdict

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_otp import login as otp_login

from kiosk.console import audit
from kiosk.console.config import PscSection
from kiosk.console.models import NationalIdentity
from kiosk.console.records import vault
from kiosk.console.staff import accounts, admissions, guesses, in_name, psc, sessions, standing
from kiosk.console.staff.access import Right, act, address_of, needs, open_session
from kiosk.console.staff.psc import Professional, Started, Trouble, Why
from kiosk.console.views.accounts import home_of, tell

COOKIE = "__Host-psc"
_SALT = "console psc 1"
_BACKEND = "kiosk.console.staff.standing.ProvenAccounts"


@needs(Right.EVERYONE)
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    section = _section()
    try:
        where, started = psc.begin(section, _here(request))
    except Trouble as trouble:
        return _sorry(request, trouble.why)
    response = HttpResponseRedirect(where)
    kept = signing.dumps(asdict(started), salt=_SALT)
    response.set_cookie(COOKIE, kept, max_age=psc.ANSWER_WITHIN, secure=True, httponly=True, samesite="Lax", path="/")
    return response


@needs(Right.EVERYONE)
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    section = _section()
    try:
        identity, professional = _identity(request, section)
    except Trouble as trouble:
        return _sorry(request, trouble.why)
    staff = identity.user
    identity.set_last_used_timestamp()
    changed = sessions.changes_since(staff, identity)
    sessions.make_room(staff)
    login(request, staff, backend=_BACKEND)  # a new session key
    tell(request, changed)
    request.session.set_expiry(None)
    request.session["means"] = "psc"
    otp_login(request, identity)
    open_session(request)
    in_name.keep(request, staff, professional)
    act(request, audit.Act.SIGNED_IN, means="psc", acr=professional.acr)
    response = render(request, "console/psc_done.html", {"where": reverse(home_of(staff))})
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _section() -> PscSection:
    section: PscSection | None = settings.KIOSK.psc
    if section is None:
        raise Http404
    return section


def _here(request: HttpRequest) -> str:
    return f"https://{request.get_host()}{reverse('psc-back')}"


def _identity(request: HttpRequest, section: PscSection) -> tuple[NationalIdentity, Professional]:
    """The account of who came back. Trouble when there is none, or when anything was not right."""
    try:
        started = Started(**signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=psc.ANSWER_WITHIN))
    except signing.BadSignature:
        raise Trouble(Why.NOT_SURE) from None
    said = {name: request.GET[name] for name in ("state", "code", "error", "iss") if name in request.GET}
    professional = psc.finish(section, _here(request), said, started)
    for national_id in professional.national_ids:
        fingerprint = vault.blind("national identity", national_id)
        known = NationalIdentity.objects.select_related("user").filter(fingerprint=fingerprint, confirmed=True).first()
        if known is not None:
            if known.is_proven and not standing.is_latest(known.user):
                raise Trouble(Why.ALTERED)
            if not known.user.is_active or not known.is_of(known.user):
                raise Trouble(Why.NOT_LINKED)
            return known, professional
    if section.create and professional.national_ids and professional.structures & set(section.structures):
        _ask_for(request, professional)
        raise Trouble(Why.TO_CONFIRM)
    raise Trouble(Why.NOT_LINKED)


def _ask_for(request: HttpRequest, professional: Professional) -> None:
    """An account of the front desk, where the site wants it: asked for, and a second person says yes. Trouble."""
    plain = unicodedata.normalize("NFKD", professional.name).encode("ascii", "ignore").decode().lower()
    bare = re.sub(r"[^a-z0-9]+", ".", plain).strip(".")[:30] or "psc"
    fingerprint = accounts.national_fingerprint(professional.national_ids[0])
    try:
        admissions.ask_for_professional(fingerprint, f"{bare}.{secrets.token_hex(3)}", where=address_of(request))
    except admissions.NotPossible:
        raise Trouble(Why.NOT_LINKED) from None


def _sorry(request: HttpRequest, why: Why) -> HttpResponse:
    """What to do instead; the code is small, and the same in the journal."""
    psc.note(why)
    guesses.tell(address_of(request), why=why.value)
    status = 503 if why in {Why.UNREACHABLE, Why.CHANGED} else 403
    response = render(request, "console/psc_trouble.html", {"why": why.name, "code": why.value}, status=status)
    response.delete_cookie(COOKIE, samesite="Lax")
    return response
