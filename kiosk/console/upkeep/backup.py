"""Copies kept: backup and restore of the whole database, and, apart from it, of the keys that open it."""

import os
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connections

from kiosk.console import audit
from kiosk.console.keystore.models import KnownStore, SubjectKey
from kiosk.console.keystore.router import KEYS
from kiosk.console.models import Sealed
from kiosk.console.records import erasing
from kiosk.console.upkeep import keys

BASE = "default"
KEPT_DAYS = 29  # a copy of the keys; with one a day, a key destroyed has left them all within thirty
_STAMP = "%Y%m%dT%H%M%SZ"


class CannotKeep(Exception):
    """A backup or a restore was not done; says why and what to do, in French: the technician reads it."""


def backup(path: Path) -> None:
    """Copy the database as it is at one moment, while it is in use; what is in it stays closed. CannotKeep if not."""
    if path.exists():
        raise CannotKeep(f"{path} : existe déjà ; choisissez un autre nom.")
    _copy_out(BASE, path)


def restore(path: Path) -> int:
    """Put a backup in place of an empty database; gives the number of acts in its trail. CannotKeep if not.

    The console must be stopped. The trail is read again first: a backup that was touched is refused.
    """
    _copy_in(BASE, path)
    try:
        return _intact(path)
    except CannotKeep:
        _take_out(BASE)
        raise


def backup_keys(folder: Path, now: datetime) -> Path:
    """Copy the keys into this folder, and remove from it the copies that are too old. CannotKeep if not."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"keys-{now.astimezone(UTC):{_STAMP}}"
    if path.exists():
        raise CannotKeep(f"{path} : existe déjà ; recommencez dans une seconde.")
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    _copy_out(KEYS, unfinished)
    unfinished.rename(path)
    for copy in folder.iterdir():
        if _is_too_old(copy, now):
            copy.unlink()
    return path


def restore_keys(path: Path, now: datetime) -> int:
    """Put the keys back in place of an empty store; gives how many. CannotKeep if not.

    What was erased since that copy, as far as the database knows, is erased again.
    """
    if _is_too_old(path, now):
        raise CannotKeep(f"{path} : copie de plus de {KEPT_DAYS} jours ; elle ouvrirait ce qui a été effacé.")
    if _is_there(KEYS, SubjectKey._meta.db_table):
        raise CannotKeep("Les clés sont déjà là (keys_dir ou keys_database) ; déplacez-les d'abord.")
    _copy_in(KEYS, path)
    if not _is_there(KEYS, SubjectKey._meta.db_table):
        _take_out(KEYS)
        raise CannotKeep(f"{path} : ce n'est pas une sauvegarde des clés.")
    if _is_there(BASE, KnownStore._meta.db_table):
        try:
            keys.check_store()
        except keys.KeysMissing:
            _take_out(KEYS)
            raise CannotKeep(f"{path} : ce sont les clés d'une autre base.") from None
        erasing.again()
        while erasing.carry_out():
            continue
    return SubjectKey.objects.count()


def what_is_missing() -> str:
    """What a database and its keys, put back, still lack, in French; empty when nothing is."""
    if not _is_there(BASE, KnownStore._meta.db_table):
        return "" if _is_there(BASE, Sealed._meta.db_table) else "La base manque : kiosk console restore."
    try:
        keys.check_store()
    except keys.KeysMissing as missing:
        return str(missing)
    closed = keys.without_key()
    return f"Dossiers sans clé, arrivés après la sauvegarde des clés : {closed}" if closed else ""


def _is_too_old(copy: Path, now: datetime) -> bool:
    stamp = re.fullmatch(r"keys-(\d{8}T\d{6}Z)(?:\.part)?", copy.name, re.ASCII)
    if not stamp:
        return False
    return datetime.strptime(stamp[1], _STAMP).replace(tzinfo=UTC) < now - timedelta(days=KEPT_DAYS)


def _copy_out(name: str, path: Path) -> None:
    if connections[name].vendor != "sqlite":
        _run(name, ["pg_dump", "--format=custom", f"--file={path}"], path)
        path.chmod(0o600)
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.close(descriptor)
    with closing(sqlite3.connect(_file(name))) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)


def _copy_in(name: str, path: Path) -> None:
    if connections[name].vendor != "sqlite":
        _run(name, ["pg_restore", "--exit-on-error", "--no-owner", str(path)], path)
        return
    target = _file(name)
    connections[name].close()
    if target.exists() and not _is_empty(target):
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


def _is_empty(target: Path) -> bool:
    """A file without any table: somebody only looked whether one was there."""
    try:
        with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as database:
            return not database.execute("SELECT name FROM sqlite_master").fetchall()
    except sqlite3.Error:
        return False


def _take_out(name: str) -> None:
    """What was put back and is not right goes again; on PostgreSQL the technician drops it."""
    if connections[name].vendor == "sqlite":
        connections[name].close()
        _file(name).unlink()


def _is_there(name: str, table: str) -> bool:
    """Whether a database has this table; looking does not make one."""
    connection = connections[name]
    if connection.vendor == "sqlite" and not _file(name).exists():
        return False
    return table in connection.introspection.table_names()


def _intact(path: Path) -> int:
    count, broken = audit.verify()
    if broken:
        raise CannotKeep(
            f"{path} : son journal n'est pas intact (acte {broken[0].number}) ; prenez une autre sauvegarde."
        )
    return count


def _file(name: str) -> Path:
    return Path(str(connections[name].settings_dict["NAME"]))


def _run(name: str, command: list[str], path: Path) -> None:
    """Run one of PostgreSQL's tools on one of the databases; the password is in no command line."""
    url = urlsplit(settings.KIOSK.keys_database if name == KEYS else settings.KIOSK.database)
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
