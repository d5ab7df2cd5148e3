"""``kiosk outbox``: what this terminal has not delivered yet, and what the console refused, tried again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kiosk.settings import load
from kiosk.storage.outbox import Outbox, OutboxBusy, OutboxDamaged, OutboxFull, Waiting

app = typer.Typer(help="Boîte d'envoi de la borne : ce qui attend, ce que la console a refusé.", no_args_is_help=True)

Config = Annotated[Path, typer.Option("--config", help="Le fichier de configuration (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Écrire le résultat en JSON.")]
UNUSABLE, UNKNOWN = 1, 3


@app.command("list")
def list_waiting(config: Config, as_json: AsJson = False) -> None:
    """Écrit ce qui n'est pas transmis : clé, date, taille, essais, refus. Rien n'y désigne une personne."""
    with _opened(config) as outbox:
        held = outbox.everything() if outbox is not None else []
    parked = sum(1 for one in held if one.parked)
    if as_json:
        print(json.dumps({"waiting": len(held) - parked, "parked": parked, "check_ins": [_told(one) for one in held]}))
        return
    for one in held:
        print(_line(one))
    print(f"En attente : {len(held) - parked}, refusées par la console : {parked}.")


@app.command("retry")
def retry(
    config: Config,
    key: Annotated[str, typer.Argument(help="La clé d'un seul envoi ; sans elle, tous ceux qui sont refusés.")] = "",
    as_json: AsJson = False,
) -> None:
    """Remet en attente ce que la console a refusé : la borne le lui propose de nouveau, une fois."""
    with _opened(config) as outbox:
        count = outbox.unpark(key) if outbox is not None else 0
    if key and not count:
        typer.echo("Aucun envoi refusé n'a cette clé : kiosk outbox list", err=True)
        raise typer.Exit(UNKNOWN)
    print(json.dumps({"retried": count}) if as_json else f"Remises en attente : {count}.")


@contextmanager
def _opened(config: Path) -> Iterator[Outbox | None]:
    """The kiosk's outbox; None when it has none yet. It may be at work meanwhile."""
    path = load(config).kiosk.data_dir / "outbox.db"
    try:
        yield Outbox(path) if path.exists() else None
    except OutboxDamaged:
        typer.echo(f"{path} : abîmé ; redémarrez la borne, ne supprimez pas ce fichier.", err=True)
        raise typer.Exit(UNUSABLE) from None
    except OutboxBusy:
        typer.echo(f"{path} : un autre programme le tient ; recommencez, ou arrêtez-le (fuser le nomme).", err=True)
        raise typer.Exit(UNUSABLE) from None
    except OutboxFull:
        typer.echo(
            f"{path} : ne s'ouvre ou ne s'écrit pas ; vérifiez le disque et les droits, ne supprimez pas ce fichier.",
            err=True,
        )
        raise typer.Exit(UNUSABLE) from None


def _told(one: Waiting) -> dict[str, object]:
    return {
        "key": one.key,
        "stored_at": one.stored_at,
        "bytes": one.size,
        "attempts": one.attempts,
        "parked": one.parked,
        "refused_by": list(one.refused_by),
    }


def _line(one: Waiting) -> str:
    by = ", ".join("de version inconnue" if version == "?" else version for version in one.refused_by)
    state = f"refusée ({one.parked}) par la console {by}".rstrip() if one.parked else "en attente"
    return f"{one.key}  {one.stored_at}  {one.size // 1000} ko  essais : {one.attempts}  {state}"
