"""What takes long to make and is the same for every process of tests: made by the first that needs it, in build/kept.

It is made anew when what it is made of has changed; so a run of few tests begins sooner too.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "kept"
_UNUSED = 3600.0  # seconds: no run of tests under way still copies it


def kept(name: str, made_of: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, filled by ``make`` unless one made of the same is there; whoever else needs it waits."""
    KEPT.mkdir(parents=True, exist_ok=True)
    place = KEPT / f"{name}-{made_of}"
    with (KEPT / f"{name}.lock").open("ab") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not place.exists():
            part = KEPT / f"part-{name}"
            shutil.rmtree(part, ignore_errors=True)  # of a process that was ended meanwhile
            part.mkdir()
            make(part)
            part.rename(place)
        os.utime(place)
        _remove_unused(name)
    return place


def _remove_unused(name: str) -> None:
    for former in KEPT.glob(f"{name}-*"):
        if former.stat().st_mtime < time.time() - _UNUSED:
            shutil.rmtree(former)


@cache
def made_of(*patterns: str, beside: str = "") -> str:
    """A name for what these files of the repository say, and what else it depends on."""
    told = hashlib.sha256(beside.encode())
    for pattern in patterns:
        for file in sorted(ROOT.glob(pattern)):
            told.update(f"{file.relative_to(ROOT)}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return told.hexdigest()[:16]
