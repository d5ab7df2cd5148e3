"""Signing in with a second factor, locking, coming back, leaving."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as otp_login
from django_otp.models import Device

from kiosk.console import audit
from kiosk.console.models import AuditEntry, NationalIdentity, Role, SecurityKey, Staff
from kiosk.console.staff import emergencies, guesses, known_browsers, second_factor, security_keys, sessions, standing
from kiosk.console.staff.access import (
    RIGHTS,
    Right,
    act,
    address_of,
    lock_session,
    needs,
    open_session,
    rights_of,
    staff_of,
)
from kiosk.console.staff.security_keys import NotThisKey
from kiosk.console.templatetags.console_tags import act as act_word
from kiosk.console.vigilance import told
from kiosk.console.words import clock, day

MAX_UNLOCK_TRIES = 5


def _code_field(*, autofocus: bool = False) -> forms.RegexField:
    shown = {"autocomplete": "one-time-code", "inputmode": "numeric", "required": True}
    return forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        required=False,  # a key that was touched stands for it
        label=_("Code à 6 chiffres"),
        max_length=9,
        widget=forms.TextInput(attrs=shown | {"autofocus": True} if autofocus else shown),
    )


def _key_field() -> forms.CharField:
    return forms.CharField(required=False, max_length=security_keys.LONGEST_ANSWER, widget=forms.HiddenInput())


class SignInForm(forms.Form):
    """Name, password and the code of the moment: all are checked, none is told apart."""

    username = forms.CharField(
        label=_("Identifiant"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false", "data-key-needs": ""}
        ),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-key-needs": ""}),
    )
    code = _code_field()
    key_answer = _key_field()


class CodeForm(forms.Form):
    """A new code, or a key that is touched."""

    code = _code_field(autofocus=True)
    key_answer = _key_field()


@needs(Right.EVERYONE)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        attempt = guesses.begin(said["username"], address_of(request), known_browsers.known(request, said["username"]))
        if attempt is None:
            return render(request, "console/locked_out.html", status=429)
        staff = _recognised(request, said, attempt)
        if staff is not None:
            act(
                request,
                audit.Act.SIGNED_IN,
                means="password+key" if form.cleaned_data["key_answer"] else "password+totp",
            )
            response = HttpResponseRedirect(resolve_url(home_of(staff)))
            known_browsers.remember(request, response, staff)
            return response
    refused = request.method == "POST"
    altered = vars(request).get("told_altered", False) or "compte" in request.GET
    keys, has_psc = security_keys.are_offered(request), settings.KIOSK.psc is not None
    context = {"form": form, "refused": refused, "keys": keys, "has_psc": has_psc, "altered": altered}
    return render(request, "console/sign_in.html", context, status=403 if refused else 200)


@needs(Right.EVERYONE)
@require_POST
def sign_in_key(request: HttpRequest) -> HttpResponse:
    """What the browser must ask a key at the door: the same for everybody, whoever is named."""
    if not security_keys.are_offered(request):
        raise Http404
    return security_keys.ask_anybody(request)


def _recognised(request: HttpRequest, said: dict[str, Any], attempt: guesses.Attempt) -> Staff | None:
    staff = authenticate(request, username=said["username"], password=said["password"])
    if not isinstance(staff, Staff):
        guesses.was_wrong(attempt, "")
        theirs = standing.altered(request)  # told to who shows the second factor too, and to nobody else
        vars(request)["told_altered"] = theirs is not None and _second(request, theirs, said, at_the_door=True)
        return None
    device = _second(request, staff, said, at_the_door=True)
    if device is None:
        guesses.was_wrong(attempt, staff.username)
        return None
    guesses.was_right(attempt)
    changed = sessions.changes_since(staff, device)
    sessions.make_room(staff)
    login(request, staff)  # a new session key: one fixed beforehand is worthless
    tell(request, changed)
    request.session.set_expiry(None)  # as long as the settings say
    otp_login(request, device)
    open_session(request)
    return staff


def tell(request: HttpRequest, changed: list[AuditEntry]) -> None:
    """Say on every page, until it is read, what happened to this person's account while they were away."""
    news = [
        {
            "act": one.act,
            "who": one.who,
            "at": f"{day(one.at)} {clock(one.at)}",
            "said": told.told(one.details, act_word),
        }
        for one in changed
    ]
    unread = [one for one in request.session.get("told", []) if one not in news]
    request.session["told"] = [*unread, *news][-sessions.MOST_TOLD :]


