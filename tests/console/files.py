"""The two files of a console on SQLite, their tables empty: made once, and copied."""

import shutil
from collections.abc import Callable
from pathlib import Path

import django

from tests.kept import kept, made_of

FILES = (Path("console.sqlite3"), Path("keys") / "keys.sqlite3")  # below the console's data


def copied(data: Path, make: Callable[[Path], None]) -> None:
    """Into a console's data, as ``make`` leaves them in the data of the folder it is given."""
    made = kept("sqlite", made_now(), make) / "data"
    for file in FILES:
        (data / file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(made / file, data / file)


def made_now(beside: str = "") -> str:
    """All that writes tables."""
    return made_of("kiosk/console/**/*.py", beside=f"Django {django.__version__} {beside}")


def migrate_both() -> None:
    """The tables of this process's console and of its keys; no store of keys is founded."""
    from django.core.management import call_command
    from django.db import connections

    from kiosk.console.keystore.router import KEYS

    for words, where in (((KEYS,), "default"), ((KEYS,), KEYS), ((), "default")):
        call_command("migrate", *words, database=where, interactive=False, verbosity=0)
    connections.close_all()
