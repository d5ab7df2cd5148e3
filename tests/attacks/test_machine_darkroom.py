"""A document made to break a picture library: what it then reaches, and what it costs the patient and the kiosk.

Played by a process that is confined as the real one is and does what an intruder in it would; by darkrooms that die,
hang and lie; and against the running kiosk.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.camera.base import CameraLost
from kiosk.app import darkroom
from kiosk.app.darkroom import Darkroom
from kiosk.app.document_desk import DARKROOM, DocumentDesk, SightLost
from kiosk.core.sources.document import DocumentKind, Side
from kiosk.core.turn import events as ev
from tests.attacks.test_machine_memory import children_of, kiosk_in
from tests.demo.processes import Child, kiosk_command, wait_until

ORDER = {
    "driver": "opencv", "source": "99", "film": None, "width": 1280, "height": 720, "focus": None,
    "exposure_us": None, "seals": ["", "", ""], "only_plugged_in": True,
}  # fmt: skip
_INTRUDER = """
import ctypes, json, os, socket, subprocess, sys
from kiosk.darkroom.confine import confine
from kiosk.darkroom.process import _own_files

key, parent = sys.argv[1], os.getppid()
holds = confine(reads=_own_files({"seals": []}), films_anything=False, starts_programs=False)
ways = {
    "reads the key": lambda: open(key, "rb").read(),
    "lists the key's folder": lambda: os.listdir(os.path.dirname(key)),
    "writes beside it": lambda: open(key + ".new", "wb").write(b"x"),
    "writes where all may": lambda: open("/dev/shm/" + os.path.basename(key), "wb").write(b"x"),
    "reads the kiosk's memory": lambda: open(f"/proc/{parent}/mem", "rb").read(1),
    "reads the kiosk's environment": lambda: open(f"/proc/{parent}/environ", "rb").read(),
    "ends the kiosk": lambda: os.kill(parent, 0),
    "opens a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "opens one of this machine": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "starts a program": lambda: subprocess.run(["/bin/true"], check=True),
    "takes memory without end": lambda: bytearray(3 << 30),
}
done = {}
for name, way in ways.items():
    try:
        way()
        done[name] = "done"
    except (OSError, MemoryError) as refused:
        done[name] = type(refused).__name__
print(json.dumps([holds, done]))
"""
# A darkroom that answers as it is told: what it says to one question, a line of Python; all else as it should be.
_PLAYED = """
import os, sys, time
from kiosk.core.sources.document import DocumentKind, DocumentReading
from kiosk.darkroom import reading, wire

jpeg, rgb = b"\\xff\\xd8\\xff" + b"x" * 50, bytes(12)
good = {
    "open": ({}, ()), "close": ({}, ()), "missing": ({"lost": ""}, ()), "describe": ({"facts": {}}, ()),
    "read": ({"width": 2, "height": 2, "guidance": "taking", "steadiness": 1.0},
             (rgb, jpeg, jpeg, bytes((0, 2, 0, 2)) + rgb)),
    "develop": ({}, (reading.written(DocumentReading(DocumentKind.PASSPORT)),)),
}
wire.receive(0, 30)
wire.send(1, {"holds": []})
while True:
    do = wire.receive(0, None)[0]["do"]
    said, pictures = good[do]
    exec(sys.argv[1])
    wire.send(1, said, pictures)
