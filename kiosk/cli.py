"""``kiosk``: every command of a terminal and of the console, gathered."""

import sys

import typer

from kiosk import __version__
from kiosk.settings import BadSettings

app = typer.Typer(
    help="Borne d'accueil : identité nationale de santé (INS), du patient à la qualification.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback may hold what was being worked on
)
simulate = typer.Typer(help="Appareils et services simulés : démonstration et essais seulement.", no_args_is_help=True)


@app.command()
def version() -> None:
    """Donne la version."""
    typer.echo(__version__)


def _gather() -> None:
    from kiosk.commands import card, console, doctor, document, insi, run, worker

    app.command("run")(run.run)
    app.command("doctor")(doctor.doctor)
    app.command("worker")(worker.worker)
    app.add_typer(card.app, name="card")
    app.add_typer(document.app, name="document")
    app.add_typer(insi.app, name="insi")
    app.add_typer(console.app, name="console")
    simulate.command("card")(card.simulate_card)
    simulate.command("insi")(insi.simulate_insi)
    simulate.command("document")(document.simulate_document)
    app.add_typer(simulate, name="simulate")


def main() -> None:
    """Run the command line; a mistake in the configuration is one clear message and exit code 2."""
    _gather()
    try:
        app()
    except BadSettings as mistake:
        typer.echo(str(mistake), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
