"""A handle on the simulated card's process: insert, pull, and hear what it says."""

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from hardware.cards.simulated import HAND, HOST, PORT


class SimulatorGone(Exception):
    """The process ended, or did not say what was waited for in time."""


class SimulatedCardProcess:
    """Starts ``hardware.cards.simulated``; ends it when left. One card at a time in one slot of the virtual reader."""

    def __init__(self, host: str = HOST, port: int = PORT, hand: float = HAND) -> None:
        # -P: what lies in the folder we happen to be in is not ours
        command = [sys.executable, "-P", "-m", "hardware.cards.simulated", "--end-with-input"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, "--host", host, "--port", str(port), "--hand", str(hand)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, name="simulated card", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def insert(self, card: str | Path, timeout: float = 10.0) -> None:
        """Put in the card of this file (or sample name); answer when the virtual reader has taken it."""
        self._order(f"insert {card}")
        self.wait_for("inserted", timeout)

    def pull(self, timeout: float = 10.0) -> dict[str, Any]:
        """Take it out; answer what it exchanged since it was inserted."""
        self._order("pull")
        return self.wait_for("pulled", timeout)

    def count(self, timeout: float = 10.0) -> dict[str, Any]:
        """Answer what the card has exchanged so far."""
        self._order("count")
        return self.wait_for("count", timeout)

    def wait_for(self, event: str, timeout: float = 10.0) -> dict[str, Any]:
        """Pass over what it says until this event."""
        ends_at = time.monotonic() + timeout
        while True:
            try:
                heard = self._heard.get(timeout=max(ends_at - time.monotonic(), 0.001))
            except queue.Empty as error:
                raise SimulatorGone(f"not heard in time: {event}") from error
            if heard.get("event") == event:
                return heard
            if heard.get("event") in {"refused", "end"}:
                raise SimulatorGone(f"{event} expected; {heard}")

    def close(self) -> None:
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._listener.join(5)
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> "SimulatedCardProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _order(self, order: str) -> None:
        stdin = self._process.stdin
        if stdin is None or self._process.poll() is not None:
            raise SimulatorGone("the simulated card's process has ended")
        stdin.write(order + "\n")
        stdin.flush()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._heard.put(json.loads(line))
        self._heard.put({"event": "end"})
