"""A display in memory for each module that opens a window, and the gallery of every screen at each size."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.demo.screen import VirtualDisplay

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "screens"


@dataclass(frozen=True)
class Hall:
    """Every screen, drawn at one size."""

    width: int
    height: int
    text: float
    folder: Path
    pages: list[dict[str, Any]]


@pytest.fixture(scope="module")
def display() -> Iterator[VirtualDisplay]:
    with VirtualDisplay(1920, 1920) as made:
        yield made


@pytest.fixture
def environment(display: VirtualDisplay, tmp_path: Path) -> dict[str, str]:
    """A home and a temporary directory of one's own, to see what is left in them."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    return {**os.environ, "DISPLAY": display.name, "HOME": str(home), "TMPDIR": str(temporary)}


def draw(display: VirtualDisplay, width: int, height: int, text: float) -> Hall:
    """Run the gallery command, as anybody would; pictures of the design's text size only."""
    size = f"{width}x{height}"
    folder = PICTURES / (size if text == 1.0 else f"{size}-x{text}")
    words_only = [] if text == 1.0 else ["--words-only"]
    command = [sys.executable, "-m", "kiosk.ui.gallery", "--out", str(folder), "--size", size, "--text", str(text)]
    subprocess.run(
        [*command, *words_only],
        env={**os.environ, "DISPLAY": display.name},
        cwd=ROOT,
        timeout=100,
        check=True,
    )
    return Hall(width, height, text, folder, json.loads((folder / "pages.json").read_text(encoding="utf-8")))
