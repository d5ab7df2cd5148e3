"""Reading the freely readable files of a carte Vitale: bytes only, what they say of whom is not known here.

A card is a Vitale when its application VITALE can be selected; the ATR is a hint and never asked. Every reading is
bounded in exchanges, bytes and time, and can be given up between two exchanges.
"""

import time
from collections.abc import Callable

from hardware.cards.base import (
    Cancelled,
    CardConnection,
    CardExchangeFailed,
    CardGone,
    CardReader,
    NotVitale,
    ReadsByItself,
    Unreadable,
    VitaleFiles,
    VitaleReading,
)
from hardware.tlv import encode, ends_in_padding, objects

__all__ = [
    "Cancelled",
    "NotVitale",
    "Unreadable",
    "VitaleFiles",
    "VitaleReading",
    "read_card",
    "read_vitale_files",
]

SELECT_ROOT = bytes.fromhex("00A40000023F00")
SELECT_VITALE = bytes.fromhex("00A404000BD250000002564954414C45")
SELECT_FILE_MAP = bytes.fromhex("00A40000022001")
READ_SHORT_FILE_2 = bytes.fromhex("00B0820000")

LONGEST_FILE = 8192  # nineteen beneficiaries and a certificate fit several times
MOST_COMMANDS = 96
MOST_ATTEMPTS = 3
LONGEST_TRYING = 4.0  # seconds after which a failed reading is not tried again
LONGEST_READING = 15.0  # seconds; the longest card takes under two
USUAL_CARD = 400  # bytes of a card of three, to show progress before anything is known

_DONE = 0x9000
_END_OF_FILE = {0x6282}  # fewer bytes than asked, and here they are
_BENEFICIARY, _NAME, _NUMBER = 0x65, 0x80, 0x93


class _GaveUp(Exception):
    """Leaves the procedure from any depth with what is to be answered."""

    def __init__(self, outcome: NotVitale | Unreadable | Cancelled) -> None:
        super().__init__()
        self.outcome = outcome


