"""The technician's window: ``kiosk document watch`` shows the guidance live, on the camera or on a film."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import pytest

from tests.demo.processes import StageTrouble
from tests.demo.screen import Pointer, VirtualDisplay
from tests.specimens.film import make_film
from tests.specimens.person import ZOE

_KIOSK = Path(sys.executable).with_name("kiosk")
_BOUND = 60.0  # seconds a test waits for what must come


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(ZOE, "french-id-2021", "front", tmp_path_factory.mktemp("film") / "card.avi")


def test_the_window_shows_the_document_that_lies_in_the_tray(
    film: Path, display: VirtualDisplay, environment: dict[str, str], tmp_path: Path
) -> None:
    watching = subprocess.Popen(
        [_KIOSK, "document", "watch", str(film), "--seconds", "100"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert _shows_a_card(display, watching, tmp_path / "window.png")
        assert watching.stdout is not None
        lines = [watching.stdout.readline() for _ in range(3)]
        assert any("ID-1" in line for line in lines)
    finally:
        watching.terminate()
        watching.wait(20)
        if watching.stdout is not None:
            watching.stdout.close()
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in (".jpg", ".jpeg", ".avi", ".raw")]
    assert left == []


def _shows_a_card(display: VirtualDisplay, watching: "subprocess.Popen[str]", picture: Path) -> bool:
    """Look at the window until dark tray and bright card stand in it."""
    ends_at, pause = time.monotonic() + _BOUND, threading.Event()
    while time.monotonic() < ends_at and watching.poll() is None:
        try:
            Pointer(display.name, watching.pid).picture(picture)
        except StageTrouble:
            continue
        seen = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
        assert seen is not None
        middle = seen[seen.shape[0] * 3 // 10 : seen.shape[0] * 13 // 20]
        if 0.1 < float((middle < 70).mean()) < 0.8 and float((middle > 180).mean()) > 0.15:
            return True
        pause.wait(0.2)
    return False


def test_without_a_display_it_says_each_change_in_a_line(film: Path, environment: dict[str, str]) -> None:
    plain = {name: value for name, value in environment.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [_KIOSK, "document", "watch", str(film), "--seconds", "4"],
        env=plain,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "taking ID-1" in done.stdout


def test_a_driver_that_does_not_exist_is_refused(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [_KIOSK, "document", "watch", "--driver", "crystal-ball"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 2
    assert "libcamera" in done.stderr
