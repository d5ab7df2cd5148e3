"""Who reaches the terminal's plugs or its disk puts a reader, a film or a program in a device's place."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hardware.camera import devices
from hardware.camera.base import CameraLost
from hardware.camera.opencv import OpenCvCamera
from kiosk import doctor, preflight, settings, wiring
from kiosk.doctor import Level
from tests.demo.processes import ROOT
from tests.specimens.film import write_film

_FILE = """mode = "production"
[kiosk]
data_dir = "data"
[card]
reader = "{reader}"
[camera]
source = "{source}"
[sealing]
structure_key = "structure.pub"
kiosk_key = "kiosk.pem"
[console]
url = "https://127.0.0.1:1"
ca = "ca.pem"
"""


def written(folder: Path, source: str, reader: str = "") -> Path:
    file = folder / "kiosk.toml"
    file.write_text(_FILE.format(source=source, reader=reader))
    return file


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.avi"
    write_film(iter([np.full((240, 320, 3), 90, np.uint8)] * 5), path)
    return path


@pytest.mark.parametrize(
    "source", ["{film}", "rtsp://198.51.100.7/door", "/dev/{away}/film.avi", "/dev/../tmp/film.avi", ""]
)
def test_no_film_and_no_stream_is_a_camera_of_a_kiosk_in_production(tmp_path: Path, film: Path, source: str) -> None:
    file = written(tmp_path, source.format(film=film, away="shm"))
    started = subprocess.run(
        [sys.executable, "-m", "kiosk.cli", "run", "--no-window", "--config", str(file)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert started.returncode == 2
    assert "camera.source" in started.stderr


def test_a_film_under_a_devices_name_is_lost_and_says_why(film: Path) -> None:
    """The name was let through, a link led to a film: OpenCV alone would play it."""
    camera = OpenCvCamera(str(film), only_plugged_in=True)
    assert camera.missing() == CameraLost("not-a-camera")
    camera.open()
    try:
        assert camera.read(2.0) == CameraLost("not-a-camera")
    finally:
        camera.close()
    assert OpenCvCamera(str(film)).missing() is None  # outside production it is what the demonstration plays


def test_a_camera_that_a_program_makes_is_told_from_one_that_is_plugged_in(tmp_path: Path) -> None:
    """v4l2loopback: a device like any other but for where the kernel lists it."""
    for name, place in (("video0", "pci0000:00/usb1/video4linux/video0"), ("video1", "virtual/video4linux/video1")):
        (tmp_path / "devices" / place).mkdir(parents=True)
        (tmp_path / name).symlink_to(tmp_path / "devices" / place)
    assert not devices.is_virtual("video0", tmp_path)
    assert devices.is_virtual("video1", tmp_path)


@pytest.mark.starts
def test_a_kiosk_in_production_wants_what_is_plugged_in(tmp_path: Path) -> None:
    chosen = wiring.camera(settings.load(written(tmp_path, "/dev/null")))
    try:
        assert chosen.missing() == CameraLost("not-a-camera")
    finally:
        chosen.stop()


def test_a_kiosk_in_production_does_not_start_on_devices_that_nobody_named(tmp_path: Path) -> None:
    with pytest.raises(settings.BadSettings) as told:
        preflight.refuse_unusable(settings.load(written(tmp_path, "0")))
    said = str(told.value)
    assert "card.reader: en production, nommez le lecteur" in said and "camera.source: un numéro est celui" in said
    with pytest.raises(settings.BadSettings) as told:  # its keys are missing all the same
        preflight.refuse_unusable(settings.load(written(tmp_path, "/dev/v4l/by-id/usb-x", reader="(1234)")))
    assert "card.reader" not in str(told.value) and "camera.source" not in str(told.value)


def test_the_doctor_says_that_nobody_named_the_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "service_state", lambda: ("ok", ("Gem (1234) 00 00", "Other 00 00")))
    unnamed = settings.load(written(tmp_path, "0"))
    assert [one.level for one in doctor._card_service(unnamed)] == [Level.OK, Level.BAD]
    assert doctor._named("camera", unnamed, "V4L2", is_named=False).level is Level.BAD
    named = settings.load(written(tmp_path, "0", reader="(1234)"))
    assert doctor._card_service(named)[1].what == "Gem (1234) 00 00"
    other = settings.load(written(tmp_path, "0", reader="(9999)"))
    assert doctor._card_service(other)[1].level is Level.BAD
