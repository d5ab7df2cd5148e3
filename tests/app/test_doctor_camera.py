"""What the doctor says of the camera: which way it is reached, what is wrong, what to do."""

from typing import Any, cast

import numpy as np
import pytest

from hardware.camera.base import CameraLost, Frame
from kiosk import doctor
from kiosk.settings import CameraSection, Settings


class Found:
    """A camera as the doctor meets it."""

    holds = ("memory", "files", "network")

    def __init__(self, gives: Frame | CameraLost, facts: dict[str, Any]) -> None:
        self.gives, self.facts = gives, facts

    def open(self) -> None: ...

    def close(self) -> None: ...

    def stop(self) -> None: ...

    def missing(self) -> CameraLost | None:
        return None

    def read(self, timeout: float) -> Frame | CameraLost:
        return self.gives

    def describe(self) -> dict[str, Any]:
        return self.facts


def said(monkeypatch: pytest.MonkeyPatch, camera: Found, driver: str = "libcamera") -> doctor.Diagnosis:
    class Chosen:
        camera = CameraSection.model_validate({"driver": driver})

    monkeypatch.setattr(doctor, "camera", lambda settings: camera)
    monkeypatch.setattr(doctor, "_SECONDS", 0.0)
    verdict, room = doctor._camera(cast(Settings, Chosen()))
    assert room.level is doctor.Level.OK
    return verdict


def test_the_way_to_the_camera_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = said(monkeypatch, Found(np.zeros((1080, 1920, 3), np.uint8), {"driver": "libcamera", "troubles": []}))
    assert verdict.level is doctor.Level.OK
    assert "libcamera" in verdict.what
    assert "1920×1080" in verdict.what


@pytest.mark.parametrize(
    ("reason", "advice"),
    [("no-program", "rpicam-apps"), ("frozen", "débranchez"), ("silent", "nappe"), ("timeout", "rpicam-hello")],
)
def test_each_way_of_being_lost_has_its_advice(monkeypatch: pytest.MonkeyPatch, reason: str, advice: str) -> None:
    verdict = said(monkeypatch, Found(CameraLost(reason), {"driver": "libcamera"}))
    assert verdict.level is doctor.Level.BAD
    assert reason in verdict.what
    assert advice in verdict.todo


def test_a_usb_camera_that_gives_nothing_is_looked_for_with_its_own_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = said(monkeypatch, Found(CameraLost("not-found"), {"driver": "opencv"}), "opencv")
    assert "v4l2-ctl" in verdict.todo


def test_settings_that_the_camera_did_not_take_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"driver": "V4L2", "troubles": ["resolution", "focus", "exposure"]}
    verdict = said(monkeypatch, Found(np.zeros((480, 640, 3), np.uint8), facts), "opencv")
    assert verdict.level is doctor.Level.WARNING
    for word in ("définition", "mise au point", "exposition"):
        assert word in verdict.what
