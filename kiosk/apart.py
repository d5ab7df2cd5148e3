"""A module of ours run by a process of its own, and ended with what it was begun for: no environment, two files."""

import os
import subprocess
import sys
from typing import IO


def _run(module: str, given: IO[bytes], made: IO[bytes], seconds: float) -> int | None:
    """How it ended, having read ``given`` and written ``made``; None when it had to be ended, its time being up."""
    command = [sys.executable, "-I", "-m", module]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, stdin=given, stdout=made, stderr=subprocess.DEVNULL, env={}, cwd="/", start_new_session=True
    ) as child:
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return None


def made_of(module: str, data: bytes, seconds: float, most: int) -> tuple[int | None, bytes]:
    """How it ended, None when it had to be; and what it made of these bytes, ``most`` of it. All in memory alone."""
    with os.fdopen(os.memfd_create("given"), "w+b") as given, os.fdopen(os.memfd_create("made"), "w+b") as made:
        given.write(data)
        given.seek(0)
        code = _run(module, given, made, seconds)
        made.seek(0)
        return code, made.read(most)
