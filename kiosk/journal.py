"""The closed list of what may be logged (journal technique): happenings and codes, never a person.

An entry is one line of JSON: time, happening, and typed fields. There is no free text to put a name in: a value is a
number, a known word, a short code or a random identifier, and anything else is refused where it is written.
"""

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO
from uuid import UUID

_LOGGER = logging.getLogger("kiosk.journal")
_LOGGER.propagate = False
FILE = "journal.jsonl"  # in a terminal's data_dir
_LONGEST_FILE = 5 * 1024 * 1024
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", re.ASCII)
_NUMBER_OF_A_PERSON = re.compile(r"\d[\d\s]{11,}")  # a NIR is 13 digits or 15; no code of ours has so many


class Happening(StrEnum):
    """Everything the journal can say."""

    STARTED = "started"
    STOPPED = "stopped"
    TURN_STARTED = "turn-started"
    TURN_SERVED = "turn-served"  # the patient was told so
    CARD_READ = "card-read"
    DOCUMENT_SHOT = "document-shot"
    INSI_CALLED = "insi-called"  # one call
    INSI_SEARCHED = "insi-searched"  # all the calls for one person
    QUESTION_BROUGHT = "question-brought"  # what INSi is to be asked, to the console; what INSi says is not told
    CONSOLE_ASKED = "console-asked"  # whether it knows somebody; what it said is not logged
    CHECK_IN_STORED = "check-in-stored"
    CHECK_IN_WITHDRAWN = "check-in-withdrawn"  # kept too late to be told to the patient, who went to the desk
    CHECK_IN_DELIVERED = "check-in-delivered"
    CHECK_IN_PARKED = "check-in-parked"
    OUTBOX_SET_ASIDE = "outbox-set-aside"  # its file was damaged; how many check-ins were read from it
    SIGHT_LOST = "sight-lost"  # what looks at documents broke over one, and was made anew
    DEVICE_LOST = "device-lost"
    DEVICE_BACK = "device-back"
    STAFF_CALLED = "staff-called"
    CONSOLE_LOST = "console-lost"
    CONSOLE_BACK = "console-back"
    DESK_UNKNOWN = "desk-unknown"  # by a kiosk: its console has no such desk
    INTAKE_REFUSED = "intake-refused"
    CHECK_IN_PARTLY_READ = "check-in-partly-read"  # the kiosk is newer than the console: update the console
    CERTIFICATE_CHECKED = "certificate-checked"
    HEAD_REFUSED = "head-refused"  # by a kiosk: a mark that its console did not sign, or that cannot be kept
    WITNESS_REFUSED = "witness-refused"  # by the console: a kiosk brought a head that it never signed
    PAGE_REFUSED = "page-refused"  # by the console: somebody signed in asked for a page that their role does not have
    REGISTER_FOUND = "register-found"  # something is not as it was written: see the console's page on its register
    WITNESS_UNKEPT = "witness-unkept"  # the file or the system log beside the database cannot be written
    RECOGNITIONS_STOPPED = "recognitions-stopped"  # a kiosk asked about more people than come to one
    QUESTIONS_STOPPED = "questions-stopped"  # a kiosk asked INSi about more people than come to one
    KIOSK_EXCEEDED = "kiosk-exceeded"  # a kiosk does what no kiosk does: which, and what
    PEOPLE_CARRIED_OVER = "people-carried-over"  # what earlier versions decided became persons; counts
    EMERGENCY_TAKEN = "emergency-taken"  # somebody took a right of another role for a while: supervision tells at once
    PSC_TROUBLE = "psc-trouble"  # signing in with Pro Santé Connect
    PURGED = "purged"
    BUG = "bug"  # class, file and line; never the message


class Refused(ValueError):
    """A field that could carry something about a person."""


class Measure:
    """How much of each happening a file takes: what comes faster is counted and told, so that it evicts nothing."""

    def __init__(self, at_once: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """``at_once`` entries of a kind, then one every so many seconds."""
        self._at_once, self._seconds, self._clock = at_once, seconds, clock
        self._room: dict[Happening, tuple[float, float]] = {}  # entries that may come now, and since when
        self._left_out: dict[Happening, int] = {}
        self._lock = threading.Lock()

    def lets(self, happening: Happening) -> tuple[bool, int]:
        """Whether this entry is written, and how many of its kind were not since the last one that was."""
        with self._lock:
            now = self._clock()
            room, since = self._room.get(happening, (float(self._at_once), now))
            room = min(self._at_once, room + (now - since) / self._seconds)
            if room < 1:
                self._room[happening] = (room, now)
                self._left_out[happening] = self._left_out.get(happening, 0) + 1
                return False, 0
            self._room[happening] = (room - 1, now)
            return True, self._left_out.pop(happening, 0)


_measures: list[Measure] = []  # none, or the one of the file that is written to


def record(
    happening: Happening, within: Measure | None = None, /, **fields: str | int | float | bool | UUID | None
) -> None:
    """Write one entry. Refused when a value is not a number, a random identifier or a short code.

    ``within``: a measure of its own, for what anybody may bring about.
    """
    entry: dict[str, str | int | float | bool | None] = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "happening": happening.value,
    }
    for name, value in fields.items():
        entry[name] = _safe(name, value)
    for measure in _measures if within is None else [within, *_measures]:
        is_written, left_out = measure.lets(happening)
        if not is_written:
            return
        if left_out:
            entry["left_out"] = left_out
    _LOGGER.info(json.dumps(entry, ensure_ascii=True))


def record_bug(trouble: BaseException) -> None:
    """Write where a bug struck: class, file and line of our last frame. Its message may hold anything: never."""
    trace = trouble.__traceback__
    where = "unknown:0"
    while trace is not None:
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    record(Happening.BUG, kind=type(trouble).__name__, where=where)


def write_to(stream: TextIO | None = None, path: Path | None = None, measure: Measure | None = None) -> None:
    """Say where entries go: a file, a stream, or standard error. Called once, by the wiring."""
    _measures[:] = [measure] if measure is not None else []
    for handler in list(_LOGGER.handlers):
        _LOGGER.removeHandler(handler)
        handler.close()
    chosen: logging.Handler = (
        RotatingFileHandler(path, maxBytes=_LONGEST_FILE, backupCount=3, encoding="ascii", delay=True)
        if path is not None
        else logging.StreamHandler(stream or sys.stderr)
    )
    chosen.setFormatter(logging.Formatter("%(message)s"))
    _LOGGER.addHandler(chosen)
    _LOGGER.setLevel(logging.INFO)
    silence_libraries()


def silence_libraries() -> None:
    """Libraries that log what they send or receive say nothing below a warning."""
    for name in ("urllib3", "requests", "zeep", "PIL", "smartcard", "asyncio", "django.db.backends"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _safe(name: str, value: str | int | float | bool | UUID | None) -> str | int | float | bool | None:
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        if abs(value) >= 10**12:
            raise Refused(f"{name}: a number this long could be a person's")
        return value
    if _is_uuid(value.removeprefix("uuid:")):
        return value
    if not _CODE.fullmatch(value) or _NUMBER_OF_A_PERSON.search(value):
        raise Refused(f"{name}: only short codes and random identifiers are logged")
    return value


def _is_uuid(value: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value, re.ASCII))
