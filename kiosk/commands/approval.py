"""``kiosk insi approval``: play a test book in INSi's test environment, keep signed evidence, check evidence."""

import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kiosk import sealing
from kiosk.commands.insi_access import Ca, Certificate, Config, Endpoint, Idam, Key, PasswordFile, Wsdl, configuration

app = typer.Typer(
    help="Homologation : jouer un cahier de tests dans l'environnement de test, garder les preuves, les contrôler.",
    no_args_is_help=True,
)

DIFFERS = 1
UNUSABLE = 2


@app.command("run")
def run(
    output: Annotated[Path, typer.Argument(help="L'archive à écrire (.zip) ; jamais remplacée.")],
    *,
    signing_key: Annotated[Path, typer.Option("--signing-key", help="Clé Ed25519 qui signe : kiosk keys terminal.")],
    book: Annotated[
        Path | None, typer.Option("--book", help="Un autre cahier (TOML) que celui des cas publics.")
    ] = None,
    deadline: Annotated[float, typer.Option("--deadline", min=0.1, max=120, help="Secondes pour chaque cas.")] = 30.0,
    endpoint: Endpoint = None,
    certificate: Certificate = None,
    key: Key = None,
    password_file: PasswordFile = None,
    ca: Ca = None,
    idam: Idam = None,
    wsdl: Wsdl = None,
    config: Config = None,
) -> None:
    """Joue le cahier. Sortie : 0 tout est conforme, 1 un cas diffère (l'archive est écrite), 2 rien n'a été joué."""
    from kiosk.insi.approval import archive, evidence, playing
    from kiosk.insi.approval.book import PUBLIC, read
    from kiosk.settings import BadSettings

    options = {"endpoint": endpoint, "certificate": certificate, "key": key, "password_file": password_file, "ca": ca}
    chosen = configuration(config, **options, idam=idam, wsdl=wsdl)
    if output.exists() or not output.parent.is_dir():
        _stop(f"{output} : ce fichier existe déjà, ou son dossier manque.")
    try:
        cases, said = read(book or PUBLIC)
        signer = sealing.load_signer(signing_key)
        turns = playing.play(cases, chosen, deadline=deadline)
    except (BadSettings, sealing.BadKey, playing.NotInProduction) as trouble:
        _stop(str(trouble))
    played = []
    for one in turns:
        played.append(one)
        typer.echo(f"{'différent' if one.differences else 'conforme':10} {one.case.id}  {one.case.title}")
        for difference in one.differences:
            typer.echo(f"           {difference}")
    _write(output, archive.pack(evidence.files_of(cases, said, chosen, played), signer))
    typer.echo(f"{output} : signé par la clé {archive.key_id(signer.public_key())}")
    raise typer.Exit(DIFFERS if any(one.differences for one in played) else 0)


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="L'archive.")],
    *,
    public_key: Annotated[Path | None, typer.Option("--public-key", help="La clé attendue (.pub).")] = None,
) -> None:
    """Contrôle une archive : octet modifié, fichier ajouté ou retiré. Sortie : 0 intacte, 1 altérée, 2 illisible."""
    from kiosk.insi.approval import archive

    try:
        with file.open("rb") as opened:
            data = opened.read(archive.LARGEST + 1)
        expected = sealing.load_verifier(public_key.read_bytes()) if public_key else None
        soundness = archive.check(data, expected)
    except OSError as trouble:
        _stop(f"{trouble.filename} : {trouble.strerror}")
    except (archive.BadArchive, sealing.BadKey) as trouble:
        _stop(str(trouble))
    for problem in soundness.problems:
        typer.echo(problem)
    if soundness.problems:
        raise typer.Exit(DIFFERS)
    whose = "la clé attendue" if public_key else f"la clé {soundness.key_id}, à comparer avec celle de la structure"
    typer.echo(f"Archive intacte, signée par {whose}.")


def _write(path: Path, data: bytes) -> None:
    """For its owner's eyes; nothing is replaced."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as trouble:
        _stop(f"{path} : {trouble.strerror}")


def _stop(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(UNUSABLE)
