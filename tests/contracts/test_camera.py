"""What every camera promises: newest frame, bounded waits, losses as values, found again without a restart."""

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from hardware.camera import opencv
from hardware.camera.base import CameraLost, CameraManners, Frame, FrameSource
from hardware.camera.film import FilmCamera
from hardware.camera.newest import NewestFrame
from hardware.camera.opencv import OpenCvCamera, set_up

_BOUND = 15.0  # seconds a test waits for what must come


def make_film(path: Path, brightness: int, count: int = 5) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
    assert writer.isOpened()
    for _ in range(count):
        writer.write(np.full((240, 320, 3), brightness, np.uint8))
    writer.release()
    return path


def wait_for(camera: FrameSource, is_wanted: Callable[[Frame | CameraLost], bool]) -> Frame | CameraLost:
    ends_at = time.monotonic() + _BOUND
    while time.monotonic() < ends_at:
        seen = camera.read(0.5)
        if is_wanted(seen):
            return seen
    raise AssertionError("what was waited for did not come")


def brightness_is(wanted: int) -> Callable[[Frame | CameraLost], bool]:
    return lambda seen: not isinstance(seen, CameraLost) and abs(float(seen.mean()) - wanted) < 6


def is_frame(seen: Frame | CameraLost) -> bool:
    return not isinstance(seen, CameraLost)


@pytest.fixture(params=["film", "opencv"])
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> FrameSource:
    film = make_film(tmp_path / "film.avi", 120, count=200)
    return FilmCamera(film) if request.param == "film" else OpenCvCamera(str(film))


def test_an_open_camera_gives_frames(camera: FrameSource) -> None:
    camera.open()
    try:
        frame = wait_for(camera, is_frame)
        assert not isinstance(frame, CameraLost)
        assert frame.shape == (240, 320, 3)
        assert camera.describe()["source"]
    finally:
        camera.close()


def test_a_closed_camera_says_so_at_once(camera: FrameSource) -> None:
    assert isinstance(camera.read(5.0), CameraLost)
    camera.open()
    wait_for(camera, is_frame)
    camera.close()
    assert isinstance(camera.read(5.0), CameraLost)


def test_opening_and_closing_twice_is_harmless(camera: FrameSource) -> None:
    for _ in range(2):
        camera.open()
        camera.open()
        wait_for(camera, is_frame)
        camera.close()
        camera.close()


def test_only_the_newest_frame_waits_for_a_slow_reader() -> None:
    newest = NewestFrame()
    for value in (1, 2, 3):
        newest.put(np.full((2, 2, 3), value, np.uint8))
    frame = newest.take(0.0)
    assert not isinstance(frame, CameraLost)
    assert frame[0, 0, 0] == 3
    assert newest.take(0.0) == CameraLost("timeout")


def test_a_film_holds_its_last_frame(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 50, (320, 240))
    for brightness in (20, 60, 200):
        writer.write(np.full((240, 320, 3), brightness, np.uint8))
    writer.release()
    camera = FilmCamera(path)
    camera.open()
    try:
        for _ in range(5):
            wait_for(camera, brightness_is(200))
    finally:
        camera.close()


def test_pointing_the_link_elsewhere_changes_what_lies_in_the_tray(tmp_path: Path) -> None:
    link = tmp_path / "tray"
    first, second = make_film(tmp_path / "a.avi", 90), make_film(tmp_path / "b.avi", 210)
    camera = FilmCamera(link)
    camera.open()
    try:
        wait_for(camera, brightness_is(42))  # empty
        link.symlink_to(first)
        wait_for(camera, brightness_is(90))
        new = tmp_path / "new"
        new.symlink_to(second)
        new.replace(link)
        wait_for(camera, brightness_is(210))
        link.unlink()
        wait_for(camera, brightness_is(42))
    finally:
        camera.close()


def test_a_file_that_is_no_film_is_a_lost_camera_and_a_film_its_return(tmp_path: Path) -> None:
    path = tmp_path / "tray"
    path.write_bytes(b"nothing to see")
    camera = FilmCamera(path)
    camera.open()
    try:
        wait_for(camera, lambda seen: seen == CameraLost("not-a-film"))
        make_film(tmp_path / "a.avi", 150).replace(path)
        wait_for(camera, brightness_is(150))
    finally:
        camera.close()


