"""A whole kiosk in front of a served console: its own code but for card reader, camera and window, which are played.

The person who walks takes the same time on every turn. What is measured is what a film of the screen and a listener on
the network have: when each screen came, and how many bytes went which way when.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from kiosk import sealing
from kiosk.app.conductor import Crew
from kiosk.app.document_desk import Viewfinder
from kiosk.core.sources.card import CardContents
from kiosk.core.sources.document import DocumentKind, DocumentPicture, DocumentReading
from kiosk.core.turn import events as ev
from kiosk.core.turn.screens import Screen, Touch
from kiosk.settings import load
from kiosk.wiring import Kiosk
from tests.console.arrivals import SIGNER, TINY_JPEG, mrz_of
from tests.console.served import ServedConsole
from tests.outside.wire import Wire
from tests.people import Person

CARD_SECONDS, PICTURE_SECONDS, THINKING = 0.03, 0.1, 0.12
TOUCH = {
    "welcome": Touch.START, "information": Touch.UNDERSTOOD, "confirm": Touch.YES, "review": Touch.YES,
    "done": Touch.GO_ON, "ticket": Touch.FINISH, "desk": Touch.FINISH,
}  # fmt: skip


class Played:
    """A card reader or a camera that does what the walk wants; nothing of it is slower for one than for another."""

    reader_ok = camera_ok = True

    def __init__(self, post: Callable[[ev.Event], None]) -> None:
        self._post = post
        self.person: Person | None = None
        self.viewfinder = Viewfinder()

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def forget(self, *_: object) -> None: ...

    def stop_filming(self) -> None: ...

    def read(self, turn: int) -> None:
        assert self.person is not None
        contents = CardContents((self.person.beneficiary(),))
        at = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        self._after(CARD_SECONDS, ev.CardRead(turn, contents, at))

    def film(self, order: ev.FilmDocument) -> None:
        assert self.person is not None
        reading = DocumentReading(DocumentKind.FRENCH_ID_1988, mrz_of(self.person))
        self._after(
            PICTURE_SECONDS, ev.PictureTaken(order.turn, order.side, DocumentPicture(order.side, TINY_JPEG), reading)
        )

    def _after(self, seconds: float, event: ev.Event) -> None:
        threading.Timer(seconds, self._post, (event,)).start()


class Film:
    """The window, filmed: which screen came when."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, str]] = []
        self._changed = threading.Condition()
        self._closed = threading.Event()

    def show(self, screen: Screen) -> None:
        with self._changed:
            self.seen.append((time.monotonic(), screen.name))
            self._changed.notify_all()

    def wait_for(self, *screens: str, seconds: float = 30.0) -> str:
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.seen) and self.seen[-1][1] in screens, seconds), (
                f"expected {screens}, there is {self.seen[-1:]}"
            )
            return self.seen[-1][1]

    def run(self) -> None:
        self._closed.wait()

    def close(self) -> None:
        self._closed.set()


@dataclass(frozen=True, slots=True)
class Walked:
    """One turn as it was seen."""

    began_at: float
    ended_at: float
    screens: tuple[str, ...]
    lasted: dict[str, float]  # each screen


class Terminal(Kiosk):
    """The kiosk of these walks."""

    def __init__(self, folder: Path, console: ServedConsole, wire: Wire, insi: str = "") -> None:
        folder.mkdir(parents=True)
        sealing.save_signer(SIGNER, folder / "kiosk.pem")
        (folder / "structure.pub").write_bytes(console.recipient.public_key.to_pem())
        (folder / "kiosk.toml").write_text(
            f"""mode = "demo"
[kiosk]
name = "borne-1"
data_dir = "data"
control = "control.sock"
[camera]
driver = "film"
film = "none.avi"
{insi}
[sealing]
structure_key = "structure.pub"
kiosk_key = "kiosk.pem"
[console]
url = "https://127.0.0.1:{wire.port}"
ca = "{console.folder / "console.pem"}"
"""
        )
        self.film = Film()
        super().__init__(load(folder / "kiosk.toml"), with_window=False)
        self._running = threading.Thread(target=self.run, daemon=True)

    def _hire(self) -> Crew:
        self._played = Played(self._events.post)
        return replace(super()._hire(), cards=self._played, documents=self._played)  # type: ignore[arg-type] # played

    def _no_window(self) -> Film:
        return self.film

    def open(self) -> None:
        self._running.start()
        self.film.wait_for("welcome")

    def end(self) -> None:
        self.stop()
        self._running.join(20)

    def waiting(self) -> int:
        """How many check-ins are not delivered yet."""
        return sum(self._outbox.counts())

    def walk(self, person: Person, *, with_card: bool) -> Walked:
        """One turn from the first touch to the ticket put away."""
        self._played.person = person
        first, began_at = len(self.film.seen), time.monotonic()
        self._touch("welcome")
        self._touch("information")
        self.film.wait_for("insert")
        if with_card:
            self._events.post(ev.CardArrived())
            self._touch("confirm")
        else:
            self._touch("insert", Touch.NO_CARD)
        self.film.wait_for("document")
        self._touch("review")
        if self.film.wait_for("done", "desk") == "done":
            self._touch("done")
            self._touch("ticket")
        if with_card:
            self.film.wait_for("take_card")
            time.sleep(THINKING)
            self._events.post(ev.CardLeft())
        self.film.wait_for("welcome")
        seen = self.film.seen[first:]
        lasted: dict[str, float] = {}
        for (at, name), (then, _) in pairwise(seen):
            lasted[name] = lasted.get(name, 0.0) + then - at
        return Walked(began_at, time.monotonic(), _each_once(name for _, name in seen), lasted)

    def _touch(self, on: str, touch: Touch | None = None) -> None:
        self.film.wait_for(on)
        time.sleep(THINKING)
        self._touched(touch or TOUCH[on], on)


def _each_once(names: object) -> tuple[str, ...]:
    """The screens in their order; one that only shows more of the same counts once."""
    kept: list[str] = []
    for name in names:  # type: ignore[attr-defined] # any iterable of texts
        if not kept or kept[-1] != name:
            kept.append(name)
    return tuple(kept)
