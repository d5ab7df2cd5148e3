"""Data objects as cards write them (BER-TLV, ISO 7816-4 annex D): found without trust in any length.

This knows no meaning: which object says what is the business of who asked for the bytes. Who reads a card and who
decodes what was read both need it, and neither may know the other: it stands between them and knows nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MOST_OBJECTS = 4096


@dataclass(frozen=True, slots=True, repr=False)
class DataObject:
    """One object: its tag as a number (0x65, 0x7F21), its value, and whether the whole value was there."""

    tag: int
    value: bytes
    is_whole: bool = True
    ends_at: int = 0  # offset just after it

    def __repr__(self) -> str:
        return f"<DataObject {self.tag:X}>"  # the value may be about a person


def objects(data: bytes, most: int = MOST_OBJECTS) -> Iterator[DataObject]:
    """Yield the objects of one level in order; padding (00, FF) between them is passed over.

    What follows a length that makes no sense cannot be told apart: it is yielded as one last object that is not whole.
    """
    at = 0
    for _ in range(most):
        while at < len(data) and data[at] in {0x00, 0xFF}:
            at += 1
        if at >= len(data):
            return
        tag, at = _tag(data, at)
        length, at = _length(data, at)
        if length is None or at + length > len(data):
            yield DataObject(tag, data[at:], is_whole=False, ends_at=len(data))
            return
        yield DataObject(tag, data[at : at + length], ends_at=at + length)
        at += length
    if at < len(data):
        yield DataObject(0, b"", is_whole=False, ends_at=len(data))


def ends_in_padding(data: bytes, least: int = 32) -> bool:
    """Say whether the last object is over and at least ``least`` bytes of zeros follow: nothing more is to be read."""
    end = 0
    for found in objects(data):
        if not found.is_whole:
            return False
        end = found.ends_at
    return len(data) - end >= least and not any(data[end:])


def encode(tag: int, value: bytes, long_length: bool = False) -> bytes:
    """Write one object; ``long_length`` uses the long form where the short one would do."""
    name = tag.to_bytes((tag.bit_length() + 7) // 8, "big")
    size = len(value)
    if size < 0x80 and not long_length:
        return name + bytes([size]) + value
    width = 2 if size > 0xFF or long_length else 1
    return name + bytes([0x80 | width]) + size.to_bytes(width, "big") + value


def _tag(data: bytes, at: int) -> tuple[int, int]:
    tag = data[at]
    at += 1
    if tag & 0x1F == 0x1F:
        for _ in range(3):
            if at >= len(data):
                break
            tag = tag << 8 | data[at]
            at += 1
            if not data[at - 1] & 0x80:
                break
    return tag, at


def _length(data: bytes, at: int) -> tuple[int | None, int]:
    if at >= len(data):
        return None, at
    first = data[at]
    at += 1
    if first < 0x80:
        return first, at
    width = first & 0x7F
    if not 1 <= width <= 4 or at + width > len(data):
        return None, at
    return int.from_bytes(data[at : at + width], "big"), at + width
