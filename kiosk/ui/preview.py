"""The live picture of the document tray, as the window gets it: looked at, never kept."""

from dataclasses import dataclass

from kiosk.core.confidential import Confidential


@dataclass(frozen=True, slots=True, repr=False)
class Preview(Confidential):
    """One small picture, newest first; the same number means the same picture."""

    width: int
    height: int
    rgb: bytes  # 3 bytes a pixel, rows from the top
    number: int

    def __post_init__(self) -> None:
        if not (0 < self.width <= 4096 and 0 < self.height <= 4096) or len(self.rgb) != 3 * self.width * self.height:
            raise ValueError("a preview holds three bytes for each pixel")
