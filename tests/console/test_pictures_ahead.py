"""Copies of pictures are made while patients wait: who calls one waits for no process, no picture stops the worker."""

import threading

import pytest

from kiosk.console.models import Copy, Stage
from kiosk.console.pictures import process
from kiosk.console.upkeep import picturing, worker
from kiosk.core.sources.document import DocumentPicture, Side
from tests.attacks.pictures import many_scans
from tests.console.arrivals import TINY_JPEG, arrive, enrol
from tests.console.staff import at_desk, get, post
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.starts]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _never(_jpeg: bytes) -> bytes:
    raise AssertionError("made while staff wait")


def test_who_is_called_is_seen_without_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    check_in = arrive(
        ZOE, pictures=(DocumentPicture(Side.FIRST, TINY_JPEG), DocumentPicture(Side.SECOND, many_scans()))
    )
    worker.work(None, threading.Event(), once=True)
    monkeypatch.setattr(process, "made_anew", _never)
    client, path = at_desk(), f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    assert get(client, path + "pieces/0/").headers["Content-Type"] == "image/jpeg"
    assert "image illisible" in get(client, path).content.decode()
    assert [bool(one.body) for one in Copy.objects.order_by("place")] == [True, False]


def test_they_are_made_once_in_the_order_of_the_queue_and_of_nobody_else() -> None:
    first, second = arrive(ZOE, ticket="A1"), arrive(DOMINIQUE, ticket="A2")
    called = arrive(ZOE, ticket="A3")
    post(at_desk(), f"/arrivees/{called.key}/prendre/")
    made = []
    while picturing.once():
        made.append({str(one.arrival_id) for one in Copy.objects.all()})
    assert made == [{first.key}, {first.key, second.key}]


def test_a_machine_without_room_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(ZOE)
    with monkeypatch.context() as crowded:
        crowded.setattr(process, "made_anew", _busy)
        assert not picturing.once()
    assert picturing.once()
    assert Copy.objects.get().arrival.stage == Stage.WAITING


def _busy(_jpeg: bytes) -> bytes:
    raise process.Busy
