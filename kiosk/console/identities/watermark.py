"""Who looks, and when, written across the copy of a document itself (filigrane): photographed, it still says so.

The copy kept stays as it is; what leaves the console is this one.
"""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/opentype/inter/Inter-SemiBold.otf")  # Debian fonts-inter
LONGEST = 2400  # pixels of a side as shown; a larger picture is reduced
MOST_PIXELS = 40_000_000
SHARE = 0.026  # height of the letters, of the longer side
ANGLE = 24  # degrees
STRENGTH = (66, 46)  # of the ink and of the light beside it, of 255: readable on both grounds, the document too


class CannotShow(ValueError):
    """The picture cannot be opened: nothing is shown rather than an unmarked copy."""


def marked(jpeg: bytes, words: str) -> bytes:
    """The picture with these words across it, again and again. CannotShow when it is not a picture."""
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
    half = (picture.width // 2 + 1, picture.height // 2 + 1)  # a quarter of the work, and soft letters
    mask = _mask(half, words).resize(picture.size)
    light, ink = STRENGTH[1], STRENGTH[0]
    picture.paste((255, 255, 255), (2, 2), mask.point(lambda value: value * light // 255))
    picture.paste((18, 38, 58), (0, 0), mask.point(lambda value: value * ink // 255))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def instead(words: str) -> bytes:
    """What stands in a picture's place where none is shown: these words."""
    font, picture = _font(28), Image.new("RGB", (900, 560), (234, 241, 247))
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    at = ((picture.width - right + left) // 2, (picture.height - bottom + top) // 2)
    draw.text(at, words, fill=(18, 38, 58), font=font)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def _mask(size: tuple[int, int], words: str) -> Image.Image:
    """The words in slanting rows over the whole picture, each row shifted: none of it can be cut away."""
    width, height = size
    side = round((width**2 + height**2) ** 0.5) + 2
    font = _font(max(8, round(max(size) * SHARE)))
    left, top, right, bottom = map(round, font.getbbox(words))
    line = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(line).text((-left, -top), words, fill=255, font=font)
    sheet = Image.new("L", (side, side))
    across, down = line.width + 3 * line.height + 8, line.height * 7 + 8
    for row, y in enumerate(range(0, side, down)):
        for x in range(-across * (row % 2) // 2, side, across):
            sheet.paste(line, (x, y))
    turned = sheet.rotate(ANGLE, resample=Image.Resampling.BILINEAR)
    x, y = (side - width) // 2, (side - height) // 2
    return turned.crop((x, y, x + width, y + height))


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(FONT, size) if FONT.exists() else ImageFont.load_default(size)
