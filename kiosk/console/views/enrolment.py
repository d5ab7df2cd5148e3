"""The owner of an account makes it theirs: a password and an authenticator that nobody else has seen."""

import base64
import io

import segno
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kiosk.console.models import Admission
from kiosk.console.records import structure
from kiosk.console.staff import admissions, second_factor
from kiosk.console.staff.access import Right, address_of, needs
from kiosk.sealing import CannotOpen

WITHIN = 15 * 60  # seconds one has in front of the page
_KEPT = "enrolling"


class EnrolForm(forms.Form):
    half = forms.CharField(
        label=_("Code remis par l’administrateur"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    wanted = forms.CharField(
        label=_("Mot de passe, choisi par vous"),
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
    code = forms.CharField(
        label=_("Code à 6 chiffres de l’application"),
        max_length=9,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@needs(Right.EVERYONE)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, number: int, link: str) -> HttpResponse:
    """The secret of the authenticator is this window's: who opened the link elsewhere has seen another one."""
    admission = admissions.of_link(number, link)
    if admission is None:
        return render(request, "console/enrolled_no_more.html", status=404)
    key, is_fresh = _key(request, admission)
    form = EnrolForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST":
        problem = _problem(admission, form, key) if form.is_valid() and not is_fresh else gettext("Recommencez.")
        if not problem:
            if not admissions.use(admission, form.cleaned_data["wanted"], key, where=address_of(request)):
                return render(request, "console/enrolled_no_more.html", status=404)
            request.session.flush()
            return redirect("sign-in")
    context = {
        "form": form,
        "admission": admission,
        "problem": problem,
        "square": square(second_factor.address_of(admission.staff, key)),
        "secret": second_factor.written(key),
    }
    return render(request, "console/enrol.html", context, status=403 if problem else 200)


def _problem(admission: Admission, form: EnrolForm, key: bytes) -> str:
    """What is not right yet, in one sentence; empty when all is."""
    said = form.cleaned_data
    if not admissions.is_code_of(admission, said["half"]):
        return gettext("Le code remis par l’administrateur n’est pas reconnu.")
    if said["wanted"] != said["again"]:
        return gettext("Écrivez deux fois le même mot de passe.")
    try:
        validate_password(said["wanted"], admission.staff)
    except ValidationError as trouble:
        return " ".join(trouble.messages)
    if not second_factor.shows(key, said["code"]):
        return gettext("Le code de l’application n’est pas reconnu. Attendez un nouveau code.")
    return ""


def _key(request: HttpRequest, admission: Admission) -> tuple[bytes, bool]:
    """The authenticator's secret in this window, sealed in its session; and whether it was made just now."""
    context = structure.context_of("enrolling", admission.pk)
    try:
        return structure.open_body(base64.b64decode(str(request.session.get(_KEPT, ""))), context), False
    except (CannotOpen, ValueError):
        key = second_factor.new_key()
        request.session[_KEPT] = base64.b64encode(structure.seal_body(key, context)).decode("ascii")
        if not request.user.is_authenticated:
            request.session.set_expiry(WITHIN)
        return key, True


def square(address: str) -> SafeString:
    """An address as a QR code, drawn here: it goes to no other service."""
    drawn = io.BytesIO()
    segno.make(address, micro=False).save(
        drawn, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, border=2, title="QR"
    )
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - drawn by us from a random secret
