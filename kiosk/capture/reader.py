"""Reads an identity document from one picture: finds the zone, reads it twice, says what is certain.

One reader is made at start and kept: loading its models takes half a second.
"""

import ctypes
import functools
import math
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.decide import Decided, decide
from kiosk.capture.grid import Grey, Grid, find_grid
from kiosk.capture.ink import edge_slope, odd_cells
from kiosk.capture.motion import stilled
from kiosk.capture.recognise import Cells, PpOcr, Recogniser, TesseractMrz
from kiosk.capture.seal import read_seal
from kiosk.capture.shot import Shot
from kiosk.capture.strips import MARGIN, line_strips
from kiosk.capture.upright import is_upside_down
from kiosk.core.confidential import Confidential
from kiosk.core.sources.document import DocumentKind, DocumentReading, MrzReading
from kiosk.documents.cev import Signer, SignerId, reading_of
from kiosk.documents.cev_trust import verify
from kiosk.documents.mrz import NotMrz, has_second_side, parse, propose_kind
from kiosk.documents.validity import validity_of

Picture = NDArray[np.uint8]

_SIDES = (1280, 900, 1920)  # longest side, in pixels, at which the zone is looked for, one after the other
_MOST_ASIDE = 2  # other places of the zone's first column that are tried
_ILLEGIBLE = 0.3  # score under which the recognisers see no letters: beside it they would see none either
_FEW = 6  # doubtful characters that are worth a second look
_LEAST_PITCH = 7.0  # pixels a character: with fewer, both recognisers take one letter for another alike
_LEAST_SLOPE = 0.21  # of the ink's edges, in strips of 24 pixels a character: softer print hides what it is
_NO_SIGNERS: Mapping[SignerId, Signer] = {}
_LARGEST = 4200  # a larger picture is reduced first
# glibc's mallopt(3): bytes from which a buffer has pages of its own, and free bytes that stay at the heap's end.
_M_MMAP_THRESHOLD, _LARGE_BUFFER = -3, 4 * 1024 * 1024
_M_TRIM_THRESHOLD, _KEPT = -1, 12 * 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Zone(Confidential):
    """A zone as found and read, before it becomes a core value."""

    grid: Grid  # in the picture's own pixels, the right way up
    decided: Decided | None
    is_clear: bool = True  # print large and sharp enough to be certain of

    @property
    def is_accepted(self) -> bool:
        return self.decided is not None and self.decided.accepted

    @property
    def text(self) -> tuple[str, ...]:
        return () if self.decided is None else self.decided.lines

    def doubted(self) -> "Zone":
        """The same, not certain."""
        return replace(self, decided=self.decided and replace(self.decided, accepted=False))


class DocumentReader:
    """The two recognisers, each with its own thread when there are two."""

    def __init__(self, recognisers: tuple[Recogniser, Recogniser] | None = None) -> None:
        cv2.setNumThreads(1)
        _give_back_large_buffers()
        self._readers = recognisers or (TesseractMrz(), PpOcr())
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="second-reader")
        self._lock = threading.Lock()

    def close(self) -> None:
        self._pool.shutdown(wait=True)

    def read(
        self, source: "Shot | Picture", today: date, signers: Mapping[SignerId, Signer] = _NO_SIGNERS
    ) -> DocumentReading:
        """Propose what the document is and what zone and seal say; never a decision.

        ``signers``: the certificates that the site trusts for seals; without any, a seal is read and not verified.
        """
        picture = source.frame if isinstance(source, Shot) else source
        looking = self._pool.submit(read_seal, picture)  # while the zone is looked for
        zone = self.find_zone(picture)
        found = looking.result()
        mrz = self._reading(zone, today)
        seal = None if found is None else reading_of(found, mrz, signers, verify)
        if mrz is None:
            is_card = isinstance(source, Shot) and source.is_card
            # A card without a zone on this side bears it, or its portrait, on the other.
            return DocumentReading(DocumentKind.UNKNOWN, None, has_second_side=is_card, seal=seal)
        kind = propose_kind(mrz)
        return DocumentReading(kind, mrz, has_second_side(kind, mrz.format), seal, validity_of(mrz, today))

    def find_zone(self, picture: Picture) -> Zone | None:
        """Find and read the zone of a picture (BGR or grey)."""
        grey = _grey(picture)
        grid = locate(grey)
        if grid is None:
            return None
        with self._lock:
            zone = self._stilled(grey, self._read_grid(grey, grid))
        return zone if zone.is_clear else zone.doubted()  # last: what is unclear still speaks against another reading

    def _stilled(self, grey: Grey, zone: Zone) -> Zone:
        """Read a zone that moved again, without its movement: only so is its ink seen well enough to be certain."""
        still = stilled(grey, zone.grid)
        if still is None:
            return zone
        grid = locate(still)
        again = Zone(zone.grid, None) if grid is None else self._read_grid(still, replace(grid, slack=()))
        if again.is_accepted and not (zone.is_accepted and zone.text != again.text):
            return again
        return max((zone.doubted(), again.doubted()), key=lambda one: one.decided.score if one.decided else -math.inf)

    def _reading(self, zone: Zone | None, today: date) -> MrzReading | None:
        if zone is None or zone.decided is None:
            return None
        decided = zone.decided
        reading = parse(decided.lines, today, doubtful=decided.doubtful, accepted=decided.accepted)
        return None if isinstance(reading, NotMrz) else reading

    def _read_grid(self, grey: Grey, grid: Grid) -> Zone:
        """Read the zone where it was found, and beside it when an end was not seen; what is nearly certain again."""
        best, seen = Zone(grid, None), None
        for offset in (0, *grid.slack[:_MOST_ASIDE]):
            tried = grid.moved(offset) if offset else grid
            strips = line_strips(grey, tried, self._readers[0].pitch, self._readers[0].height)
            first, second = self._cells(grey, tried, strips)
            decided = decide(first, second)
            if decided is not None and (best.decided is None or decided.score > best.decided.score):
                best, seen = Zone(tried, decided), (strips, first, second)
            if best.is_accepted or (best.decided is not None and best.decided.score < _ILLEGIBLE):
                break
        if best.decided is None or seen is None:
            return best
        strips, first, second = seen
        decided = best.decided
        if 0 < len(decided.doubtful) <= _FEW:
            decided = self._second_look(grey, best.grid, decided, first, second)
        if decided.accepted:
            decided = self._with_sound_ink(strips, decided)
        is_unclear = decided.accepted and (grid.pitch < _LEAST_PITCH or edge_slope(strips) < _LEAST_SLOPE)
        return replace(best, decided=decided, is_clear=not is_unclear)

    def _second_look(
        self, grey: Grey, grid: Grid, decided: Decided, first: list[Cells], second: list[Cells]
    ) -> Decided:
        """Show lines with a few doubts to both recognisers again, at another size; they must agree as before.

        What was seen as two characters at once counts only when both look again.
        """
        rows = sorted({row for row, _ in decided.doubtful})
        later = self._pool.submit(_read_again, self._readers[1], (20, 48), grey, grid, rows, second)
        one, two = _read_again(self._readers[0], (28, 56), grey, grid, rows, first), later.result()
        pairs = ((one, two),) if decided.rivalled else ((one, second), (first, two), (one, two))
        for pair in pairs:
            other = decide(*pair)
            if other is not None and other.accepted:
                return other
        return decided

    def _with_sound_ink(self, strips: list[Grey], decided: Decided) -> Decided:
        """Take the certainty back when a character was cut, covered or blotted."""
        odd = odd_cells(strips, decided.lines, self._readers[0].pitch)
        return replace(decided, doubtful=tuple(sorted(odd)), accepted=False) if odd else decided

    def _cells(self, grey: Grey, grid: Grid, strips: list[Grey]) -> tuple[list[Cells], list[Cells]]:
        """What each recogniser sees in the lines, both at once; ``strips`` as the first wants them."""
        first, second = self._readers
        later = self._pool.submit(_read_lines, second, grey, grid)
        return _read_strips(first, strips), later.result()


