"""INSi asked in the console's own process, the moment staff take somebody in hand: they wait for no worker's look.

What is to be asked is due in the table before it comes here: what a killed process leaves, or finds no thread, the
worker takes up. A process that does not serve has no threads, and leaves all of it to the worker.
"""

from collections.abc import Callable
from uuid import UUID

from kiosk.console.config import ServerSettings
from kiosk.console.threads import Threads
from kiosk.console.upkeep import insi_again

THREADS = 8  # a desk waits for each


class _Of:
    """This process's threads, and their way to INSi."""

    threads: Threads | None = None
    ask: insi_again.Ask | None = None


def start(server: ServerSettings) -> None:
    """Have threads in this process that ask for staff. Once, after the process was forked."""
    _Of.ask = insi_again.insi_of(server, caller="desk")
    _Of.threads = Threads(THREADS, "desk") if _Of.ask is not None else None


def stop() -> None:
    if _Of.threads is not None:
        _Of.threads.stop()
    _Of.threads = _Of.ask = None


def ask_soon(key: UUID) -> None:
    """Have INSi asked about this arrival, which is due."""
    ask = _Of.ask
    if ask is not None:
        soon(lambda: insi_again.insi_now(ask, key))


def soon(work: Callable[[], object]) -> bool:
    """Have a thread of this process do it; False when it has none."""
    if _Of.threads is None:
        return False
    _Of.threads.do(work)
    return True
