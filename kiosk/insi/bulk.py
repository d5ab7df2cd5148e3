"""Verification of many identities: a file in, one result a line out, resumable at any moment, in constant memory."""

import csv
import fcntl
import itertools
import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.insi import InsCertificateTrouble, InsRefused, InsUnreachable
from kiosk.insi.verify import StoredIdentity, Verifier, verified_by

COLUMNS = ("id", "birth_name", "given_names", "sex", "birth_date", "birth_place_code", "matricule", "key", "oid")
_LONGEST_LINE = 20_000
_LONGEST_ID = 200


class WrongFileError(Exception):
    """The file, or the results to go on from, cannot be used; the message names the line, never what is on it."""


class StoppedError(Exception):
    """The service or the certificate does not let us go on; what was done is kept, the same command goes on from it."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status  # exit code: 5 refused, 6 unreachable, 7 certificate


@dataclass(slots=True)
class Report:
    """How it went: counts, rate, latency; nothing about anyone."""

    done: int = 0
    skipped: int = 0  # done by an earlier run
    verdicts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    milliseconds: list[int] = field(default_factory=lambda: [0] * 10_001)  # how many took so long; the last: or longer

    def told(self) -> dict[str, Any]:
        """Say it as the command prints it."""
        return {
            "done": self.done,
            "skipped": self.skipped,
            "verdicts": dict(sorted(self.verdicts.items())),
            "seconds": round(self.seconds, 1),
            "per_second": round(self.done / self.seconds, 1) if self.seconds else 0.0,
            "latency_ms": {f"p{percent}": self._percentile(percent) for percent in (50, 95, 99)},
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }

    def _percentile(self, percent: int) -> int:
        wanted = self.done * percent / 100
        reached = itertools.accumulate(self.milliseconds)
        return next((ms for ms, count in enumerate(reached) if count >= wanted and count), 0)


def verify_file(
    verifier: Verifier,
    source: Path,
    results: Path,
    *,
    deadline: float = 30.0,
    rate: float = 0.0,
    caller: str = "bulk",
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] = time.sleep,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Verify every identity of a file, going on after the last result already written.

    ``rate``: at most so many a second. StoppedError when the service does not answer any more:
    nothing false is written, the next run goes on.
    """
    report = Report()
    started = clock()
    with source.open(encoding="utf-8-sig", errors="replace", newline="") as lines, _results(results) as (out, last):
        records = enumerate(_records(lines, source), start=1)
        report.skipped = _skip(records, last)
        on_progress(report.skipped)
        for number, record in records:
            if rate:
                wait(max(0.0, started + report.done / rate - clock()))
            asked = clock()
            told = _one(verifier, number, record, deadline, caller)
            report.milliseconds[min(10_000, round((clock() - asked) * 1000))] += 1
            out.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
            out.flush()  # a killed process loses nothing of what is written; the next one cuts a half line off
            report.done += 1
            report.verdicts[told["verdict"]] = report.verdicts.get(told["verdict"], 0) + 1
            report.seconds = clock() - started
            on_progress(number)
    return report


def count(source: Path) -> int:
    """Count the identities of a file, for a progress bar."""
    with source.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        return sum(1 for _ in _records(lines, source))


def _one(verifier: Verifier, number: int, record: dict[str, Any], deadline: float, caller: str) -> dict[str, Any]:
    told: dict[str, Any] = {"line": number, "id": str(record.get("id", ""))[:_LONGEST_ID]}
    try:
        stored = stored_identity(record)
    except (ValueError, TypeError):
        return told | {"verdict": "unreadable", "differences": [], "code": ""}
    verification = verified_by(verifier, stored, deadline, caller=caller)
    answer = verification.answer
    match answer:
        case InsUnreachable(reason):
            raise StoppedError(reason, 6)
        case InsCertificateTrouble(reason):
            raise StoppedError(reason, 7)
        case InsRefused(code) if not code.startswith("kiosk_"):
            raise StoppedError(code, 5)
        case InsRefused(code) if code in ("kiosk_endpoint", "kiosk_wsdl", "kiosk_simulator"):
            raise StoppedError(code, 5)
    code = answer.code if isinstance(answer, InsRefused) else answer.exchanges[-1].code if answer.exchanges else ""
    return told | {"verdict": verification.verdict.value, "differences": list(verification.differences), "code": code}


