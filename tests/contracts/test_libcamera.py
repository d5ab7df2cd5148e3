"""A Raspberry Pi's camera through its program: played by a small program of the same manners on the path."""

import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from hardware.camera.base import CameraLost, CameraManners, Frame
from hardware.camera.libcamera import LibcameraCamera

_BOUND = 20.0  # seconds a test waits for what must come
_SMALL = CameraManners(width=320, height=240)

_FILMS = """
import sys, time
from pathlib import Path
here = Path(__file__).parent
(here / "asked").write_text(" ".join(sys.argv[1:]))
frames = sorted(here.glob("*.jpg"))
count = 0
while True:
    sys.stderr.write("lp=4.00 exp=9998.00 af=focused\\n")
    sys.stderr.flush()
    jpeg = frames[count % len(frames)].read_bytes()
    sys.stdout.buffer.write(jpeg[:700])
    sys.stdout.buffer.flush()
    sys.stdout.buffer.write(jpeg[700:])
    sys.stdout.buffer.flush()
    count += 1
    time.sleep(0.02)
"""


def put_program(folder: Path, body: str, name: str = "rpicam-vid") -> Path:
    program = folder / name
    new = folder / "new"
    new.write_text(f"#!{sys.executable}\n{body}")
    new.chmod(new.stat().st_mode | stat.S_IXUSR)
    new.replace(program)
    return program


def put_frames(folder: Path, *levels: int, size: tuple[int, int] = (320, 240)) -> None:
    for index, level in enumerate(levels):
        noise = np.random.default_rng(index).integers(0, 9, (size[1], size[0], 3), dtype=np.uint8)
        assert cv2.imwrite(str(folder / f"{index:03d}.jpg"), noise + np.uint8(level))


def wait_for(camera: LibcameraCamera, is_wanted: Callable[[Frame | CameraLost], bool]) -> Frame | CameraLost:
    ends_at = time.monotonic() + _BOUND
    while time.monotonic() < ends_at:
        seen = camera.read(0.5)
        if is_wanted(seen):
            return seen
    raise AssertionError("what was waited for did not come")


def is_frame(seen: Frame | CameraLost) -> bool:
    return not isinstance(seen, CameraLost)


def is_lost(reason: str) -> Callable[[Frame | CameraLost], bool]:
    return lambda seen: isinstance(seen, CameraLost) and seen.reason == reason


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def camera(bin_folder: Path) -> Iterator[LibcameraCamera]:
    camera = LibcameraCamera("0", _SMALL, frozen_seconds=0.5, silence_seconds=2.0)
    yield camera
    camera.close()


def test_its_frames_come_and_no_file_is_written(camera: LibcameraCamera, bin_folder: Path) -> None:
    put_frames(bin_folder, 60, 70, 80)
    put_program(bin_folder, _FILMS)
    camera.open()
    frame = wait_for(camera, is_frame)
    assert not isinstance(frame, CameraLost)
    assert frame.shape == (240, 320, 3)
    assert "--output - " in (bin_folder / "asked").read_text()
    assert camera.describe()["troubles"] == []
    assert sorted(path.suffix for path in bin_folder.iterdir()) == ["", "", ".jpg", ".jpg", ".jpg"]


def test_without_its_program_it_is_lost_and_found_once_installed(camera: LibcameraCamera, bin_folder: Path) -> None:
    assert camera.missing() == CameraLost("no-program")
    camera.open()
    wait_for(camera, is_lost("no-program"))
    put_frames(bin_folder, 60, 90)
    put_program(bin_folder, _FILMS, "libcamera-vid")
    wait_for(camera, is_frame)
    assert camera.missing() is None


def test_a_program_that_ends_is_started_again(camera: LibcameraCamera, bin_folder: Path) -> None:
    put_frames(bin_folder, 60, 90)
    put_program(bin_folder, "raise SystemExit(1)")
    camera.open()
    wait_for(camera, is_lost("unplugged"))
    assert camera.describe()["state"] == "unplugged"
    put_program(bin_folder, _FILMS)
    wait_for(camera, is_frame)


def test_a_program_that_says_nothing_is_a_lost_camera(camera: LibcameraCamera, bin_folder: Path) -> None:
    put_program(bin_folder, "import time\ntime.sleep(600)")
    camera.open()
    wait_for(camera, is_lost("silent"))


def test_endless_rubbish_is_a_lost_camera_and_not_endless_memory(camera: LibcameraCamera, bin_folder: Path) -> None:
    body = "import sys\nwhile True:\n    sys.stdout.buffer.write(bytes(1 << 20))"
    put_program(bin_folder, body)
    camera.open()
    wait_for(camera, is_lost("garbage"))


def test_the_same_picture_for_too_long_is_a_dead_camera(camera: LibcameraCamera, bin_folder: Path) -> None:
    put_frames(bin_folder, 60)
    put_program(bin_folder, _FILMS)
    camera.open()
    wait_for(camera, is_frame)
    wait_for(camera, is_lost("frozen"))
    put_frames(bin_folder, 60, 61, 62)
    wait_for(camera, is_frame)


def test_what_was_asked_and_not_obtained_is_told(bin_folder: Path) -> None:
    put_frames(bin_folder, 60, 90, size=(160, 120))
    put_program(bin_folder, _FILMS)
    camera = LibcameraCamera("0", CameraManners(320, 240, focus=9.0, exposure_us=5000))
    camera.open()
    try:
        wait_for(camera, lambda seen: is_frame(seen) and camera.describe().get("focus") is not None)
        facts = camera.describe()
        assert facts["driver"] == "libcamera"
        assert (facts["focus"], facts["exposure_us"]) == (4.0, 9998.0)
        assert facts["troubles"] == ["resolution", "focus", "exposure"]
        asked = (bin_folder / "asked").read_text()
        assert "--autofocus-mode manual --lens-position 9.00" in asked
        assert "--shutter 5000" in asked
    finally:
        camera.close()


def test_closing_it_ends_the_program_even_one_that_does_not_listen(camera: LibcameraCamera, bin_folder: Path) -> None:
    stubborn = (
        "import os, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "(__import__('pathlib').Path(__file__).parent / 'pid').write_text(str(os.getpid()))\n"
    )
    put_frames(bin_folder, 60, 90)
    put_program(bin_folder, stubborn + _FILMS)
    camera.open()
    wait_for(camera, is_frame)
    process = Path(f"/proc/{(bin_folder / 'pid').read_text()}")
    assert process.exists()
    camera.close()
    ended = threading.Event()
    ends_at = time.monotonic() + _BOUND
    while process.exists() and time.monotonic() < ends_at:
        ended.wait(0.05)
    assert not process.exists()