def read_vitale_files(
    connection: CardConnection,
    progress: Callable[[int, int], None] = lambda _done, _expected: None,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> VitaleReading:
    """Read the identity file and the numbers file; say how far it is; never raise on anything a card does.

    ``progress`` gets (bytes_done, bytes_expected) after each exchange, its fraction never going back. ``cancelled`` is
    asked before each exchange.
    """
    procedure = _Procedure(connection, progress, cancelled, clock)
    try:
        return procedure.read()
    except _GaveUp as gave_up:
        return gave_up.outcome
    except CardGone:
        return Unreadable("card-gone")
    except CardExchangeFailed:
        return Unreadable("exchange-failed")


def read_card(
    reader: CardReader,
    slot: str,
    progress: Callable[[int, int], None] = lambda _done, _expected: None,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> VitaleReading:
    """Open the card in this slot and read it; a hiccup has it read again from the start, three times at most.

    Never from where it stopped: another card may be in by then, and two cards are never mixed. A reader that reads by
    itself is asked instead.
    """
    if isinstance(reader, ReadsByItself):
        return reader.read_vitale(slot, progress, cancelled)
    outcome: VitaleReading = Unreadable("exchange-failed")
    furthest = 0.0

    def never_back(done: int, expected: int) -> None:
        nonlocal furthest
        if done / max(expected, 1) >= furthest:
            furthest = done / max(expected, 1)
            progress(done, expected)

    ends_at = clock() + LONGEST_TRYING
    for _ in range(MOST_ATTEMPTS):
        try:
            with reader.connect(slot) as connection:
                outcome = read_vitale_files(connection, never_back, cancelled, clock)
        except CardGone:
            return outcome if isinstance(outcome, VitaleFiles) else Unreadable("card-gone")
        except CardExchangeFailed:
            if isinstance(outcome, VitaleFiles):
                return outcome
        if outcome != Unreadable("exchange-failed") or clock() > ends_at:
            return outcome
    return outcome


class _Procedure:
    def __init__(
        self,
        connection: CardConnection,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._connection = connection
        self._progress = progress
        self._cancelled = cancelled
        self._clock = clock
        self._ends_at = clock() + LONGEST_READING
        self._commands = 0
        self._done = 0
        self._fraction = 0.0

    def read(self) -> VitaleFiles | Unreadable:
        self._say(USUAL_CARD)
        has_root = self._succeeds(SELECT_ROOT)
        identity = self._file(READ_SHORT_FILE_2) if has_root else b""
        if not self._succeeds(SELECT_VITALE):
            raise _GaveUp(NotVitale())
        numbers = self._file(READ_SHORT_FILE_2, after=len(identity) // 3)
        if not (_holds(identity, _NAME) and numbers):
            mapped_identity, mapped_numbers = self._by_file_map(wants_numbers=not numbers)
            identity = identity if _holds(identity, _NAME) else mapped_identity or identity
            numbers = numbers or mapped_numbers
        if not identity:
            return Unreadable("no-file")
        self._progress(max(self._done, 1), max(self._done, 1))
        return VitaleFiles(identity, numbers, self._commands)

    def _send(self, command: bytes) -> tuple[bytes, int]:
        if self._cancelled():
            raise _GaveUp(Cancelled())
        if self._commands >= MOST_COMMANDS:
            raise _GaveUp(Unreadable("too-many-commands"))
        if self._clock() > self._ends_at:
            raise _GaveUp(Unreadable("too-long"))
        self._commands += 1
        answer = self._connection.transmit(command)
        if len(answer) < 2:
            raise CardExchangeFailed("an answer without status bytes")
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def _succeeds(self, command: bytes) -> bool:
        # A warning (62xx, 63xx: "selected, but…") still selects.
        _, status = self._send(command)
        return status == _DONE or status >> 8 in {0x62, 0x63}

    def _file(self, first: bytes, after: int = 128) -> bytes:
        """Read a transparent file (READ BINARY) by ``first``, then by offset, until the card has no more.

        ``after`` is a guess of the bytes that will follow this file, for the progress alone.
        """
        content = b""
        command = first
        while True:
            data, status = self._send(command)
            if status == _DONE or status in _END_OF_FILE:
                content += data
                self._done += len(data)
            if status != _DONE or len(data) < 256 or ends_in_padding(content):
                self._say(self._done + after)
                return content
            if len(content) >= LONGEST_FILE:
                raise _GaveUp(Unreadable("too-long"))
            self._say(self._done + 256 + after)
            command = bytes([0x00, 0xB0, len(content) >> 8 & 0x7F, len(content) & 0xFF, 0x00])

    def _by_file_map(self, wants_numbers: bool) -> tuple[bytes, bytes]:
        """Look for the two files through the card's own map (file 2001) when the short names fail."""
        if not self._succeeds(SELECT_FILE_MAP):
            return b"", b""
        applications, files = _file_map(self._file(bytes.fromhex("00B0000000")))
        identity = numbers = b""
        selected = b""
        for entry, file in files:
            application = applications.get(entry, b"")
            if application != selected and application:
                header = bytes([0x00, 0xA4, 0x04, 0x00, len(application)])
                if not self._succeeds(header + application):
                    continue
                selected = application
            if not self._succeeds(bytes.fromhex("00A4000002") + file):
                continue
            content = self._file(bytes.fromhex("00B0000000"))
            if not identity and _holds(content, _NAME):
                identity = content
            elif not numbers and _holds(content, _NUMBER):
                numbers = content
            if identity and (numbers or not wants_numbers):
                break
        return identity, numbers

    def _say(self, expected: int) -> None:
        fraction = max(self._fraction, self._done / max(expected, 1))
        self._fraction = min(fraction, 0.99)
        self._progress(self._done, max(round(self._done / self._fraction), 1) if self._fraction else max(expected, 1))


def _holds(content: bytes, tag: int) -> bool:
    """Say whether a beneficiary (65) with this object inside is in the file."""
    return any(
        inner.tag == tag for found in objects(content) if found.tag == _BENEFICIARY for inner in objects(found.value)
    )


def _file_map(content: bytes) -> tuple[dict[bytes, bytes], list[tuple[bytes, bytes]]]:
    """Read the file map: ``E0 { A0 { 82 {entry, 2 bytes, AID}* } 80 {name, entry, file id}* }``."""
    applications: dict[bytes, bytes] = {}
    files: list[tuple[bytes, bytes]] = []
    for whole in objects(content):
        if whole.tag != 0xE0:
            continue
        for part in objects(whole.value):
            if part.tag == 0xA0:
                for one in objects(part.value):
                    if one.tag == 0x82 and 9 <= len(one.value) <= 20:
                        applications[one.value[:2]] = one.value[4:]
            elif part.tag == 0x80 and len(part.value) >= 12 and len(files) < 16:
                files.append((part.value[8:10], part.value[10:12]))
    return applications, files


def file_map(applications: dict[bytes, bytes], files: list[tuple[str, bytes, bytes]]) -> bytes:
    """Write a file map, for the simulated card."""
    listed = b"".join(encode(0x82, entry + b"\x00\x00" + aid) for entry, aid in applications.items())
    named = b"".join(encode(0x80, name.encode("ascii").ljust(8)[:8] + entry + file) for name, entry, file in files)
    return encode(0xE0, encode(0xA0, listed) + named)
