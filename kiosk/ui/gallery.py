"""Draws every screen into PNG files, and writes what each says and where: ``python -m kiosk.ui.gallery --out DIR``.

Without a display it draws into memory (Xvfb). Shows fictitious people only.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.ui.look import CALM, HIGH_CONTRAST, Look
from kiosk.ui.png import encode
from kiosk.ui.preview import Preview
from kiosk.ui.samples import SAMPLES, WITHOUT_CAMERA, film_frame
from kiosk.ui.screens import page_of
from kiosk.ui.window import KioskWindow


class Gallery:
    """Shows one sample after another; each is written when it has been drawn."""

    def __init__(self, out: Path, size: tuple[int, int], look: Look, only: tuple[str, ...], pictures: bool) -> None:
        self._pictures = pictures
        self._out, self._left = out, [sample for sample in SAMPLES if not only or sample[0] in only]
        self._pages: list[dict[str, object]] = []
        self.window = KioskWindow(
            lambda _touch: None, self._preview, "Centre hospitalier des Tilleuls", False, size, look
        )
        self.window.on_shown = self._shown

    def run(self) -> None:
        self._out.mkdir(parents=True, exist_ok=True)
        self.window.show(self._left[0][1])
        self.window.run()
        (self._out / "pages.json").write_text(json.dumps(self._pages, ensure_ascii=False, indent=1), encoding="utf-8")

    def _preview(self) -> Preview | None:
        return None if not self._left or self._left[0][0] in WITHOUT_CAMERA else film_frame()

    def _shown(self, _name: str, _items: object) -> None:
        label, screen = self._left.pop(0)
        if self._pictures:
            (self._out / f"{label}.png").write_bytes(encode(*self.window.snapshot()))
        items = [
            {"kind": i.kind, "touch": i.touch, "text": i.text, "spoken": i.spoken, "box": [i.x, i.y, i.width, i.height]}
            for i in self.window.describe()
        ]
        self._pages.append(
            {
                "label": label,
                "whole": self.window.nothing_is_cut(),
                "spoken": page_of(screen).spoken(),
                "items": items,
            }
        )
        if self._left:
            self.window.show(self._left[0][1])
        else:
            self.window.close()


@contextmanager
def display() -> Iterator[None]:
    """Give the window a display: the one there is, or one in memory."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield
        return
    program = shutil.which("Xvfb") or "Xvfb"  # its absence is told by its name
    reading, writing = os.pipe()
    server = subprocess.Popen(  # noqa: S603 - found just above
        [program, "-displayfd", str(writing), "-screen", "0", "3840x3840x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:  # it ends at once when the server does
            os.environ["DISPLAY"] = f":{answer.readline().strip()}"
        yield
    finally:
        server.terminate()
        server.wait(10)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m kiosk.ui.gallery", description="Draw every screen as a PNG file.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", default="1080x1920", help="WIDTHxHEIGHT")
    parser.add_argument("--text", type=float, default=1.0, choices=(1.0, 1.25, 1.5), help="text size")
    parser.add_argument("--contrast", action="store_true", help="high contrast theme")
    parser.add_argument("--only", nargs="*", default=(), help="labels of the samples to draw")
    parser.add_argument("--words-only", action="store_true", help="write where everything is, without the pictures")
    asked = parser.parse_args(arguments)
    width, height = (int(part) for part in asked.size.split("x"))
    look = Look(HIGH_CONTRAST if asked.contrast else CALM, asked.text, still=True)
    with display():
        Gallery(asked.out, (width, height), look, tuple(asked.only), not asked.words_only).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
