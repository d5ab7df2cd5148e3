"""How kiosk and darkroom talk: a line of JSON that says how long the pictures behind it are; both ends bounded."""

import json
import os
import select
import time
from typing import Any

MOST_HEADER = 400_000  # bytes; a reading has some thousands
MOST_PICTURE = 4_000_000
MOST_PICTURES = 4
_PIECE = 1 << 18

Said = tuple[dict[str, Any], tuple[bytes, ...]]


class Broken(Exception):
    """The other end is gone, late, or talks nonsense."""


def send(pipe: int, said: dict[str, Any], pictures: tuple[bytes, ...] = (), seconds: float = 5.0) -> None:
    """Write one message within so many seconds. Broken."""
    header = json.dumps({**said, "pictures": [len(one) for one in pictures]}).encode()
    rest = memoryview(b"".join((len(header).to_bytes(4), header, *pictures)))
    ends_at = time.monotonic() + seconds
    while rest:
        if not select.select([], [pipe], [], max(0.0, ends_at - time.monotonic()))[1]:
            raise Broken("late")
        try:
            rest = rest[os.write(pipe, rest[: select.PIPE_BUF]) :]
        except OSError:
            raise Broken("gone") from None


def receive(pipe: int, seconds: float | None) -> Said:
    """Read one message, all of it within so many seconds; None waits for ever. Broken."""
    ends_at = None if seconds is None else time.monotonic() + seconds
    length = int.from_bytes(_exactly(pipe, 4, ends_at))
    if length > MOST_HEADER:
        raise Broken("too long")
    try:
        said = json.loads(_exactly(pipe, length, ends_at))
    except (ValueError, RecursionError):
        raise Broken("not JSON") from None
    lengths = said.pop("pictures", None) if isinstance(said, dict) else None
    if not isinstance(lengths, list) or len(lengths) > MOST_PICTURES:
        raise Broken("no message")
    if not all(type(one) is int and 0 <= one <= MOST_PICTURE for one in lengths):
        raise Broken("too large")
    return said, tuple(_exactly(pipe, one, ends_at) for one in lengths)


def _exactly(pipe: int, count: int, ends_at: float | None) -> bytes:
    data = bytearray()
    while len(data) < count:
        left = None if ends_at is None else max(0.0, ends_at - time.monotonic())
        if not select.select([pipe], [], [], left)[0]:
            raise Broken("late")
        try:
            piece = os.read(pipe, min(_PIECE, count - len(data)))
        except OSError:
            raise Broken("gone") from None
        if not piece:
            raise Broken("gone")
        data += piece
    return bytes(data)
