"""A screen laid out: boxes in pixels from the top left, and the words that stand in them."""

from dataclasses import dataclass, replace

from kiosk.core.confidential import Confidential
from kiosk.core.turn.screens import Touch
from kiosk.ui.page import Action


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the screen."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True, repr=False)
class Block(Confidential):
    """Some lines of text in a box."""

    lines: tuple[str, ...]
    size: int
    bold: bool
    colour: str  # the name of a token
    box: Box
    align: str = "left"

    @property
    def pitch(self) -> int:
        return pitch(self.size)

    def at(self, y: int) -> "Block":
        """Put it higher or lower."""
        return replace(self, box=replace(self.box, y=y))


@dataclass(frozen=True, slots=True, repr=False)
class Button(Confidential):
    """A target, its words and, for a person, the year on the right."""

    action: Action
    box: Box
    text: Block
    detail: Block | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Arrangement(Confidential):
    """A screen laid out."""

    width: int
    height: int
    blocks: tuple[Block, ...]  # band, title, help
    buttons: tuple[Button, ...]
    picture: Box | None
    dots: Box | None
    scale: float  # of the text, 1 is the design's
    fits: bool


@dataclass(frozen=True, slots=True, repr=False)
class Item(Confidential):
    """One thing on the screen, as a driver or a voice finds it: pixels of the window, from the top left."""

    kind: str  # "button", "foot", "text", "picture"
    touch: Touch | None
    text: str
    spoken: str
    x: int
    y: int
    width: int
    height: int


def pitch(size: int) -> int:
    """Distance from one line to the next."""
    return round(size * 1.3)


def tall(lines: tuple[str, ...], size: int) -> int:
    """Height of some lines; an empty one, between paragraphs, takes half."""
    return sum(pitch(size) if line else pitch(size) // 2 for line in lines)
