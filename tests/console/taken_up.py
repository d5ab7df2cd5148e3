"""Patients whom a member of staff takes up in a test, and their visit as it stands then."""

from typing import Any

from django.test import Client

from kiosk.core.checkin.value import CheckIn
from tests.console.arrivals import arrive
from tests.console.staff import READ, post
from tests.people import ZOE

TICKED = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}


def visit_of(check_in: CheckIn) -> Any:
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed", "person__absorbed_by").get(pk=check_in.key)


def taken_up(client: Client, check_in: CheckIn) -> str:
    """Taken at this desk; gives the address of the page."""
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    return path


def qualified(client: Client) -> tuple[CheckIn, str]:
    """Zoé came and was qualified here; gives the address of the page too."""
    check_in = arrive(ZOE)
    path = taken_up(client, check_in)
    post(client, path + "qualifier/", **TICKED)
    assert visit_of(check_in).status == "QUALIFIED"
    return check_in, path
