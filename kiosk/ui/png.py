"""PNG without a library: what the gallery and the demonstration keep of a screen of fictitious people."""

import struct
import zlib


def encode(width: int, height: int, rgb: bytes) -> bytes:
    """Write rows of 3 bytes a pixel, from the top, as a PNG file."""
    if len(rgb) != 3 * width * height:
        raise ValueError("three bytes for each pixel")
    rows = b"".join(b"\0" + rgb[at : at + 3 * width] for at in range(0, len(rgb), 3 * width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
