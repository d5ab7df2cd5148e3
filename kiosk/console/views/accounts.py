"""Signing in with a second factor, locking, coming back, leaving."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login

from kiosk.console import audit, second_factor
from kiosk.console.access import RIGHTS, Right, act, address_of, needs, open_session, staff_of
from kiosk.console.models import Role, Staff

MAX_UNLOCK_TRIES = 5


class SignInForm(forms.Form):
    """Name, password and the code of the moment: all are checked, none is told apart."""

    username = forms.CharField(
        label=_("Identifiant"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        label=_("Code à 6 chiffres"),
        max_length=9,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        label=_("Code à 6 chiffres"),
        max_length=9,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


@needs(Right.EVERYONE)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        staff = _recognised(request, form.cleaned_data)
        if staff is not None:
            act(request, audit.Act.SIGNED_IN, means="password+totp")
            return HttpResponseRedirect(resolve_url(home_of(staff)))
        if getattr(request, "axes_locked_out", False):
            return locked_out(request, {})
    refused = request.method == "POST"
    return render(request, "console/sign_in.html", {"form": form, "refused": refused}, status=403 if refused else 200)


def _recognised(request: HttpRequest, said: dict[str, Any]) -> Staff | None:
    staff = authenticate(request, username=said["username"], password=said["password"])
    if not isinstance(staff, Staff):
        audit.record(audit.Act.SIGN_IN_REFUSED, who="", where=address_of(request))
        return None
    device = second_factor.check_code(staff, said["code"])
    if device is None:
        user_login_failed.send(__name__, credentials={"username": staff.username}, request=request)
        audit.record(audit.Act.SIGN_IN_REFUSED, who=staff.username, where=address_of(request))
        return None
    login(request, staff)  # a new session key: one fixed beforehand is worthless
    otp_login(request, device)
    open_session(request)
    return staff


@needs(Right.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    if not request.session.get("locked"):
        return redirect(home_of(staff))
    form = CodeForm(request.POST if request.method == "POST" else None)
    refused = False
    if request.method == "POST":
        if form.is_valid() and second_factor.check_code(staff, form.cleaned_data["code"]) is not None:
            open_session(request)
            request.session["unlock_tries"] = 0
            act(request, audit.Act.UNLOCKED)
            return redirect(home_of(staff))
        refused = True
        request.session["unlock_tries"] = int(request.session.get("unlock_tries", 0)) + 1
        if request.session["unlock_tries"] >= MAX_UNLOCK_TRIES:
            logout(request)
            return redirect("sign-in")
    return render(request, "console/unlock.html", {"form": form, "refused": refused}, status=403 if refused else 200)


@needs(Right.SIGNED_IN)
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    request.session["locked"] = True
    act(request, audit.Act.LOCKED)
    return redirect("unlock")


@needs(Right.SIGNED_IN)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    act(request, audit.Act.SIGNED_OUT)
    logout(request)
    return redirect("sign-in")


class PasswordForm(forms.Form):
    current = forms.CharField(
        label=_("Mot de passe actuel"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    wanted = forms.CharField(
        label=_("Nouveau mot de passe"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Encore une fois"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@needs(Right.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose one's own password; the one somebody else chose serves once."""
    staff = staff_of(request)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        problems = _problems(staff, form.cleaned_data)
        if not problems:
            staff.set_password(form.cleaned_data["wanted"])
            staff.must_change_password = False
            staff.save(update_fields=["password", "must_change_password"])
            update_session_auth_hash(request, staff)
            act(request, audit.Act.ACCOUNT_CHANGED, staff.username, password="own")  # noqa: S106 # a word, not one
            return redirect(home_of(staff))
    status = 200 if request.method == "GET" else 403
    return render(request, "console/password.html", {"form": form, "problems": problems}, status=status)


def _problems(staff: Staff, said: dict[str, Any]) -> list[str]:
    if not staff.check_password(said["current"]):
        return [gettext("Le mot de passe actuel n’est pas reconnu.")]
    if said["wanted"] != said["again"] or said["wanted"] == said["current"]:
        return [gettext("Écrivez deux fois le même nouveau mot de passe, différent de l’actuel.")]
    try:
        validate_password(said["wanted"], staff)
    except ValidationError as trouble:
        return list(trouble.messages)
    return []


for _view in (unlock, lock, sign_out):
    _view.works_locked = True  # type: ignore[attr-defined]


def locked_out(request: HttpRequest, _credentials: dict[str, Any] | None = None, *_: Any) -> HttpResponse:
    """Too many tries: the same page for an account that exists and one that does not."""
    return render(request, "console/locked_out.html", status=429)


def home_of(staff: Staff) -> str:
    """The first page of a role."""
    rights = RIGHTS[Role(staff.role)]
    if Right.WORK in rights:
        return "queue"
    return "terminals" if Right.SUPERVISE in rights else "trail"
