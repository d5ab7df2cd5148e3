"""Other readers of machine-readable zones, for comparison: made in build/peers, outside the project's dependencies.

This file has two lives: imported by a bench, it makes the environment and asks; run by that environment's own Python,
it answers: paths come in on standard input, one line of JSON goes out for each. None of it is ever part of the kiosk.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build" / "peers"
PINNED = ("fastmrz==2.1.2", "passporteye==2.2.2", "rapidocr==3.10.0", "onnxruntime==1.31.1")
NAMES = ("fastmrz", "rapidocr", "passporteye")
_INSTALL_SECONDS = 1500
_ANSWER_SECONDS = 120.0


class NoPeer(Exception):
    """A reader to compare with cannot be had on this machine; says why."""


def environment() -> Path:
    """Make the environment, or find it made; its Python. NoPeer when an install is impossible."""
    if shutil.which("tesseract") is None:
        raise NoPeer("fastmrz and passporteye call the program tesseract (Debian: tesseract-ocr), which is not there")
    python, mark = PLACE / "bin" / "python", PLACE / "made-of.txt"
    if mark.is_file() and mark.read_text() == "\n".join(PINNED) and python.is_file():
        return python
    try:
        venv.create(PLACE, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "setuptools<81", *PINNED],
            check=True, timeout=_INSTALL_SECONDS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as trouble:
        raise NoPeer(f"{type(trouble).__name__} while installing {', '.join(PINNED)}") from None
    mark.write_text("\n".join(PINNED))
    return python


class Peer:
    """One reader in a process of its own; ``read`` gives the lines of text it found."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.answered = self.broken = 0  # pictures; of these, those that ended in an exception of its own
        self._process = subprocess.Popen(
            [environment(), __file__, name, "--models", ROOT / "assets" / "models"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd="/",
            env={**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"},  # several run at once
        )  # fmt: skip
        if self._line().get("ready") is not True:
            raise NoPeer(f"{name} does not start")

    def ask(self, path: Path) -> None:
        """Begin to read a picture."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{path}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise NoPeer(f"{self.name} ended") from None

    def answer(self) -> tuple[list[str], float]:
        """The lines of text found, and the seconds it took."""
        said = self._line()
        self.answered += 1
        self.broken += bool(said["broke"])
        return list(said["texts"]), float(said["seconds"])

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        watch = threading.Timer(_ANSWER_SECONDS, self._process.kill)
        watch.start()
        line = self._process.stdout.readline()
        watch.cancel()
        if not line:
            raise NoPeer(f"{self.name} ended")
        said: dict[str, Any] = json.loads(line)
        return said


def _fastmrz(models: str) -> Callable[[str], list[str]]:
    """As published, with the zone's Tesseract model that its installation asks for."""
    from fastmrz import FastMRZ

    reader = FastMRZ(tessdata_path=models)
    return lambda path: str(reader.get_details(path, ignore_parse=True) or "").split("\n")


def _passporteye(models: str) -> Callable[[str], list[str]]:
    """As published, with Debian's English model."""
    del models
    from passporteye import read_mrz

    def read(path: str) -> list[str]:
        found = read_mrz(path)
        return [] if found is None else str(found.aux.get("text") or "").split("\n")

    return read


def _rapidocr(models: str) -> Callable[[str], list[str]]:
    """Its angle classifier off, which turns rows of fillers over."""
    del models
    from rapidocr import RapidOCR

    one_thread = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    engine = RapidOCR(params={"Global.use_cls": False, "Global.log_level": "critical", **one_thread})
    return lambda path: list(engine(path).txts or ())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--models", required=True)
    asked = parser.parse_args()
    answers, sys.stdout = sys.stdout, sys.stderr  # a reader that prints does not spoil the answers
    sys.path = [place for place in sys.path if Path(place).resolve() != Path(__file__).resolve().parent]
    makers = {"fastmrz": _fastmrz, "passporteye": _passporteye, "rapidocr": _rapidocr}
    read = makers[asked.name](asked.models)
    answers.write('{"ready": true}\n')
    answers.flush()
    for line in sys.stdin:
        started, broke = time.perf_counter(), False
        try:
            texts = read(line.strip())
        except Exception:  # noqa: BLE001 - a reader that breaks on a picture has not read it
            texts, broke = [], True
        seconds = time.perf_counter() - started
        answers.write(json.dumps({"texts": texts, "seconds": seconds, "broke": broke}) + "\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
