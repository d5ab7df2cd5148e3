"""``kiosk simulate arrivals``: invented people check in at a console, case by case; staff learn on them."""

import json
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from kiosk.commands.roles import advice_where_missing
from kiosk.settings import BadSettings, Settings, load
from kiosk.storage.outbox import Outbox, OutboxFull
from kiosk.training.case import Cast
from kiosk.training.cases import CASES
from kiosk.training.choices import MOST_ARRIVALS, read_choices, spread

EVERY, LONGEST = 1.5, 600.0  # seconds: a console takes sixty a minute of one kiosk
_WHY = {
    "http-401": "la console ne connaît pas cette borne : enrôlez-la (kiosk keys enrol)",
    "http-403": "cette console est en production : aucune personne inventée n'y entre",
    "other-mode": "cette console est en production : aucune personne inventée n'y entre",
    "http-404": "cette console ne prend pas de personnes inventées : mettez-la à jour",
    "http-429": "la console a reçu trop d'arrivées de cette borne : recommencez plus tard, ou allongez --every",
    "http-507": "le disque de la console est plein",
    "late": "la console ne répond pas à temps",
    "unreachable": "la console ne répond pas : vérifiez console.url, et qu'elle est lancée",
    "tls": "le certificat de la console n'est pas garanti : vérifiez console.ca et console.url",
}

Config = Annotated[
    Path | None, typer.Option("--config", help="Le fichier (TOML) d'une borne enrôlée à la console de formation.")
]
People = Annotated[
    int | None, typer.Option("--people", help=f"Combien d'arrivées, {MOST_ARRIVALS} au plus ; sans : chaque cas.")
]
Cases = Annotated[
    Path | None, typer.Option("--cases", help="Un fichier (TOML) : quels cas, combien de chacun, et vos personnes.")
]
Every = Annotated[float, typer.Option("--every", help=f"Secondes entre deux arrivées, {LONGEST:.0f} au plus.")]


def simulate_arrivals(
    config: Config = None,
    people: People = None,
    cases: Cases = None,
    every: Every = EVERY,
    names: Annotated[
        bool, typer.Option("--list", help="Écrire les cas et la bonne décision, sans rien envoyer.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Une ligne de JSON par arrivée.")] = False,
) -> None:
    """Envoie des personnes inventées à une console de formation ou de démonstration. Jamais en production."""
    if names:
        for case in CASES:
            print(f"{case.name}\n  {case.meets}\n  → {case.do}")
        return
    try:
        if not 0 <= every <= LONGEST:
            raise BadSettings(f"--every : écrivez un nombre de secondes, de 0 à {LONGEST:.0f}")
        casts = _casts(people, cases)
        if config is None:
            raise BadSettings("--config manque : nommez le fichier d'une borne enrôlée à la console de formation")
        settings = load(config)
        if settings.mode == "production":
            raise BadSettings("En production, aucune arrivée n'est simulée : rien n'a été envoyé.")
        _send(settings, casts, every, as_json=as_json)
    except BadSettings as mistake:
        typer.echo(str(mistake), err=True)
        raise typer.Exit(2) from None


def _casts(people: int | None, cases: Path | None) -> list[Cast]:
    if people is not None and not 1 <= people <= MOST_ARRIVALS:
        raise BadSettings(f"--people : écrivez un nombre de 1 à {MOST_ARRIVALS}")
    if cases is None:
        return spread(people)
    if people is not None:
        raise BadSettings("--people et --cases ne vont pas ensemble : écrivez dans le fichier combien de chacun")
    return read_choices(cases).casts()


def _send(settings: Settings, casts: list[Cast], every: float, *, as_json: bool) -> None:
    if todo := advice_where_missing("terminal", "simulate arrivals"):  # who draws the documents
        raise BadSettings(todo)
    from kiosk import sealing, wiring
    from kiosk.app.back_office import Place
    from kiosk.training.sending import NotSent, Terminal

    where = settings.kiosk
    recipient = sealing.load_recipient_public(settings.sealing.structure_key)
    where.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    outbox = Outbox(where.data_dir / "outbox.db")  # the kiosk's own numbers
    terminal = Terminal(
        wiring.console_link(settings),
        wiring.questions(settings),
        lambda plain, context: sealing.seal(plain, recipient, context),
        Place(where.name, where.desk, where.ticket_letter, settings.mode),
        partial(_next_ticket, outbox, where.ticket_letter),
        lambda: datetime.now(UTC).astimezone(),
        time.sleep,
    )
    count = 0
    try:
        terminal.mode()
        for one in terminal.send(casts, every):
            count += 1
            told = {"ticket": one.ticket, "case": one.case.name, "key": one.key, "right": one.case.right.value}
            print(json.dumps(told) if as_json else f"{one.ticket}  {one.case.name} : {one.case.meets}", flush=True)
    except NotSent as trouble:
        code = str(trouble)
        why = _WHY.get(code) or _WHY.get(code.partition("-")[0], f"la console a refusé ({code})")
        typer.echo(f"{why[0].upper()}{why[1:]} ; arrivées envoyées : {count}.", err=True)
        raise typer.Exit(1) from None
    except OutboxFull:
        raise BadSettings(
            f"kiosk.data_dir: rien ne peut être gardé dans {where.data_dir} : libérez le disque"
        ) from None
    finally:
        outbox.close()
    if not as_json:
        print(f"Arrivées envoyées : {count}.")


def _next_ticket(outbox: Outbox, letter: str) -> str:
    return outbox.next_ticket(datetime.now(UTC).astimezone().date().isoformat(), letter)
