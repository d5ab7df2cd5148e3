"""The whole of an HTTP answer, never larger and never later than asked: whoever sends it is not trusted with either."""

import time
import zlib
from collections.abc import Callable

import requests
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, ReadTimeoutError

_PART = 1 << 16


class Nonsense(ValueError):
    """Larger than any honest answer, or packed in a way that cannot be undone."""


def read(answer: requests.Response, most: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> bytes:
    """Read an answer that was asked for with ``stream``, unpacked: at most ``most`` bytes, packed and unpacked.

    Nonsense when it is larger; TimeoutError when it drips in for longer; else what requests raises for a broken one.
    """
    try:
        return read_raw(answer.raw, most, seconds, clock=clock)
    except HTTPError as error:
        raise requests.ConnectionError(error) from error


def read_raw(
    answer: BaseHTTPResponse, most: int, seconds: float, *, clock: Callable[[], float] = time.monotonic
) -> bytes:
    """The same without requests: what urllib3 raises for a broken one."""
    ends_at = clock() + seconds
    content = bytearray()
    try:
        while part := answer.read1(_PART, decode_content=False):
            content += part
            if len(content) > most:
                raise Nonsense
            if clock() > ends_at:
                raise TimeoutError
    except ReadTimeoutError as error:
        raise TimeoutError from error
    return _unpacked(bytes(content), answer.headers.get("Content-Encoding", "identity").strip().lower(), most)


def _unpacked(content: bytes, encoding: str, most: int) -> bytes:
    if encoding in ("", "identity"):
        return content
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Nonsense
    try:
        inflater = zlib.decompressobj(wbits=47)  # gzip or zlib, whichever it is
        inflated = inflater.decompress(content, most + 1)
    except zlib.error as error:
        raise Nonsense from error
    if len(inflated) > most or not inflater.eof:
        raise Nonsense
    return inflated
