"""Runs a window through one scene and prints what happened, as JSON: ``python -m tests.screens.player SCENE``.

In a process of its own, because a window takes a process for itself. Nobody here exists.
"""

import gc
import hashlib
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kiosk.core.sources.document import Guidance, Side
from kiosk.core.turn import screens as sc
from kiosk.ui.look import Look
from kiosk.ui.plan import Item
from kiosk.ui.preview import Preview
from kiosk.ui.samples import SAMPLES, film_frame
from kiosk.ui.window import KioskWindow
from tests.demo.screen import Pointer

SIZE = (1080, 1920)
SOMEBODY = sc.PersonLabel("QUIRINE", "Z", "1931")


class Player:
    """Shows the screens a scene yields, one when the one before has been drawn, then closes."""

    def __init__(self, scene: "Callable[[Player], Iterator[sc.Screen | None]]", look: Look) -> None:
        self.told: dict[str, Any] = {}
        self.touches: list[str] = []
        self.asked_for_preview = 0
        self.window = KioskWindow(self._post, self._preview, "Centre hospitalier des Tilleuls", False, SIZE, look)
        self._frame = film_frame()
        self._scene = scene(self)
        self.window.on_shown = self._shown

    def play(self) -> dict[str, Any]:
        self._go_on()
        self.window.run()
        return self.told

    def pixels(self) -> bytes:
        return self.window.snapshot()[2]

    def _go_on(self) -> None:
        for screen in self._scene:
            if screen is not None:  # None: the scene shows the next one itself
                self.window.show(screen)
            return
        self.window.close()

    def _shown(self, name: str, _items: object) -> None:
        self.told.setdefault("shown", []).append(name)
        self._go_on()

    def _post(self, touch: sc.Touch) -> None:
        self.touches.append(touch.value)

    def _preview(self) -> Preview:
        self.asked_for_preview += 1
        return replace(self._frame, number=self.asked_for_preview)


def residue(player: Player) -> Iterator[sc.Screen | None]:
    """A person, a document and a ticket pass; then the welcome screen must be as it was before them."""
    yield sc.Welcome()
    before = player.pixels()
    yield sc.Beneficiaries((SOMEBODY, SOMEBODY), 0, False)
    yield sc.Confirm(SOMEBODY)
    player.told["held_meanwhile"] = sorted(_things_that_remember())
    yield sc.ShowDocument(Side.FIRST, Guidance.HOLD_STILL, 0.5)
    yield sc.ReviewPicture(Side.FIRST)
    from kiosk.ui.widgets.live import LivePicture

    textures = [live.texture for live in _alive(LivePicture) if live.texture is not None]
    player.told["live_textures"] = len(textures)
    yield sc.Ticket("Z99", "7")
    asked = player.asked_for_preview
    player.told["pixels_left"] = [any(_colours_of(texture)) for texture in textures]
    player.told["textures_held"] = len([live for live in _alive(LivePicture) if live.texture is not None])
    yield sc.Welcome()
    player.told["asked_after_leaving"] = player.asked_for_preview - asked
    player.told["same_welcome"] = player.pixels() == before
    del textures
    gc.collect()
    player.told["left_behind"] = sorted(_things_that_remember())


def _colours_of(texture: Any) -> bytes:
    """Take the colours out of a texture's RGBA bytes; how opaque it is says nothing of anybody."""
    pixels = texture.pixels
    return bytes(pixels[0::4] + pixels[1::4] + pixels[2::4])


def _alive(kind: type) -> list[Any]:
    return [thing for thing in gc.get_objects() if type(thing) is kind]


def _things_that_remember() -> set[str]:
    """Name the kinds of objects, of ours or Kivy's, that still hold a word of the person."""
    traces = ("QUIRINE", "1931", "Z99")
    found = set()
    for thing in gc.get_objects():
        module = type(thing).__module__
        if not module.startswith(("kivy", "kiosk")) or thing is SOMEBODY:
            continue
        held = [*getattr(thing, "__dict__", {}).values()]
        held += [getattr(thing, name, None) for name in getattr(type(thing), "__slots__", ()) if name[:2] != "__"]
        for name in ("text", "figure", "caption", "_text", "lines"):
            held.append(getattr(thing, name, None))
        words = [word for value in held for word in (value if type(value) is tuple else (value,)) if type(word) is str]
        if any(trace in word for word in words for trace in traces):
            found.add(f"{module}.{type(thing).__name__}")
    return found


