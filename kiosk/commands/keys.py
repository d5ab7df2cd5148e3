"""``kiosk keys``: the structure's key pair, which check-ins are sealed for; a terminal's own, which it signs with."""

import re
from contextlib import suppress
from pathlib import Path

import typer

from kiosk import sealing

app = typer.Typer(help="Clés : celles de la structure, celle d'une borne.", no_args_is_help=True)

EXISTS = 3
REFUSED = 4
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", re.ASCII)


@app.command("structure")
def structure(
    file: Path = typer.Argument(..., help="Où écrire la clé privée ; la publique s'écrit à côté, en .pub."),
    passphrase_file: Path = typer.Option(..., "--passphrase-file", help="Fichier contenant la phrase de passe."),
) -> None:
    """Crée la paire de clés de la structure. La clé privée reste sur la console et n'atteint jamais une borne."""
    _refuse_to_replace(file)
    try:
        passphrase = passphrase_file.read_bytes().strip()
    except OSError as trouble:
        typer.echo(f"{passphrase_file}: {trouble.strerror}", err=True)
        raise typer.Exit(2) from None
    if len(passphrase) < 16:
        typer.echo("La phrase de passe compte moins de 16 caractères : choisissez-en une plus longue.", err=True)
        raise typer.Exit(2)
    private = sealing.generate_recipient()
    sealing.save_recipient(private, file, passphrase)
    _public_beside(file, private.public_key.to_pem())
    typer.echo(private.public_key.key_id)


