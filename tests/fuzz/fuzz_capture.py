"""Hostile pictures, zones and seals by the hundred thousand: no exception escapes, none takes long, memory stays.

Run: ``python -m tests.fuzz.fuzz_capture --cases 100000 [--seed 1]``. A case is wholly made from its number: a failure
names it, and ``--only NUMBER`` runs it again. With LD_PRELOAD=libc_malloc_debug.so.0 and MALLOC_CHECK_=3 a library that
writes past its memory is caught in the very case. A sized-down run is among the ordinary tests.
"""

import argparse
import functools
import random
import resource
import struct
import sys
import time
import zlib
from datetime import date

import cv2
import numpy as np

from kiosk.capture.picture import decode
from kiosk.capture.reader import locate, shared_reader
from kiosk.capture.sight import look
from kiosk.core.sources.document import MrzReading
from kiosk.documents import cev
from kiosk.documents.mrz import NotMrz, parse
from kiosk.documents.mrz_format import ALPHABET
from kiosk.training.draw import draw
from kiosk.training.holder import KINDS, zone_of
from kiosk.training.seal import seal_text
from tests.specimens.person import ZOE

TODAY = date(2026, 11, 21)
LONGEST_CASE = 2.0  # seconds of processor
MOST_MEMORY = 300  # MiB more than at the start: the largest picture that is decoded at all


@functools.cache
def originals() -> tuple[bytes, ...]:
    """Small good pictures, to be spoiled."""
    flat = cv2.resize(draw(ZOE, "french-id-2021", "back").picture, (480, 303), interpolation=cv2.INTER_AREA)
    deep = (flat.astype(np.uint16) * 256)[:120, :160]
    made = [
        cv2.imencode(".jpg", flat)[1],
        cv2.imencode(".jpg", flat, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1],
        cv2.imencode(".png", flat[:160, :240])[1],
        cv2.imencode(".png", deep)[1],
        cv2.imencode(".bmp", flat[:60, :80])[1],
        cv2.imencode(".webp", flat[:60, :80])[1],
    ]
    moving = cv2.Animation()
    moving.frames, moving.durations = [flat[:60, :80], flat[60:120, :80]], np.array([40, 40])
    made += [cv2.imencodeanimation(ending, moving)[1] for ending in (".png", ".webp", ".gif")]
    others = [b"GIF89a\x10\x00\x10\x00" + bytes(50), b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>"]
    return tuple(bytes(data) for data in made) + tuple(others) + (_vast(),)


def _vast() -> bytes:
    """A small file of a picture that would fill the memory: its head is right, and says 60 000 by 60 000."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b"\x00\x00\x00\r", head), (b"\x00\x00\x00\n", b"IDAT" + zlib.compress(b"\0\0")[:10]))
    return b"\x89PNG\r\n\x1a\n" + b"".join(size + data + struct.pack(">I", zlib.crc32(data)) for size, data in chunks)


def hostile_bytes(rng: random.Random) -> bytes:
    """A picture's file cut, flipped, grown, or with another size in its head."""
    data = bytearray(rng.choice(originals()))
    for _ in range(rng.randint(1, 4)):
        match rng.randrange(5):
            case 0:
                del data[rng.randrange(len(data) + 1) :]
            case 1:
                for _ in range(rng.randint(1, 30)):
                    if data:
                        data[rng.randrange(len(data))] = rng.randrange(256)
            case 2:
                at = rng.randrange(len(data) + 1)
                data[at:at] = rng.randbytes(rng.randint(1, 200))
            case 3:
                for at in (5, 7, 16, 18, 20, 22, 163, 165):
                    if at + 1 < len(data) and rng.random() < 0.3:
                        data[at] = rng.choice((0, 0x7F, 0xFF))
            case _:
                data += data[: rng.randint(0, 2000)]
    return bytes(data)


def hostile_picture(rng: random.Random) -> np.ndarray:
    """Pixels that a camera could never give: dots, lines, grids, noise, odd sizes."""
    width, height = rng.choice(((1280, 720), (640, 480), (64, 1400), (1400, 64), (17, 16), (900, 900)))
    picture = np.full((height, width, 3), rng.randrange(256), np.uint8)
    match rng.randrange(4):
        case 0:
            noise = np.random.default_rng(rng.getrandbits(32))
            picture = noise.integers(0, 256, (height, width, 3), dtype=np.uint8)
        case 1:
            step, size = rng.randint(6, 30), rng.randint(2, 8)
            for y in range(0, height, step * rng.randint(1, 3)):
                for x in range(0, width, step):
                    picture[y : y + size, x : x + size] = rng.randrange(90)
        case 2:
            for _ in range(200):
                ends = [(rng.randrange(width), rng.randrange(height)) for _ in range(2)]
                cv2.line(picture, *ends, [rng.randrange(256)] * 3, rng.randint(1, 9))
        case _:
            for _ in range(60):
                corners = np.array([[rng.randrange(width), rng.randrange(height)] for _ in range(4)], np.int32)
                cv2.fillPoly(picture, [corners], [rng.randrange(256)] * 3)
    return picture


def run(case: int) -> None:
    """One case: mostly texts and files, now and then pixels, which cost a thousand times more."""
    rng = random.Random(case)
    kind = rng.randrange(40)
    if kind == 0:
        picture = hostile_picture(rng)
        look(picture)
        locate(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (900,))
        if rng.random() < 0.1:
            reading = shared_reader().read(picture, TODAY)
            if reading.mrz is not None and reading.mrz.accepted:
                raise AssertionError("nothing that is no zone is read with certainty")
    elif kind < 12:
        decoded = decode(hostile_bytes(rng))
        if decoded is not None and decoded.shape[0] * decoded.shape[1] < 300_000 and rng.random() < 0.1:
            look(decoded)
    elif kind < 30:
        _, lines = zone_of(ZOE, rng.choice(KINDS), rng)
        rows = [list(line) for line in lines]
        for _ in range(rng.randint(1, 12)):
            row = rng.choice(rows)
            if row and rng.random() < 0.85:
                row[rng.randrange(len(row))] = rng.choice(ALPHABET + "é a\x00")
            elif row:
                row.pop()
        result = parse(["".join(row) for row in rows], TODAY, accepted=True)
        if not isinstance(result, MrzReading | NotMrz):
            raise AssertionError("a zone is a reading or is none")
        if isinstance(result, MrzReading) and result.accepted and not all(right for _, right in result.checks):
            raise AssertionError("accepted with a wrong check digit")
    else:
        text = list(seal_text(ZOE, "X4RTBPFW4"))
        for _ in range(rng.randint(1, 20)):
            text[rng.randrange(len(text))] = chr(rng.randrange(300))
        cev.parse("".join(text))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    cases = [chosen.only] if chosen.only is not None else range(chosen.seed, chosen.seed + chosen.cases)
    slowest = 0.0
    shared_reader()
    for case in range(40):
        run(case)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in cases:
        started = time.process_time()
        try:
            run(case)
        except Exception as broken:
            sys.stderr.write(f"case {case}: {type(broken).__name__}\n")
            raise
        slowest = max(slowest, time.process_time() - started)
        if slowest > LONGEST_CASE:
            sys.stderr.write(f"case {case}: {slowest:.1f} s\n")
            return 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(f"{len(cases)} cases, slowest {slowest * 1000:.0f} ms, memory {grown:+.0f} MiB\n")
    return 0 if grown < MOST_MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
