"""Keys changed, copies kept: sealing again for the structure's new key, backup and restore of the whole database."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection, transaction

from kiosk.console import audit
from kiosk.console.models import Sealed
from kiosk.console.records import vault
from kiosk.console.staff import emergencies, second_factor
from kiosk.sealing import sealed_for

BATCH = 50
PARTS = (("check_in", "check-in"), ("answer", "answer"), ("accepted", "accepted"), ("criteria", "criteria"))


class CannotKeep(Exception):
    """A backup or a restore was not done; says why and what to do, in French: the technician reads it."""


def reseal() -> int:
    """Seal every record for the current key; gives how many were not. Interrupted, it goes on where it stopped.

    The kiosk's signature stays, with the digest of what it signed; the trail says which key replaced which.
    """
    current = vault.keys().current.public_key.key_id
    changed, last = second_factor.reseal() + emergencies.reseal(), None
    while True:
        rows = Sealed.objects.order_by("pk")
        keys = list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        last = keys[-1]
        with transaction.atomic():
            for sealed in Sealed.objects.select_for_update().filter(pk__in=keys):
                former = {sealed_for(bytes(getattr(sealed, part))) for part, _ in PARTS if getattr(sealed, part)}
                if former <= {current}:
                    continue
                for part, name in PARTS:
                    body = bytes(getattr(sealed, part))
                    if body:
                        context = vault.context_of(name, sealed.pk)
                        setattr(sealed, part, vault.seal_body(vault.open_body(body, context), context))
                sealed.save()
                audit.record(audit.Act.RESEALED, who="command", about=str(sealed.pk), key=current)
                changed += 1
    return changed


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
        done = subprocess.run(  # noqa: S603 # our own words
            words, capture_output=True, timeout=3600, check=False, env=environment
        )
    except FileNotFoundError:
        raise CannotKeep(f"{command[0]} : absent ; installez le paquet Debian postgresql-client.") from None
    if done.returncode:
        raise CannotKeep(f"{path} : {command[0]} s'est arrêté avec le code {done.returncode}.")