def newest(player: Player) -> Iterator[sc.Screen | None]:
    """Of several screens told at once, only the newest is shown."""
    yield sc.Welcome()
    player.window.show(sc.Confirm(SOMEBODY))
    player.window.show(sc.Information())
    player.window.show(sc.InsertCard())
    yield sc.Working()


def idle(player: Player) -> Iterator[sc.Screen | None]:
    """When nothing moves, nothing is drawn."""
    yield sc.Welcome()
    from kivy.clock import Clock
    from kivy.core.window import Window

    drawn, turns = [0], [0]
    Window.bind(on_flip=lambda *_: drawn.__setitem__(0, drawn[0] + 1))

    def count(_dt: float) -> bool:
        turns[0] += 1
        if turns[0] == 2:  # what showing it set off is done
            drawn[0] = 0
        if turns[0] < 40:
            return True
        player.told["drawn_in_40_turns"] = drawn[0]
        player.window.show(sc.Working())
        return False

    Clock.schedule_interval(count, 0)
    yield None


def told_is_seen(player: Player) -> Iterator[sc.Screen | None]:
    """When a screen is told to be shown, the display already shows it: whole, not half faded in."""
    finger = None
    for screen in (sc.Welcome(), sc.Confirm(SOMEBODY), sc.InsertCard(), sc.Ticket("A12", "3")):
        yield screen
        finger = finger or Pointer(os.environ["DISPLAY"], os.getpid())
        seen = Path(os.environ["TMPDIR"]) / "seen.png"
        finger.picture(seen)
        drawn = np.frombuffer(player.pixels(), np.uint8).reshape(SIZE[1], SIZE[0], 3)
        player.told.setdefault("as_drawn", []).append(bool((cv2.imread(str(seen))[..., ::-1] == drawn).all()))


def any_order(player: Player) -> Iterator[sc.Screen | None]:
    """What a screen shows does not depend on what was shown before it."""
    first: dict[str, bytes] = {}
    player.told["other_than_before"] = []
    samples = list(SAMPLES)
    for turn in range(2):
        for label, screen in samples:
            yield screen
            seen = hashlib.sha256(player.pixels()).digest()
            if first.setdefault(label, seen) != seen:
                player.told["other_than_before"].append(f"{label}, in round {turn}")
        random.Random(turn).shuffle(samples)


SCENES: dict[str, Callable[[Player], Iterator[sc.Screen | None]]] = {
    "residue": residue,
    "newest": newest,
    "idle": idle,
    "any_order": any_order,
    "told_is_seen": told_is_seen,
}


def wait_to_be_pressed(screen: sc.Screen, look: Look, trembling: float) -> None:
    """Show one screen; print each thing shown and each touch as a line; end when standard input does.

    A finger trembles for so many seconds: long enough, in a test, for a slow machine to strike twice within it.
    """
    window = KioskWindow(
        lambda touch: _say({"touch": touch, "on": window.showing}),
        lambda: None,
        "Centre hospitalier",
        False,
        SIZE,
        look,
    )

    def shown(name: str, items: list[Item]) -> None:
        pressable = [[item.touch, item.x, item.y, item.width, item.height] for item in items if item.touch]
        ground = window.snapshot()[2][:3]
        _say({"shown": name, "items": pressable, "title_height": items[1].height, "ground": list(ground)})

    window.on_shown = shown
    window.show(screen)
    from kivy.clock import Clock

    from kiosk.ui import stage

    stage._GUARD = trembling or stage._GUARD
    os.set_blocking(0, False)
    Clock.schedule_interval(lambda _dt: _follow(window), 0)
    window.run()


_BY_NAME: dict[str, sc.Screen] = {
    "welcome": sc.Welcome(),
    "confirm": sc.Confirm(SOMEBODY),
    "insert": sc.InsertCard(),
    "page": sc.Beneficiaries((SOMEBODY,) * 4, 0, True),
}


def _follow(window: KioskWindow) -> None:
    """Do what standard input says: show a screen by its name, or end."""
    try:
        said = os.read(0, 100)
    except BlockingIOError:
        return
    name = said.decode().strip()
    if name in _BY_NAME:
        window.show(_BY_NAME[name])
    else:
        window.close()


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    scene = sys.argv[1]
    if scene == "press":
        wait_to_be_pressed(_BY_NAME[sys.argv[2]], Look(still=True), float(sys.argv[3]))
        return
    told = Player(SCENES[scene], Look(still=scene not in ("idle", "told_is_seen"))).play()
    told["home"] = [str(path) for path in Path.home().rglob("*")]
    told["temporary"] = [path.name for path in Path(os.environ["TMPDIR"]).iterdir()]
    _say(told)


if __name__ == "__main__":
    main()
