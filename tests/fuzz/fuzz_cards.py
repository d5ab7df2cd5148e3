"""Hostile cards by the hundred thousand: no exception leaves the reading or the decoder, no reading exceeds its bounds.

Run: ``python -m tests.fuzz.fuzz_cards --cases 200000 [--seed 1]``. A case is wholly made from its number: a failure
names it, and ``--only NUMBER`` runs it again. A sized-down run is among the ordinary tests.
"""

import argparse
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.cards.base import CardExchangeFailed, CardGone
from hardware.cards.card_file import MANNERS, CardDescription, Described, load
from hardware.cards.exchange import MOST_STEPS, exchange
from hardware.cards.virtual_card import VirtualCard, identity_bytes, numbers_bytes
from hardware.cards.vitale_files import LONGEST_FILE, MOST_COMMANDS, VitaleFiles, read_vitale_files
from hardware.tlv import encode
from kiosk.documents.vitale import decode

MOST_EXCHANGES = MOST_COMMANDS * MOST_STEPS
MOST_BYTES = MOST_COMMANDS * 256 * 2
LONGEST_CASE = 2.0  # seconds of processor; a usual case takes less than one thousandth of it
MOST_MEMORY = 64  # MiB more than at the start

_STATUSES = [b"\x90\x00"] * 6 + [
    b"\x61\x00",
    b"\x61\xff",
    b"\x6c\x00",
    b"\x6c\x01",
    b"\x62\x82",
    b"\x6b\x00",
    b"\x6a\x82",
]
_TAGS = [0x65, 0x66, 0x80, 0x81, 0x82, 0x90, 0x93, 0xE0, 0xA0, 0x7F21, 0x5F37, 0xDF2A, 0x1F8181]


class OutOfBounds(Exception):
    """A reading took more than it may."""


@dataclass(slots=True)
class HostileConnection:
    """A connection to a card that answers what ``answers`` makes up, and counts what it was made to do."""

    answers: Callable[[bytes], bytes]
    exchanges: int = 0
    moved: int = 0  # bytes

    def transmit(self, command: bytes) -> bytes:
        return exchange(self._send, command)

    def _send(self, command: bytes) -> bytes:
        self.exchanges += 1
        if self.exchanges > MOST_EXCHANGES:
            raise OutOfBounds("exchanges")
        answer = self.answers(command)
        self.moved += min(len(answer), 258)
        return answer


def one_case(number: int, seed: int = 0) -> str:
    """Make, read and decode one hostile card; answer what came of it."""
    chance = random.Random((seed << 40) + number)
    connection = HostileConnection(_makers[chance.randrange(len(_makers))](chance))
    started = time.process_time()
    outcome = read_vitale_files(connection)
    if connection.moved > MOST_BYTES:
        raise OutOfBounds("bytes")
    if isinstance(outcome, VitaleFiles):
        if max(len(outcome.identity), len(outcome.numbers)) > LONGEST_FILE + 256:
            raise OutOfBounds("file length")
        _check(outcome.identity, outcome.numbers)
    # The decoder is asked apart too: another reading library may hand it anything.
    _check(_hostile_file(chance), _hostile_file(chance))
    if time.process_time() - started > LONGEST_CASE:
        raise OutOfBounds("time")
    return type(outcome).__name__


def run(cases: int, seed: int = 0, first: int = 0) -> Counter[str]:
    """Run so many cases; the first that misbehaves is raised with its number."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes: Counter[str] = Counter()
    for number in range(first, first + cases):
        try:
            outcomes[one_case(number, seed)] += 1
        except Exception as error:
            raise AssertionError(f"case {number} of seed {seed}: {type(error).__name__} {error}") from error
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    if grown > MOST_MEMORY:
        raise AssertionError(f"memory grew by {grown} MiB")
    return outcomes


def _check(identity: bytes, numbers: bytes) -> None:
    contents = decode(identity, numbers)
    if len(contents.beneficiaries) > 19:
        raise OutOfBounds("beneficiaries")
    for one in contents.beneficiaries:
        texts = (one.name, one.given_name, one.birth_date, one.nir, one.nir_key)
        if any(len(text) > 64 or not (text.isprintable()) for text in texts):
            raise OutOfBounds("text")
        if one.nir and len(one.nir) != 13:
            raise OutOfBounds("number")


def _random_answers(chance: random.Random) -> Callable[[bytes], bytes]:
    """Any bytes, any length, any status word."""

    def answer(_command: bytes) -> bytes:
        size = chance.choice([0, 0, 1, 2, 16, 255, 256, 257, 300, 4096])
        status = chance.choice(_STATUSES) if chance.random() < 0.8 else chance.randbytes(2)
        return chance.randbytes(size) + status[: chance.choice([0, 1, 2, 2, 2, 2, 2, 2])]

    return answer


def _endless(chance: random.Random) -> Callable[[bytes], bytes]:
    """Always one more answer, always a full one."""
    filling = chance.choice([encode(0x65, bytes(40)), b"\x00", b"\xff", b"\x65\x00", b"\x65\x82\xff\xff", b"\x30\x80"])
    piece = (filling * 256)[:256]
    status = chance.choice(_STATUSES)
    return lambda _command: (
        piece[: chance.choice([0, 1, 255, 256])] + (status if chance.random() < 0.3 else b"\x90\x00")
    )


def _odd_card(chance: random.Random) -> Callable[[bytes], bytes]:
    """A card that behaves, with hostile files."""
    card = CardDescription(
        manners=chance.choice(MANNERS),
        identity_hex=_hostile_file(chance).hex(),
        numbers_hex=_hostile_file(chance).hex(),
        short_names_fail=chance.random() < 0.2,
        certificate=chance.choice([0, 0, 200, 5000]),
    )
    return _answers_of(card)


def _mutated_card(chance: random.Random) -> Callable[[bytes], bytes]:
    """A real family's card, wrong in a few places, and sometimes leaving."""
    base = _family(chance)
    card = replace(
        base,
        manners=chance.choice(MANNERS),
        identity_hex=_mutated(identity_bytes(base), chance).hex(),
        numbers_hex=_mutated(numbers_bytes(base), chance).hex(),
        pull_within=chance.choice([0, 0, 0, 1, 3, 5, 9]),
        attack=chance.choice(["", "", "", "half-gone", "random"]),
        seed=chance.randrange(1 << 30),
    )
    return _answers_of(card)


