"""One camera and, while a side is filmed, the eye that looks at it: what is asked of them, and what is answered.

Everything that looks at a picture is loaded with this module: after the process is confined.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hardware.camera import film, libcamera, opencv
from hardware.camera.base import CameraLost, CameraManners
from hardware.camera.threaded import ThreadedCamera
from kiosk.capture.shot import Shot
from kiosk.core.sources.document import Side
from kiosk.darkroom import reading
from kiosk.darkroom.eye import DocumentEye, Seals, small_rgb
from kiosk.darkroom.wire import Said


class Darkroom:
    """What the kiosk may ask; each method answers one question."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        self._seals = Seals(*(Path(one) if one else None for one in order["seals"]))
        self._camera = camera_of(order)
        self._eye: DocumentEye | None = None
        self._size: list[int] = []

    def answers(self) -> Mapping[str, Callable[[dict[str, Any]], Said]]:
        return {
            "open": self._open, "read": self._read, "take": self._take, "develop": self._develop,
            "close": self._close, "missing": self._missing, "describe": self._describe,
        }  # fmt: skip

    def _open(self, said: dict[str, Any]) -> Said:
        side = said["side"]
        self._eye = DocumentEye(Side(side), said["first_had_zone"], self._seals) if side else None
        self._camera.open()
        return {}, ()

    def _read(self, said: dict[str, Any]) -> Said:
        """Wait for a frame and look at it."""
        frame = self._camera.read(float(said["seconds"]))
        if isinstance(frame, CameraLost):
            return {"lost": frame.reason}, ()
        self._size = [frame.shape[1], frame.shape[0]]
        width, height, rgb = small_rgb(frame)
        told: dict[str, Any] = {"width": width, "height": height}
        if self._eye is None:
            return told, (rgb,)
        look = self._eye.look(frame, time.monotonic())
        told |= {"guidance": look.guidance.value, "steadiness": round(look.steadiness, 3)}
        return told, (rgb, *(_kept(look.shot) if look.shot else ()))

    def _take(self, _said: dict[str, Any]) -> Said:
        """The best picture of the last moment, whatever it is worth."""
        shot = self._eye.take_now() if self._eye else None
        return {}, _kept(shot) if shot else ()

    def _develop(self, _said: dict[str, Any]) -> Said:
        """Read the picture that was taken."""
        found = self._eye.read() if self._eye else None
        return {}, (reading.written(found),) if found else ()

    def _close(self, _said: dict[str, Any]) -> Said:
        self._eye = None
        self._camera.close()
        return {"stuck": self._camera.is_stuck}, ()

    def _missing(self, _said: dict[str, Any]) -> Said:
        gone = self._camera.missing()
        return {"lost": gone.reason if gone is not None else ""}, ()

    def _describe(self, _said: dict[str, Any]) -> Said:
        return {"facts": {**self._camera.describe(), "frame": self._size}}, ()


def _kept(shot: Shot) -> tuple[bytes, bytes, bytes]:
    """The picture as kept, as it was seen, and as it is reviewed: its width, its height, its bytes."""
    width, height, rgb = small_rgb(shot.picture)
    return shot.jpeg, shot.untouched, width.to_bytes(2) + height.to_bytes(2) + rgb


def camera_of(order: Mapping[str, Any]) -> ThreadedCamera:
    """The camera that the kiosk's settings name."""
    if order["driver"] == "film":
        return film.FilmCamera(order["film"])
    manners = CameraManners(order["width"], order["height"], order["focus"], order["exposure_us"])
    if order["driver"] == "libcamera":
        return libcamera.LibcameraCamera(order["source"], manners)
    return opencv.OpenCvCamera(order["source"], manners, only_plugged_in=order["only_plugged_in"])
