"""Who may see and do what: every page names the right it needs, and a page that names none is refused to all."""

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from kiosk import journal
from kiosk.console import audit
from kiosk.console.models import Role, Staff
from kiosk.console.models.proven import Unproven
from kiosk.console.staff import admissions, emergencies, standing
from kiosk.console.witness import findings
from kiosk.sealing import CannotOpen

View = Callable[..., HttpResponse]
SET_BACK = 60  # seconds: less is a clock that is put right
SEEN_EVERY = 10  # seconds: a session is not written at every page; it locks as much earlier at most


class Right(StrEnum):
    """What a role may be allowed."""

    EVERYONE = "everyone"  # without signing in
    SIGNED_IN = "signed-in"
    WORK = "work"  # the queue, an identity, decisions
    PICTURES = "pictures"  # copies of documents: of one's own role, no emergency gives it
    VIGILANCE = "vigilance"  # work lists of the identity-vigilance unit, downgrade, prior search
    CONDUCT = "conduct"  # what colleagues did that is to be looked into: of one's own role, no emergency gives it
    INDICATORS = "indicators"
    SUPERVISE = "supervise"  # kiosks
    ACCOUNTS = "accounts"
    AGREE = "agree"  # to what another asked for an account
    AUDIT = "audit"
    EMERGENCY = "emergency"  # take a right of another role for a while
    EMERGENCIES = "emergencies"  # look into those who did


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.HOST: frozenset({Right.SIGNED_IN, Right.WORK, Right.PICTURES, Right.EMERGENCY}),
    Role.OFFICER: frozenset(
        {
            Right.SIGNED_IN,
            Right.WORK,
            Right.PICTURES,
            Right.VIGILANCE,
            Right.CONDUCT,
            Right.INDICATORS,
            Right.AGREE,
            Right.EMERGENCIES,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.SIGNED_IN,
            Right.SUPERVISE,
            Right.ACCOUNTS,
            Right.AGREE,
            Right.INDICATORS,
            Right.EMERGENCY,
            Right.EMERGENCIES,
        }
    ),
    Role.AUDITOR: frozenset({Right.SIGNED_IN, Right.AUDIT, Right.INDICATORS, Right.EMERGENCIES}),
}
# Accès d'urgence: only what a patient waits for. Never accounts, kiosks or the trail; an auditor stays outside.
IN_AN_EMERGENCY: dict[Role, tuple[Right, ...]] = {
    Role.HOST: (Right.VIGILANCE,),
    Role.ADMINISTRATOR: (Right.WORK, Right.VIGILANCE),
}


def needs(
    right: Right, *, quiet: bool = False, works_locked: bool = False, for_new_password: bool = False
) -> Callable[[View], View]:
    """Name the right a page needs. A quiet page asks by itself: it does not keep a session awake.

    The others are those that a locked session, or one whose password somebody else chose, still reaches.
    """

    def mark(view: View) -> View:
        vars(view).update(right=right, is_quiet=quiet, works_locked=works_locked, is_for_new_password=for_new_password)
        return view

    return mark


def staff_of(request: HttpRequest) -> Staff:
    """The member of staff behind a page that needs a right."""
    if not isinstance(request.user, Staff):
        raise PermissionDenied
    return request.user


