"""A display without a screen, real pointer input on it, and pictures of it."""

import os
import select
import struct
import subprocess
import time
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from tests.demo.processes import StageTrouble


class VirtualDisplay:
    """An X server that draws into memory (Xvfb), on a display number it picks itself."""

    def __init__(self, width: int = 1080, height: int = 1920) -> None:
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                f"{width}x{height}x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=(writing,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        number = b""
        while not number.endswith(b"\n") and select.select([reading], [], [], 15)[0]:
            piece = os.read(reading, 16)  # it ends when the pipe closes before its line is whole
            number += piece or b"\n"
        os.close(reading)
        number = number.strip()
        if not number:
            self.end()
            raise StageTrouble("Xvfb did not start: run deploy/setup.sh")
        self.name = f":{number.decode()}"

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def __enter__(self) -> "VirtualDisplay":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def size_of(display: str) -> tuple[int, int]:
    """Width and height of a display, in pixels."""
    done = subprocess.run(
        ["xdotool", "getdisplaygeometry"],
        capture_output=True,
        text=True,
        env={**os.environ, "DISPLAY": display},
        timeout=20,
        check=False,
    )
    if done.returncode != 0:
        raise StageTrouble(f"the display {display} does not answer: {done.stderr.strip()}")
    width, height = done.stdout.split()
    return int(width), int(height)


class Pointer:
    """A finger: moves and presses on a window of a display, through the X server (XTEST)."""

    def __init__(self, display: str, pid: int) -> None:
        self._environment = {**os.environ, "DISPLAY": display}
        self.window = self._window_of(pid)

    def press(self, x: int, y: int) -> None:
        self._xdotool("mousemove", "--window", self.window, str(x), str(y))
        self._xdotool("mousedown", "1")
        self._xdotool("mouseup", "1")

    def picture(self, path: Path) -> None:
        """Keep what the window shows as a PNG."""
        done = subprocess.run(
            ["xwd", "-silent", "-id", self.window], capture_output=True, env=self._environment, timeout=20, check=False
        )
        if done.returncode != 0:
            raise StageTrouble(f"no picture of the window: {done.stderr.decode(errors='replace').strip()}")
        cv2.imwrite(str(path), _pixels(done.stdout))

    def _window_of(self, pid: int) -> str:
        for _ in range(200):
            found = self._xdotool("search", "--onlyvisible", "--pid", str(pid), may_fail=True).split()
            if found:
                return found[-1]
            time.sleep(0.05)
        raise StageTrouble("the kiosk's window is not on the display")

    def _xdotool(self, *arguments: str, may_fail: bool = False) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], capture_output=True, text=True, env=self._environment, timeout=20, check=False
        )
        if done.returncode != 0 and not may_fail:
            raise StageTrouble(f"xdotool: {done.stderr.strip()}")
        return done.stdout


def _pixels(dump: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """Read an X window dump of 24 or 32 bits (xwd(1), XWDFile.h): header, colour map, rows."""
    head = struct.unpack(">25I", dump[:100])
    header_size, width, height, bits, row_bytes, colours = head[0], head[4], head[5], head[11], head[12], head[19]
    if bits != 32:
        raise StageTrouble(f"a window of {bits} bits a pixel cannot be pictured")
    start = header_size + colours * 12
    rows = np.frombuffer(dump, np.uint8, height * row_bytes, start).reshape(height, row_bytes)
    return rows[:, : width * 4].reshape(height, width, 4)[:, :, :3].copy()
