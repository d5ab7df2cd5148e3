"""Child processes of ours: started, waited for, ended by their own id, never left behind."""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class StageTrouble(Exception):
    """Something of the stage did not come up; says what, and where its own words are."""


class Child:
    """One process, its error output in a file of the stage."""

    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # it and its own children can be killed at once
            )
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
            self._process.terminate()
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait(seconds)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code

    def kill(self) -> None:
        """Kill it and its children at once, as a power cut would."""
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
