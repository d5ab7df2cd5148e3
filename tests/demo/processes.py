"""Child processes of ours: started, waited for, ended by their own id, never left behind."""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol

ROOT = Path(__file__).resolve().parents[2]


class StageTrouble(Exception):
    """Something of the stage did not come up; says what, and where its own words are."""


class Begun(Protocol):
    """A process that was begun, and may have ended: as much of ``subprocess.Popen`` as is needed here."""

    pid: int
    stdout: IO[bytes] | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


Begin = Callable[[list[str], IO[bytes], dict[str, str]], Begun]


def begun(command: list[str], errors: IO[bytes], environment: dict[str, str]) -> Begun:
    """A process of its own group: it and its own children can be killed at once."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        start_new_session=True,
    )


class Child:
    """One process, its error output in a file of the stage; ``begin`` makes one of a command as ``begun`` does."""

    def __init__(
        self,
        name: str,
        command: list[str],
        log: Path,
        environment: dict[str, str] | None = None,
        begin: Begin = begun,
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as errors:
            self._process = begin(command, errors, {**os.environ, **(environment or {})})
        atexit.register(self._kill_if_running)  # a test that failed halfway ends nothing itself

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def first_line(self, seconds: float) -> dict[str, Any]:
        """Wait for the line of JSON with which it says it is ready."""
        stream = self._process.stdout
        assert stream is not None
        ends_at = time.monotonic() + seconds
        data = b""
        while not data.endswith(b"\n"):
            left = ends_at - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                raise StageTrouble(f"{self.name} said nothing within {seconds:.0f} s; see {self.log}")
            piece = os.read(stream.fileno(), 4096)
            if not piece:
                raise StageTrouble(f"{self.name} ended with code {self._process.wait()}; see {self.log}")
            data += piece
        said: dict[str, Any] = json.loads(data.splitlines()[0])
        return said

    def end(self, seconds: float = 10.0) -> int:
        """Ask it to end, insist if it does not; answers its exit code."""
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
            code = self._process.wait(seconds)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code

    def kill(self) -> None:
        """Kill it and its children at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _kill_if_running(self) -> None:
        if self.is_running:
            self.kill()

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)


def kiosk_command(*arguments: str) -> list[str]:
    """The ``kiosk`` command: this tree's, or that of an installed wheel which is being tried (``make wheel-test``)."""
    role = "KIOSK_CONSOLE" if arguments[0] in ("console", "worker") else "KIOSK_TERMINAL"
    installed = os.environ.get(role)
    return [*([installed] if installed else [sys.executable, "-m", "kiosk.cli"]), *arguments]


def wait_until(true: Any, seconds: float, what: str) -> Any:
    """Ask again until something is true; StageTrouble says what never was."""
    ends_at = time.monotonic() + seconds
    while not (answer := true()):
        if time.monotonic() > ends_at:
            raise StageTrouble(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.02)
    return answer