@app.command("token")
def token(
    file: Path = typer.Argument(..., help="Où écrire la phrase de passe, fermée ; pour [server] passphrase_file."),
    passphrase_file: Path = typer.Option(..., "--passphrase-file", help="Fichier contenant la phrase de passe."),
    token_key: str = typer.Option(..., "--token", help="La clé RSA du jeton, de la carte ou de la puce TPM : pkcs11:…"),
    code_file: Path | None = typer.Option(None, "--code-file", help="Fichier contenant le code du jeton."),
) -> None:
    """Ferme la phrase de passe pour un jeton PKCS#11 : sans lui, la clé de la structure ne s'ouvre pas."""
    from kiosk import pkcs11

    _refuse_to_replace(file)
    try:
        code = pkcs11.code_in(code_file)
        closed = pkcs11.close(token_key, code, passphrase_file.read_bytes().strip())
        sealing.write_private(file, closed)
    except (pkcs11.TokenTroubleError, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from None
    typer.echo("Gardez la phrase de passe au coffre, et détruisez son fichier ici : sans le jeton, elle seule ouvre.")


@app.command("terminal")
def terminal(
    file: Path = typer.Argument(..., help="Où écrire la clé de la borne ; la publique à côté, en .pub."),
) -> None:
    """Crée la clé avec laquelle une borne signe. Enrôlez la publique : kiosk console kiosk add NOM --public-key."""
    _refuse_to_replace(file)
    key = sealing.generate_signer()
    sealing.save_signer(key, file)
    _public_beside(file, sealing.signer_public_pem(key))
    typer.echo(str(file.with_suffix(".pub")))


@app.command("enrol")
def enrol(
    file: Path = typer.Argument(..., help="Clé de la borne : créée si elle n'existe pas encore ; la publique en .pub."),
    structure_key: Path = typer.Option(..., "--structure-key", help="Où écrire la clé publique de la structure."),
    console: str = typer.Option(..., "--console", help="Adresse de la console : https://…"),
    ca: Path = typer.Option(..., "--ca", help="Certificat de l'autorité qui garantit celui de la console (PEM)."),
    name: str = typer.Option(..., "--name", help="Nom de la borne, celui donné à : kiosk console kiosk invite NOM."),
    console_key: Path | None = typer.Option(
        None, "--console-key", help="Où écrire la clé publique de la console, pour [sealing] console_key."
    ),
    code: str = typer.Option(
        ..., "--code", prompt="Code d'enrôlement", help="Code à usage unique, valable une heure ; demandé s'il manque."
    ),
) -> None:
    """Présente la borne à la console avec un code à usage unique. La clé privée reste sur la borne."""
    from kiosk.storage.enrolment import Enrolled, bring_key

    _check(console, ca, name)
    if structure_key.exists():
        typer.echo(f"{structure_key} existe déjà : déplacez ce fichier, ou choisissez un autre nom.", err=True)
        raise typer.Exit(EXISTS)
    answer = bring_key(console, ca, name, code, _public_of(file))
    if not isinstance(answer, Enrolled):
        typer.echo(_why_not(answer.value, console=console, ca=ca, name=name), err=True)
        raise typer.Exit(REFUSED)
    part = structure_key.with_name(structure_key.name + ".part")
    try:
        part.write_bytes(answer.structure_key)
        key_id = sealing.load_recipient_public(part).key_id
        if console_key is not None and answer.head_key:
            console_key.write_text(answer.head_key + "\n", encoding="ascii")
        part.replace(structure_key)
    except (OSError, sealing.BadKey) as trouble:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        typer.echo(f"{trouble}\nLe code est consommé : corrigez, demandez-en un autre et recommencez.", err=True)
        raise typer.Exit(REFUSED) from None
    typer.echo(f"Borne {name} enrôlée. Clé de la structure : {key_id} (la console affiche le même numéro).")


def _check(console: str, ca: Path, name: str) -> None:
    """Say what is wrong before the code is shown to anybody: it serves once."""
    problems = []
    if not console.startswith("https://"):
        problems.append("--console : l'adresse commence par https://")
    if not ca.is_file():
        problems.append(f"--ca : {ca} est introuvable.")
    if not _NAME.fullmatch(name):
        problems.append("--name : lettres sans accent, chiffres et tirets, 40 au plus.")
    if problems:
        typer.echo("\n".join(problems), err=True)
        raise typer.Exit(2)


def _public_of(file: Path) -> bytes:
    """The public half of this kiosk's key, made now or by an earlier try that did not get through."""
    try:
        if file.exists():
            key = sealing.load_signer(file)
        else:
            key = sealing.generate_signer()
            sealing.save_signer(key, file)
        public = sealing.signer_public_pem(key)
        _public_beside(file, public)
    except (sealing.BadKey, OSError) as trouble:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(2) from None
    return public


def _why_not(code: str, *, console: str, ca: Path, name: str) -> str:
    """What happened and what to do, in two lines."""
    return {
        "code-refused": "La console refuse ce code : mal recopié, déjà utilisé, vieux de plus d'une heure, essayé trop "
        "souvent, ou donné à une autre borne.\n"
        f"Demandez-en un autre sur la console : kiosk console kiosk invite {name}",
        "not-understood": "La console n'a pas compris la demande.\nMettez à jour la plus ancienne des deux, borne ou "
        "console, puis recommencez avec un nouveau code.",
        "certificate": f"Le certificat de la console n'est pas garanti par {ca}, ou pas pour cette adresse.\n"
        "Rien n'a été envoyé : vérifiez l'adresse et le fichier, puis recommencez avec le même code.",
        "unreachable": f"La console ne répond pas à {console}.\nVérifiez l'adresse et le réseau, puis recommencez avec "
        "le même code ; s'il est refusé, demandez-en un autre.",
    }[code]


def _refuse_to_replace(file: Path) -> None:
    """A key that is gone takes with it everything sealed for it: none is ever overwritten."""
    for path in (file, file.with_suffix(".pub")):
        if path.exists():
            typer.echo(f"{path} existe déjà : déplacez ce fichier, ou choisissez un autre nom.", err=True)
            raise typer.Exit(EXISTS)


def _public_beside(file: Path, pem: bytes) -> None:
    file.with_suffix(".pub").write_bytes(pem)