def _second(request: HttpRequest, staff: Staff, said: dict[str, Any], *, at_the_door: bool) -> Device | None:
    if not said["key_answer"]:
        is_own = not at_the_door or bool(known_browsers.known(request, staff.username))
        return second_factor.check_code(staff, said["code"], is_own=is_own)
    try:
        return security_keys.check(request, staff, said["key_answer"], at_the_door=at_the_door)
    except NotThisKey:
        return None


@needs(Right.SIGNED_IN, works_locked=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    if not request.session.get("locked"):
        return redirect(home_of(staff))
    form = CodeForm(request.POST if request.method == "POST" else None)
    refused = False
    if request.method == "POST":
        session = str(request.session.session_key)
        tried = guesses.tried_in(session, "code")
        may_try = tried <= MAX_UNLOCK_TRIES and form.is_valid()
        device = _second(request, staff, form.cleaned_data, at_the_door=False) if may_try else None
        if device is not None:
            guesses.knew_in(session, "code")
            tell(request, sessions.changes_since(staff, device))
            where = request.session.pop("locked_at", "") or resolve_url(home_of(staff))
            open_session(request)
            act(request, audit.Act.UNLOCKED, means="key" if form.cleaned_data["key_answer"] else "totp")
            return HttpResponseRedirect(where)
        refused = True
        if tried >= MAX_UNLOCK_TRIES:
            logout(request)
            return redirect("sign-in")
    keys = security_keys.are_offered(request) and SecurityKey.objects.filter(user=staff).exists()
    has_psc = settings.KIOSK.psc is not None and NationalIdentity.objects.filter(user=staff).exists()
    context = {"form": form, "refused": refused, "keys": keys, "has_psc": has_psc, "me": staff}
    return render(request, "console/unlock.html", context, status=403 if refused else 200)


@needs(Right.SIGNED_IN, works_locked=True)
@require_POST
def unlock_key(request: HttpRequest) -> HttpResponse:
    """What the browser must ask one of the keys of who is locked: a touch and the key's own PIN."""
    if not security_keys.are_offered(request) or not request.session.get("locked"):
        raise Http404
    return JsonResponse(security_keys.ask(request, staff_of(request)))


@needs(Right.SIGNED_IN, works_locked=True)
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    lock_session(request, _page_before(request))
    return redirect("unlock")


@needs(Right.SIGNED_IN, quiet=True)
@require_safe
def still_here(request: HttpRequest) -> HttpResponse:
    """Asked by every page now and then: what stands before an idle session goes from the screen by itself.

    Who looks into emergencies is told of a new one where they are, without waiting for the next page.
    """
    staff = staff_of(request)
    if Right.EMERGENCIES in rights_of(staff) and request.GET.get("urgences", "") != str(
        emergencies.to_look_into(staff)
    ):
        return render(request, "console/_emergencies.html", {"is_news": True})
    return HttpResponse(status=204)


@needs(Right.SIGNED_IN, works_locked=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    emergencies.give_back(staff_of(request), where=address_of(request))  # it ends with who took it
    act(request, audit.Act.SIGNED_OUT)
    logout(request)
    return redirect("sign-in")


def _page_before(request: HttpRequest) -> str:
    """The page of ours somebody was on; nothing for an address from elsewhere."""
    before = urlsplit(request.headers.get("Referer", ""))
    return before.path if before.netloc == request.get_host() and before.path.startswith("/") else ""


def home_of(staff: Staff) -> str:
    """The first page of a role."""
    rights = RIGHTS[Role(staff.role)]  # of the role: an emergency passes
    if Right.VIGILANCE in rights:
        return "vigilance"
    if Right.WORK in rights:
        return "queue"
    return "terminals" if Right.SUPERVISE in rights else "trail"
