"""What the register holds of a person, read and proven: a row altered by hand, or put back, is not used."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from kiosk.console import keyring
from kiosk.console.models import AuditEntry, Person
from kiosk.console.records import by_hand, subject_keys
from kiosk.console.register import bodies
from kiosk.core.status import fact_codec, folding
from kiosk.core.status.person_events import PersonEvent
from kiosk.core.status.standing import Fact, Standing
from kiosk.core.status.transitions import Actor, ActorKind
from kiosk.sealing import CannotOpen

LOOKS = 3  # at a row and at its last fact, which others may append meanwhile


class Tampered(CannotOpen):
    """A person's row is not what the register wrote; the message holds codes only."""


def standing_of(row: Person, last: Callable[[], tuple[int, int]] | None = None) -> Standing:
    """Where a person stands. Tampered when the row, or its place in the trail, is not what was written.

    ``last``: their last fact, where it is asked for already.
    """
    last = last or last_of(row.pk)
    for _look in range(LOOKS):
        if last() == (row.version, row.at_fact):
            break
        row.refresh_from_db()  # a fact was appended between the two readings
        last = last_of(row.pk)
    else:
        raise Tampered("a person's row is not at their last fact")
    return _proven(row)


def as_read(row: Person) -> Standing:
    """Where a person stands as this row was read: proven once for whoever holds it, a page or a decision.

    Whoever changes the person looks again, under lock (``writer.record``).
    """
    stands = row.stands
    return stands if stands is not None and stands.version == row.version else standing_of(row)


def last_of(person: UUID) -> Callable[[], tuple[int, int]]:
    """A person's last fact: which of theirs, and its number in the trail; zeros without one. As ``by_hand.asked``."""
    asked = by_hand.asked(_LAST_OF, by_hand.key(person))
    return lambda: next(iter(asked()), (0, 0))


