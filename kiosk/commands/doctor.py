"""``kiosk doctor``: what is wrong with this terminal, and what to do."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kiosk.settings import Settings, load

if TYPE_CHECKING:
    from kiosk.doctor import Diagnosis

_SECONDS = 5.0
HEALTHY, WARNED, ILL = 0, 1, 3
_MARK = {"ok": "✓", "warning": "!", "bad": "✗"}


def doctor(
    config: Path = typer.Option(..., "--config", help="Le fichier de configuration (TOML)."),
    as_json: bool = typer.Option(False, "--json", help="Écrire une ligne JSON par point vérifié."),
) -> None:
    """Vérifie la borne point par point. Sortie : 0 tout va bien, 1 avertissements, 3 au moins une panne."""
    from kiosk.doctor import Level, desk_callers, examine

    settings = load(config)
    diagnoses = examine(settings) + desk_callers(settings, config) + _console_knows(settings)
    for diagnosis in diagnoses:
        if as_json:
            typer.echo(json.dumps(asdict(diagnosis), ensure_ascii=False))
            continue
        todo = f" → {diagnosis.todo}" if diagnosis.todo else ""
        typer.echo(f"{_MARK[diagnosis.level.value]} {diagnosis.part:<24} {diagnosis.what}{todo}")
    levels = {diagnosis.level for diagnosis in diagnoses}
    raise typer.Exit(ILL if Level.BAD in levels else WARNED if Level.WARNING in levels else HEALTHY)


def _console_knows(settings: Settings) -> "list[Diagnosis]":
    """Whether the console knows this kiosk and its desk; nothing where it does not answer, which is told elsewhere."""
    from kiosk.contact import SENTENCES
    from kiosk.doctor import Diagnosis, Level
    from kiosk.sealing import BadKey
    from kiosk.wiring import console_link

    try:
        code = console_link(settings).ask_desk(settings.kiosk.desk, _SECONDS)
    except (OSError, BadKey):
        return []  # its own key cannot be used: the line on keys says so
    if code in SENTENCES:
        what, _semicolon, todo = SENTENCES[code].partition(" ; ")
        return [Diagnosis("console-knows", Level.BAD, what, f"{todo[0].upper()}{todo[1:]}.")]
    return [] if code else [Diagnosis("console-knows", Level.OK, "borne et guichet connus")]
