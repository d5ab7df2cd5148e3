"""``kiosk console secret``: the site's secret replaced; the console serves meanwhile, and nothing is lost halfway."""

import getpass
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

EXISTS = 3


def new(file: Path, days: int, config: Path) -> None:
    """The next secret, and what the settings must say; ends the command (2, 3) when it cannot be."""
    from kiosk.console import keyring
    from kiosk.console.config import read_server_settings
    from kiosk.settings import BadSettings

    try:
        server = read_server_settings(config)
        content = keyring.new(keyring.read(server)[0])
        _write(file, content, server.secret_key_file)
    except FileExistsError:
        typer.echo(f"{file} existe déjà : déplacez ce fichier, ou choisissez un autre nom.", err=True)
        raise typer.Exit(EXISTS) from None
    except (BadSettings, OSError, ValueError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from None
    until = datetime.now(UTC).astimezone().date() + timedelta(days=days)
    former = [f'  {{ file = "{server.secret_key_file}", until = {until.isoformat()} }},']
    former += [f'  {{ file = "{one.file}", until = {one.until.isoformat()} }},' for one in server.former_secrets]
    print("Écrivez dans [server] :\n")
    print("\n".join([f'secret_key_file = "{file.resolve()}"', "former_secrets = [", *former, "]"]))
    print("\nPuis redémarrez console et worker partout, et lancez : kiosk console secret renew")


def renew() -> None:
    """All of it proven anew; ends the command: 1 where rows are left that nothing proves, 2 where it cannot be."""
    from kiosk.console.models.proven import Unproven
    from kiosk.console.upkeep import renewing

    try:
        written, left = renewing.renew(f"command:{getpass.getuser()}"[:60], _say)
    except renewing.NotReplaced:
        typer.echo("Les réglages ne nomment aucun ancien secret : lancez d'abord kiosk console secret new.", err=True)
        raise typer.Exit(2) from None
    except Unproven:
        typer.echo("La fin du journal n'a pas été écrite par la console : voyez d'abord la page Registre.", err=True)
        raise typer.Exit(2) from None
    print(f"Lignes prouvées avec le nouveau secret : {sum(written.values())}.")
    if left:
        typer.echo(f"{left} lignes ne se prouvent pas et restent ainsi : voyez la page Registre.", err=True)
        raise typer.Exit(1)


def _say(table: str, seen: int, done: int) -> None:
    typer.echo(f"{table} : {seen} lues, {done} prouvées de nouveau", err=True)


def _write(path: Path, content: bytes, former: Path) -> None:
    """For the eyes of who reads the former one; on the disk when this returns. FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        kept = former.stat()
        if os.geteuid() == 0:
            os.fchown(descriptor, kept.st_uid, kept.st_gid)
            os.fchmod(descriptor, 0o600 | (kept.st_mode & 0o040))
        file.write(content)
        file.flush()
        os.fsync(descriptor)
