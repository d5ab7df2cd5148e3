"""A simulated phone: a file. Written, the phone is before the reader; removed, it is gone. Demonstration and tests."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from hardware.appli.base import AppliReading, AppliRecord, AppliRecords
from hardware.cards.base import Cancelled, CardInserted, CardRemoved, ReaderFound, ReaderLost, SlotEvent, Unreadable

SLOT = "Phone 00"
LONGEST_FILE = 128 * 1024
_LOOKS_EVERY = 0.05  # seconds


def written(shown: AppliRecords) -> bytes:
    """What the file of a phone holds."""
    people = [asdict(one) for one in shown.records]
    return json.dumps({"people": people, "attestation": base64.b64encode(shown.attestation).decode("ascii")}).encode()


class SimulatedPhoneReader:
    """Its place is a folder: without the folder, the reader is unplugged."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def show(self, shown: AppliRecords) -> None:
        """Hold a phone before the reader, from any process."""
        beside = self._file.with_suffix(".new")
        beside.write_bytes(written(shown))
        beside.replace(self._file)

    def take_away(self) -> None:
        self._file.unlink(missing_ok=True)

    def events(self, stopped: Callable[[], bool]) -> Iterator[SlotEvent]:
        """Say how things stand, then what changes."""
        is_plugged, seen = None, 0
        while not stopped():
            was_plugged, is_plugged = is_plugged, self._file.parent.is_dir()
            before, seen = seen, self._stamp()
            if is_plugged != was_plugged:
                yield ReaderFound((SLOT,)) if is_plugged else ReaderLost("no-reader")
            if before and before != seen:
                yield CardRemoved(SLOT)
            if seen and before != seen:
                yield CardInserted(SLOT, b"", found=is_plugged != was_plugged)
            time.sleep(_LOOKS_EVERY)

    def read_appli(
        self, slot: str, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> AppliReading:
        """What the file says."""
        if cancelled():
            return Cancelled()
        try:
            with self._file.open("rb") as file:
                text = file.read(LONGEST_FILE + 1)
        except OSError:
            return Unreadable("card-gone")
        progress(len(text), len(text))
        return _read(text) if slot == SLOT and len(text) <= LONGEST_FILE else Unreadable("too-long")

    def _stamp(self) -> int:
        try:
            return self._file.stat().st_mtime_ns
        except OSError:
            return 0


def _read(text: bytes) -> AppliReading:
    try:
        said = json.loads(text)
        people = tuple(_record(one) for one in said["people"])
        return AppliRecords(people, base64.b64decode(said["attestation"], validate=True))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Unreadable("exchange-failed")


def _record(said: dict[str, object]) -> AppliRecord:
    names = said.pop("given_names")
    if not isinstance(names, list):
        raise TypeError("a list of given names")
    return AppliRecord(given_names=tuple(map(_text, names)), **{word: _text(text) for word, text in said.items()})


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError("a text")
    return said