def _give_back_large_buffers() -> None:
    """Have every large buffer returned to the system when it is freed, in the whole process.

    The allocator's own threshold rises with what it sees, until two threads' pictures leave holes in the heap that the
    next ones do not fit: some 40 MB more after a thousand pictures.
    """
    libc = ctypes.CDLL(None)
    libc.mallopt(_M_MMAP_THRESHOLD, _LARGE_BUFFER)
    libc.mallopt(_M_TRIM_THRESHOLD, _KEPT)


_making = threading.Lock()
_made = functools.cache(DocumentReader)


def shared_reader() -> DocumentReader:
    """The process's one reader; the first call loads the models (half a second): make it at start."""
    with _making:
        return _made()


def read_document(
    source: "Shot | Picture", today: date | None = None, signers: Mapping[SignerId, Signer] = _NO_SIGNERS
) -> DocumentReading:
    """Read a shot or a picture with the process's reader; ``today`` tells what a two-digit year can mean."""
    return shared_reader().read(source, today or datetime.now(UTC).date(), signers)


def _read_lines(recogniser: Recogniser, grey: Grey, grid: Grid) -> list[Cells]:
    return _read_strips(recogniser, line_strips(grey, grid, recogniser.pitch, recogniser.height))


def _read_strips(recogniser: Recogniser, strips: list[Grey]) -> list[Cells]:
    return [recogniser.read(strip, round(strip.shape[1] / recogniser.pitch)) for strip in strips]


def _read_again(
    recogniser: Recogniser, size: tuple[int, int], grey: Grey, grid: Grid, rows: list[int], before: list[Cells]
) -> list[Cells]:
    """What a recogniser saw, with some lines read anew at another size (pixels of a pitch, of the strip's height)."""
    strips = line_strips(grey, grid, *size)
    return [
        recogniser.read(strip, grid.columns + 2 * MARGIN) if row in rows else cells
        for row, (strip, cells) in enumerate(zip(strips, before, strict=True))
    ]


def _grey(picture: Picture) -> Grey:
    if max(picture.shape[:2]) > _LARGEST:
        factor = _LARGEST / max(picture.shape[:2])
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture


def locate(grey: Grey, sides: tuple[int, ...] = _SIDES) -> Grid | None:
    """Find the zone's grid, the right way up, in the picture's own pixels."""
    longest = max(grey.shape)
    tried: set[int] = set()
    for side in sides:
        wanted = min(side, longest)
        if wanted in tried:
            continue
        tried.add(wanted)
        factor = wanted / longest
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else grey
        grid = find_grid(small)
        if grid is not None:
            grid = grid.scaled(1 / factor)
            return grid.turned() if is_upside_down(grey, grid) else grid
    return None
