"""``kiosk console user``: the first accounts, and recovery when nobody can sign in. Never a password, never a factor.

Whoever runs these holds the server's keys. What two people of the console could have done instead is told as an alarm.
"""

import getpass
import json
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from kiosk.console.config import ServerSettings
    from kiosk.console.models import Staff


def add(server: "ServerSettings", name: str, role: str, desk: str, *, as_json: bool) -> None:
    """An account and the link for its owner; ends the command (2 or 3) when it cannot be."""
    from kiosk.console.models import Role, Staff
    from kiosk.console.staff import accounts

    if role not in Role.values:
        raise _ended(2, f"--role : {', '.join(Role.values)}")
    if Staff.objects.filter(username=name).exists():
        raise _ended(3, "Ce compte existe déjà.")
    is_exception = accounts.is_founded()
    staff = accounts.add(name, role, who=_who(), desk=desk)
    _give(server, staff, is_told=is_exception, as_json=as_json)


def renew(server: "ServerSettings", name: str, *, as_json: bool) -> None:
    """A link for an owner who has lost what they sign in with; ends the command (3) when no account is open."""
    from kiosk.console.models import Staff

    staff = Staff.objects.filter(username=name, is_active=True).first()
    if staff is None:
        raise _ended(3, "Aucun compte ouvert de ce nom.")
    _give(server, staff, is_told=staff.last_login is not None, as_json=as_json)


def repair(server: "ServerSettings", name: str, *, as_json: bool) -> None:
    """An account as the trail has it, and a link for its owner; ends the command (3) when it cannot be."""
    from kiosk.console import audit
    from kiosk.console.models import Role
    from kiosk.console.staff import accounts
    from kiosk.console.witness import findings

    try:
        staff = accounts.repair(name, who=_who())
    except accounts.NotRepairable as trouble:
        raise _ended(3, str(trouble)) from None
    if not staff.has_usable_password():
        _give(server, staff, is_told=True, as_json=as_json)
    else:
        findings.note([findings.Found("command", f"{staff.pk}-{audit.last_number()}")])
        typer.echo("Ce compte était fermé : il le reste. Deux personnes peuvent le rouvrir (Comptes).", err=True)
    typer.echo(f"Compte refait d’après le journal : {staff.username}, {Role(staff.role).label}.", err=True)


def disable(name: str) -> None:
    """Close an account; ends the command (3) when none is open."""
    from kiosk.console.models import Staff
    from kiosk.console.staff import accounts

    staff = Staff.objects.filter(username=name, is_active=True).first()
    if staff is None:
        raise _ended(3, "Aucun compte ouvert de ce nom.")
    accounts.set_active(staff, active=False, who=_who())


def _give(server: "ServerSettings", staff: "Staff", *, is_told: bool, as_json: bool) -> None:
    from kiosk.console import audit
    from kiosk.console.staff import admissions
    from kiosk.console.witness import findings

    link = admissions.by_command(staff, who=_who()).link
    if is_told:
        findings.note([findings.Found("command", f"{staff.pk}-{audit.last_number()}")])
    path = admissions.path_of(link)
    address = f"https://{server.names[0] if server.names else server.host}:{server.port}{path}"
    if as_json:
        print(json.dumps({"user": staff.username, "role": staff.role, "path": path, "link": address}))
        return
    hours = admissions.TO_USE.total_seconds() / 3600
    print(f"Lien pour {staff.username}, à ouvrir une fois, dans les {hours:.0f} heures :\n{address}")
    if is_told:
        typer.echo("Cet usage est signalé à l’identitovigilance.", err=True)


def _who() -> str:
    return f"command:{getpass.getuser()}"[:60]


def _ended(code: int, why: str) -> typer.Exit:
    typer.echo(why, err=True)
    return typer.Exit(code)
