"""An HTTP answer is read whole, or not at all: never more than asked, never for longer."""

import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import count

import pytest
import requests
from urllib3 import HTTPResponse

from kiosk import bounded


def answer(body: bytes, encoding: str = "", said_length: int | None = None) -> requests.Response:
    """What requests hands over when it streams."""
    headers = {"Content-Length": str(len(body) if said_length is None else said_length)}
    if encoding:
        headers["Content-Encoding"] = encoding
    made = requests.Response()
    made.headers.update(headers)
    made.raw = HTTPResponse(io.BytesIO(body), headers, preload_content=False, enforce_content_length=True)
    return made


def test_what_is_as_large_as_it_may_be_is_read_and_one_byte_more_is_not() -> None:
    assert bounded.read(answer(b"x" * 1000), 1000, 5.0) == b"x" * 1000
    assert bounded.read(answer(b""), 1000, 5.0) == b""
    with pytest.raises(bounded.Nonsense):
        bounded.read(answer(b"x" * 1001), 1000, 5.0)


def test_what_was_packed_is_unpacked_and_counts_unpacked() -> None:
    said = b"said " * 200
    packed = gzip.compress(said)
    for body, encoding in ((packed, "gzip"), (packed, "X-Gzip "), (zlib.compress(said), "deflate"), (said, "identity")):
        assert bounded.read(answer(body, encoding), 1000, 5.0) == said
    with pytest.raises(bounded.Nonsense):
        bounded.read(answer(gzip.compress(b"x" * 1001), "gzip"), 1000, 5.0)


CUT = gzip.compress(b"x" * 99, mtime=0)[:-3]


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"x", "br"), (b"x", "gzip"), (CUT, "gzip")], ids=["br", "no gzip", "cut"]
)
def test_what_cannot_be_unpacked_is_nonsense(body: bytes, encoding: str) -> None:
    with pytest.raises(bounded.Nonsense):
        bounded.read(answer(body, encoding), 1000, 5.0)


def test_an_answer_that_drips_is_left_when_its_time_is_over() -> None:
    class Dripping(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            return super().read1(min(size or 1, 1))

    dripping = answer(b"")
    dripping.raw = HTTPResponse(Dripping(b"x" * 100), preload_content=False)
    seconds: Iterator[int] = count()
    with pytest.raises(TimeoutError):
        bounded.read(dripping, 1000, 10.0, clock=lambda: float(next(seconds)))
    assert next(seconds) == 12, "left with the first byte that was late"


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one() -> None:
    with pytest.raises(requests.ConnectionError):
        bounded.read(answer(b"half", said_length=8), 1000, 5.0)
