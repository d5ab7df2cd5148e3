"""``kiosk keys``: the structure's key pair, which check-ins are sealed for; a terminal's own, which it signs with."""

from pathlib import Path

import typer

from kiosk import sealing

app = typer.Typer(help="Clés : celles de la structure, celle d'une borne.", no_args_is_help=True)

EXISTS = 3


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


def _refuse_to_replace(file: Path) -> None:
    """A key that is gone takes with it everything sealed for it: none is ever overwritten."""
    for path in (file, file.with_suffix(".pub")):
        if path.exists():
            typer.echo(f"{path} existe déjà : déplacez ce fichier, ou choisissez un autre nom.", err=True)
            raise typer.Exit(EXISTS)


def _public_beside(file: Path, pem: bytes) -> None:
    file.with_suffix(".pub").write_bytes(pem)
