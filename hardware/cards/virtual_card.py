"""The simulated card itself: answers commands as a carte Vitale does, or as a hostile one might.

It knows no device and no clock. It counts what it exchanges, so that a reading can be held against the physical floor
of a real card.
"""

import random
from dataclasses import dataclass, field

from hardware.cards.card_file import CardDescription, Described
from hardware.cards.vitale_files import file_map
from hardware.tlv import encode

AID_VITALE = bytes.fromhex("D250000002564954414C45")
AID_MASTER = bytes.fromhex("D2500000024D465F564954414C45")
AID_BANK = bytes.fromhex("A0000000421010")
ATR = {
    "vitale": bytes.fromhex("3B751300004309EA9000"),
    "vitale1": bytes.fromhex("3F65250022096990 00"),
    "bank": bytes.fromhex("3B6500002063CB6600"),
    "cps": bytes.fromhex("3BAC00402A001225006480000310009000"),
    "blank": bytes.fromhex("3B00"),
}
ATR_T1 = bytes.fromhex("3B800181")  # a card that speaks T=1

_OK = b"\x90\x00"
_NOT_FOUND = b"\x6a\x82"
_ROOT, _VITALE, _OTHER = "root", "vitale", "other"


@dataclass(slots=True)
class Counts:
    """What went over the contacts since the card was inserted."""

    commands: int = 0
    bytes: int = 0  # both ways, with the procedure byte of T=0
    file_bytes: int = 0  # sent from files
    file_bytes_again: int = 0  # of which had been sent before


