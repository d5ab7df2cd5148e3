"""A camera whose driver hangs: its process is ended and made anew, one at a time, and the camera is found again.

Seen before: each look for it left a thread behind, and it was not found when it worked again; a film of 8000 by 8000
took a gigabyte.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from hardware.camera import film, threaded
from hardware.camera.base import CameraLost
from hardware.camera.newest import NewestFrame
from kiosk.app import document_desk
from kiosk.app.darkroom import Darkroom
from kiosk.app.document_desk import DocumentDesk
from kiosk.core.turn import events as ev
from tests.attacks.test_machine_darkroom import ORDER, played
from tests.attacks.test_machine_memory import children_of
from tests.demo.processes import wait_until

# The real room with a camera that hangs in its driver while a file is there.
_HANGING = """
import sys, threading
from pathlib import Path
import numpy as np
from hardware.camera import threaded
from kiosk.darkroom import room, wire

class Hanging(threaded.ThreadedCamera):
    def _film(self, stop, newest):
        if Path(sys.argv[1]).exists():
            threading.Event().wait(600)
        while not stop.wait(0.02):
            newest.put(np.full((48, 64, 3), 90, np.uint8))

    def describe(self):
        return {}

threaded._PATIENCE = 0.1
room.camera_of = lambda order: Hanging()
order, _ = wire.receive(0, 30)
wire.send(1, {"holds": []})
answers = room.Darkroom(order).answers()
while True:
    said, _ = wire.receive(0, None)
    told, pictures = answers[said["do"]](said)
    wire.send(1, told, pictures, 30)
"""


@pytest.fixture
def room() -> Iterator[Darkroom]:
    room = Darkroom(ORDER)
    yield room
    room.stop()


@pytest.mark.starts
def test_a_camera_that_hangs_is_looked_for_by_one_process_after_the_other_and_found_again(
    room: Darkroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_desk, "_LOST_AFTER", 0.2)
    (hangs := tmp_path / "hangs").touch()
    room.command = (sys.executable, "-c", _HANGING, str(hangs))
    events: list[ev.Event] = []
    looked: set[int] = set()
    before = set(children_of(threading.get_native_id()))
    desk = DocumentDesk(room, room.eye, events.append, probe_seconds=0.05, prove_seconds=0.3)
    desk.start()
    try:
        threads = threading.active_count()

        def look() -> bool:
            looked.add(room.pid)
            return len(looked - {0}) >= 3

        wait_until(look, 60, "a third process that looks for the camera")
        assert ev.CameraWent() in events and not desk.camera_ok
        assert threading.active_count() == threads
        assert len({pid for pid in looked if Path(f"/proc/{pid}/stat").exists()} - before) <= 1
        hangs.unlink()
        wait_until(lambda: desk.camera_ok and ev.CameraCame() in events, 60, "the camera's return")
    finally:
        desk.stop()


@pytest.mark.starts
def test_no_other_is_started_beside_one_that_its_driver_does_not_let_go(room: Darkroom) -> None:
    stuck = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    room.command = played("pass")
    room._dying.append(stuck)
    room.open()
    assert room.pid == 0
    stuck.kill()
    stuck.wait(10)
    room.open()
    assert room.pid != 0
    assert stuck.stdin is not None
    stuck.stdin.close()


class Hung(threaded.ThreadedCamera):
    """A camera whose driver never comes back."""

    def _film(self, _stop: threading.Event, _newest: NewestFrame) -> None:
        threading.Event().wait(20)

    def describe(self) -> dict[str, object]:
        return {}


def test_one_that_hangs_takes_no_second_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threaded, "_PATIENCE", 0.05)
    camera = Hung()
    threads = threading.active_count()
    for _ in range(3):
        camera.open()
        camera.close()
        assert camera.is_stuck
    assert threading.active_count() == threads + 1
    assert camera.read(0.01) == CameraLost("closed")


def test_a_film_larger_than_any_camera_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    writer.write(np.full((48, 64, 3), 90, np.uint8))
    writer.release()
    for most, is_one in ((64 * 48, True), (64 * 48 - 1, False)):
        monkeypatch.setattr(film, "_MOST_PIXELS", most)
        camera = film.FilmCamera(path)
        camera.open()
        seen = camera.read(5.0)
        camera.close()
        assert (seen == CameraLost("not-a-film")) is not is_one if isinstance(seen, CameraLost) else is_one
