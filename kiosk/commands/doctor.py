"""``kiosk doctor``: what is wrong with this terminal, and what to do."""

import json
from dataclasses import asdict
from pathlib import Path

import typer

from kiosk.settings import load

HEALTHY, WARNED, ILL = 0, 1, 3
_MARK = {"ok": "✓", "warning": "!", "bad": "✗"}


def doctor(
    config: Path = typer.Option(..., "--config", help="Le fichier de configuration (TOML)."),
    as_json: bool = typer.Option(False, "--json", help="Écrire une ligne JSON par point vérifié."),
) -> None:
    """Vérifie la borne point par point. Sortie : 0 tout va bien, 1 avertissements, 3 au moins une panne."""
    from kiosk.doctor import Level, desk_callers, examine

    settings = load(config)
    diagnoses = examine(settings) + desk_callers(settings, config)
    for diagnosis in diagnoses:
        if as_json:
            typer.echo(json.dumps(asdict(diagnosis), ensure_ascii=False))
            continue
        todo = f" → {diagnosis.todo}" if diagnosis.todo else ""
        typer.echo(f"{_MARK[diagnosis.level.value]} {diagnosis.part:<24} {diagnosis.what}{todo}")
    levels = {diagnosis.level for diagnosis in diagnoses}
    raise typer.Exit(ILL if Level.BAD in levels else WARNED if Level.WARNING in levels else HEALTHY)
