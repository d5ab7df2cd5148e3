"""Who looks, and when, written on the copy of a document itself (filigrane): photographed, it still says so.

It stands in every ninth of the picture, beside the face and the print and never across them: what staff compare is not
crossed out. The copy kept stays as it is; what leaves the console is this one.
"""

import io
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FONT = Path("/usr/share/fonts/opentype/inter/Inter-SemiBold.otf")  # Debian fonts-inter
LONGEST = 2400  # pixels of a side as shown; a larger picture is reduced
MOST_PIXELS = 40_000_000
SHARES = (0.022, 0.017, 0.013)  # height of the letters, of the longer side: as large as the free places let them be
LETTERS = 24  # of a line, where the words stand in several
FREE, PRINTED = (72, 50), (60, 44)  # of the ink and of the light beside it, of 255: where nothing is printed, and else
CELLS = 192  # of the longer side: in which is looked for what is printed
INK = 11  # how much the pixels of a cell depart from what is around them: a pattern of the ground departs less
UNLIKE = 26  # how much a cell departs from the paper's colour: skin, hair, clothing do more
GAP = 6  # cells: what lies between two printed places nearer than twice this is taken for printed too
NEARLY = 1  # of 255: as little printed as the least

Box = tuple[int, int, int, int]  # left, top, right, bottom: cells
Placed = tuple[Image.Image, tuple[int, int], tuple[int, int]]  # letters, where, and how strong


class CannotShow(ValueError):
    """The picture cannot be opened: nothing is shown rather than an unmarked copy."""


