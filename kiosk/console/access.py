"""Who may see and do what: every page names the right it needs, and a page that names none is refused to all."""

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers

from kiosk.console import audit
from kiosk.console.models import Role, Staff
from kiosk.sealing import CannotOpen

View = Callable[..., HttpResponse]


class Right(StrEnum):
    """What a role may be allowed."""

    EVERYONE = "everyone"  # without signing in
    SIGNED_IN = "signed-in"
    WORK = "work"  # the queue, an identity, its pictures, decisions
    VIGILANCE = "vigilance"  # work lists of the identity-vigilance unit, downgrade, prior search
    INDICATORS = "indicators"
    SUPERVISE = "supervise"  # kiosks
    ACCOUNTS = "accounts"
    AUDIT = "audit"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.HOST: frozenset({Right.SIGNED_IN, Right.WORK}),
    Role.OFFICER: frozenset({Right.SIGNED_IN, Right.WORK, Right.VIGILANCE, Right.INDICATORS}),
    Role.ADMINISTRATOR: frozenset({Right.SIGNED_IN, Right.SUPERVISE, Right.ACCOUNTS, Right.INDICATORS}),
    Role.AUDITOR: frozenset({Right.SIGNED_IN, Right.AUDIT, Right.INDICATORS}),
}


def needs(right: Right, *, quiet: bool = False) -> Callable[[View], View]:
    """Name the right a page needs. A quiet page asks by itself: it does not keep a session awake."""

    def mark(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        view.is_quiet = quiet  # type: ignore[attr-defined]
        return view

    return mark


def staff_of(request: HttpRequest) -> Staff:
    """The member of staff behind a page that needs a right."""
    return cast(Staff, request.user)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; no header is believed."""
    return str(request.META.get("REMOTE_ADDR", ""))


def act(request: HttpRequest, what: audit.Act, about: object = "", **details: str | int | bool | None) -> None:
    """Write in the audit trail what this person does."""
    audit.record(what, who=staff_of(request).username, where=address_of(request), about=str(about), **details)


def open_session(request: HttpRequest) -> None:
    request.session["opened_at"] = request.session["seen_at"] = int(time.time())
    request.session["locked"] = False


class AccessMiddleware:
    """Stands before every page: signed in with a second factor, not locked, and with the right it names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
            response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
            response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    def process_view(
        self, request: HttpRequest, view: View, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.path.startswith("/intake/"):
            return None  # signed by a kiosk, checked there
        right: Right | None = getattr(view, "right", None)
        if right is Right.EVERYONE:
            return None
        if not request.user.is_authenticated or not request.user.is_verified():  # type: ignore[union-attr]
            return go(request, "sign-in")
        staff = staff_of(request)
        now = int(time.time())
        if now - int(request.session.get("opened_at", 0)) > settings.KIOSK.session_hours * 3600:
            request.session.flush()
            return go(request, "sign-in")
        idle = now - int(request.session.get("seen_at", 0))
        if not request.session.get("locked") and idle > settings.KIOSK.idle_lock_minutes * 60:
            request.session["locked"] = True
            act(request, audit.Act.LOCKED)
        if request.session.get("locked") and not getattr(view, "works_locked", False):
            return go(request, "unlock")
        if staff.must_change_password and not getattr(view, "works_locked", False) and right is not Right.SIGNED_IN:
            return go(request, "password")
        if right is None or right not in RIGHTS[Role(staff.role)]:
            return render(request, "console/refused.html", status=403)
        if not getattr(view, "is_quiet", False):
            request.session["seen_at"] = now
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A record that cannot be opened is said so; everything else is a bug, recorded elsewhere."""
        if isinstance(exception, CannotOpen):
            return render(request, "console/sealed_away.html", status=503)
        return None


def go(request: HttpRequest, name: str) -> HttpResponse:
    """Send the whole page elsewhere, also when a part of it asked."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = resolve_url(name)
        return response
    return HttpResponseRedirect(resolve_url(name))


def for_templates(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: the structure, who is signed in, what they may do."""
    staff = getattr(request, "user", None)
    rights = RIGHTS[Role(staff.role)] if isinstance(staff, Staff) else frozenset()
    return {
        "structure": settings.KIOSK.structure,
        "is_demo": settings.KIOSK.mode == "demo",
        "me": staff if isinstance(staff, Staff) else None,
        "may": {right.name.lower(): right in rights for right in Right},
    }
