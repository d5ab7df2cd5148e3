"""A camera above the document tray: the newest frame, never a backlog; frames are never written to disk."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]  # height x width x 3, BGR


@dataclass(frozen=True, slots=True)
class CameraLost:
    """No frame can be had; ``read`` keeps trying and a frame is the sign of its return."""

    reason: str


@dataclass(frozen=True, slots=True)
class CameraManners:
    """How a camera is asked to film; what it does not do is told by ``describe``."""

    width: int = 1920
    height: int = 1080
    focus: float | None = None  # None: automatic; dioptres (libcamera), the camera's own unit (V4L2)
    exposure_us: int | None = None  # None: automatic; microseconds


class FrameSource(Protocol):
    """One camera, opened for one patient's document and closed after."""

    def open(self) -> None:
        """Start filming. Losing the device later is told by ``read``, never raised."""
        ...

    def read(self, timeout: float) -> "Frame | CameraLost":
        """Wait at most ``timeout`` seconds for a frame newer than the last one given."""
        ...

    def close(self) -> None: ...

    def missing(self) -> "CameraLost | None":
        """Look, without filming, whether the device is gone: cheap enough to ask every few seconds while idle."""
        ...

    def describe(self) -> dict[str, Any]:
        """Resolution, rate, driver; "troubles": what was asked and not obtained. For ``kiosk doctor``."""
        ...
