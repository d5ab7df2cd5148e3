"""Copies kept: backup and restore of the whole database, and, apart from it, of the keys that open it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, connections, transaction

from kiosk.console import audit
from kiosk.console.keystore.models import KnownStore, SubjectKey
from kiosk.console.keystore.router import KEYS
from kiosk.console.models import Sealed
from kiosk.console.records import erasing
from kiosk.console.upkeep import dump, frames, keys, lineage

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

    The console must be stopped. A backup that was touched anywhere is refused, and nothing in it is carried out.
    """
    with _put_in(BASE, path):
        count = _intact(path)
        lineage.restored()
    return count


def backup_keys(folder: Path, now: datetime) -> Path:
    """Copy the keys into this folder, and remove from it the copies that are too old. CannotKeep if not."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"keys-{now.astimezone(UTC):{_STAMP}}"
    if path.exists():
        raise CannotKeep(f"{path} : existe déjà ; recommencez dans une seconde.")
    _copy_out(KEYS, path)
    for copy in folder.iterdir():
        if _is_too_old(copy, now):
            copy.unlink()
    return path


def restore_keys(path: Path, now: datetime) -> int:
    """Put the keys back in place of an empty store; gives how many. CannotKeep if not.

    What was erased since that copy, as far as the database knows, is erased again.
    """
    if _is_too_old(path, now) or _says_it_is_too_old(path, now):
        raise CannotKeep(f"{path} : copie de plus de {KEPT_DAYS} jours ; elle ouvrirait ce qui a été effacé.")
    if _is_there(KEYS, SubjectKey._meta.db_table):
        raise CannotKeep("Les clés sont déjà là (keys_dir ou keys_database) ; déplacez-les d'abord.")
    with _put_in(KEYS, path):
        if not _is_there(KEYS, SubjectKey._meta.db_table):
            raise CannotKeep(f"{path} : ce n'est pas une sauvegarde des clés.")
        is_of_a_base = _is_there(BASE, KnownStore._meta.db_table)
        if is_of_a_base:
            _check_whose(path)
    if is_of_a_base:
        erasing.again()
        while erasing.carry_out():
            continue
    return SubjectKey.objects.count()


def _check_whose(path: Path) -> None:
    try:
        keys.check_store()
    except keys.KeysMissing:
        raise CannotKeep(f"{path} : ce sont les clés d'une autre base.") from None


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


def _says_it_is_too_old(copy: Path, now: datetime) -> bool:
    """By what it says itself, proven: a copy that somebody renamed is as old as it was."""
    try:
        return dump.made_at(copy) < now - timedelta(days=KEPT_DAYS)
    except (frames.BadBackup, ValueError, KeyError):
        return False  # no backup at all, which is said where it is read


def _copy_out(name: str, path: Path) -> None:
    """Not there before, not half there after; for its owner's eyes only."""
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        dump.write(name, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


@contextmanager
def _put_in(name: str, path: Path) -> Iterator[None]:
    """All of a backup, proven frame by frame, as far as whoever looks at it meanwhile agrees; or nothing."""
    if not _is_empty(name):
        raise CannotKeep(f"{_place(name)} : une base est déjà là ; déplacez-la d'abord.")
    try:
        with path.open("rb") as file, _at_once(name):
            dump.read(name, file)
            yield
    except dump.OfAnother:
        raise CannotKeep(f"{path} : sauvegarde d'une autre base, ou d'une console plus récente.") from None
    except (frames.BadBackup, DatabaseError, ValueError, KeyError):
        raise CannotKeep(
            f"{path} : ce n'est pas une sauvegarde de cette console, ou elle a été modifiée ; prenez-en une autre."
        ) from None


@contextmanager
def _at_once(name: str) -> Iterator[None]:
    """Who is killed in between leaves no base, which a console would start with as with a new one.

    PostgreSQL takes tables and rows in one transaction; SQLite's file stands under another name until it is whole.
    """
    connection = connections[name]
    connection.close()
    if connection.vendor != "sqlite":
        with transaction.atomic(using=name):
            yield
        return
    place = _file(name)
    part = place.with_name(f"{place.name}.part")
    _unlink(part)
    connection.settings_dict["NAME"] = str(part)
    try:
        yield
        connection.close()  # what its write-ahead log holds is in it then
        part.rename(place)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(place)
        _unlink(part)


def _unlink(place: Path) -> None:
    for end in ("", "-wal", "-shm"):
        place.with_name(place.name + end).unlink(missing_ok=True)


def _is_empty(name: str) -> bool:
    """Without any table: somebody only looked whether one was there."""
    connection = connections[name]
    if connection.vendor == "sqlite" and not _file(name).exists():
        return True
    try:
        return not connection.introspection.table_names()
    except DatabaseError:
        return False


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


def _place(name: str) -> str:
    return str(_file(name)) if connections[name].vendor == "sqlite" else str(connections[name].settings_dict["NAME"])
