"""A few shapes and lines of words in SVG: whole numbers only, so that a picture has the same bytes everywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.maps.turn import Word

INK, MUTED, PRIMARY, OK, STOP = "#12263A", "#44576B", "#0A4F8A", "#0E5F3A", "#9B1C1C"
MIST, PAPER = "#EAF1F7", "#FFFFFF"
FONT = "Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
SMALL, PLAIN, NAME = 14, 15, 18
GAP = 8


def width_of(words: str, size: int, is_bold: bool = False) -> int:
    """About how wide a text is, a little more rather than less: nobody knows the reader's font."""
    narrow = sum(letter in "fijlrt.,:;'()[]|! ’" for letter in words)
    wide = sum(letter in "mwMW" for letter in words)
    capital = sum(letter.isupper() for letter in words)
    ems = 0.575 * len(words) - 0.22 * narrow + 0.28 * wide + 0.08 * capital
    return round(size * ems * (1.18 if is_bold else 1)) + 1


@dataclass(frozen=True, slots=True)
class _Piece:
    said: str
    colour: str
    size: int = SMALL
    is_bold: bool = False
    is_button: bool = False

    @property
    def width(self) -> int:
        return width_of(self.said, self.size, self.is_bold) + (16 if self.is_button else 0)


@dataclass(frozen=True, slots=True)
class Label:
    """A line of words, buttons and orders, which knows how wide it is."""

    pieces: tuple[_Piece, ...] = ()

    def words(self, words: Sequence[Word]) -> "Label":
        pieces: list[_Piece] = []
        for word in words:
            pieces += [_Piece("or", MUTED)] if pieces else []
            pieces.append(_Piece(word.text, PRIMARY if word.is_button else INK, is_button=word.is_button))
        return self._with(*pieces)

    def plain(self, said: str, colour: str = INK) -> "Label":
        return self._with(_Piece(said, colour)) if said else self

    def name(self, said: str, size: int = NAME) -> "Label":
        return self._with(_Piece(said, INK, size, is_bold=True))

    def orders(self, orders: Sequence[str]) -> "Label":
        return self._with(*(_Piece(order, OK, SMALL, is_bold=True) for order in orders))

    def _with(self, *pieces: _Piece) -> "Label":
        return Label(self.pieces + pieces)

    @property
    def width(self) -> int:
        return sum(piece.width + GAP for piece in self.pieces) - GAP if self.pieces else 0

    def __bool__(self) -> bool:
        return bool(self.pieces)

    def draw(self, x: int, baseline: int) -> Iterator[str]:
        for piece in self.pieces:
            if piece.is_button:
                yield rectangle(x, baseline - 16, piece.width, 22, PAPER, PRIMARY, radius=6)
                yield text(x + piece.width // 2, baseline, piece.said, piece.size, piece.colour, is_centred=True)
            else:
                yield text(x, baseline, piece.said, piece.size, piece.colour, is_bold=piece.is_bold)
            x += piece.width + GAP


def text(x: int, y: int, said: str, size: int, colour: str, *, is_bold: bool = False, is_centred: bool = False) -> str:
    weight = ' font-weight="600"' if is_bold else ""
    anchor = ' text-anchor="middle"' if is_centred else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{weight}{anchor}>{escape(said)}</text>'


def rectangle(x: int, y: int, width: int, height: int, fill: str, stroke: str, radius: int) -> str:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"'
    return f'<rect {place} fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>'


def circle(x: int, y: int, said: str) -> list[str]:
    return [
        f'<circle cx="{x}" cy="{y}" r="10" fill="{PRIMARY}"/>',
        text(x, y + 5, said, SMALL, PAPER, is_bold=True, is_centred=True),
    ]


def line(x: int, y: int, to_x: int, to_y: int, colour: str) -> str:
    return f'<path d="M{x} {y}L{to_x} {to_y}" fill="none" stroke="{colour}" stroke-width="2"/>'


def turning_line(x: int, y: int, lane: int, to_y: int, to_x: int, colour: str) -> str:
    """Out to a lane, along it, and back in, with round corners."""
    out, along = (6 if lane > x else -6), (6 if to_y > y else -6)
    path = (
        f"M{x} {y}H{lane - out}Q{lane} {y} {lane} {y + along}V{to_y - along}Q{lane} {to_y} {lane - out} {to_y}H{to_x}"
    )
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'


def arrow_head(x: int, y: int, towards: str, colour: str) -> str:
    shapes = {"left": "l11 -6v12z", "right": "l-11 -6v12z", "down": "l-6 -11h12z"}
    return f'<path d="M{x} {y}{shapes[towards]}" fill="{colour}"/>'


def svg(width: int, height: int, title: str, body: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{FONT}">\n<title>{escape(title)}</title>\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n'
    )
    return head + "\n".join(body) + "\n</svg>\n"
