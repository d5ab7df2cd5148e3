"""A console's databases as they are once their tables are made: copied, where a test is about something else.

Migrating from nothing takes seconds of a processor; each process of tests does it once for each kind of database.
"""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.console.postgres import KEY_TABLES, TABLES, WITHOUT_DISK, Postgres
from tests.demo.processes import ROOT

FILES = (Path("console.sqlite3"), Path("keys") / "keys.sqlite3")  # below the console's data


def copy_files(data: Path) -> None:
    """Both files of SQLite, their tables empty, the keys' store not yet founded."""
    for file in FILES:
        (data / file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(_sqlite() / file, data / file)


def copy_server(folder: Path) -> None:
    """The data of a PostgreSQL server that knows both as templates."""
    subprocess.run(["cp", "-a", str(_postgresql()), str(folder)], check=True, timeout=120)


@cache
def _sqlite() -> Path:
    folder = _folder()
    _migrate(folder)
    return folder / "data"


@cache
def _postgresql() -> Path:
    folder = _folder()
    server = Postgres(folder / "server", *WITHOUT_DISK)
    server.start()
    try:
        _migrate(folder, server.named(TABLES), server.named(KEY_TABLES))
    finally:
        server.stop("fast")
    return server.data


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="console-tables-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _migrate(folder: Path, *urls: str) -> None:
    """In a process of its own: Django is set up once in each."""
    command = [sys.executable, "-m", "tests.console.tables", str(folder), *urls]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300)


def _main(folder: Path, url: str = "", keys_url: str = "") -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.keystore.router import KEYS
    from kiosk.console.site.django_settings import configure
    from tests.console.served import ServedConsole

    site = ServedConsole(folder, database=url, is_new=True)
    configure(read_server_settings(site.config).model_copy(update={"keys_database": keys_url}))
    from django.core.management import call_command
    from django.db import connections

    for words, where in (((KEYS,), "default"), ((KEYS,), KEYS), ((), "default")):
        call_command("migrate", *words, database=where, interactive=False, verbosity=0)
    connections.close_all()


if __name__ == "__main__":
    _main(Path(sys.argv[1]), *sys.argv[2:])
