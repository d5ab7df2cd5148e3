"""Commands as processes of their own, begun from one that has read their modules: reading is most of what they take.

The one that has read forks; its child becomes the command and ends as any process does. Nothing is done before the
fork that a command could see: no database and no thread is open, and the settings with which the console's modules
were read are forgotten, so that each command reads its own.
"""

import atexit
import contextlib
import functools
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import IO

from tests.demo import processes
from tests.demo.processes import ROOT, Begun

READ = (
    *("typer", "kiosk.commands.roles", "kiosk.commands.console", "kiosk.commands.worker", "kiosk.settings"),
    *("django.core.management", "django.db.models", "django.template", "django.urls", "django.views.decorators.http"),
    *("django.test", "psycopg", "sqlparse", "cryptography.x509", "lxml.etree", "requests", "zeep", "kiosk.sealing"),
    *("kiosk.commands.insi", "kiosk.commands.run", "kiosk.wiring"),
)


def run(module: str, *words: str, said: str = "", seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
    """``python -m module words…``, with what is typed when it asks. TimeoutExpired ends it."""
    with contextlib.ExitStack() as open_:
        files = [open_.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
        files[0].write(said.encode())
        files[0].seek(0)
        process = Process([module, *words], [one.fileno() for one in files], dict(os.environ))
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            raise
        for one in files[1:]:
            one.seek(0)
        return subprocess.CompletedProcess(process.program, code, *(one.read().decode() for one in files[1:]))


def begun(command: list[str], errors: IO[bytes], environment: dict[str, str]) -> Begun:
    """The words of the ``kiosk`` command as a process that goes on; what it writes is read from its ``stdout``."""
    return _going_on(["kiosk.cli", *command], errors, environment)


def begun_alike(command: list[str], errors: IO[bytes], environment: dict[str, str]) -> Begun:
    """``python -m module words…`` as ``tests.demo.processes.begun`` begins it; whatever else is begun by that."""
    if command[:2] == [sys.executable, "-m"]:
        return _going_on(command[2:], errors, environment)
    return processes.begun(command, errors, environment)


def _going_on(program: list[str], errors: IO[bytes], environment: dict[str, str]) -> Begun:
    reads, writes = os.pipe()
    with Path(os.devnull).open("rb") as nothing, os.fdopen(writes, "wb") as written:
        files = [nothing.fileno(), written.fileno(), errors.fileno()]
        return Process(program, files, environment, os.fdopen(reads, "rb"))


class Process:
    """A command under way. ``files``: what it reads, writes, and where its errors go."""

    def __init__(
        self, program: list[str], files: list[int], environment: dict[str, str], stdout: IO[bytes] | None = None
    ) -> None:
        self.program, self.stdout = program, stdout
        self._code: int | None = None
        self._asked = socket.socket(socket.AF_UNIX)
        self._asked.connect(_server())
        order = json.dumps({"program": program, "environment": environment}).encode()
        socket.send_fds(self._asked, [len(order).to_bytes(4) + order], files)
        self._answer = self._asked.makefile("r")
        self.pid = int(self._answer.readline())

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, minus the signal's number where one ended it. TimeoutExpired when it goes on."""
        if self._code is None:
            if not select.select([self._asked], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.program, timeout or 0)
            self._code = int(self._answer.readline())
            self._answer.close()
            self._asked.close()
        return self._code

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(self.pid, sig)


@functools.cache
def _server() -> str:
    """The address of this process's own, begun with its first command."""
    place = Path(tempfile.mkdtemp(prefix="warm-")) / "socket"
    command = [sys.executable, "-m", __name__, str(place)]
    begun = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert begun.stdout is not None
    assert begun.stdout.readline() == b"ready\n"

    def end() -> None:
        begun.kill()
        begun.wait()
        place.unlink()
        place.parent.rmdir()

    atexit.register(end)
    return str(place)


class _Commands:
    """Those under way, and who waits for each."""

    def __init__(self, place: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(place)
        self._listener.listen(64)
        self._ended, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._waiting: dict[int, socket.socket] = {}

    def next(self) -> list[str]:
        """In a child, and only there: what it is to be."""
        while True:
            ready, _, _ = select.select([self._listener, self._ended, sys.stdin], [], [])
            if sys.stdin in ready:
                raise SystemExit  # who began us is gone
            if self._ended in ready:
                os.read(self._ended, 4096)
                self._tell()
            if self._listener in ready:
                who, _ = self._listener.accept()
                program = self._begun(who)
                if program:
                    return program

    def _begun(self, who: socket.socket) -> list[str]:
        head, files, *_ = socket.recv_fds(who, 4, 3)
        with who.makefile("rb", buffering=0) as rest:
            order = b""
            while len(order) < int.from_bytes(head):
                order += rest.read(int.from_bytes(head) - len(order))
        said = json.loads(order)
        if pid := os.fork():
            os.setpgid(pid, pid)
            for one in files:
                os.close(one)
            self._waiting[pid] = who
            who.sendall(f"{pid}\n".encode())
            return []
        os.setpgid(0, 0)  # whoever of the two comes first: it is killed with its own children
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for wanted, one in enumerate(files):
            os.dup2(one, wanted)
            os.close(one)
        for one in (who, self._listener, *self._waiting.values()):
            one.close()
        os.environ.clear()
        os.environ.update(said["environment"])
        program: list[str] = said["program"]
        return program

    def _tell(self) -> None:
        while self._waiting:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with self._waiting.pop(pid) as who, contextlib.suppress(BrokenPipeError):
                who.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _read() -> None:
    for name in READ:
        import_module(name)
    _read_rooms("kiosk.core", "kiosk.insi")
    _read_console()
    gc.collect()
    gc.freeze()  # shared with every command


def _read_rooms(*rooms: str) -> None:
    for room in map(import_module, rooms):
        for one in walk_packages(room.__path__, f"{room.__name__}."):
            import_module(one.name)


def _read_console() -> None:
    """Its models want Django set up: with the settings of a console that nobody serves."""
    import django
    from django import conf
    from django.core.cache import caches
    from django.db import connections
    from django.utils.functional import empty

    from kiosk.console.site.django_settings import build
    from tests.typed_console import KIOSK

    given = build(KIOSK)
    conf.settings.configure(**given)
    django.setup()
    _read_rooms("kiosk.console")
    _read_what_pages_need()
    for name, value in vars(conf.settings._wrapped).items():
        if name.isupper() and name not in given:  # a library's default, which it gave when it was read: it stays
            setattr(conf.global_settings, name, value)
    conf.settings._wrapped = empty
    for handler in (connections, caches):
        for alias in [one for one in ("default", "keys") if hasattr(handler._connections, one)]:
            assert handler[alias].connection is None  # models asked only how long a name may be
            del handler[alias]
        handler._settings = None
        vars(handler).pop("settings", None)


def _read_what_pages_need() -> None:
    """The places where somebody may be born, and every page's template: no setting of a site's is in them."""
    from django.template import engines

    from kiosk.console.identities import comparing

    comparing.places()
    folder = ROOT / "kiosk" / "console" / "templates"
    for file in folder.rglob("*.html"):
        engines["django"].get_template(str(file.relative_to(folder)))


def _become(program: list[str]) -> None:
    sys.argv = program
    runpy.run_module(program[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _read()
    commands = _Commands(sys.argv[1])
    print("ready", flush=True)
    _become(commands.next())
