"""A patient: reads what is on the screen, presses where a button is, brings card and document."""

import json
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.demo.processes import StageTrouble
from tests.demo.screen import Pointer


class Eyes:
    """Follows what the kiosk shows, through its control port."""

    def __init__(self, control: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(control))
        self._rest = b""
        self.now: dict[str, Any] = {"screen": "", "items": []}
        self.seen: list[str] = []

    @property
    def screen(self) -> str:
        return str(self.now["screen"])

    def look(self, seconds: float = 0.0) -> None:
        """Take in what was shown since, waiting at most so long for something new."""
        ready, _, _ = select.select([self._socket], [], [], seconds)
        while ready:
            piece = self._socket.recv(65536)
            if not piece:
                raise StageTrouble("the kiosk is gone")
            *lines, self._rest = (self._rest + piece).split(b"\n")
            for line in lines:
                self.now = json.loads(line)
                if not self.seen or self.seen[-1] != self.screen:
                    self.seen.append(self.screen)
            ready, _, _ = select.select([self._socket], [], [], 0)

    def wait_for(self, *screens: str, seconds: float = 30.0) -> str:
        """Wait until one of these screens is shown."""
        return self.wait_until(lambda: self.screen in screens, " or ".join(screens), seconds)

    def wait_until(self, true: Callable[[], bool], what: str, seconds: float = 30.0) -> str:
        ends_at = time.monotonic() + seconds
        self.look()
        while not true():
            left = ends_at - time.monotonic()
            if left <= 0:
                raise StageTrouble(f"expected on the screen: {what}; there is: {self.screen}; seen: {self.seen[-20:]}")
            self.look(left)
        return self.screen

    def say(self, touch: str) -> None:
        """Where there is no window: the touch itself."""
        line = json.dumps({"touch": touch, "on": self.screen}).encode() + b"\n"
        self._socket.sendall(line)

    def close(self) -> None:
        self._socket.close()


class Patient:
    """Plays one walk with real input on the window."""

    def __init__(self, eyes: Eyes, pointer: Pointer, pictures: Path) -> None:
        self.eyes = eyes
        self._pointer = pointer
        self._pictures = pictures
        self._count = 0

    def arrive(self, screen: str, name: str = "", seconds: float = 30.0) -> None:
        """Wait for a screen and keep a picture of it."""
        self.eyes.wait_for(screen, seconds=seconds)
        self.keep_picture(name or screen)

    def keep_picture(self, name: str) -> None:
        self._count += 1
        time.sleep(0.25)  # the fade ends; a picture for people, nothing depends on it
        self.eyes.look()
        self._pointer.picture(self._pictures / f"patient-{self._count:02d}-{name}.png")

    def press(self, touch: str) -> None:
        """Press the middle of the button that posts this touch."""
        self.eyes.look()
        buttons = [item for item in self.eyes.now["items"] if item.get("touch") == touch]
        if not buttons:
            raise StageTrouble(f"no button {touch} on {self.eyes.screen}")
        button = buttons[0]
        self._pointer.press(button["x"] + button["width"] // 2, button["y"] + button["height"] // 2)
