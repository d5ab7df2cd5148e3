"""``kiosk console register erase``: what is known of one person is destroyed, on demand, by a named member of staff.

A record is named by the random key in the address of its page: no name, no number, in no command line.
"""

import getpass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

if TYPE_CHECKING:
    from kiosk.console.models import Staff
    from kiosk.console.register.erasure import Meant, Why

REASONS = {
    "request": "la personne l’a demandé",
    "mistake": "dossier ouvert par erreur",
    "order": "décision d’une autorité ou d’un juge",
    "expired": "durée de conservation écoulée",
}
CONFIRMED = "effacer"
Reason = Annotated[
    str, typer.Option("--reason", help=" ; ".join(f"{code} ({label})" for code, label in REASONS.items()) + ".")
]
Officer = Annotated[str, typer.Option("--by", help="Le compte d’identitovigilance qui l’a décidé.")]
Key = Annotated[str, typer.Argument(help="La clé du dossier : celle de l’adresse de sa page.", metavar="CLE")]


def carry_out(key: str, reason: str, by: str) -> None:
    """Say what would go, have it confirmed, and erase it; ends the command (1 to 3) when it cannot be."""
    from kiosk.console.models import Staff
    from kiosk.console.register import erasure

    if reason not in REASONS:
        raise _ended(2, f"--reason : {', '.join(REASONS)}")
    staff = Staff.objects.filter(username=by, is_active=True).first()
    if staff is None or not _may_decide(staff):
        raise _ended(3, "--by : aucun compte d’identitovigilance ouvert de ce nom.")
    meant = erasure.meant(_key(key))
    if meant is None:
        raise _ended(3, "Aucun dossier de cette clé, ou il est déjà effacé.")
    print(_told(meant))
    if typer.prompt(f"Ce qui est effacé ne se rouvre pas. Écrivez « {CONFIRMED} » pour continuer") != CONFIRMED:
        raise _ended(1, "Rien n’a été effacé.")
    subject = _erased(meant, staff, erasure.Why(reason))
    _say_done(subject)


def _erased(meant: "Meant", staff: "Staff", why: "Why") -> UUID:
    """Erase it; gives the subject whose key is to go."""
    from kiosk.console.register import erasure, reading, writer
    from kiosk.core.status.transitions import Actor, ActorKind

    by, where = Actor(ActorKind.STAFF, staff.username), f"command:{getpass.getuser()}"[:60]
    try:
        if meant.persons:
            erasure.erase(meant.persons[0].pk, by, why, where=where)
            return meant.persons[0].pk
        erasure.erase_visit(meant.visits[0].pk, by, why, where=where)
        return meant.visits[0].pk
    except erasure.InHand:
        raise _ended(1, "Une visite de cette personne est en cours : terminez-la d’abord à l’accueil.") from None
    except writer.Refused as refused:
        refused.remember()
        raise _ended(1, "Ce dossier a été effacé entre-temps.") from None
    except writer.Conflict:
        raise _ended(1, "Ce dossier change en ce moment : recommencez.") from None
    except reading.Tampered:
        raise _ended(1, "Ce dossier n’est plus tel qu’écrit : voyez d’abord kiosk console register check.") from None


def _say_done(subject: UUID) -> None:
    from kiosk.console.upkeep import retention

    if retention.finish(subject):
        print("Dossier effacé.")
    else:
        print("Dossier effacé ; le service de fond (kiosk worker) achève la destruction de sa clé.")


def _told(meant: "Meant") -> str:
    """What is about to go, without a trait."""
    from kiosk.console.words import day

    if not meant.persons:
        return f"Une visite du {day(meant.visits[0].arrived_at)}, de personne de connu."
    first = min(one.opened_at for one in meant.persons)
    words = {"PROVISIONAL": "provisoire", "RETRIEVED": "récupérée", "VALIDATED": "validée", "QUALIFIED": "qualifiée"}
    [status, *_] = [words[one.status] for one in meant.persons if one.absorbed_by_id is None] or [""]
    lines = [f"Une personne connue depuis le {day(first)}, identité {status}."]
    if len(meant.persons) > 1:
        lines.append(f"Dossiers fusionnés, effacés ensemble : {len(meant.persons)}")
    lines.append(f"Visites encore gardées, effacées avec elle : {len(meant.visits)}")
    return "\n".join(lines)


def _may_decide(staff: "Staff") -> bool:
    from kiosk.console.models import Role

    return staff.role == Role.OFFICER.value


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _ended(2, "CLE : recopiez la clé de l’adresse, de la forme 01234567-89ab-…") from None


def _ended(code: int, words: str) -> typer.Exit:
    typer.echo(words, err=True)
    return typer.Exit(code)
