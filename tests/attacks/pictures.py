"""Pictures as a hostile kiosk makes them: JPEG and PNG of every kind, whole, cut short, altered; the same each time."""

import io
import random
from collections.abc import Iterator

from PIL import Image

LARGEST = 2 * 1024 * 1024
_KINDS = ("L", "RGB", "CMYK", "YCbCr")


def generated(seed: int, *, largest: int = 900) -> tuple[bytes, bool]:
    """One of endlessly many, by its number; and whether it is a whole JPEG, of which there must be a copy."""
    chance = random.Random(seed)
    is_jpeg = chance.random() >= 0.15
    whole = _jpeg(chance, largest) if is_jpeg else _png(chance, largest)
    done = chance.choice((_as_it_is, _as_it_is, _cut, _altered, _swollen, _repeated))
    return done(chance, whole)[:LARGEST], is_jpeg and done is _as_it_is and len(whole) <= LARGEST


def many_scans(side: int = 4000, scans: int = 4000) -> bytes:
    """A progressive JPEG whose last scan comes again and again: each time all that was decoded is gone through anew."""
    whole = _written(Image.new("RGB", (side, side), (90, 120, 40)), quality=30, progressive=True)
    starts = list(_markers(whole, 0xDA))
    last = whole[starts[-1] : -2]
    return (whole[:-2] + last * scans)[: LARGEST - 2] + b"\xff\xd9"


def bomb(side: int = 65_500) -> bytes:
    """A small file that says it is gigabytes: the height and width of a tiny one are written over."""
    tiny = bytearray(_written(Image.new("L", (16, 16)), quality=50))
    at = next(_markers(bytes(tiny), 0xC0))
    tiny[at + 5 : at + 9] = side.to_bytes(2, "big") * 2
    return bytes(tiny)


def _jpeg(chance: random.Random, largest: int) -> bytes:
    mode = chance.choice(_KINDS)
    picture = _noise(chance, chance.randint(1, largest), chance.randint(1, largest), mode)
    more: dict[str, object] = {"quality": chance.randint(1, 100), "progressive": chance.random() < 0.5}
    if mode in {"RGB", "YCbCr"}:
        more["subsampling"] = chance.choice((0, 1, 2))
    if chance.random() < 0.4:
        exif = Image.Exif()
        exif[0x0112], exif[0x010E] = chance.randint(0, 12), "x" * chance.randint(0, 900)
        more["exif"] = exif.tobytes()
    if chance.random() < 0.3:
        more["restart_marker_blocks"] = chance.randint(1, 9)
    return _written(picture, **more)


def _png(chance: random.Random, largest: int) -> bytes:
    picture = _noise(chance, chance.randint(1, largest), chance.randint(1, largest), chance.choice(("L", "RGB")))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _noise(chance: random.Random, width: int, height: int, mode: str) -> Image.Image:
    small = (max(1, width // 16), max(1, height // 16))
    bands = [
        Image.frombytes("L", small, chance.randbytes(small[0] * small[1])) for _ in Image.new(mode, (1, 1)).getbands()
    ]
    return Image.merge(mode, bands).resize((width, height)) if len(bands) > 1 else bands[0].resize((width, height))


def _written(picture: Image.Image, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", **more)
    return out.getvalue()


def _as_it_is(_chance: random.Random, whole: bytes) -> bytes:
    return whole


def _cut(chance: random.Random, whole: bytes) -> bytes:
    return whole[: chance.randint(0, len(whole))]


def _altered(chance: random.Random, whole: bytes) -> bytes:
    """Some bytes are others, behind the first three."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(min(3, len(data) - 1), len(data))] = chance.randrange(256)
    return bytes(data)


def _swollen(chance: random.Random, whole: bytes) -> bytes:
    """Something long stands behind it, or within."""
    at = chance.choice((len(whole), 2))
    return whole[:at] + chance.randbytes(chance.randint(1, 200_000)) + whole[at:]


def _repeated(chance: random.Random, whole: bytes) -> bytes:
    """A part of it stands there many times: scans, tables, remarks."""
    starts = list(_markers(whole, chance.choice((0xDA, 0xC4, 0xE1))))
    if not starts:
        return whole
    at = chance.choice(starts)
    return whole[:at] + whole[at : at + chance.randint(20, 4000)] * chance.randint(2, 200) + whole[at:]


def _markers(data: bytes, kind: int) -> Iterator[int]:
    """Where the segments of this kind begin."""
    at = data.find(bytes((0xFF, kind)))
    while at >= 0:
        yield at
        at = data.find(bytes((0xFF, kind)), at + 2)