def _last_of_all(people: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """The same of several: of each what stands at the end of the row as it is, and after it, if anything does."""
    found = by_hand.rows(_LAST_OF_ALL, [by_hand.key(one) for one in people]) if people else []
    return {by_hand.subject(key): (nth, number) for key, nth, number in found}


_LAST_OF = "SELECT nth, number FROM console_auditentry WHERE person = %s ORDER BY nth DESC LIMIT 1"
_LAST_OF_ALL = """SELECT known.key, fact.nth, fact.number FROM console_person known
JOIN console_auditentry fact ON fact.person = known.key AND fact.nth >= known.version
WHERE known.key IN (…) ORDER BY fact.nth"""


def sound_among(rows: Sequence[Person]) -> set[UUID]:
    """Who of several is as they were written, in one question; whoever reads another alone is told."""
    ends, sound = _last_of_all([row.pk for row in rows]), set()
    for row in rows:
        with suppress(Tampered):
            is_last = ends.get(row.pk, (0, 0)) == (row.version, row.at_fact)
            _proven(row) if is_last else standing_of(row)
            sound.add(row.pk)
    return sound


def _proven(row: Person) -> Standing:
    """Where a person stands whose row is at their last fact."""
    if row.version and not proves(row):
        raise Tampered("a person's row does not prove itself")
    stands = fact_codec.standing_from_text(row.state) if row.version else Standing()
    if (row.erased_at is not None) != bool(stands.erased_at):
        raise Tampered("a person's row is erased by no fact, or comes back by none")
    row.stands = stands
    return stands


def proof_of(row: Person) -> bytes:
    """The keyed proof of a person's row."""
    return hmac.digest(keyring.key("person"), _text(row), hashlib.sha256)


def proves(row: Person) -> bool:
    """Under today's key, or a former one that is still believed."""
    text, shown = _text(row), bytes(row.proof)
    made = (hmac.digest(key, text, hashlib.sha256) for key in keyring.accepted("person"))
    return any(hmac.compare_digest(shown, one) for one in made)


def _text(row: Person) -> bytes:
    """What is proven of a row."""
    parts = (
        *(row.pk.hex, str(row.version), row.state, row.status, row.attributes, row.evidence, str(row.evidence_on)),
        *(row.seen_with, _instant(row.verified_at), _instant(row.decided_at), row.decided_by),
        *(str(row.absorbed_by_id), str(row.at_fact)),
    )
    return keyring.in_lengths(parts)


class Kept(NamedTuple):
    """What an entry of the trail says as a fact: all that is read where very many are."""

    number: int
    person: UUID | None
    nth: int | None
    kind: str
    codes: str
    actor: str
    who: str
    effective_at: datetime | None
    cites: int
    decision: int


def fact_of(entry: AuditEntry | Kept) -> Fact:
    """One entry of the trail as the fact of a person that it is. BadFact when it cannot be read."""
    if entry.nth is None or entry.effective_at is None:
        raise fact_codec.BadFact("a fact without its place")
    event, by = _event(entry.kind, entry.codes), _actor(entry.actor, entry.who)
    return Fact(entry.nth, event, by, entry.effective_at, entry.cites, entry.decision)


@lru_cache(1000)
def _event(kind: str, codes: str) -> PersonEvent:
    """Most say no more than their kind."""
    return fact_codec.read(kind, json.loads(codes))


@lru_cache(1000)
def _actor(kind: str, who: str) -> Actor:
    return Actor(ActorKind(kind), who)


def folded(person: UUID, entries: Iterable[AuditEntry | Kept] | None = None) -> Standing:
    """Where a person's facts say that they stand; those at hand are not asked for, oldest first.

    BadFact or ValueError when they say nothing possible.
    """
    if entries is None:
        entries = AuditEntry.objects.filter(person=person).order_by("nth").iterator(500)
    return folding.fold(map(fact_of, entries))


def counts_since(person: UUID, stands: Standing) -> datetime:
    """From when on an answer counts for this person: nothing that was asked before a later taking back does."""
    at = AuditEntry.objects.filter(person=person, nth=stands.basis.epoch).values_list("effective_at", flat=True).first()
    return at if at is not None else datetime.min.replace(tzinfo=UTC)


def body_of(person: UUID, nth: int) -> bytes | None:
    """What one fact says, opened; None when it says nothing. Tampered when the body is not the chained one."""
    question = (
        "SELECT fact.digest, kept.body FROM console_auditentry fact"
        " JOIN console_factbody kept ON kept.number = fact.number WHERE fact.person = %s AND fact.nth = %s"
    )
    for digest, body in by_hand.rows(question, by_hand.key(person), nth):
        if not digest:
            return None
        if bodies.digest_of(bytes(body)) != bytes(digest):
            raise Tampered("a fact's body is not the one that was written")
        return bodies.opened(person, nth, bytes(body))
    return None


def bodies_of(wanted: Mapping[UUID, int]) -> dict[UUID, bytes]:
    """What one fact of each person says, asked for at once; nothing where ``body_of`` would say nothing, or raise."""
    keys, opened = subject_keys.of(wanted), dict[UUID, bytes]()
    if not keys:
        return {}
    facts = by_hand.rows(_BODIES_OF, [by_hand.key(one) for one in keys], sorted(set(wanted.values())))
    for written, nth, digest, body in facts:
        person = by_hand.subject(written)
        if wanted[person] == nth and bodies.digest_of(bytes(body)) == bytes(digest):
            with suppress(CannotOpen):
                opened[person] = bodies.opened_with(keys[person], nth, bytes(body))
    return opened


_BODIES_OF = """SELECT fact.person, fact.nth, fact.digest, kept.body FROM console_auditentry fact
JOIN console_factbody kept ON kept.number = fact.number WHERE fact.person IN (…) AND fact.nth IN (…)"""


def latest_of(person: UUID, kind: str) -> int:
    """The person's last fact of this kind; 0 when there is none."""
    return (
        AuditEntry.objects.filter(person=person, kind=kind).order_by("-nth").values_list("nth", flat=True).first() or 0
    )


def _instant(at: object) -> str:
    return at.isoformat() if hasattr(at, "isoformat") else ""