@pytest.mark.parametrize("source", ["97", "/dev/video-nobody-has"])
def test_a_device_that_is_not_there_is_lost_and_not_an_exception(source: str) -> None:
    camera = OpenCvCamera(source)
    camera.open()
    try:
        assert wait_for(camera, lambda seen: seen == CameraLost("not-found"))
        assert camera.read(0.01) == CameraLost("timeout")
        assert camera.describe()["state"] == "not-found"
    finally:
        camera.close()


@pytest.mark.long
def test_a_camera_plugged_in_later_is_found_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "later.avi"
    camera = OpenCvCamera(str(path))
    camera.open()
    try:
        wait_for(camera, lambda seen: seen == CameraLost("not-found"))
        make_film(tmp_path / "film.avi", 99, count=100).rename(path)
        wait_for(camera, brightness_is(99))
        path.unlink()
        wait_for(camera, lambda seen: isinstance(seen, CameraLost) and seen.reason == "unplugged")
    finally:
        camera.close()


class PlayedDevice:
    """A V4L2 device as OpenCV shows it: it takes what it can and keeps the rest as it was."""

    def __init__(self, refuses: frozenset[int] = frozenset(), frames: tuple[int, ...] = (90, 91, 92)) -> None:
        self.refuses, self.frames, self.count = refuses, frames, 0
        self.values: dict[int, float] = {cv2.CAP_PROP_FRAME_WIDTH: 640, cv2.CAP_PROP_FRAME_HEIGHT: 480}
        self.isOpened, self.getBackendName = (lambda: True), (lambda: "V4L2")

    def set(self, what: int, value: float) -> bool:
        if what in self.refuses:
            return False
        self.values[what] = value
        return True

    def get(self, what: int) -> float:
        return self.values.get(what, 0.0)

    def read(self) -> tuple[bool, Frame]:
        self.count += 1
        return True, np.full((48, 64, 3), self.frames[self.count % len(self.frames)], np.uint8)

    def release(self) -> None: ...


ASKED = CameraManners(1280, 720, focus=40, exposure_us=8000)


def test_size_focus_and_exposure_are_asked_for_and_looked_at() -> None:
    device = PlayedDevice()
    assert set_up(device, ASKED) == []
    assert device.values[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    assert device.values[cv2.CAP_PROP_AUTOFOCUS] == 0
    assert device.values[cv2.CAP_PROP_FOCUS] == 40
    assert device.values[cv2.CAP_PROP_EXPOSURE] == 80  # in 100 microseconds


@pytest.mark.parametrize(
    ("refused", "trouble"),
    [
        (cv2.CAP_PROP_FRAME_WIDTH, "resolution"),
        (cv2.CAP_PROP_FOCUS, "focus"),
        (cv2.CAP_PROP_EXPOSURE, "exposure"),
    ],
)
def test_what_a_camera_does_not_take_is_told(refused: int, trouble: str) -> None:
    assert set_up(PlayedDevice(frozenset({refused})), ASKED) == [trouble]


def test_a_fixed_lens_is_no_trouble_when_focus_is_automatic() -> None:
    assert set_up(PlayedDevice(frozenset({cv2.CAP_PROP_AUTOFOCUS})), CameraManners(1280, 720)) == []


@pytest.mark.long
def test_a_frozen_camera_is_lost_and_opened_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "video"
    device.touch()
    frames: list[tuple[int, ...]] = [(90,), (90, 91, 92)]  # dead at first, alive once opened again
    monkeypatch.setattr(opencv.cv2, "VideoCapture", lambda *_asked: PlayedDevice(frames=frames.pop(0)))
    camera = OpenCvCamera(str(device), frozen_seconds=0.3)
    camera.open()
    try:
        wait_for(camera, lambda seen: isinstance(seen, CameraLost) and seen.reason == "frozen")
        wait_for(camera, is_frame)
        assert camera.describe()["driver"] == "V4L2"
    finally:
        camera.close()


def test_a_device_that_was_pulled_out_is_missed_without_filming(tmp_path: Path) -> None:
    device = tmp_path / "video"
    camera = OpenCvCamera(str(device))
    assert camera.missing() == CameraLost("not-found")
    device.touch()
    assert camera.missing() is None
    assert OpenCvCamera("97").missing() == CameraLost("not-found")
