"""Copies kept: backup and restore of the whole database."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection

from kiosk.console import audit


class CannotKeep(Exception):
    """A backup or a restore was not done; says why and what to do, in French: the technician reads it."""


def backup(path: Path) -> None:
    """Copy the database as it is at one moment, while it is in use; sealed records stay sealed. CannotKeep if not."""
    if path.exists():
        raise CannotKeep(f"{path} : existe déjà ; choisissez un autre nom.")
    if connection.vendor == "sqlite":
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        os.close(descriptor)
        with closing(sqlite3.connect(_database())) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        return
    _run(["pg_dump", "--format=custom", f"--file={path}"], path)


def restore(path: Path) -> int:
    """Put a backup in place of an empty database; gives the number of acts in its trail. CannotKeep if not.

    The console must be stopped. The trail is read again first: a backup that was touched is refused.
    """
    if connection.vendor != "sqlite":
        _run(["pg_restore", "--exit-on-error", "--no-owner", str(path)], path)
        return _intact(path)
    target = _database()
    if target.exists():
        raise CannotKeep(f"{target} : une base est déjà là ; déplacez-la d'abord.")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
            if source.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise CannotKeep(f"{path} : sauvegarde abîmée ; prenez-en une autre.")
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
    except sqlite3.Error:
        raise CannotKeep(f"{path} : ce n'est pas une sauvegarde de la console.") from None
    target.chmod(0o600)
    try:
        return _intact(path)
    except CannotKeep:
        connection.close()
        target.unlink()
        raise


def _intact(path: Path) -> int:
    count, broken = audit.verify()
    if broken:
        raise CannotKeep(
            f"{path} : son journal n'est pas intact (acte {broken[0].number}) ; prenez une autre sauvegarde."
        )
    return count


def _database() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _run(command: list[str], path: Path) -> None:
    """Run one of PostgreSQL's tools on the console's database; the password is in no command line."""
    url = urlsplit(settings.KIOSK.database)
    place = url._replace(netloc=url.netloc.replace(f":{url.password}@", "@") if url.password else url.netloc)
    environment = {**os.environ, "PGPASSWORD": unquote(url.password)} if url.password else None
    words = [*command, f"--dbname={place.geturl()}"]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            words, capture_output=True, timeout=3600, check=False, env=environment
        )
    except FileNotFoundError:
        raise CannotKeep(f"{command[0]} : absent ; installez le paquet Debian postgresql-client.") from None
    if done.returncode:
        raise CannotKeep(f"{path} : {command[0]} s'est arrêté avec le code {done.returncode}.")
