"""A console's databases as they are once their tables are made: copied, where a test is about something else.

Migrating from nothing takes seconds of a processor; it is done once for each kind of database (``tests/kept.py``).
"""

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.console.files import copied, made_now
from tests.console.postgres import KEY_TABLES, TABLES, WITHOUT_DISK, Postgres, programs
from tests.demo.processes import ROOT
from tests.kept import kept


def copy_files(data: Path) -> None:
    """Both files of SQLite, their tables empty, the keys' store not yet founded."""
    copied(data, _migrate)


def copy_server(folder: Path) -> None:
    """The data of a PostgreSQL server that knows both as templates."""
    subprocess.run(["cp", "-a", str(_postgresql()), str(folder)], check=True, timeout=120)


@cache
def _postgresql() -> Path:
    return kept("postgresql", made_now(str(programs())), _make_server) / "data"


def _make_server(place: Path) -> None:
    """In a folder that the server's own account reaches."""
    with tempfile.TemporaryDirectory(prefix="console-tables-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        server = Postgres(folder / "server", *WITHOUT_DISK)
        server.start()
        try:
            _migrate(folder, server.named(TABLES), server.named(KEY_TABLES))
        finally:
            server.stop("fast")
        subprocess.run(["cp", "-a", str(server.data), str(place / "data")], check=True, timeout=120)


def _migrate(folder: Path, *urls: str) -> None:
    """In a process of its own: Django is set up once in each."""
    command = [sys.executable, "-m", "tests.console.tables", str(folder), *urls]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300)


def _main(folder: Path, url: str = "", keys_url: str = "") -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure
    from tests.console.files import migrate_both
    from tests.console.served import ServedConsole

    site = ServedConsole(folder, database=url, is_new=True)
    configure(read_server_settings(site.config).model_copy(update={"keys_database": keys_url}))
    migrate_both()


if __name__ == "__main__":
    _main(Path(sys.argv[1]), *sys.argv[2:])