def stored_identity(record: dict[str, Any]) -> StoredIdentity:
    """Read one record, by the names of ``COLUMNS``; ValueError when it is not an identity."""
    said = {name: str(record.get(name) or "").strip() for name in COLUMNS}
    if not said["matricule"] or not said["oid"]:
        raise ValueError("a matricule is stored with its OID")
    return StoredIdentity(
        Matricule(said["matricule"], said["key"], said["oid"]),
        Traits(
            Source.INSI,
            birth_name=said["birth_name"],
            given_names=tuple(said["given_names"].split()),
            given_names_text=said["given_names"],
            birth_date=BirthDate(said["birth_date"]),
            sex=Sex(said["sex"]),
            birth_place_code=said["birth_place_code"],
        ),
    )


def _records(lines: TextIO, source: Path) -> Iterator[dict[str, Any]]:
    if source.suffix.lower() in (".jsonl", ".ndjson"):
        while line := lines.readline(_LONGEST_LINE):
            if not line.endswith("\n") and len(line) == _LONGEST_LINE:
                while (rest := lines.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                    pass
            if line.strip():
                yield _object(line)
        return
    csv.field_size_limit(_LONGEST_LINE)
    sample = lines.readline(_LONGEST_LINE)
    reader = csv.DictReader(itertools.chain([sample], lines), delimiter=";" if sample.count(";") > 3 else ",")
    try:
        if not {"birth_name", "given_names", "matricule"} <= set(reader.fieldnames or ()):
            raise WrongFileError(f"the first line names the columns: {', '.join(COLUMNS)}")
        yield from reader
    except csv.Error as error:
        raise WrongFileError(f"line {reader.line_num} is not CSV") from error


def _object(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


@contextmanager
def _results(path: Path) -> Iterator[tuple[TextIO, tuple[int, str]]]:
    """Open the results to add to them, with the last one's (line, id); a half-written line is cut off."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8", newline="\n") as file:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongFileError("another run is writing these results") from None
        whole, half = _tail(descriptor)
        end = os.fstat(descriptor).st_size - len(half)
        os.ftruncate(descriptor, end)
        file.seek(end)
        if not whole:
            yield file, (0, "")
            return
        last = _object(whole.rpartition(b"\n")[2].decode("utf-8", "replace"))
        if not isinstance(last.get("line"), int) or not isinstance(last.get("id"), str):
            raise WrongFileError("the results file is not one of ours")
        yield file, (last["line"], last["id"])


def _tail(descriptor: int) -> tuple[bytes, bytes]:
    """Read the end of a file: at least its last whole line, and the half line after it."""
    start = os.fstat(descriptor).st_size
    tail = b""
    while start and tail.count(b"\n") < 2:
        step = min(start, 4096)
        start -= step
        tail = os.pread(descriptor, step, start) + tail
        if len(tail) > 10 * _LONGEST_LINE:
            raise WrongFileError("the results file is not one of ours")
    whole, end, half = tail.rpartition(b"\n")
    return (whole, half) if end else (b"", tail)


def _skip(records: Iterator[tuple[int, dict[str, Any]]], last: tuple[int, str]) -> int:
    """Pass over what an earlier run did; its last result must be of this very file."""
    number, identifier = last
    for reached, record in records if number else ():
        if reached == number:
            if str(record.get("id", ""))[:_LONGEST_ID] != identifier:
                raise WrongFileError(f"the results at hand are of another file (line {number})")
            return number
    if number:
        raise WrongFileError(f"the results at hand go further than the file (line {number})")
    return 0
