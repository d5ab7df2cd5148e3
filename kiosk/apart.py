"""A module of ours run by a process of its own, and ended with what it was begun for: no environment, two files."""

import subprocess
import sys
from typing import IO


def run(module: str, given: IO[bytes], made: IO[bytes], seconds: float) -> int | None:
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
