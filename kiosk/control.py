"""Demo and tests only: tells a driver, over a local socket, what is on the screen and where; refused in production.

The driver that plays the patient then presses with real input on the window. Where there is no window at all, it may
say the touch here instead.
"""

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from kiosk.core.confidential import Confidential
from kiosk.core.turn.screens import Screen, Touch

_LONGEST_LINE = 4096
_SEND_SECONDS = 2.0


class ControlPort:
    """One line of JSON for each screen that was really shown, to whoever listens; the newest one on connecting."""

    def __init__(self, path: Path, pressed: Callable[[Touch, str], None] | None = None) -> None:
        self._pressed = pressed
        self._lock = threading.Lock()
        self._listeners: list[socket.socket] = []
        self._newest = b""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            path.unlink()
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        path.chmod(0o600)
        self._server.listen(2)
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def tell(self, line: dict[str, object]) -> None:
        """Say what is on the screen now."""
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            self._newest = data
            self._listeners = [listener for listener in self._listeners if _sent(listener, data)]

    def close(self) -> None:
        self._server.close()
        with self._lock:
            for listener in self._listeners:
                listener.close()
            self._listeners = []

    def _accept(self) -> None:
        while True:
            try:
                listener, _ = self._server.accept()
            except OSError:  # closed
                return
            listener.settimeout(_SEND_SECONDS)
            with self._lock:
                if not self._newest or _sent(listener, self._newest):
                    self._listeners.append(listener)
            if self._pressed is not None:
                threading.Thread(target=self._hear, args=(listener, self._pressed), daemon=True).start()

    @staticmethod
    def _hear(listener: socket.socket, pressed: Callable[[Touch, str], None]) -> None:
        reading = listener.dup()
        reading.settimeout(None)
        with suppress(OSError, ValueError, KeyError), reading.makefile("rb") as lines:
            while line := lines.readline(_LONGEST_LINE):
                said = json.loads(line)
                pressed(Touch(said["touch"]), str(said["on"]))


def _sent(listener: socket.socket, data: bytes) -> bool:
    try:
        listener.sendall(data)
    except OSError:
        listener.close()
        return False
    return True


class NoWindow:
    """A kiosk without a screen, for tests of everything behind it: shows to the control port, is pressed through it."""

    def __init__(self, path: Path, post: Callable[[Touch, str], None]) -> None:
        self._port = ControlPort(path, post)
        self._closed = threading.Event()

    def show(self, screen: Screen) -> None:
        said = {} if isinstance(screen, Confidential) else asdict(screen)
        self._port.tell({"screen": screen.name, **said})

    def run(self) -> None:
        """Run until ``close``."""
        self._closed.wait()
        self._port.close()

    def close(self) -> None:
        self._closed.set()
