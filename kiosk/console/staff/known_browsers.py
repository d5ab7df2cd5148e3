"""Browsers that have signed in to an account before are its owner's, whatever others guess (OWASP: device cookies).

What a browser keeps is signed, names nobody, and ends with the password. Nothing is written in the database.
"""

import hmac
import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.utils.crypto import salted_hmac

from kiosk.console.models import Staff

COOKIE = "__Host-known"
DAYS = 90
_SALT = "console known browser 1"
_MOST = 20  # accounts at one desk's browser


def has_signed_in(cookies: str) -> bool:
    """Whether a browser has signed in here before, to whatever account; by what its request's head says alone."""
    return bool(_kept(parse_cookie(cookies).get(COOKIE, "")))


def known(request: HttpRequest, username: str) -> str:
    """What this browser is called for this account; "" for one that has not signed in to it, or not lately."""
    kept = _kept(request.COOKIES.get(COOKIE, ""))
    staff = Staff.objects.filter(username=username).first() if kept else None
    if staff is None:
        return ""
    mine = _account(staff)
    return next((name for account, name in kept if hmac.compare_digest(account, mine)), "")


def remember(request: HttpRequest, response: HttpResponse, staff: Staff) -> None:
    mine = _account(staff)
    others = [one for one in _kept(request.COOKIES.get(COOKIE, "")) if one[0] != mine]
    kept = [[mine, secrets.token_hex(8)], *others][:_MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_SALT),
        max_age=DAYS * 86_400,
        secure=True,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def _kept(cookie: str) -> list[list[str]]:
    try:
        kept: list[list[str]] = signing.loads(cookie, salt=_SALT, max_age=DAYS * 86_400)
    except signing.BadSignature:
        return []
    return kept


def _account(staff: Staff) -> str:
    """Of this account as long as its password stands."""
    return salted_hmac(_SALT, f"{staff.pk} {staff.password}", algorithm="sha256").hexdigest()[:32]