@dataclass(slots=True)
class VirtualCard:
    """One inserted card. ``answer`` is one exchange; None means that it left instead of answering."""

    description: CardDescription
    counts: Counts = field(default_factory=Counts)
    _files: dict[tuple[str, int], bytes] = field(default_factory=dict)
    _where: str = _ROOT
    _file: tuple[str, int] | None = None
    _waiting: bytes = b""
    _seen: set[tuple[str, int, int]] = field(default_factory=set)
    _hiccups: int = 0
    _random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._files = _files_of(self.description)
        self._hiccups = self.description.hiccups
        self._random = random.Random(self.description.seed)

    @property
    def atr(self) -> bytes:
        return ATR_T1 if self.description.manners == "t1" else ATR[self.description.kind]

    def power_on(self) -> None:
        """Start again as after a reset (cold or warm): the root is selected, nothing waits."""
        self._where = _ROOT
        self._file = None
        self._waiting = b""

    def leaves_after(self, commands: int) -> bool:
        """Say whether the description has the card pulled out once it has answered so many commands."""
        return 0 < self.description.pull_after <= commands

    def answer(self, command: bytes) -> bytes | None:
        self.counts.commands += 1
        if self.counts.commands == self.description.pull_within:
            return None
        answer = self._attack(command)
        moves_data = len(command) > 5 or len(answer) > 2
        self.counts.bytes += len(command) + len(answer) + moves_data
        return answer

    def _attack(self, command: bytes) -> bytes:
        attack = self.description.attack
        if self._hiccups:
            self._hiccups -= 1
            return b"\x6f"
        if attack == "endless-61":
            return b"\x00" * 8 + b"\x61\x10" if command[1:2] == b"\xc0" else b"\x61\x10"
        if attack == "endless-6c":
            return b"\x6c" + bytes([self._random.randrange(256)])
        if attack == "no-status":
            return b"\x90"
        if attack == "long-answers":
            return bytes(4000) + _OK
        if attack == "random":
            status = self._random.choice([_OK, _OK, _OK, b"\x61\x20", b"\x6c\x10", _NOT_FOUND, b"\x62\x82"])
            return self._random.randbytes(self._random.randrange(260)) + status
        answer = self._behave(command)
        if attack == "half-gone" and len(answer) > 40:
            return answer[: len(answer) // 2] + answer[-2:]
        return answer

    def _behave(self, command: bytes) -> bytes:
        if len(command) < 5:
            return b"\x67\x00"
        waiting, self._waiting = self._waiting, b""
        match command[0], command[1]:
            case 0x00, 0xA4:
                return self._select(command)
            case 0x00, 0xB0:
                return self._read(command)
            case 0x00, 0xC0:
                return self._give(waiting, command[4])
            case 0x00, _:
                return b"\x6d\x00"
        return b"\x6e\x00"

    def _select(self, command: bytes) -> bytes:
        data = command[5 : 5 + command[4]]
        if command[2] == 0x04:
            known = {AID_VITALE: _VITALE, AID_MASTER: _ROOT} if self._is_vitale else {AID_BANK: _OTHER}
            if data not in known:
                return _NOT_FOUND
            self._where = known[data]
            self._file = None
            return self._fci(data)
        if data == b"\x3f\x00" and self.description.kind not in {"bank", "blank"}:
            self._where = _ROOT
            self._file = None
            return self._fci(b"")
        wanted = (self._where, int.from_bytes(data, "big"))
        if len(data) == 2 and wanted in self._files:
            self._file = wanted
            return _OK
        return _NOT_FOUND

    def _fci(self, name: bytes) -> bytes:
        described = encode(0x6F, encode(0x84, name)) if name else b""
        if described and self.description.manners in {"more-waiting", "chained"}:
            return self._announce(described)
        return described + _OK if described and self.description.manners == "t1" else _OK

    def _read(self, command: bytes) -> bytes:
        wanted = command[4] or 256
        if command[2] & 0x80:
            named = (self._where, command[2] & 0x1F)
            if named not in self._files or self.description.short_names_fail:
                return _NOT_FOUND
            self._file = named
            offset = command[3]
        else:
            offset = command[2] << 8 | command[3]
        if self._file is None:
            return b"\x69\x86"
        content = self._files[self._file]
        if offset >= len(content):
            return b"\x6b\x00"
        part = content[offset : offset + wanted]
        manners = self.description.manners
        if len(part) < wanted and manners == "wrong-length":
            return b"\x6c" + bytes([len(part)])
        self._count(self._file, offset, len(part))
        if manners in {"more-waiting", "chained"}:
            return self._announce(part)
        if len(part) < wanted and manners in {"warning", "t1"}:
            return part + b"\x62\x82"
        return part + _OK

    def _count(self, file: tuple[str, int], offset: int, length: int) -> None:
        touched = {(*file, at) for at in range(offset, offset + length)}
        self.counts.file_bytes += length
        self.counts.file_bytes_again += len(touched & self._seen)
        self._seen |= touched

    def _announce(self, answer: bytes) -> bytes:
        self._waiting = answer
        return b"\x61" + bytes([min(len(answer), self._chunk) & 0xFF])

    def _give(self, waiting: bytes, wanted: int) -> bytes:
        if not waiting:
            return b"\x69\x85"
        size = min(wanted or 256, self._chunk)
        part, rest = waiting[:size], waiting[size:]
        if not rest:
            return part + _OK
        self._waiting = rest
        return part + b"\x61" + bytes([min(len(rest), self._chunk) & 0xFF])

    @property
    def _chunk(self) -> int:
        return 48 if self.description.manners == "chained" else 256

    @property
    def _is_vitale(self) -> bool:
        return self.description.kind in {"vitale", "vitale1"}


def identity_bytes(card: CardDescription) -> bytes:
    """Write file 2 of the root as the card has it."""
    if card.identity_hex:
        return bytes.fromhex(card.identity_hex)
    content = b"".join(_beneficiary(card, one) for one in card.beneficiaries)
    content += encode(0x66, encode(0x80, b"20230601"))
    if card.certificate:
        content += encode(0x7F21, encode(0x5F37, bytes(range(256)) * (card.certificate // 256 + 1))[: card.certificate])
    return _cut(content * card.identity_repeat + bytes(card.padding), card.identity_keep)


def numbers_bytes(card: CardDescription) -> bytes:
    """Write file 2 of the application VITALE: the NIR, in the order of the identities unless told otherwise."""
    if card.numbers_hex:
        return bytes.fromhex(card.numbers_hex)
    order = card.numbers_order or range(len(card.beneficiaries))
    content = b"".join(_number(card, card.beneficiaries[index]) for index in order)
    return _cut(content + bytes(card.padding), card.numbers_keep)


def _beneficiary(card: CardDescription, one: Described) -> bytes:
    texts = [(0x80, one.name), (0x81, one.given_name)]
    inner = b"".join(encode(tag, _blank_padded(text, card.field_width), card.long_lengths) for tag, text in texts)
    inner += encode(0x82, one.birth_date.encode("latin-1", "replace"), card.long_lengths)
    if one.country:
        inner += encode(0x90, one.country.encode("latin-1", "replace"))
    if card.unknown_objects:
        inner = encode(0xDF2A, b"\x01\x02\x03") + inner + encode(0x9F7E, b"\x80\x80")
    return encode(0x65, inner, card.long_lengths)


def _number(card: CardDescription, one: Described) -> bytes:
    if not one.number_object:
        return encode(0x65, b"")
    inner = encode(0x93, _blank_padded(one.number, 15), card.long_lengths)
    return encode(0x65, (encode(0xDF2A, b"\x01") if card.unknown_objects else b"") + inner, card.long_lengths)


def _blank_padded(text: str, width: int) -> bytes:
    return text.encode("latin-1", "replace").ljust(width)


def _cut(content: bytes, keep: int) -> bytes:
    return content if keep < 0 else content[:keep]


def _files_of(card: CardDescription) -> dict[tuple[str, int], bytes]:
    if card.kind not in {"vitale", "vitale1"}:
        return {(_ROOT, 0x2F00): b"\x61\x00"} if card.kind == "cps" else {}
    identity, numbers = identity_bytes(card), numbers_bytes(card)
    listed = file_map(
        {b"\x00\x01": AID_MASTER, b"\x00\x02": AID_VITALE},
        [("ACCES", b"\x00\x01", b"\x2f\x02"), ("IDENT", b"\x00\x01", b"\x01\x02"), ("NIR", b"\x00\x02", b"\x01\x02")],
    )
    return {
        (_ROOT, 2): identity,
        (_ROOT, 0x0102): identity,
        (_ROOT, 0x2F00): b"\x61\x00",
        (_ROOT, 0x2F02): b"\x5a\x08" + bytes(8),
        (_VITALE, 2): numbers,
        (_VITALE, 0x0102): numbers,
        (_VITALE, 0x2001): listed,
    }
