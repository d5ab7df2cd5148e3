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


class FrameSource(Protocol):
    """One camera, opened for one patient's document and closed after."""

    def open(self) -> None:
        """Start filming. Losing the device later is told by ``read``, never raised."""
        ...

    def read(self, timeout: float) -> "Frame | CameraLost":
        """Wait at most ``timeout`` seconds for a frame newer than the last one given."""
        ...

    def close(self) -> None: ...

    def describe(self) -> dict[str, Any]:
        """Resolution, rate, driver: for ``kiosk doctor``."""
        ...