"""


def played(trick: str) -> tuple[str, ...]:
    return (sys.executable, "-c", _PLAYED, trick)


@pytest.fixture
def room() -> Iterator[Darkroom]:
    """A darkroom whose first process plays a trick; those after it are ``command``."""
    room = Darkroom(ORDER, played("pass"))
    yield room
    room.stop()


def test_who_breaks_into_it_reaches_no_key_no_network_no_other_process(tmp_path: Path) -> None:
    key = tmp_path / "kiosk.pem"
    key.write_bytes(b"the kiosk's key")
    done = subprocess.run(
        [sys.executable, "-c", _INTRUDER, str(key)], capture_output=True, text=True, timeout=60, check=True
    )
    holds, ways = json.loads(done.stdout)
    assert {"memory", "network"} <= set(holds)
    refused = {name for name, how in ways.items() if how != "done"}
    expected = set(ways)
    if "files" not in holds:  # a kernel without Landlock: the image's own disks and accounts do it there
        expected -= {"reads the key", "lists the key's folder"}
    assert refused >= expected
    assert key.read_bytes() == b"the kiosk's key" and list(tmp_path.iterdir()) == [key]


def test_a_document_that_breaks_the_reading_costs_one_more_try(room: Darkroom) -> None:
    """Then it is read by a new process; the turn, the kiosk and the camera go on."""
    room.command = played("if do == 'develop': os.abort()")
    events = filmed(room, lambda: setattr(room, "command", played("pass")))
    assert [type(one) for one in events[-2:]] == [ev.Guided, ev.PictureTaken]
    assert isinstance(events[-1], ev.PictureTaken) and events[-1].reading.kind is DocumentKind.PASSPORT


def test_one_that_breaks_it_each_time_is_handed_over_unread(room: Darkroom) -> None:
    room.command = played("if do == 'develop': os.abort()")
    events = filmed(room)
    assert isinstance(events[-1], ev.PictureTaken) and events[-1].reading.kind is DocumentKind.UNKNOWN
    assert sum(isinstance(one, ev.Guided) for one in events) == 1


def test_one_that_breaks_it_when_it_is_only_seen_ends_in_going_on_without_a_document(room: Darkroom) -> None:
    room.command = played("if do == 'read': os.abort()")
    assert isinstance(filmed(room)[-1], ev.CameraWent)


def filmed(room: Darkroom, on_trouble: object = lambda: None) -> list[ev.Event]:
    """What is told of one side, until the picture is there or the camera is given up."""
    events: list[ev.Event] = []

    def post(event: ev.Event) -> None:
        events.append(event)
        if isinstance(event, ev.Guided) and callable(on_trouble):
            on_trouble()

    desk = DocumentDesk(room, room.eye, post)
    desk._job = ev.FilmDocument(1, Side.FIRST)
    desk._film(desk._job)
    return events


def test_one_that_hangs_is_ended_and_made_anew(room: Darkroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(darkroom, "_LOOKING", 0.3)
    room.command = played("if do == 'read': time.sleep(600)")
    room.open()
    hung = room.pid
    began = time.monotonic()
    assert room.read(0.1) == CameraLost(DARKROOM)
    assert time.monotonic() - began < 3
    assert not Path(f"/proc/{hung}").exists()
    room.command = played("pass")
    room.open()
    assert not isinstance(room.read(0.1), CameraLost)


@pytest.mark.parametrize(
    "lie",
    [
        "said = {**said, 'width': 70000}",
        "said = {**said, 'width': -2, 'height': -2}",
        "said = {**said, 'width': '2'}",
        "said = {**said, 'guidance': 'go away'}",
        "said = {**said, 'steadiness': [1]}",
        "said = {**said, 'steadiness': 10**400}",
        "said = {}",
        "pictures = ()",
        "pictures = (rgb, b'MZ' + bytes(50), jpeg, pictures[3])",
        "pictures = (rgb, jpeg + bytes(500_000), jpeg, pictures[3])",
        "pictures = (rgb, jpeg, jpeg, b'')",
        "os.write(1, b'\\xff\\xff\\xff\\xff' + b'x' * 5000)",
        "os.write(1, b'\\x00\\x00\\x00\\x05hello')",
        "os.write(1, b'\\x00\\x00\\x00\\x1a' + b'{\"pictures\": [99999999999]}'[:26])",
        "os.write(1, b'\\x00\\x00\\x00\\x02[]')",
    ],
)
def test_nothing_that_it_says_is_taken_for_more_than_words(room: Darkroom, lie: str) -> None:
    room.command = played(f"if do == 'read': {lie}")
    room.eye(ev.FilmDocument(1, Side.FIRST))
    room.open()
    assert room.read(0.1) == CameraLost(DARKROOM)
    assert room.pid == 0


@pytest.mark.parametrize("lie", ["b'[]'", "b'{}'", "b'[' * 100_000", 'b\'{"kind": "king", "second": 1}\''])
def test_a_reading_that_is_none_is_none(room: Darkroom, lie: str) -> None:
    room.command = played(f"if do == 'develop': pictures = ({lie},)")
    room.eye(ev.FilmDocument(1, Side.FIRST))
    room.open()
    frame = room.read(0.1)
    assert not isinstance(frame, CameraLost)
    taken = room.look(frame, 0.0).taken
    assert taken is not None
    with pytest.raises(SightLost):
        taken.reading()


def test_the_running_kiosk_looks_at_no_picture_itself_and_outlives_the_process_that_does(tmp_path: Path) -> None:
    kiosk = Child(
        "kiosk", kiosk_command("run", "--no-window", "--config", str(kiosk_in(tmp_path))), tmp_path / "kiosk.log"
    )
    try:
        wait_until((tmp_path / "control.sock").exists, 40, "the kiosk's first screen")
        first = wait_until(lambda: _looking(kiosk.pid), 40, "the process that films")
        assert not _libraries(kiosk.pid)
        assert not [one for one in Path(f"/proc/{first}/fd").iterdir() if "socket:" in _target(one)]
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: _looking(kiosk.pid) not in (0, first), 60, "another one") and kiosk.is_running
        last = _looking(kiosk.pid)
    finally:
        kiosk.kill()
    wait_until(lambda: not Path(f"/proc/{last}").exists(), 10, "the process to end with its kiosk")


def _looking(kiosk: int) -> int:
    """The kiosk's child that has the picture libraries, or 0."""
    return next((one for one in children_of(kiosk) if _libraries(one)), 0)


def _libraries(pid: int) -> set[str]:
    try:
        maps = Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return set()
    return {name for name in ("/cv2/", "tesserocr", "onnxruntime", "zxingcpp") if name in maps}


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
