"""``kiosk console``: serve the staff's pages and the kiosks' intake; accounts, kiosks, audit trail."""

import getpass
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from kiosk import mistakes
from kiosk.commands import accounts, erase, evidence
from kiosk.commands import secret as secrets
from kiosk.console.config import ServerSettings, read_server_settings

app = typer.Typer(help="Console de l'accueil : file, comparaison, décision, trace.", no_args_is_help=False)
user = typer.Typer(help="Comptes des agents.", no_args_is_help=True)
kiosk = typer.Typer(help="Bornes que la console écoute.", no_args_is_help=True)
trail = typer.Typer(help="Journal des actes.", no_args_is_help=True)
register = typer.Typer(help="Registre : ce qui a été écrit y est-il encore ? Effacer un dossier.", no_args_is_help=True)
keys = typer.Typer(help="Clés des dossiers, gardées à part de la base.", no_args_is_help=True)
secret = typer.Typer(help="Le secret de la console : le remplacer, tout prouver de nouveau.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(kiosk, name="kiosk")
app.add_typer(trail, name="audit")
app.add_typer(register, name="register")
app.add_typer(evidence.app, name="evidence")
app.add_typer(keys, name="keys")
app.add_typer(secret, name="secret")

Config = Annotated[Path, typer.Option("--config", help="Le fichier TOML, avec sa section [server].")]
AsJson = Annotated[bool, typer.Option("--json", help="Écrire le résultat en JSON.")]
DEFAULT_CONFIG = Path("/etc/kiosk/kiosk.toml")


def set_up(config: Path, **instead: str) -> ServerSettings:
    """Read the settings and set Django up, some of them instead of the file's; ends the command (2) when wrong."""
    from kiosk import journal
    from kiosk.console.site.django_settings import configure
    from kiosk.settings import BadSettings

    try:
        server = read_server_settings(config).model_copy(update=instead)
        configure(server)
    except (BadSettings, OSError, ValueError) as trouble:
        typer.echo(_told(trouble), err=True)
        raise typer.Exit(2) from None
    journal.write_to(sys.stderr)
    return server


def _told(trouble: Exception) -> str:
    """What is wrong, as the technician reads it; of a file that cannot be used, which and why."""
    if isinstance(trouble, OSError) and trouble.filename:
        return f"{trouble.filename} {mistakes.reason(trouble)} : corrigez le chemin ou les droits"
    return str(trouble)


def prepared(config: Path, **instead: str) -> ServerSettings:
    """Set Django up and bring the databases up to date; ends the command (2) when the structure's key does not open."""
    server = set_up(config, **instead)
    from kiosk.appli.plug_ins import verifier_called
    from kiosk.appli.verifier import NoVerifierError
    from kiosk.console.records import structure
    from kiosk.console.records.world import OtherWorld
    from kiosk.console.upkeep import key_files
    from kiosk.console.upkeep.database import NotTheOwner, bring_up_to_date
    from kiosk.console.upkeep.keys import KeysMissing
    from kiosk.console.upkeep.lineage import PutBack
    from kiosk.sealing import BadKey

    try:
        key_files.check(server, config)
        if server.appli is not None:
            verifier_called(server.appli.verifier, server.appli.issuers)
        structure.keys()  # a wrong passphrase shows now, not at the first patient
        bring_up_to_date(server)
    except (
        *(BadKey, KeysMissing, NoVerifierError, NotTheOwner, OSError, OtherWorld, PutBack),
        key_files.OpenToOthers,
    ) as trouble:
        typer.echo(_told(trouble), err=True)
        raise typer.Exit(2) from None
    return server


@app.callback(invoke_without_command=True)
def console(context: typer.Context, config: Config = DEFAULT_CONFIG) -> None:
    """Sert en HTTPS jusqu'à l'arrêt ; une ligne de JSON donne l'adresse dès qu'elle répond."""
    if context.invoked_subcommand is not None:
        return
    server = prepared(config)
    from kiosk.console.site.serve import run
    from kiosk.console.upkeep import checking, renewing

    checking.look_back()
    if renewing.is_due():
        typer.echo("Le secret a été remplacé : lancez kiosk console secret renew avant la date de l'ancien.", err=True)
    run(server)


@user.command("add")
def add_user(
    name: str,
    role: Annotated[
        str, typer.Option("--role", help="host (accueil), officer (identitovigilance), administrator ou auditor.")
    ],
    desk: Annotated[str, typer.Option("--desk", help="Le guichet où la personne travaille.")] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Crée un compte, écrit le lien de son titulaire ; signalé dès que deux personnes peuvent le demander."""
    server = prepared(config)
    accounts.add(server, name, role, desk, as_json=as_json)


@user.command("renew")
def renew_user(name: str, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Écrit un lien où le titulaire d'un compte choisit de nouveaux secrets ; toujours signalé."""
    accounts.renew(prepared(config), name, as_json=as_json)


@user.command("repair")
def repair_user(name: str, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Refait, d'après le journal, un compte dont la ligne ne se prouve plus ; écrit un lien ; toujours signalé."""
    accounts.repair(prepared(config), name, as_json=as_json)


@user.command("disable")
def disable_user(name: str, config: Config = DEFAULT_CONFIG) -> None:
    """Ferme un compte ; ce qu'il a signé reste."""
    prepared(config)
    accounts.disable(name)


@kiosk.command("add")
def add_kiosk(
    name: str,
    public_key: Annotated[Path, typer.Option("--public-key", help="La clé publique de la borne (PEM).")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Enrôle une borne, ou lui donne une nouvelle clé."""
    prepared(config)
    from kiosk.console.terminals.enrolment import enrol
    from kiosk.sealing import BadKey

    try:
        is_new = enrol(name, public_key.read_text(), who=f"command:{getpass.getuser()}")
    except (BadKey, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from None
    print("Borne enrôlée." if is_new else "Borne déjà enrôlée avec cette clé.")


@kiosk.command("invite")
def invite_kiosk(name: str, config: Config = DEFAULT_CONFIG) -> None:
    """Écrit un code à usage unique : la borne apporte sa clé dans l'heure."""
    prepared(config)
    from kiosk.console.terminals.enrolment import invite

    print(invite(name, who=f"command:{getpass.getuser()}"))


@kiosk.command("revoke")
def revoke_kiosk(name: str, config: Config = DEFAULT_CONFIG) -> None:
    """N'écoute plus une borne."""
    prepared(config)
    from kiosk.console.terminals.enrolment import Unknown, revoke

    try:
        revoke(name, who=f"command:{getpass.getuser()}")
    except Unknown:
        typer.echo("Aucune borne enrôlée de ce nom.", err=True)
        raise typer.Exit(3) from None
    print("Borne révoquée.")


@secret.command("new")
def new_secret(
    file: Annotated[Path, typer.Argument(help="Où écrire le nouveau secret (600) ; jamais remplacé.")],
    days: Annotated[int, typer.Option("--days", min=1, max=365, help="Combien de jours l'ancien est encore cru.")] = 30,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Écrit un nouveau secret, qui hérite de quoi relire le journal, et dit quoi écrire dans les réglages."""
    secrets.new(file, days, config)


@secret.command("renew")
def renew_secret(config: Config = DEFAULT_CONFIG) -> None:
    """Prouve tout avec le nouveau secret, pendant que la console sert ; sortie 1 si des lignes ne se prouvent pas."""
    prepared(config)
    secrets.renew()


@trail.command("verify")
def verify_trail(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Relit le journal des actes et consulte ses témoins ; sortie 1 si un acte a été modifié, retiré ou déplacé."""
    prepared(config)
    from kiosk.console import audit
    from kiosk.console.witness import checks, words

    count, broken = audit.verify()
    seen = checks.witnesses("", 0).found
    is_intact = not broken and not seen
    if as_json:
        found = [{"number": one.number, "reason": one.reason} for one in broken]
        told = [{"code": one.code, "about": one.about, "by": one.by} for one in seen]
        said = {"entries": count, "intact": is_intact, "broken": found}
        print(json.dumps(said | ({"witnessed": told} if told else {})))
    else:
        print(f"Actes : {count}, " + ("journal intact." if is_intact else "journal NON intact :"))
        for one in broken:
            print(f"  acte {one.number} : {one.reason}")
        for other in seen:
            print(f"  {words.told(other.code, other.about)}")
    if not is_intact:
        raise typer.Exit(1)


@register.command("check")
def check_register(
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
    witness: Annotated[
        list[Path] | None,
        typer.Option("--witness", help="Un autre témoin : extrait du journal système, fichier d'une autre machine."),
    ] = None,
) -> None:
    """Relit tout ; sortie 1 si quelque chose n'est plus tel qu'écrit et que personne ne l'a encore vu. N'écrit rien."""
    prepared(config)
    from kiosk.console.register import carried_over
    from kiosk.console.upkeep import checking
    from kiosk.console.witness import checks, findings, words

    parts = {name: list(checking.whole(check)) for name, check in checking.CHECKS.items()}
    try:
        parts |= {str(path): [checks.of_file(path)] for path in witness or ()}
    except OSError as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from None
    counts = {name: sum(part.count for part in some) for name, some in parts.items()}
    found = {one.name: one for some in parts.values() for part in some for one in part.found}
    seen = {name: findings.is_seen(name) for name in found}
    if as_json:
        told = [
            {"code": one.code, "about": one.about, "by": one.by, "evidence": one.evidence, "seen": seen[name]}
            for name, one in found.items()
        ]
        carried = carried_over.told()
        print(json.dumps({"intact": not found, "read": counts, "found": told, "carried_over": carried}))
    else:
        for line in carried_over.in_words():
            print(line)
        for name, count in counts.items():
            print(f"{words.CHECKED.get(name, name)} : {count}")
        for name, one in found.items():
            print(f"  {words.told(one.code, one.about)}" + (" (déjà vu)" if seen[name] else ""))
        print("Registre intact." if not found else "Registre NON intact.")
    if not all(seen.values()):
        raise typer.Exit(1)


@register.command("erase")
def erase_record(key: erase.Key, reason: erase.Reason, by: erase.Officer, config: Config = DEFAULT_CONFIG) -> None:
    """Efface tout ce qui est connu d'une personne, sur demande : sa clé est détruite, rien ne la rouvre."""
    prepared(config)
    erase.carry_out(key, reason, by)


@app.command("upgrade")
def upgrade_tables(
    owner_file: Annotated[
        Path,
        typer.Option(
            "--owner-file",
            help="L'adresse de la base, avec le rôle propriétaire ; à la ligne, celle des clés.",
        ),
    ],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Met les tables à jour avec le rôle propriétaire de PostgreSQL, là où les rôles sont séparés."""
    names = ("database", "keys_database")
    try:
        lines = owner_file.read_text().split()
    except OSError as trouble:
        typer.echo(f"{owner_file} : illisible ({trouble.strerror}).", err=True)
        raise typer.Exit(2) from None
    if not 1 <= len(lines) <= len(names) or not all(one.startswith("postgres") for one in lines):
        typer.echo(f"{owner_file} : écrivez l'adresse postgresql:// de la base, une par ligne.", err=True)
        raise typer.Exit(2)
    prepared(config, **dict(zip(names, lines, strict=False)))
    print("Tables à jour ; relancez deploy/console/roles.sql.")


@app.command("openapi")
def openapi(config: Config = DEFAULT_CONFIG) -> None:
    """Écrit la description de l'interface des bornes (OpenAPI)."""
    set_up(config)
    from kiosk.console.intake.api import api

    print(json.dumps(api.get_openapi_schema(path_prefix="/intake"), indent=1))


@app.command("reseal")
def reseal_records(config: Config = DEFAULT_CONFIG) -> None:
    """Scelle de nouveau chaque dossier pour la clé du moment ; l'ancienne peut ensuite être rangée."""
    prepared(config)
    from kiosk.console.upkeep import resealing
    from kiosk.sealing import BadKey, CannotOpen

    try:
        count = resealing.reseal()
    except (BadKey, CannotOpen) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from None
    print(f"Dossiers scellés de nouveau : {count}")


@app.command("backup")
def backup_database(path: Path, config: Config = DEFAULT_CONFIG) -> None:
    """Copie la base dans un fichier, console en marche."""
    prepared(config)
    from kiosk.console.upkeep import backup

    try:
        backup.backup(path)
    except (backup.CannotKeep, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from None


@app.command("restore")
def restore_database(path: Path, config: Config = DEFAULT_CONFIG) -> None:
    """Remet une sauvegarde à la place d'une base vide ; la console doit être arrêtée."""
    set_up(config)
    from kiosk.console.upkeep import backup
    from kiosk.console.witness import kept, words

    try:
        count = backup.restore(path)
    except (backup.CannotKeep, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from None
    print(f"Base remise ; actes dans le journal : {count}, intact.")
    for one in kept.compare():
        typer.echo(f"Attention : {words.told(one.code, one.about)}", err=True)
    _say_what_is_missing()


@keys.command("backup")
def backup_keys(folder: Path, config: Config = DEFAULT_CONFIG) -> None:
    """Copie les clés dans un dossier, console en marche, et en retire les copies de plus de 29 jours."""
    prepared(config)
    from django.utils import timezone

    from kiosk.console.upkeep import backup

    try:
        print(backup.backup_keys(folder, timezone.now()))
    except (backup.CannotKeep, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from None


@keys.command("restore")
def restore_keys(path: Path, config: Config = DEFAULT_CONFIG) -> None:
    """Remet les clés là où il n'y en a plus ; la console doit être arrêtée."""
    set_up(config)
    from django.utils import timezone

    from kiosk.console.upkeep import backup

    try:
        count = backup.restore_keys(path, timezone.now())
    except (backup.CannotKeep, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(1) from None
    print(f"Clés remises : {count}")
    _say_what_is_missing()


@keys.command("check")
def check_keys(config: Config = DEFAULT_CONFIG) -> None:
    """Dit si les clés de la base sont là ; sortie 1 s'il en manque."""
    set_up(config)
    from kiosk.console.upkeep import backup

    if missing := backup.what_is_missing():
        typer.echo(missing, err=True)
        raise typer.Exit(1)
    print("Les clés de la base sont là.")


def _say_what_is_missing() -> None:
    from kiosk.console.upkeep import backup

    if missing := backup.what_is_missing():
        typer.echo(missing, err=True)
