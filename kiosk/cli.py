"""``kiosk``: every command of a terminal and of the console, gathered."""

import sys
from collections.abc import Callable
from importlib import import_module

import typer

from kiosk import __version__
from kiosk.closed import keep_closed
from kiosk.commands.roles import advice_where_missing
from kiosk.settings import BadSettings

# Each name: module, and what it gives to the command line. Only what was asked for is loaded: a terminal whose card
# library is missing must still be able to run its doctor, and a reading need not wait for Django.
_COMMANDS = {"run": ("run", "run"), "doctor": ("doctor", "doctor")}
_GROUPS = {name: (name, "app") for name in ("card", "document", "insi", "console", "worker", "keys", "outbox")}
_SIMULATIONS = {
    "card": ("card", "simulate_card"),
    "insi": ("insi", "simulate_insi"),
    "document": ("document", "simulate_document"),
    "arrivals": ("arrivals", "simulate_arrivals"),
}
# Whose command is whose; the others serve in both roles.
_TERMINAL, _CONSOLE = ("run", "doctor", "card", "document", "outbox"), ("console", "worker")
_ROLES = dict.fromkeys(_TERMINAL, "terminal") | dict.fromkeys(_CONSOLE, "console")


def _command(module: str, name: str) -> Callable[..., None]:
    given: Callable[..., None] = getattr(import_module(f"kiosk.commands.{module}"), name)
    return given


def _group(module: str, name: str) -> typer.Typer:
    given: typer.Typer = getattr(import_module(f"kiosk.commands.{module}"), name)
    return given


def build(wanted: str) -> typer.Typer:
    """Make the command line for the command named, or the whole of it."""
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # a traceback may hold what was being worked on
        add_completion=False,
        rich_markup_mode=None,  # "[server]" is a section, not a colour
    )
    known = {*_COMMANDS, *_GROUPS, "simulate", "version"}

    @app.callback()
    def whole() -> None:
        """Borne d'accueil : identité nationale de santé (INS), du patient à la qualification."""

    @app.command("version")
    def version() -> None:
        """Donne la version."""
        typer.echo(__version__)

    for name, place in _COMMANDS.items():
        if wanted not in known or wanted == name:
            app.command(name)(_command(*place))
    for name, place in _GROUPS.items():
        if wanted not in known or wanted == name:
            app.add_typer(_group(*place), name=name)
    if wanted not in known or wanted == "simulate":
        simulate = typer.Typer(help="Appareils et services simulés : essais seulement.", no_args_is_help=True)
        for name, place in _SIMULATIONS.items():
            if sys.argv[2:3] == [name] or not set(sys.argv[2:3]) & _SIMULATIONS.keys():
                simulate.command(name)(_command(*place))
        app.add_typer(simulate, name="simulate")
    return app


def main() -> None:
    """Run the command line; a mistake in the configuration or the installation is one clear message, exit code 2."""
    keep_closed()
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted in _ROLES and (todo := advice_where_missing(_ROLES[wanted], wanted)):
        typer.echo(todo, err=True)
        sys.exit(2)
    try:
        build(wanted)()
    except BadSettings as mistake:
        typer.echo(str(mistake), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
