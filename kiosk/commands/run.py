"""``kiosk run``: the patient's terminal."""

import atexit
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import typer

from kiosk import journal
from kiosk.settings import load

_AT_ONCE, _THEN_SECONDS = 120, 15.0  # entries of a kind; a flood of touches takes a week to evict what was before

CONFIG = typer.Option(..., "--config", exists=False, help="Le fichier de configuration (TOML).")


def run(
    config: Path = CONFIG,
    no_window: bool = typer.Option(False, "--no-window", help="Sans écran : essais seulement."),
) -> None:
    """Fait fonctionner la borne jusqu'à l'arrêt (Ctrl-C ou SIGTERM)."""
    from kiosk.preflight import refuse_unusable
    from kiosk.wiring import Kiosk

    settings = load(config)
    refuse_unusable(settings)
    settings.kiosk.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    journal.write_to(path=settings.kiosk.data_dir / journal.FILE, measure=journal.Measure(_AT_ONCE, _THEN_SECONDS))
    kiosk = Kiosk(settings, with_window=not no_window)

    def end(_signal: int, _frame: FrameType | None) -> None:
        kiosk.stop()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    kiosk.run()
    _leave()


def _leave() -> None:
    """End now: all that counts is closed, and a thread inside a driver or a model may take seconds to end."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)
