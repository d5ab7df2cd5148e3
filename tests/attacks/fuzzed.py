"""The program that makes pictures anew, on generated ones: each in a process of its own that has read its modules.

``python -m tests.attacks.fuzzed FIRST LAST``: a line of JSON for each that broke a promise, then one that sums up.
"""

import io
import json
import os
import resource
import signal
import sys
import time
from dataclasses import asdict, dataclass

from PIL import Image

from kiosk.console.pictures import child
from tests.attacks import pictures

WITHIN = 120.0  # seconds of the clock, on a machine that is busy: the processor's are what counts


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one picture."""

    code: int  # how its process ended: below nought, by which signal
    copy: bytes
    cpu: float
    memory: int  # bytes, at most at a time


def made(data: bytes) -> Made:
    """Have it made anew in a process of its own, as ``pictures.process`` does."""
    given, copied = os.memfd_create("given"), os.memfd_create("copied")
    os.write(given, data)
    os.lseek(given, 0, os.SEEK_SET)
    process = os.fork()
    if process == 0:
        os.dup2(given, 0)
        os.dup2(copied, 1)
        sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115 - its own, not the tests'
        os._exit(child.main())
    code, used = _ended(process)
    with os.fdopen(copied, "rb") as file:
        file.seek(0)
        copy = file.read() if code == 0 else b""
    os.close(given)
    return Made(code, copy, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def _ended(process: int) -> tuple[int, resource.struct_rusage]:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        ended, status, used = os.wait4(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), used
        time.sleep(0.002)
    os.kill(process, signal.SIGKILL)
    _ended_now, status, used = os.wait4(process, 0)
    return os.waitstatus_to_exitcode(status), used


def broken(one: Made) -> str:
    """Which promise it broke; empty for none."""
    if one.cpu >= 1.0:
        return "processor"
    if one.memory >= 200 * 1024 * 1024:
        return "memory"
    if one.code == child.CANNOT_SHUT:
        return "not shut in"
    if one.code == 0 and not is_plain(one.copy):
        return "not plain"
    return ""


def is_plain(jpeg: bytes) -> bool:
    """A baseline JPEG with nothing beside its pixels, no larger than a page shows."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        opened.load()
        said = {*opened.info} - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        return opened.format == "JPEG" and opened.mode == "RGB" and not said and max(opened.size) <= child.LONGEST


def main(first: int, last: int) -> None:
    codes: dict[int, int] = {}
    slowest, largest = 0.0, 0
    bombs = {-1: (pictures.many_scans(), False), -2: (pictures.bomb(), False)}
    for seed in (*bombs, *range(first, last)):
        sent, is_sound = bombs.get(seed) or pictures.generated(seed, largest=3000 if seed % 20 == 0 else 900)
        one = made(sent)
        codes[one.code] = codes.get(one.code, 0) + 1
        slowest, largest = max(slowest, one.cpu), max(largest, one.memory)
        if why := broken(one) or ("no copy" if is_sound and one.code != 0 else ""):
            print(json.dumps({"seed": seed, "broke": why, **asdict(one), "copy": len(one.copy)}), flush=True)
    print(json.dumps({"codes": codes, "slowest": round(slowest, 3), "largest_mb": largest >> 20}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
