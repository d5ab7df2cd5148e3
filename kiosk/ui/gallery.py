"""Draws every screen into PNG files, and writes what each says and where: ``python -m kiosk.ui.gallery --out DIR``.

Needs a display (``xvfb-run`` will do). Shows fictitious people only.
"""

import argparse
import json
import sys
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
        return None if self._left[0][0] in WITHOUT_CAMERA else film_frame()

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
    Gallery(asked.out, (width, height), look, tuple(asked.only), not asked.words_only).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
