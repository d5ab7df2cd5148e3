"""Whether the trail is as it was written: by itself, and beside what witnesses have seen of it.

A check goes on from a position, looks at no more than so many, and says where it stands: "" when it has seen all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.console import audit, chain
from kiosk.console.models import Finding, Witness
from kiosk.console.witness import heads, kept
from kiosk.console.witness.brought import contradiction
from kiosk.console.witness.findings import Found
from kiosk.heads import heads_in, read_head


@dataclass(frozen=True, slots=True)
class Part:
    """What one slice came to."""

    position: str  # where to go on; "" at the end
    count: int
    found: tuple[Found, ...]


Check = Callable[[str, int], Part]


def trail(position: str, most: int) -> Part:
    """The trail's chain, from its first act to its head."""
    start = _start(position)
    head = audit.head()
    walked = audit.walk(start, head.number if head else 0, most)
    is_whole = walked.count < most and len(walked.broken) < chain.MOST_BROKEN
    broken = walked.broken + (audit.ends_rightly(walked, head) if is_whole else ())
    found = tuple(Found(one.reason, f"{one.number}-{one.mark[:5].hex()}") for one in broken)
    return Part("" if is_whole else f"{walked.number}:{walked.chained.hex()}", walked.count, found)


def _start(position: str) -> chain.Walked:
    """Where the last slice ended; from the beginning when that act is not what it was, or the place is no place."""
    place = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", position, re.ASCII)
    if place is not None and audit.chained_at(int(place[1])) == bytes.fromhex(place[2]):
        return chain.Walked(int(place[1]), bytes.fromhex(place[2]))
    return chain.Walked()


def witnesses(_position: str, _most: int) -> Part:
    """The head beside every witness: what kiosks brought, what they brought in vain, what the file says."""
    found, count = kept.compare(), 1
    known = [(one.head, one.by) for one in Witness.objects.exclude(head="")]
    in_vain = [(one.evidence, one.by) for one in Finding.objects.exclude(evidence="")]
    for text, by in known + in_vain:
        head = read_head(text)
        broken = contradiction(head, by) if head is not None and heads.is_ours(head) else None
        found, count = found + ([broken] if broken else []), count + 1
    return Part("", count, _each_once(found))


def of_file(path: Path) -> Part:
    """Every head of ours that stands somewhere in a file: an extract of a system log, another machine's witness."""
    found: list[Found] = []
    count = 0
    with path.open(encoding="ascii", errors="replace") as lines:
        for head in (one for line in lines for one in heads_in(line) if heads.is_ours(one)):
            broken = contradiction(head, f"file:{path.name[:60]}")
            found += [broken] if broken else []
            count += 1
    return Part("", count, _each_once(found))


def _each_once(found: list[Found]) -> tuple[Found, ...]:
    return tuple({one.name: one for one in found}.values())
