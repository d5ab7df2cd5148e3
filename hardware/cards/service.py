"""The card service (pcscd) for a demonstration or a test: the one that runs, or one that we start and end ourselves."""

import functools
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hardware.cards.pcsc import VIRTUAL, service_state

_TIDY = 10.0  # seconds to end in order before being ended
_NO_POLKIT = "--disable-polkit"  # whoever may reach its socket is served; Debian 12's does not know it, nor need it
REFUSED = "the card service refuses us: it wants polkit's leave (systemctl status polkit; deploy/guides/technician.md)"


class NoCardService(Exception):
    """No card service can be had; the message says what to do."""


class CardService:
    """A card service with the virtual reader. Ends only what it started, by its own process id."""

    def __init__(self, process: "subprocess.Popen[bytes] | None") -> None:
        self._process = process

    @property
    def is_ours(self) -> bool:
        """Say whether this handle started the service, and so may kill it."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def kill(self) -> None:
        """Kill it as a crash would (SIGKILL). Only one that is ours."""
        self._signal(signal.SIGKILL).wait(_TIDY)

    def hang(self) -> None:
        """Have it answer nothing (SIGSTOP) until ``go_on``. Only one that is ours."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def restart(self, timeout: float = 10.0) -> None:
        """Start it again after ``kill``, and wait until its virtual readers are there."""
        self._process = _start()
        _wait(self._process, timeout)

    def stop(self) -> None:
        """End it in order, if it is ours."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_TIDY)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_TIDY)

    def _signal(self, number: int) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise NoCardService("this card service ran before (systemctl stop pcscd.socket pcscd): not ours to touch")
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
        return self._process


def ensure_card_service(timeout: float = 10.0) -> CardService:
    """Use the running card service when there is one with a virtual reader, else start one. NoCardService: why not."""
    state, slots = service_state()
    if state == "no-library":
        raise NoCardService("libpcsclite1 is missing: run deploy/setup.sh")
    if state == "ok" and any(VIRTUAL in slot for slot in slots):
        return CardService(None)
    if state == "refused":
        raise NoCardService(REFUSED)
    if state in {"ok", "no-reader"}:
        raise NoCardService("a card service runs without the virtual reader: install vsmartcard-vpcd and restart pcscd")
    process = _start()
    service = CardService(process)
    try:
        _wait(process, timeout)
    except NoCardService:
        service.stop()
        raise
    return service


@contextmanager
def card_service(timeout: float = 10.0) -> Iterator[CardService]:
    """``ensure_card_service`` for a while."""
    service = ensure_card_service(timeout)
    try:
        yield service
    finally:
        service.stop()


def _start() -> "subprocess.Popen[bytes]":
    program = shutil.which("pcscd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if program is None:
        raise NoCardService("pcscd is missing: run deploy/setup.sh")
    if os.geteuid() != 0:
        raise NoCardService("no card service runs and only root may start one: systemctl start pcscd")
    _forget_the_dead()
    return subprocess.Popen(  # noqa: S603 - found just above
        [program, "--foreground", "--critical", *_without_polkit(program)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal ends us first, then it, in order
    )


@functools.cache
def _without_polkit(program: str) -> list[str]:
    """Ours serves a demonstration or a test, on machines where no polkit answers: where it can, it asks none."""
    told = subprocess.run(  # noqa: S603 - found by who calls
        [program, "--help"], capture_output=True, text=True, timeout=_TIDY, check=False
    )
    return [_NO_POLKIT] if _NO_POLKIT in told.stdout + told.stderr else []


def _forget_the_dead() -> None:
    """Remove what a killed pcscd left: it refuses to start over its old socket."""
    place = Path("/run/pcscd")
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            probe.connect(str(place / "pcscd.comm"))
    except OSError:
        for name in ("pcscd.comm", "pcscd.pid"):
            with suppress(OSError):
                (place / name).unlink()


def _wait(process: "subprocess.Popen[bytes]", timeout: float) -> None:
    ends_at = time.monotonic() + timeout
    while time.monotonic() < ends_at:
        state, slots = service_state()
        if state == "ok" and any(VIRTUAL in slot for slot in slots):
            return
        if process.poll() is not None:
            raise NoCardService(f"pcscd ended at once with code {process.returncode}")
        if state == "refused":
            raise NoCardService(REFUSED)
        time.sleep(0.02)
    raise NoCardService("pcscd started but shows no virtual reader: install vsmartcard-vpcd")
