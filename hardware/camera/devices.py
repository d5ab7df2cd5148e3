"""Whether a path leads to a camera that is plugged in: not to a film, a stream, or a camera that a program makes."""

import os
import stat
from pathlib import Path

_VIDEO_MAJOR = 81  # of Linux: the video devices
_CLASS = Path("/sys/class/video4linux")


def path_of(source: str) -> Path:
    """The device's place; a number is the one the system gave it."""
    return Path(f"/dev/video{int(source)}" if source.isdecimal() else source)


def trouble_with(source: str) -> str:
    """Why this is no camera that is plugged in; empty when it is one."""
    try:
        device = path_of(source).resolve(strict=True)
        facts = device.stat()
    except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
        return "not-found"
    if not stat.S_ISCHR(facts.st_mode) or os.major(facts.st_rdev) != _VIDEO_MAJOR:
        return "not-a-camera"
    return "virtual" if is_virtual(device.name) else ""


def is_virtual(name: str, known: Path = _CLASS) -> bool:
    """Whether a program makes the device of this name (v4l2loopback): the kernel lists it where nothing is plugged."""
    return "virtual" in (known / name).resolve().parts
