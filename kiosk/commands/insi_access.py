"""How the commands of ``kiosk insi`` are told where INSi is: by the configuration file, by options, or both."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.insi.config import Environment, InsiConfig, config_from

Endpoint = Annotated[str | None, typer.Option("--endpoint", help="Adresse du service.")]
Certificate = Annotated[Path | None, typer.Option("--certificate", help="Certificat de la structure, PKCS#12 ou PEM.")]
Key = Annotated[str | None, typer.Option("--key", help="Clé PEM, ou adresse pkcs11: d'un jeton.")]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", help="Fichier qui contient le mot de passe.")]
Ca = Annotated[Path | None, typer.Option("--ca", help="Autorités qui garantissent le serveur, PEM.")]
Idam = Annotated[str | None, typer.Option("--idam", help="Numéro d'autorisation du logiciel.")]
Wsdl = Annotated[Path | None, typer.Option("--wsdl", help="WSDL du kit officiel.")]
Env = Annotated[Environment | None, typer.Option("--environment", help="production, test ou demo.")]
Config = Annotated[Path | None, typer.Option("--config", help="Le fichier de configuration (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Écrire le résultat en JSON.")]


def configuration(config: Path | None, **options: Any) -> InsiConfig:
    """Join the file and the options; the options win. Ends the command (2) when something is missing."""
    said = {name: value for name, value in options.items() if value is not None}
    missing = [name for name in ("endpoint", "certificate", "ca", "idam") if not said.get(name, config)]
    if missing:
        typer.echo("Il manque : " + ", ".join(f"--{name}" for name in missing) + " (ou --config)", err=True)
        raise typer.Exit(2)
    from kiosk.settings import BadSettings

    try:
        if config is not None:
            return replace(_of_file(config), **said)
        return InsiConfig(**{"environment": Environment.TEST, **said})
    except (BadSettings, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _of_file(config: Path) -> InsiConfig:
    from kiosk.settings import load_insi

    section, mode = load_insi(config)
    return config_from(section, mode)
