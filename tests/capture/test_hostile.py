"""A sized-down run of the fuzz: hostile pictures, zones and seals are answered by values."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.processes import ROOT
from tests.fuzz.fuzz_capture import run

# In a process of its own: how much it ever held can only be told of a whole process.
_LYING_CHUNK = """
import resource, cv2, numpy
from kiosk.capture.picture import decode
data = bytearray(cv2.imencode(".png", numpy.full((160, 240, 3), 90, numpy.uint8))[1])
assert decode(bytes(data)) is not None
data[33:37] = (2_399_150_080).to_bytes(4)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert decode(bytes(data)) is None
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


# Shapes over shapes, for which the edge finder of OpenCV 5.0 wrote past its memory and ended the process.
_OVERRUN = """
import cv2
cv2.setNumThreads(1)  # as the kiosk does
from tests.fuzz.fuzz_capture import run
run(826593)
"""


@pytest.mark.parametrize("first", range(0, 1200, 300))
@pytest.mark.long
def test_hostile_pictures_zones_and_seals_are_answered_by_values(first: int) -> None:
    for case in range(first, first + 300):
        run(case)


def test_a_file_that_says_it_is_larger_than_it_is_makes_no_room_for_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LYING_CHUNK], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) < 100  # MiB


def test_no_picture_makes_the_search_for_edges_write_past_its_memory() -> None:
    watchful = next(Path("/lib").glob("*-linux-gnu*/libc_malloc_debug.so.0"))  # of Debian's libc6: looks at every free
    environment = {**os.environ, "LD_PRELOAD": str(watchful), "MALLOC_CHECK_": "3"}
    done = subprocess.run(
        [sys.executable, "-c", _OVERRUN], cwd=ROOT, env=environment, capture_output=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-400:]