def marked(jpeg: bytes, words: str) -> bytes:
    """The picture with these words in each ninth of it. CannotShow when it is not a picture."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise CannotShow("larger than any camera's here")
            opened.draft("RGB", (LONGEST, LONGEST))
            picture = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise CannotShow("not a JPEG") from None
    picture.info = {}  # remarks, places, thumbnails: nothing beside the pixels leaves
    picture.thumbnail((LONGEST, LONGEST))
    for letters, (x, y), (ink, light) in list(_placed(picture, words)):
        picture.paste((255, 255, 255), (x + 2, y + 2), letters.point([value * light // 255 for value in range(256)]))
        picture.paste((18, 38, 58), (x, y), letters.point([value * ink // 255 for value in range(256)]))
    return _written(picture)


def instead(words: str) -> bytes:
    """What stands in a picture's place where none is shown: these words."""
    font, picture = _font(28), Image.new("RGB", (900, 560), (234, 241, 247))
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    at = ((picture.width - right + left) // 2, (picture.height - bottom + top) // 2)
    draw.text(at, words, fill=(18, 38, 58), font=font)
    return _written(picture)


def _written(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def _placed(picture: Image.Image, words: str) -> Iterator[Placed]:
    """The words once in each ninth: where nothing is printed, in the best way that finds room; else where least is."""
    ground = _ground(picture)
    ways = [_Way.of(letters, ground) for letters in _letters(max(picture.size), words)]
    width, height = ground.weight.size
    for column, row in product(range(3), range(3)):
        ninth = width * column // 3, height * row // 3, width * (column + 1) // 3, height * (row + 1) // 3
        room = ((way, way.place(ninth, way.free)) for way in ways)
        found = next(((way, at) for way, (least, at) in room if least < 255), None)
        if found is not None:
            yield found[0].letters, found[0].corner(found[1], ground.step), FREE
        else:
            smallest = ((way, *way.place(ninth, way.weight)) for way in ways[-4:])
            way, _least, at = min(smallest, key=lambda one: one[1])
            yield way.letters, way.corner(at, ground.step), PRINTED


def _letters(longest: int, words: str) -> Iterator[Image.Image]:
    """The words as they may be written, the best way first: the smallest after all others, level before upright."""
    several = [line for part in words.split(" · ") for line in textwrap.wrap(part, LETTERS, break_on_hyphens=False)]
    level = [_drawn(text, max(8, round(longest * share))) for share in SHARES for text in (words, "\n".join(several))]
    upright = [one.transpose(Image.Transpose.ROTATE_90) for one in level]
    yield from (*level[:4], *upright[:4], *level[4:], *upright[4:])


@lru_cache(maxsize=64)
def _drawn(text: str, size: int) -> Image.Image:
    font, between = _font(size), size // 5
    box = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox((0, 0), text, font=font, spacing=between)
    left, top, right, bottom = map(round, box)
    letters = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(letters).multiline_text((-left, -top), text, fill=255, font=font, spacing=between)
    return letters


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is printed on a picture, in cells of ``step`` pixels."""

    step: int
    covered: Image.Image  # 255 where there is print or a face, and what lies between such places; else 0
    weight: Image.Image  # how much is printed


def _ground(picture: Image.Image) -> _Ground:
    """Ink departs from what is around it, whatever the light; a face from the paper."""
    step = max(1, -(-max(picture.size) // CELLS))
    cells, grey = picture.reduce(step), picture.convert("L").reduce(min(2, step)).point(_ROOTS)
    ink = ImageChops.difference(grey, grey.filter(ImageFilter.BoxBlur(4))).resize(cells.size, Image.Resampling.BOX)
    red, green, blue = ImageChops.difference(cells, _paper(cells)).split()
    unlike = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    closed = _shrunk(_grown(ImageChops.lighter(_above(ink, INK), _above(unlike, UNLIKE)), GAP), GAP)
    weight = ImageChops.add(ink.point([min(255, 4 * value) for value in range(256)]), unlike)
    return _Ground(step, _grown(closed, 1), weight.point(_SQUARES))


def _paper(cells: Image.Image) -> Image.Image:
    """The paper's colour around each cell, in a shadow too: the lightest there is near it."""
    return cells.reduce(8).filter(ImageFilter.MaxFilter(5)).resize(cells.size, Image.Resampling.BILINEAR)


def _above(values: Image.Image, most: int) -> Image.Image:
    return values.point([255 * (value > most) for value in range(256)])


def _grown(mask: Image.Image, cells: int) -> Image.Image:
    return _above(mask.filter(ImageFilter.BoxBlur(cells)), 0)


def _shrunk(mask: Image.Image, cells: int) -> Image.Image:
    return _above(mask.filter(ImageFilter.BoxBlur(cells)), 254)


_ROOTS = [round((value * 255) ** 0.5) for value in range(256)]  # a dark place's contrasts count as a light one's
_SQUARES = [min(255, value * value // 100) for value in range(256)]  # one letter weighs more than a whole pattern


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to write the words, and what would lie under them with their middle at each cell."""

    letters: Image.Image
    half: tuple[int, int]  # cells
    free: Image.Image  # how much is printed there; 255 where something is covered
    weight: Image.Image

    @classmethod
    def of(cls, letters: Image.Image, ground: _Ground) -> "_Way":
        half = letters.width // (2 * ground.step) + 1, letters.height // (2 * ground.step) + 1
        under = ImageFilter.BoxBlur(half)
        weight = ground.weight.filter(under)
        return cls(letters, half, ImageChops.lighter(weight, _above(ground.covered.filter(under), 0)), weight)

    def place(self, ninth: Box, laid: Image.Image) -> tuple[int, tuple[int, int]]:
        """How little there is in this ninth, and where, nearest to its middle; 255 where the words find no room."""
        left, top, right, bottom = (
            at + by for at, by in zip(ninth, (*self.half, *(-one for one in self.half)), strict=True)
        )
        middle = (ninth[0] + ninth[2]) // 2, (ninth[1] + ninth[3]) // 2
        if left >= right or top >= bottom:
            return 255, middle
        part, width = laid.crop((left, top, right, bottom)).tobytes(), right - left
        least = min(part)
        if least == 255:  # the same everywhere
            return least, middle
        places = [(left + at % width, top + at // width) for at, value in enumerate(part) if value <= least + NEARLY]
        return least, min(places, key=lambda at: abs(at[0] - middle[0]) + abs(at[1] - middle[1]))

    def corner(self, middle: tuple[int, int], step: int) -> tuple[int, int]:
        """Where the letters begin, in pixels."""
        x, y = middle
        return x * step + (step - self.letters.width) // 2, y * step + (step - self.letters.height) // 2


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(FONT, size) if FONT.exists() else ImageFont.load_default(size)
