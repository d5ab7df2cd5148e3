"""A patient without a window: goes from screen to screen, up to the one asked for."""

import sqlite3
import time
from contextlib import closing

from tests.console import places
from tests.demo.patient import Eyes
from tests.demo.processes import StageTrouble
from tests.demo.stage import Stage

WALK = (
    "welcome", "information", "insert", "reading", "confirm", "document", "review", "working", "done", "ticket",
    "take_card",
)  # fmt: skip
_TOUCH = {
    "welcome": "start",
    "information": "understood",
    "confirm": "yes",
    "review": "yes",
    "done": "go-on",
    "ticket": "finish",
    "beneficiaries": "person-1",
    "desk": "finish",
}


class Walker:
    """Walks the plain way, with one person's card and the older identity card (one side)."""

    def __init__(self, stage: Stage, card: str = "zoe-alone", film: str = "old-id") -> None:
        self.stage = stage
        self.eyes = Eyes(stage.control)
        self._card = card
        self._film = film
        self.ticket = ""

    def go_to(self, target: str, seconds: float = 60.0) -> None:
        """Do what each screen asks until the target is shown; it is left untouched."""
        ends_at = time.monotonic() + seconds
        self.eyes.look()
        before = len(self.eyes.seen)
        acted_on = -1
        while True:
            self.eyes.look(0.05)
            screen = self.eyes.screen
            if screen == "ticket":
                self.ticket = str(self.eyes.now["number"])
            if screen == target or target in self.eyes.seen[before:]:
                return
            if time.monotonic() > ends_at:
                raise StageTrouble(f"never came to {target}; there is {screen}; seen {self.eyes.seen}")
            if acted_on == len(self.eyes.seen) - 1:
                continue
            acted_on = len(self.eyes.seen) - 1
            self._act(screen)

    def _act(self, screen: str) -> None:
        if screen in _TOUCH:
            self.eyes.say(_TOUCH[screen])
        elif screen == "insert":
            self.stage.insert_card(self._card)
        elif screen == "document":
            self.stage.show_document(self._film)
        elif screen == "take_card":
            self.stage.pull_card()

    def leave(self) -> None:
        """Take card and document away."""
        self.stage.pull_card()
        self.stage.clear_tray()
        self.eyes.close()


def arrivals(stage: Stage) -> list[tuple[str, str, str, str]]:
    """What the console has: ticket, key, what the sources come to, need."""
    [path] = stage.console_data.glob("*.sqlite3")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        asked = "SELECT ticket, key, reported, need FROM console_arrival ORDER BY arrived_at"
        secret = stage.console_data.parent / "secret.key"
        return [(places.said(secret, "ticket", ticket), *more) for ticket, *more in database.execute(asked)]


def terminal_state(stage: Stage) -> dict[str, object]:
    """What the console knows of the kiosk's devices."""
    [path] = stage.console_data.glob("*.sqlite3")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        database.row_factory = sqlite3.Row
        return dict(database.execute("SELECT * FROM console_terminal").fetchone())
