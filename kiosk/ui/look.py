"""How the screens look: colours, type, text size. A person's choice ends with the turn."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

Colour = tuple[float, float, float, float]


def colour(code: str, alpha: float = 1.0) -> Colour:
    """Read #RRGGBB into what the graphics card takes."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, alpha


@dataclass(frozen=True, slots=True)
class Theme:
    """The tokens of design: each pair used for text has a contrast of at least 7 to 1."""

    paper: str = "#FFFFFF"
    mist: str = "#EAF1F7"
    line: str = "#C3D1DD"  # hairlines and empty dots: never carries meaning alone
    ink: str = "#12263A"
    muted: str = "#44576B"
    primary: str = "#0A4F8A"
    pressed: str = "#073A66"
    on_primary: str = "#FFFFFF"
    ok: str = "#0E5F3A"
    wait: str = "#FFD98A"
    stop: str = "#9B1C1C"


CALM = Theme()
HIGH_CONTRAST = Theme(
    paper="#000000",
    mist="#000000",
    line="#FFFFFF",
    ink="#FFFFFF",
    muted="#FFFFFF",
    primary="#FFE14D",
    pressed="#FFFFFF",
    on_primary="#000000",
    ok="#FFE14D",
    wait="#FFE14D",
    stop="#FFFFFF",
)


class Type(StrEnum):
    """The only sizes of text."""

    FIGURE = "figure"  # numbers that matter
    TITLE = "title"
    LARGE = "large"
    BODY = "body"
    SMALL = "small"


SIZES = {Type.FIGURE: 220, Type.TITLE: 76, Type.LARGE: 60, Type.BODY: 46, Type.SMALL: 38}


@dataclass(frozen=True, slots=True)
class Look:
    """Theme, text size (1, 1.25 or 1.5) and motion."""

    theme: Theme = field(default=CALM)
    text: float = 1.0
    still: bool = False  # nothing moves (reduced motion)

    def larger(self) -> "Look":
        """Take the next text size; after the largest, the first again."""
        return replace(self, text={1.0: 1.25, 1.25: 1.5}.get(self.text, 1.0))

    def other_colours(self) -> "Look":
        """Change between the calm theme and the one of high contrast."""
        return replace(self, theme=CALM if self.theme == HIGH_CONTRAST else HIGH_CONTRAST)
