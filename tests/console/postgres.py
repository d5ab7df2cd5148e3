"""A PostgreSQL server of a test's own, from Debian's package: started in a folder, ended with the test."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

NEEDED_WITHIN = 60.0
WITHOUT_DISK = ("fsync=off", "full_page_writes=off")  # for whoever kills no server
TABLES, KEY_TABLES = "tables", "key_tables"  # templates: tests/console/tables.py


@cache
def programs() -> Path:
    """Those of the newest that is installed."""
    return max(Path("/usr/lib/postgresql").iterdir(), key=lambda one: float(one.name)) / "bin"


class Postgres:
    """One server on a free port of the loopback, with a database for whoever asks."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self._folder, self._settings = folder, settings
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._count = 0

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def data(self) -> Path:
        return self._folder / "data"

    @property
    def leader(self) -> int:
        """The process whose children the others are."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """SIGKILL to the server and all its own, as a power cut would; then it comes up again and recovers."""
        assert self._process is not None
        leader = self.leader
        theirs = [int(one) for one in Path(f"/proc/{leader}/task/{leader}/children").read_text().split()]
        for process in (leader, *theirs):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait(30)
        self._serve()

    def crash(self) -> None:
        """Everything ends at once, nothing is written any more; then it comes up again and recovers."""
        self.stop()
        self._serve()

    def start(self) -> None:
        self.make_folder()
        if not self.data.exists():
            self._run("initdb", "-D", str(self.data), "-U", "console", "-A", "trust", "-E", "UTF8", "--no-sync")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._serve()

    def make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self._folder, "postgres", "postgres")

    def serve_with(self, *settings: str) -> None:
        """Stop, and serve again with these settings too."""
        for one in self.data.glob("console.*"):
            if os.geteuid() == 0:
                shutil.chown(one, "root" if one.suffix == ".key" else "postgres", "postgres")
        self.stop("fast")
        self._settings += settings
        self._serve()

    def _serve(self) -> None:
        words = ["-D", str(self.data), "-p", str(self._port), "-h", "127.0.0.1", "-k", str(self._folder)]
        words += [word for one in self._settings for word in ("-c", one)]
        self._process = subprocess.Popen(
            [*self._as_whom(), str(programs() / "postgres"), *words, "-c", "max_connections=200"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # no terminal stops it when the tests run in the background
        )
        ends_at = time.monotonic() + NEEDED_WITHIN
        while not self._answers():
            assert time.monotonic() < ends_at, "PostgreSQL did not start"

    def url(self) -> str:
        """A fresh, empty database."""
        self._count += 1
        return self.named(f"console_{self._count}")

    def with_tables(self, template: str = TABLES) -> str:
        """A fresh database with a console's tables, or those of its keys; only of a server that is ``running``."""
        self._count += 1
        return self.named(f"console_{self._count}", "-T", template)

    def named(self, name: str, *words: str, is_new: bool = True) -> str:
        if is_new:
            self._run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", "console", *words, name)
        return f"postgresql://console@127.0.0.1:{self._port}/{name}"

    def stop(self, how: str = "immediate") -> None:
        if self._process is not None:
            self._run("pg_ctl", "-D", str(self.data), "stop", "-t", "600", "-m", how)
            self._process.wait(30)

    def _answers(self) -> bool:
        done = subprocess.run(
            [str(programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port), "-t", "1"], check=False
        )
        return done.returncode == 0

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [*self._as_whom(), str(programs() / program), *words],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            timeout=900,
            cwd="/",
        )

    def _as_whom(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        pwd.getpwnam("postgres")
        return ["runuser", "-u", "postgres", "--"]


@contextmanager
def running(*settings: str) -> Iterator[Postgres]:
    """A server for a while, in a folder of its own; a console's tables are templates there."""
    from tests.console.tables import copy_server

    with tempfile.TemporaryDirectory(prefix="console-pg-") as folder:
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder) / "server", *settings)
        server.make_folder()
        copy_server(server.data)
        server.start()
        try:
            yield server
        finally:
            server.stop()
