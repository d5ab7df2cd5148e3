"""Two recognisers that share nothing: a Tesseract model made for OCR-B, and PP-OCR's general one.

Each says, for every cell of a line, how likely each character of the zone's alphabet is. Models are loaded once, from
files that were installed with the kiosk: nothing is fetched.
"""

import importlib.util
import os
import threading
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import tesserocr
from numpy.typing import NDArray

from kiosk.capture.grid import Grey
from kiosk.documents.mrz_format import ALPHABET

Cells = NDArray[np.float64]  # columns x 37: likelihood of each character of ALPHABET
MODELS = Path(str(files("assets") / "models"))  # a folder on the disk: Tesseract opens it itself

_INDEX = {character: index for index, character in enumerate(ALPHABET)}
_FILLER = _INDEX["<"]
# What a general recogniser may say instead of a filler.
_LIKE_FILLER = "<＜〈《«‹くㄑ∠"
_DOUBLE_FILLER = "《«"


class Recogniser(Protocol):
    """Reads the characters of one strip, cell by cell, from its left end to its right end."""

    pitch: int
    height: int

    def read(self, strip: Grey, columns: int) -> Cells:
        """Give each of the strip's ``columns`` cells its likelihoods; the strip may be of another size."""
        ...


class PpOcr:
    """The recogniser of PP-OCRv6 small (Apache-2.0), through onnxruntime, one thread."""

    pitch, height = 16, 48
    _stride = 8  # pixels of the strip for one step of its output

    def __init__(self) -> None:
        package = importlib.util.find_spec("rapidocr")
        if package is None or not package.submodule_search_locations:
            raise FileNotFoundError("the package rapidocr is not installed")
        model = Path(next(iter(package.submodule_search_locations))) / "models" / "PP-OCRv6_rec_small.onnx"
        # Before it is loaded: else it gives the machine a number, keeps a diary in the home and sends it to its maker.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime  # noqa: PLC0415 - see above

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # strips have three widths: an arena would keep the largest of each layer
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        characters = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._source: list[int] = []  # columns of the model's output that matter to us
        self._target: list[int] = []  # the character of ours that each one means
        self._double: list[int] = []  # positions in _source of a sign that covers two cells
        for index, character in enumerate(characters, start=1):  # 0 is CTC's blank
            ours = _FILLER if character in _LIKE_FILLER else _INDEX.get(character.upper())
            if ours is not None and len(character) == 1:
                if character in _DOUBLE_FILLER:
                    self._double.append(len(self._source))
                self._source.append(index)
                self._target.append(ours)

    def read(self, strip: Grey, columns: int) -> Cells:
        picture = (cv2.cvtColor(strip, cv2.COLOR_GRAY2BGR).astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
        output = self._session.run(None, {"x": picture})[0][0]
        blank = output[:, 0]
        ours = np.zeros((len(output), len(ALPHABET)))
        np.maximum.at(ours.T, self._target, output[:, self._source].T)
        double = output[:, [self._source[i] for i in self._double]].max(axis=1)
        where = (np.arange(len(output)) + 0.5) * self._stride * columns / strip.shape[1] - 0.5  # in cells
        spoken = blank < 0.5
        off = where[spoken] - np.round(where[spoken])
        if len(off) > 5:  # the model speaks a little before or after the middle of a character
            where = where - np.angle(np.mean(np.exp(2j * np.pi * off))) / (2 * np.pi)
        cells = np.zeros((columns, len(ALPHABET)))
        home = np.round(where).astype(int)
        for step in range(len(output)):
            if 0 <= home[step] < columns:
                np.maximum(cells[home[step]], ours[step], out=cells[home[step]])
            if double[step] > 0.3:
                for beside in (int(np.floor(where[step])), int(np.ceil(where[step]))):
                    if 0 <= beside < columns:
                        cells[beside, _FILLER] = max(cells[beside, _FILLER], double[step])
        return cells


class TesseractMrz:
    """Tesseract with the model trained on machine-readable zones (BSD 3-Clause, see assets/models/NOTICE.md)."""

    pitch, height = 24, 48
    _border = 24  # white pixels on both sides: without them the model invents a character at the edge

    def __init__(self, models: Path = MODELS) -> None:
        self._lock = threading.Lock()
        self._api = tesserocr.PyTessBaseAPI(
            path=str(models), lang="mrz", psm=tesserocr.PSM.RAW_LINE, oem=tesserocr.OEM.LSTM_ONLY
        )
        self._api.SetVariable("lstm_choice_mode", "2")

    def read(self, strip: Grey, columns: int) -> Cells:
        wide = cv2.copyMakeBorder(strip, 6, 6, self._border, self._border, cv2.BORDER_CONSTANT, value=(235,))
        pitch = strip.shape[1] / columns
        symbols: list[tuple[float, list[tuple[str, float]]]] = []
        with self._lock:
            self._api.SetImageBytes(wide.tobytes(), wide.shape[1], wide.shape[0], 1, wide.shape[1])
            self._api.Recognize(4000)
            found = self._api.GetIterator()
            if found is not None:
                for symbol in tesserocr.iterate_level(found, tesserocr.RIL.SYMBOL):
                    box = symbol.BoundingBox(tesserocr.RIL.SYMBOL)
                    if box is None:
                        continue
                    middle = ((box[0] + box[2]) / 2 - self._border) / pitch - 0.5
                    choices = [
                        # its alternatives are scored on no common scale: they only break ties
                        (choice.GetUTF8Text(), choice.Confidence() / 250)
                        for choice in symbol.GetChoiceIterator()
                    ]
                    text, confidence = symbol.GetUTF8Text(tesserocr.RIL.SYMBOL), symbol.Confidence(tesserocr.RIL.SYMBOL)
                    symbols.append((middle, [*choices, (text, confidence / 100)]))
            self._api.Clear()
        return _placed(symbols, columns)


def _placed(symbols: list[tuple[float, list[tuple[str, float]]]], columns: int) -> Cells:
    """Give each symbol its cell; its boxes are rough, so order and count help where they can."""
    cells = np.zeros((columns, len(ALPHABET)))
    inside = [symbol for symbol in symbols if -0.6 < symbol[0] < columns - 0.4]
    inside.sort(key=lambda symbol: symbol[0])
    off = np.array([symbol[0] - round(symbol[0]) for symbol in inside])
    drift = float(np.angle(np.mean(np.exp(2j * np.pi * off))) / (2 * np.pi)) if len(off) > 5 else 0.0
    homes = _in_order([symbol[0] - drift for symbol in inside], columns)
    for home, (_, choices) in zip(homes, inside, strict=True):
        if home is None:
            continue
        for text, confidence in choices:
            index = _INDEX.get(text.upper()) if text else None
            if index is not None:
                cells[home, index] = max(cells[home, index], confidence)
    return _filled(cells)


def _in_order(places: list[float], columns: int) -> list[int | None]:
    """Give every place its own cell, in order, moving it as little as possible; one too many goes without."""
    cells = np.arange(columns)
    costs = np.zeros(columns + 1)  # best so far with the last cell used below the index
    steps: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for place in places:
        taken = costs[:-1] + (cells - place) ** 2
        dropped = costs + 0.8
        steps.append((taken, dropped))
        best_taken = np.concatenate([[np.inf], np.minimum.accumulate(taken)])
        costs = np.minimum(best_taken, dropped)
    homes: list[int | None] = []
    limit = columns
    for taken, dropped in reversed(steps):
        best = int(np.argmin(taken[:limit])) if limit else 0
        if limit and taken[best] < dropped[limit]:
            homes.append(best)
            limit = best
        else:
            homes.append(None)
    return homes[::-1]


def _filled(cells: Cells) -> Cells:
    """A long run of fillers loses some: where nothing was seen between fillers, suppose one.

    The other recogniser must have seen it all the same: this alone is never enough.
    """
    is_empty = cells.max(axis=1) < 0.02
    is_filler = (cells.argmax(axis=1) == _FILLER) & ~is_empty
    count = len(cells)
    for column in np.nonzero(is_empty)[0].tolist():
        before = next((i for i in range(column - 1, max(-1, column - 4), -1) if not is_empty[i]), None)
        after = next((i for i in range(column + 1, min(count, column + 4)) if not is_empty[i]), None)
        if before is not None and is_filler[before] and (column + 3 >= count if after is None else is_filler[after]):
            cells[column, _FILLER] = 0.6
    return cells
