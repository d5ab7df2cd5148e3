"""``kiosk worker``: the console's background work; several may run on one database."""

import json
import signal
import threading
from typing import Annotated

import typer

from kiosk.commands.console import DEFAULT_CONFIG, Config, prepared

app = typer.Typer(help="Travail de fond de la console : INSi reposé, purge, alertes.", no_args_is_help=False)


@app.callback(invoke_without_command=True)
def worker(
    config: Config = DEFAULT_CONFIG,
    once: Annotated[bool, typer.Option("--once", help="Faire ce qui est dû, puis finir.")] = False,
) -> None:
    """Travaille jusqu'à l'arrêt (SIGTERM) ; une ligne de JSON dit qu'il a commencé."""
    server = prepared(config)
    from kiosk.console.upkeep import asked, checking
    from kiosk.console.upkeep.insi_again import insi_of
    from kiosk.console.upkeep.worker import work
    from kiosk.console.vigilance.campaigns import verifier_of
    from kiosk.insi.verify import NoVerifierError

    checking.look_back()
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    ask = insi_of(server)
    try:
        verifier = verifier_of(server)
    except NoVerifierError as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(2) from None
    print(json.dumps({"ready": True, "insi": ask is not None}), flush=True)
    work(ask, stop, questions=asked.asker_of(server), once=once, verifier=verifier)
