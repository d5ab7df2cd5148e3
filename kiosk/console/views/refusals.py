"""Pages that say no, calmly."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from kiosk.console.staff.access import Right, needs


@needs(Right.EVERYONE)
def bad_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's own name
    """A form that is too old or comes from elsewhere (CSRF)."""
    return render(request, "console/bad_form.html", status=403)


@needs(Right.EVERYONE)
def incomplete(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's own name
    """A form that does not say what its page showed: made by hand, or by a page of another version."""
    return render(request, "console/incomplete.html", status=400)


@needs(Right.EVERYONE)
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's own name
    return render(request, "console/refused.html", status=403)


@needs(Right.EVERYONE)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's own name
    if request.path.startswith("/intake/"):  # a kiosk, not a person
        return JsonResponse({"outcome": "not-found", "reason": ""}, status=404)
    return render(request, "console/not_found.html", status=404)


@needs(Right.EVERYONE)
def broken(request: HttpRequest) -> HttpResponse:
    """A bug: recorded by class, file and line only."""
    return render(request, "console/broken.html", status=500)