def rights_of(staff: Staff) -> frozenset[Right]:
    """What this person may do now: the rights of the role, and those taken in an emergency."""
    own = RIGHTS[Role(staff.role)]
    allowed = IN_AN_EMERGENCY.get(Role(staff.role), ())
    if not allowed:
        return own
    if staff.taken is None:  # once a request
        staff.taken = emergencies.current(staff)
    return own | {right for right in allowed for one in staff.taken if one.right == right}


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; no header is believed."""
    return str(request.META.get("REMOTE_ADDR", ""))


def act(request: HttpRequest, what: audit.Act, about: object = "", **details: str | int | bool | None) -> None:
    """Write in the audit trail what this person does."""
    audit.record(what, who=staff_of(request).username, where=address_of(request), about=str(about), **details)


def open_session(request: HttpRequest) -> None:
    request.session["opened_at"] = request.session["seen_at"] = int(time.time())
    request.session["from"] = address_of(request)
    request.session["locked"] = False


def lock_session(request: HttpRequest, page: str) -> None:
    """Nothing is shown any more until a code or a key; then the same page again."""
    request.session["locked"] = True
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and not request.headers.get("HX-Request")
    request.session["locked_at"] = page if is_ours and len(page) <= 200 else ""
    act(request, audit.Act.LOCKED)


def _most_idle() -> int:
    """Seconds until a session locks."""
    minutes: int = settings.KIOSK.idle_lock_minutes
    return minutes * 60


def _must_choose_password(request: HttpRequest, staff: Staff, view: View) -> bool:
    """A password somebody else chose serves once, and only to choose another."""
    is_open = any(getattr(view, name, False) for name in ("works_locked", "is_for_new_password", "is_quiet"))
    return staff.must_change_password and not is_open and request.session.get("means") != "psc"


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
        self, request: HttpRequest, view: View, _args: tuple[object, ...], _kwargs: dict[str, object]
    ) -> HttpResponse | None:
        if request.path.startswith("/intake/"):
            return None  # signed by a kiosk, checked there
        right: Right | None = getattr(view, "right", None)
        if right is Right.EVERYONE:
            return None
        if not request.user.is_authenticated or not request.user.is_verified():
            return _away(request)
        staff = staff_of(request)
        now = int(time.time())
        if not -_most_idle() <= now - int(request.session.get("opened_at", 0)) <= settings.KIOSK.session_hours * 3600:
            request.session.flush()
            return go(request, "sign-in")
        idle = now - int(request.session.get("seen_at", 0))
        if idle < -SET_BACK:  # the clock was set back: nobody knows since when
            idle = _most_idle() + 1
        if idle >= SEEN_EVERY and not standing.is_latest(staff):  # an account of before was put back
            return _away(request)
        if not request.session.get("locked") and idle > _most_idle():
            lock_session(request, request.path if request.method == "GET" else "")
        if request.session.get("locked") and not getattr(view, "works_locked", False):
            return go(request, "unlock")
        if _must_choose_password(request, staff, view):
            return go(request, "password")
        if right is None or right not in rights_of(staff):
            journal.record(journal.Happening.PAGE_REFUSED, account=staff.pk, page=_page_of(request))
            could_take = right in IN_AN_EMERGENCY.get(Role(staff.role), ())
            return render(request, "console/refused.html", {"could_take": could_take}, status=403)
        if not getattr(view, "is_quiet", False):
            if idle >= SEEN_EVERY:
                request.session["seen_at"] = now
            if right not in RIGHTS[Role(staff.role)]:
                emergencies.note_use(staff, right, _page_of(request), where=address_of(request))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A record that cannot be opened is said so; everything else is a bug, recorded elsewhere."""
        if isinstance(exception, Unproven) and exception.about:
            findings.meet([exception.about])
        if isinstance(exception, CannotOpen):
            context = {"is_altered": isinstance(exception, Unproven)}
            return render(request, "console/sealed_away.html", context, status=503)
        return None


def _page_of(request: HttpRequest) -> str:
    return str(request.resolver_match.url_name) if request.resolver_match else ""


def _away(request: HttpRequest) -> HttpResponse:
    """To the door; whose account was altered behind the console is told so there, since the session was theirs."""
    is_altered = standing.is_altered(request.session.get(SESSION_KEY))
    if is_altered:
        request.session.flush()
    return go(request, "sign-in", "?compte" if is_altered else "")


def go(request: HttpRequest, name: str, more: str = "") -> HttpResponse:
    """Send the whole page elsewhere, also when a part of it asked."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = resolve_url(name) + more
        return response
    return HttpResponseRedirect(resolve_url(name) + more)


def for_templates(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: the structure, who is signed in, what they may do, which emergencies stand."""
    user = getattr(request, "user", None)
    staff = user if isinstance(user, Staff) and not request.session.get("locked") else None
    rights = rights_of(staff) if staff is not None else frozenset()
    return {
        "structure": settings.KIOSK.structure,
        "is_demo": settings.KIOSK.mode == "demo",
        "is_test": settings.KIOSK.mode == "test",
        "is_training": settings.KIOSK.mode == "training",
        "me": staff,
        "may": {right.name.lower(): right in rights for right in Right},
        "taken": staff.taken if staff is not None else None,
        "told": request.session.get("told", ()) if staff is not None else (),
        "to_agree": admissions.to_agree(staff) if staff is not None and Right.AGREE in rights else 0,
        "to_look_into": emergencies.to_look_into(staff) if staff is not None and Right.EMERGENCIES in rights else 0,
    }
