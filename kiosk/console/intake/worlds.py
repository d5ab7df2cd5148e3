"""Real people and invented ones do not meet: whose kiosk may send whom here, by what kiosk and check-in say.

A kiosk says its mode with each sign of life; one that is not in production says it in each check-in too, where it was
sealed and signed with it. One of an earlier version says nothing and is taken at its word, as before. Nothing is lost:
the kiosk keeps what is refused, and sends nobody here any more.
"""

from kiosk.console.models import Terminal
from kiosk.console.records import world
from kiosk.console.records.world import OtherWorld
from kiosk.core.checkin.value import CheckIn

NOT_HERE = "this console is in production: nobody invented comes here"
_NOT_REAL = "this console is not in production: nobody real comes here"


def welcome(terminal: Terminal, check_in: CheckIn, *, is_invented: bool) -> None:
    """Let a check-in in that is of this console's world, and note what people this database holds. OtherWorld."""
    is_of_invented = is_invented or not check_in.in_production
    if is_of_invented and world.is_real():
        raise OtherWorld(NOT_HERE)
    if terminal.mode and not is_of_invented and not world.is_real():  # it says its mode: it does not keep silent here
        raise OtherWorld(_NOT_REAL)
    if is_of_invented:
        world.note_invented()


def hear(terminal: Terminal) -> None:
    """A kiosk of the other world is told so, whatever it sends. OtherWorld."""
    if world.is_other(terminal.mode):
        raise OtherWorld(NOT_HERE if world.is_real() else _NOT_REAL)
