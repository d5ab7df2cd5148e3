"""One's own account (Mon compte): the password, the keys to touch, the sessions, what others asked for it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kiosk.console import audit
from kiosk.console.models import SecurityKey, Staff
from kiosk.console.staff import admissions, guesses, security_keys, sessions
from kiosk.console.staff.access import Right, act, needs, staff_of
from kiosk.console.staff.security_keys import NotThisKey
from kiosk.console.views.accounts import home_of
from kiosk.console.words import one_line

MAX_PASSWORD_TRIES = 5
LONGEST_NAME = 30


@needs(Right.SIGNED_IN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    keys = SecurityKey.objects.filter(user=staff).order_by("pk")
    context = {
        "page": "own-account",
        "keys": keys,
        "offered": security_keys.are_offered(request),
        "is_full": len(keys) >= security_keys.MOST,
        "sessions": sessions.of(staff, request),
        "asked": admissions.about(staff),
    }
    return render(request, "console/own_account.html", context)


@needs(Right.SIGNED_IN)
@require_POST
def end_session(request: HttpRequest, name: str) -> HttpResponse:
    """End one of one's sessions elsewhere: a desk left open, or somebody else's."""
    if not sessions.end(staff_of(request), request, name):
        raise Http404
    act(request, audit.Act.SESSION_ENDED, staff_of(request).username)
    messages.success(request, gettext("Session terminée."))
    return redirect("own-account")


@needs(Right.SIGNED_IN)
@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """What happened to one's account was read."""
    request.session["told"] = []
    return redirect(home_of(staff_of(request)))


@needs(Right.SIGNED_IN)
@require_POST
def ask_key(request: HttpRequest) -> HttpResponse:
    """What the browser must ask a key that is to be added."""
    if not security_keys.are_offered(request):
        raise Http404
    return JsonResponse(security_keys.ask_to_register(request, staff_of(request)))


@needs(Right.SIGNED_IN)
@sensitive_post_parameters()
@require_POST
def add_key(request: HttpRequest) -> HttpResponse:
    """Keep a key under the name its owner gives it; the password is asked again."""
    said = request.POST
    name = one_line(said.get("name", ""), LONGEST_NAME)
    if not confirms(request, said.get("password", "")):
        return _unconfirmed(request)
    try:
        security_keys.register(request, staff_of(request), name or gettext("Clé"), said.get("key_answer", ""))
    except NotThisKey:
        messages.error(request, gettext("Cette clé n’a pas été ajoutée. Recommencez, ou essayez avec une autre."))
        return redirect("own-account")
    act(request, audit.Act.ACCOUNT_CHANGED, staff_of(request).username, key="added")
    messages.success(request, gettext("Clé ajoutée. Elle servira à votre prochaine connexion."))
    return redirect("own-account")


@needs(Right.SIGNED_IN)
@sensitive_post_parameters()
@require_POST
def remove_key(request: HttpRequest, number: int) -> HttpResponse:
    if not confirms(request, request.POST.get("password", "")):
        return _unconfirmed(request)
    removed, _details = SecurityKey.objects.filter(user=staff_of(request), pk=number).delete()
    if not removed:
        raise Http404
    act(request, audit.Act.ACCOUNT_CHANGED, staff_of(request).username, key="removed")
    messages.success(request, gettext("Clé retirée."))
    return redirect("own-account")


def confirms(request: HttpRequest, password: str) -> bool:
    """Whether it is still who signed in; who guesses is signed out after a few tries."""
    session = str(request.session.session_key)
    tried = guesses.tried_in(session, "password")
    if tried <= MAX_PASSWORD_TRIES and password and staff_of(request).check_password(password[:200]):
        guesses.knew_in(session, "password")
        return True
    if tried >= MAX_PASSWORD_TRIES:
        who = staff_of(request).username
        audit.record(audit.Act.SIGN_IN_REFUSED, who=who, where="", password="guessed")  # noqa: S106 - a word, not one
        logout(request)
    return False


def _unconfirmed(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        messages.error(request, gettext("Le mot de passe n’est pas reconnu. Rien n’a été changé."))
        return redirect("own-account")
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


@needs(Right.SIGNED_IN, for_new_password=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose one's own password; the one somebody else chose serves once."""
    staff = staff_of(request)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        problems = _problems(request, staff, form.cleaned_data)
        if not problems:
            staff.set_password(form.cleaned_data["wanted"])
            staff.must_change_password = False
            staff.save(update_fields=["password", "must_change_password"])
            update_session_auth_hash(request, staff)
            act(request, audit.Act.ACCOUNT_CHANGED, staff.username, password="own")  # noqa: S106 - a word, not one
            return redirect(home_of(staff))
    if not request.user.is_authenticated:
        return redirect("sign-in")
    status = 200 if request.method == "GET" else 403
    return render(request, "console/password.html", {"form": form, "problems": problems}, status=status)


def _problems(request: HttpRequest, staff: Staff, said: dict[str, Any]) -> list[str]:
    if not confirms(request, said["current"]):
        return [gettext("Le mot de passe actuel n’est pas reconnu.")]
    if said["wanted"] != said["again"] or said["wanted"] == said["current"]:
        return [gettext("Écrivez deux fois le même nouveau mot de passe, différent de l’actuel.")]
    try:
        validate_password(said["wanted"], staff)
    except ValidationError as trouble:
        return list(trouble.messages)
    return []
