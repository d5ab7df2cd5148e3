"""Places of birth by their name, while staff type: what was typed comes in the body, never in an address."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from kiosk.console.identities import communes
from kiosk.console.staff.access import Right, needs


@needs(Right.WORK)
@require_POST
def matching(request: HttpRequest) -> JsonResponse:
    """At most a dozen places, as they are shown; nothing of it is kept."""
    return JsonResponse({"places": communes.matching(request.POST.get("said", ""))})