def _spoilt_card(chance: random.Random) -> Callable[[bytes], bytes]:
    """A real family's card whose answers are spoilt on the way."""
    behave = _answers_of(replace(_family(chance), manners=chance.choice(MANNERS)))
    rate = chance.choice([0.05, 0.3])

    def answer(command: bytes) -> bytes:
        right = behave(command)
        return _mutated(right, chance) if chance.random() < rate else right

    return answer


_makers = (_random_answers, _endless, _odd_card, _mutated_card, _spoilt_card)
_SAMPLES: tuple[CardDescription, ...] = tuple(load(name) for name in ("zoe", "twins", "marie", "nineteen"))


def _family(chance: random.Random) -> CardDescription:
    card = _SAMPLES[chance.randrange(len(_SAMPLES))]
    if chance.random() < 0.3:
        texts = [chance.randbytes(chance.randrange(40)).decode("latin-1") for _ in range(4)]
        odd = Described(name=texts[0], given_name=texts[1], birth_date=texts[2], number=texts[3])
        card = replace(card, beneficiaries=(*card.beneficiaries, odd))
    return replace(card, padding=chance.choice([0, 16, 600]), long_lengths=chance.random() < 0.2)


def _answers_of(card: CardDescription) -> Callable[[bytes], bytes]:
    virtual = VirtualCard(card)

    def answer(command: bytes) -> bytes:
        given = virtual.answer(command)
        if given is None:
            raise CardGone
        if not given:
            raise CardExchangeFailed("nothing")
        return given

    return answer


def _hostile_file(chance: random.Random) -> bytes:
    kind = chance.randrange(5)
    if kind == 0:
        return chance.randbytes(chance.choice([0, 1, 2, 60, 300, 2000]))
    if kind == 1:
        return _tree(chance, 0)
    if kind == 2:
        return _mutated(_tree(chance, 0), chance)
    if kind == 3:  # bombs: lengths of gigabytes, nesting without end, thousands of empty objects
        bomb = chance.choice(
            [b"\x65\x84\xff\xff\xff\xff", b"\x65\x80", b"\x65\x00", b"\x7f\xff\xff\xff", b"\x65\x82\x7f\xff"]
        )
        return bomb * chance.choice([1, 10, 1000])
    base = _SAMPLES[chance.randrange(len(_SAMPLES))]
    return _mutated(chance.choice([identity_bytes, numbers_bytes])(base), chance)


def _tree(chance: random.Random, depth: int) -> bytes:
    pieces = []
    for _ in range(chance.randrange(1, 8)):
        tag = chance.choice(_TAGS)
        is_made_of_others = tag in {0x65, 0x66, 0xE0, 0xA0} and depth < 3
        value = _tree(chance, depth + 1) if is_made_of_others else chance.randbytes(chance.randrange(30))
        pieces.append(encode(tag, value, long_length=chance.random() < 0.3))
        if chance.random() < 0.2:
            pieces.append(bytes(chance.randrange(5)))
    return b"".join(pieces)


def _mutated(whole: bytes, chance: random.Random) -> bytes:
    changed = bytearray(whole)
    for _ in range(chance.choice([0, 1, 1, 2, 8])):
        if not changed:
            break
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + chance.randrange(1, 40)]
            case 2:
                changed[at:at] = chance.randbytes(chance.randrange(1, 20))
            case _:
                changed = changed[:at]
    return bytes(changed)


def main(arguments: list[str] | None = None) -> int:
    """Run, print what came of it, answer 0; a failure is raised with its case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="run this one case")
    parsed = parser.parse_args(arguments)
    started = time.monotonic()
    if parsed.only is not None:
        print(one_case(parsed.only, parsed.seed))
        return 0
    outcomes = run(parsed.cases, parsed.seed)
    print(f"{parsed.cases} hostile cards in {time.monotonic() - started:.0f} s: {dict(outcomes)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
