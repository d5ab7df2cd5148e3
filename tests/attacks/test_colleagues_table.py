"""Role × where a dossier stands × every page of the site: what is reached, made from the map of addresses itself.

A page that is added is in it by itself: whatever names a dossier in its address shows nobody's traits but to who holds
it, and no picture but to who works with pictures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.console.arrivals import arrive, enrol
from tests.console.staff import at_desk
from tests.people import ZOE

shared = import_module("tests.console.conftest")  # sets Django up
pytestmark = pytest.mark.starts  # a picture is copied by a process of its own
NAME = "ADRUN"
WHY = "Patient sans papiers, personne de l'unité"
UNIT = {"officer", "host, vigilance", "administrator, work+vigilance"}
DESK = {"host", "administrator, work"}
PICTURED = {"officer", "host", "host, vigilance"}  # the last one of whom they hold, whatever the emergency opens
MINE = {"called, mine", "held, mine", "done, mine"}
STAGES = (
    "waiting",
    "called, mine",
    "called",
    "held, mine",
    "held",
    "done, mine",
    "done",
    "set-aside",
    "gone",
    "removed",
)
PRESSED = ("waiting", "called", "called, mine")  # where every button is pressed too
TAKES = {"take", "come-back"}  # from then on it is in one's hands, or in the queue again


@dataclass
class Scene:
    """One dossier, one reader, a colleague."""

    client: Client
    me: Any
    other: Any
    arrival: Any

    def stands(self, stage: str) -> None:
        """Have the dossier stand there, and be in those hands."""
        from django.utils import timezone

        code, _comma, mine = stage.partition(", ")
        whose = self.me if mine else self.other
        self.arrival.stage = code
        self.arrival.assigned_to = whose if code in {"called", "held"} else None
        self.arrival.decided_by = whose if code in {"done", "set-aside"} else None
        self.arrival.decided_at = timezone.now() if code in {"done", "set-aside"} else None
        self.arrival.save()

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Every address of the map that names a dossier, by its name."""
        from django.urls import get_resolver

        for pattern in get_resolver().url_patterns:
            name, route = getattr(pattern, "name", None), str(pattern.pattern)
            if name and "<uuid:key>" in route and "<uuid:other>" not in route:
                parts = {"<uuid:key>": str(self.arrival.pk), "<int:index>": "0", "<slug:action>": "doubt"}
                for part, value in parts.items():
                    route = route.replace(part, value)
                assert "<" not in route, f"{name}: say here what its address names"
                yield name, "/" + route


@pytest.fixture(scope="module")
def made() -> object:
    return shared.make_sqlite()


@pytest.fixture(params=["host", "officer", "administrator", "auditor", "host, vigilance",
                        "administrator, work", "administrator, work+vigilance"])  # fmt: skip
def scene(request: pytest.FixtureRequest, made: object) -> Iterator[tuple[str, Scene]]:
    """A reader of one role, some with rights taken in an emergency."""
    from kiosk.console.models import Arrival, Staff
    from kiosk.console.staff import emergencies

    role, _comma, rights = request.param.partition(", ")
    with shared.empty(made, is_compared=False):
        enrol()
        client = at_desk("me", role)
        other = Staff.objects.create_user("other", "no password", "host")
        me = Staff.objects.get(username="me")
        for right in filter(None, rights.split("+")):
            emergencies.take(me, right, WHY, where="")
        check_in = arrive(ZOE)
        yield request.param, Scene(client, me, other, Arrival.objects.get(pk=check_in.key))


def _reach(role: str, stage: str) -> bool:
    """Whether this reader opens a dossier that stands there."""
    if stage == "removed":
        return False
    return role in UNIT or (role in DESK and stage in MINE)


def _asked(scene: Scene, path: str, how: str) -> Any:
    """One page asked for, and what it changed taken back."""
    with transaction.atomic():
        answer = getattr(scene.client, how)(path, secure=True)
        transaction.set_rollback(True)
    return answer


def test_a_page_shows_somebody_only_to_who_holds_them_and_a_picture_only_to_who_may(scene: tuple[str, Scene]) -> None:
    role, one = scene
    for stage in STAGES:
        one.stands(stage)
        shown, pictures, doors = set(), set(), set()
        for name, path in one.addresses():
            answer = _asked(one, path, "get")
            if answer.status_code == 405:
                if stage not in PRESSED:
                    continue
                answer = _asked(one, path, "post")
            doors |= {name} if answer.status_code not in {403, 404} else set()
            pictures |= {name} if answer["Content-Type"] == "image/jpeg" else set()
            shown |= {name} if NAME in answer.content.decode("latin-1") and name not in TAKES else set()
        may_open = _reach(role, stage)
        assert ("identity" in shown) == may_open, (role, stage)
        assert may_open or shown == set(), (role, stage, shown)
        may_look = role == "officer" or (role in PICTURED and stage in MINE)
        assert pictures == ({"picture"} if may_open and may_look else set()), (role, stage)
        assert doors == set() or role not in {"administrator", "auditor"}, (role, stage, doors)


def test_one_administrator_alone_reaches_no_picture_at_any_address(scene: tuple[str, Scene]) -> None:
    """Addresses that name no dossier too; what an administrator may make themselves is test_colleagues_accounts'."""
    from django.urls import get_resolver

    role, one = scene
    one.stands("called, mine")
    counted = 0
    for pattern in get_resolver().url_patterns:
        route = str(pattern.pattern).replace("<uuid:key>", str(one.arrival.pk)).replace("<int:index>", "0")
        if getattr(pattern, "name", None) and "<" not in route:
            counted += _asked(one, f"/{route}", "get")["Content-Type"].startswith("image/")
    assert counted == (1 if role in PICTURED else 0)
