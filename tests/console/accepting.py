"""Arrivals whose answer of INSi may be accepted or not: taken, answered late, qualified."""

import json
from dataclasses import replace

from django.utils import timezone

from kiosk.core.sources.insi import InsFound
from tests.console.arrivals import arrive, found
from tests.console.staff import READ, at_desk, post
from tests.people import ZOE

ANSWER = found(ZOE)
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}


def with_number(**changes: str) -> InsFound:
    return replace(ANSWER, matricule=replace(ANSWER.matricule, **changes))


def with_traits(**changes: object) -> InsFound:
    return replace(ANSWER, traits=replace(ANSWER.traits, **changes))


def arrival_of(check_in):
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed").get(pk=check_in.key)


def details_of(act: str) -> list[dict[str, object]]:
    from kiosk.console.models import AuditEntry

    return [json.loads(entry.details) for entry in AuditEntry.objects.filter(act=act)]


def taken(client, check_in) -> str:
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    return path


def answers_late(answer) -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again

    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now())
    assert insi_again.insi_once(lambda *_: answer)


def qualified(answer: InsFound = ANSWER, **said: object):
    check_in = arrive(ZOE, answer)
    client = at_desk()
    post(client, taken(client, check_in) + "qualifier/", **TICKED, **said)
    assert arrival_of(check_in).status == "QUALIFIED"
    return check_in
