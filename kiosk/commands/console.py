"""``kiosk console``: serve the staff's pages and the kiosks' intake; accounts, kiosks, audit trail."""

import getpass
import json
import secrets
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import typer

app = typer.Typer(help="The staff's console: queue, comparison, decision, trace.", no_args_is_help=False)
user = typer.Typer(help="Accounts of members of staff.", no_args_is_help=True)
kiosk = typer.Typer(help="The kiosks the console listens to.", no_args_is_help=True)
trail = typer.Typer(help="The audit trail.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(kiosk, name="kiosk")
app.add_typer(trail, name="audit")

Config = Annotated[Path, typer.Option("--config", help="The TOML file with a [server] section.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_CONFIG = Path("/etc/kiosk/kiosk.toml")


def set_up(config: Path) -> "ServerSettings":  # noqa: F821 # imported late: Django is not loaded for other commands
    """Read the settings and set Django up; ends the command (2) when they are wrong."""
    from kiosk import journal
    from kiosk.console.config import read_server_settings
    from kiosk.console.django_settings import configure
    from kiosk.settings import BadSettings

    try:
        server = read_server_settings(config)
        configure(server)
    except (BadSettings, OSError, ValueError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from None
    journal.write_to(sys.stderr)
    return server


def _prepared(config: Path) -> None:
    server = set_up(config)
    from kiosk.console.upkeep import bring_up_to_date

    bring_up_to_date(server)


@app.callback(invoke_without_command=True)
def console(context: typer.Context, config: Config = DEFAULT_CONFIG) -> None:
    """Serve over HTTPS until stopped; prints one line of JSON with the address once it answers."""
    if context.invoked_subcommand is not None:
        return
    server = set_up(config)
    from kiosk.console import vault
    from kiosk.console.serve import run
    from kiosk.console.upkeep import bring_up_to_date
    from kiosk.sealing import BadKey

    try:
        vault.keys()  # a wrong passphrase shows now, not at the first patient
        bring_up_to_date(server)
    except (BadKey, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from None
    run(server)


@user.command("add")
def add_user(
    name: str,
    role: Annotated[str, typer.Option("--role", help="host, officer, administrator or auditor.")],
    password_file: Annotated[Path | None, typer.Option("--password-file", help="A file holding the password.")] = None,
    desk: Annotated[str, typer.Option("--desk", help="The desk where they sit.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Create an account; prints what to put into the authenticator, once."""
    _prepared(config)
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from kiosk.console.models import Role, Staff
    from kiosk.console.upkeep import add_staff

    if role not in Role.values:
        typer.echo(f"--role: one of {', '.join(Role.values)}", err=True)
        raise typer.Exit(2)
    if Staff.objects.filter(username=name).exists():
        typer.echo("this account exists already", err=True)
        raise typer.Exit(3)
    generated = ""
    if password_file is not None:
        password = password_file.read_text().strip()
    elif sys.stdin.isatty():
        password = getpass.getpass("Password: ")
    else:
        password = generated = secrets.token_urlsafe(15)
    try:
        validate_password(password, Staff(username=name))
    except ValidationError as trouble:
        typer.echo("\n".join(trouble.messages), err=True)
        raise typer.Exit(2) from None
    address = add_staff(name, role, password, who=f"command:{getpass.getuser()}", desk=desk)
    secret = parse_qs(urlsplit(address).query)["secret"][0]
    if as_json:
        print(
            json.dumps({"user": name, "role": role, "password": generated, "totp_secret": secret, "otpauth": address})
        )
        return
    if generated:
        print(f"Password: {generated}")
    print(f"TOTP secret: {secret}")
    print(address)


@user.command("disable")
def disable_user(name: str, config: Config = DEFAULT_CONFIG) -> None:
    """Close an account; what it signed for stays."""
    _prepared(config)
    from kiosk.console import audit
    from kiosk.console.models import Staff

    if not Staff.objects.filter(username=name, is_active=True).update(is_active=False):
        typer.echo("no active account of that name", err=True)
        raise typer.Exit(3)
    audit.record(audit.Act.ACCOUNT_CHANGED, who=f"command:{getpass.getuser()}", about=name, active=False)


@kiosk.command("add")
def add_kiosk(
    name: str,
    public_key: Annotated[Path, typer.Option("--public-key", help="The kiosk's public key (PEM).")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Enrol a kiosk, or give it a new key."""
    _prepared(config)
    from kiosk.console.upkeep import enrol
    from kiosk.sealing import BadKey

    try:
        is_new = enrol(name, public_key.read_text(), who=f"command:{getpass.getuser()}")
    except (BadKey, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from None
    print("enrolled" if is_new else "already enrolled with this key")


@kiosk.command("invite")
def invite_kiosk(name: str, config: Config = DEFAULT_CONFIG) -> None:
    """Print a one-time code with which a kiosk brings its key, within the hour."""
    _prepared(config)
    from kiosk.console.upkeep import invite

    print(invite(name, who=f"command:{getpass.getuser()}"))


@kiosk.command("revoke")
def revoke_kiosk(name: str, config: Config = DEFAULT_CONFIG) -> None:
    """Stop listening to a kiosk."""
    _prepared(config)
    from kiosk.console.upkeep import Unknown, revoke

    try:
        revoke(name, who=f"command:{getpass.getuser()}")
    except Unknown:
        typer.echo("no enrolled kiosk of that name", err=True)
        raise typer.Exit(3) from None
    print("revoked")


@trail.command("verify")
def verify_trail(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Read the audit trail again; exit code 1 when an entry was altered, removed or reordered."""
    _prepared(config)
    from kiosk.console import audit

    count, broken = audit.verify()
    if as_json:
        found = [{"number": one.number, "reason": one.reason} for one in broken]
        print(json.dumps({"entries": count, "intact": not broken, "broken": found}))
    else:
        print(f"{count} entries, " + ("intact" if not broken else "NOT intact:"))
        for one in broken:
            print(f"  entry {one.number}: {one.reason}")
    if broken:
        raise typer.Exit(1)


@app.command("openapi")
def openapi(config: Config = DEFAULT_CONFIG) -> None:
    """Print the intake's description (OpenAPI)."""
    set_up(config)
    from kiosk.console.intake import api

    print(json.dumps(api.get_openapi_schema(path_prefix="/intake"), indent=1))


@app.command("reseal")
def reseal_records(config: Config = DEFAULT_CONFIG) -> None:
    """Seal every record for the structure's current key; the former key may then be put away."""
    _prepared(config)
    from kiosk.console import keeping
    from kiosk.sealing import BadKey, CannotOpen

    try:
        count = keeping.reseal()
    except (BadKey, CannotOpen) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from None
    print(f"{count} records sealed again")


@app.command("backup")
def backup_database(path: Path, config: Config = DEFAULT_CONFIG) -> None:
    """Copy the database to a file, while the console runs."""
    _prepared(config)
    from kiosk.console import keeping

    try:
        keeping.backup(path)
    except (keeping.CannotKeep, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from None


@app.command("restore")
def restore_database(path: Path, config: Config = DEFAULT_CONFIG) -> None:
    """Put a backup in place of an empty database; the console must be stopped."""
    set_up(config)
    from kiosk.console import keeping

    try:
        count = keeping.restore(path)
    except (keeping.CannotKeep, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from None
    print(f"restored; {count} acts in the trail, intact")
