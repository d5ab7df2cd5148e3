"""A register as it is after years: very many fictitious people, each qualified, each come three times.

One of them the console makes itself, by its own pages' functions: the model. All others are its copies, under keys,
marks, names and days of their own, chained and sealed as the register does it: ``register check`` reads them as any.
Rows go in by COPY (PostgreSQL) while the next are made, or in batches (SQLite), their indexes made afterwards, as a
backup is put back: a million in half an hour.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connections, transaction
from django.utils import timezone

from kiosk.console import audit, chain, keyring
from kiosk.console.keystore.models import SubjectKey
from kiosk.console.models import (
    Arrival,
    AuditEntry,
    AuditHead,
    FactBody,
    Holding,
    Person,
    PersonIndex,
    Sealed,
    VisitIndex,
    places,
)
from kiosk.console.models.fingerprints import link_to
from kiosk.console.records import store_keys, vault
from kiosk.console.register import bodies, index_marks, reading
from tests.benchmarks.columns import EPOCH, Bytes, Lines, lines_of, micros, numbers
from tests.benchmarks.copied import Copies, Keys, Pattern, Store, hexadecimal, keyed, words_of, written_at
from tests.benchmarks.model import VISITS, make_model
from tests.benchmarks.proofs import Proofs

Longs = npt.NDArray[np.int64]

BATCH = 1_000
TABLES = {
    "default": (Arrival, Sealed, VisitIndex, AuditEntry, FactBody, Holding, PersonIndex, Person),
    "keys": (SubjectKey,),
}
PLACES = ("terminal_id", "desk", "ticket")
SEALED = ("check_in", "answer", "accepted", "criteria")
_CONTEXTS = {"check_in": "check-in"}
_SECOND, _MINUTE, _DAY = 1_000_000, 60_000_000, 86_400_000_000  # microseconds


class Act:
    """One act of the model: what of it is another's in each copy."""

    def __init__(self, entry: AuditEntry, words: Sequence[bytes], about: int, body: bytes | None) -> None:
        self.nth, self.about = entry.nth, about
        self.at = micros(entry.at)
        self.effective_at = micros(entry.effective_at) if entry.effective_at is not None else None
        self.holds = entry.act == audit.Act.QUALIFIED
        self.body = Pattern(body, words) if body is not None else None
        self.details, self.codes = Pattern(entry.details.encode(), words), Pattern(entry.codes.encode(), words)
        own = [written_at(entry.at), written_at(entry.effective_at), bytes(entry.digest).hex().encode()]
        chained = chain._text(entry)[4 + len(str(entry.number)) :]  # what differs in length stands first
        self.chained = Pattern(chained, [*words, *(one for one in own if one)])
        columns = ("number", "at", "about", "details", "chained", "person", "codes", "effective_at", "digest")
        self.lines = Lines(entry, columns)


class Register:
    """The model, read once, and where its copies go."""

    def __init__(self) -> None:
        self.row, self.visits = make_model()
        for visit in self.visits:
            visit.ticket_mark = None  # of another day: a number is one person's for its day
            visit.signer = visit.indexed = b""  # as of before: no kiosk has signed for the copies
            visit.plain, visit.before = os.urandom(32), {}
        [self._holding] = Holding.objects.filter(person=self.row)
        self._words = words_of(str(self.row.pk), [str(one.pk) for one in self.visits], self._holding.mark)
        self._chain, self._prove = keyed(keyring.key(keyring.CHAIN)), keyed(keyring.key("person"))
        self._number, self._chained = 0, b""
        self._acts = self._acts_of_model()
        self._parts = [_opened(one.sealed, self._words) for one in self.visits]
        moments = [[getattr(one, name) for name in _moments_of(one)] for one in self.visits]
        self._rows = [Proofs(one, self._words, at) for one, at in zip(self.visits, moments, strict=True)]
        self._came = [list(map(micros, at)) for at in moments]
        self._moments = [at for at in (self.row.decided_at, self.row.verified_at) if at is not None]
        changing = [*self._words, *map(written_at, self._moments)]
        self._state = Pattern(self.row.state.encode(), changing)
        length = len(str(self.row.at_fact)) + 4  # at the end: it differs in length
        self._proven = Pattern(reading._text(self.row)[:-length], changing)
        self._tables()

    def store(self, first: int, count: int) -> None:
        """Put in the people numbered ``first`` and on; PostgreSQL then counts what it has, as it does by itself."""
        is_alone = not connections["default"].in_atomic_block  # in somebody's transaction rows are only added
        with ExitStack() as until_done:
            for name in TABLES:
                until_done.enter_context(transaction.atomic(using=name))
                if is_alone and connections[name].vendor == "postgresql":
                    until_done.enter_context(_laid_down(name))
            self._all(range(first, first + count), ", FREEZE" if is_alone else "")
        for name in TABLES if is_alone else ():
            if connections[name].vendor == "postgresql":  # the console never has SQLite do so
                with connections[name].cursor() as cursor:
                    cursor.execute("VACUUM ANALYZE")

    # --- one after the other -------------------------------------------------------------------------------------

    def _acts_of_model(self) -> list[Act]:
        about = [one.decode() for one in self._words[: VISITS + 1]]
        acts = []
        for entry in AuditEntry.objects.filter(about__in=about).order_by("number"):
            body = reading.body_of(self.row.pk, entry.nth) if entry.nth else None
            entry.details = _without_sum(entry.details)
            acts.append(Act(entry, self._words, about.index(entry.about), body))
        return acts

    def _tables(self) -> None:
        """Of each table the columns that differ from one copy to the next."""
        self._person = Lines(
            self.row, ("key", "opened_at", "state", "decided_at", "at_fact", "proof", "likened_at", "verified_at")
        )
        of_visits = ("person", "plain", "proof", *PLACES)
        self._arrivals = [Lines(one, ("key", *_moments_of(one), *of_visits)) for one in self.visits]
        self._sealed = [Lines(one.sealed, ("arrival", *SEALED, "proof")) for one in self.visits]
        self._bodies = Lines(FactBody(), ("number", "subject", "body"))
        self._holdings = Lines(self._holding, ("person", "value", "mark", "since"))
        self._of_person = Lines(PersonIndex(), ("person", "value"))
        self._of_visit = Lines(VisitIndex(), ("id", "visit", "value"))
        wrapper = store_keys.current()
        self._store = Store(wrapper.number, wrapper._key)
        self._keys = Lines(SubjectKey(store_key_id=wrapper.number), ("subject", "wrapped"), database="keys")

    def _all(self, numbers: range, how: str) -> None:
        """Rows are made here while those before them are written there."""
        head = AuditHead.objects.get(pk=1)
        self._number, self._chained = head.last_number, bytes(head.chained)
        latest = micros(timezone.now().replace(microsecond=1)) - self._came[-1][0] // _SECOND * _SECOND
        with ThreadPoolExecutor(1) as writer:
            written = writer.submit(_write, (), how)
            for start in range(0, len(numbers), BATCH):
                some = numbers[start : start + BATCH]
                self._batch(Copies(some, latest - (np.array(some) + 1) * _MINUTE))
                written.result()
                written = writer.submit(_write, self._taken(), how)
            written.result()
        head.last_number, head.chained = self._number, self._chained
        AuditHead.objects.filter(pk=1).update(
            last_number=head.last_number, chained=head.chained, proof=chain.proof(head, keyring.key(keyring.CHAIN))
        )

    def _taken(self) -> list[Callable[[str], None]]:
        lines = (
            *(self._person, *self._arrivals, *self._sealed, *(one.lines for one in self._acts)),
            *(self._bodies, self._holdings, self._of_person, self._of_visit, self._keys),
        )
        return [one.taken() for one in lines]

    def _batch(self, copies: Copies) -> None:
        keys = [Keys(one) for one in (copies.person, *copies.visits)]
        for subjects, own in zip((copies.person, *copies.visits), keys, strict=True):
            self._keys.add(subjects, self._store.wrap(subjects, own))
        fingerprints = copies.fingerprints()
        self._visits(copies, keys[1:], fingerprints)
        for one in (*fingerprints, *copies.blocks(), copies.values):
            self._of_person.add(copies.person, one)
        count, each = len(copies.later), len(self._acts)
        first = self._number + 1 + np.arange(count, dtype=np.int64) * each  # of each copy's acts
        said = [self._fact(act, copies, first + place, keys[0]) for place, act in enumerate(self._acts)]
        links = self._linked([chained for chained, _digests in said], count)
        for place, (act, (_chained, digests)) in enumerate(zip(self._acts, said, strict=True)):
            self._act(act, copies, first + place, links[place::each], digests)
        self._standing(copies, first)

    def _visits(self, copies: Copies, keys: Sequence[Keys], fingerprints: Sequence[Bytes]) -> None:
        for place, (visits, own) in enumerate(zip(copies.visits, keys, strict=True)):
            written, moments = copies.words[1 + place], [copies.later + at for at in self._came[place]]
            said = {part: one.by(copies.words) for part, one in self._parts[place].items() if one}
            parts = dict.fromkeys(SEALED, nothing(visits))
            for part, text in said.items():
                parts[part] = own.lock(text, _context(_CONTEXTS.get(part, part), written))
            plain = lines_of([hashlib.sha256(one.tobytes()).digest() for one in said["check_in"]])
            proofs = self._rows[place]
            proof = proofs.of_visit(copies.words, [_instants(at) for at in moments], plain)
            where = _where(self.visits[place], moments[0])
            self._arrivals[place].add(visits, *map(numbers, moments), copies.person, plain, proof, *where)
            proof = proofs.of_sealed(copies.words, [parts[part] for part in proofs.parts])
            self._sealed[place].add(visits, *parts.values(), proof)
            links, first = lines_of([link_to(UUID(bytes=one.tobytes())) for one in visits]), _places(len(visits))
            for nth, value in enumerate(fingerprints):
                self._of_visit.add(numbers(first + nth), links, value)

    def _fact(self, act: Act, copies: Copies, number: Longs, own: Keys) -> tuple[Bytes, Bytes]:
        """What the trail chains of an act, and the digests of what it says, which is sealed here."""
        digests = nothing(copies.person)
        if act.body is not None:
            body = own.lock(act.body.by(copies.words), _context(f"fact {act.nth}", copies.words[0]))
            self._bodies.add(numbers(number), copies.person, body)
            digests = lines_of([bodies.digest_of(one.tobytes()) for one in body])
        moments = [_instants(copies.later + at) for at in (act.at, act.effective_at) if at is not None]
        return act.chained.by([*copies.words, *moments, hexadecimal(digests)]), digests

    def _linked(self, texts: Sequence[Bytes], count: int) -> Bytes:
        """Each copy's acts chained, one behind the other."""
        digest, number, chained, links = self._chain, self._number, self._chained, []
        pieces = [[one.tobytes() for one in text] for text in texts]
        for place in range(count):
            for text in pieces:
                number += 1
                written = b"%d" % number
                chained = digest(b"".join((chained, len(written).to_bytes(4), written, text[place])))
                links.append(chained)
        self._number, self._chained = number, chained
        return lines_of(links)

    def _act(self, act: Act, copies: Copies, number: Longs, links: Bytes, digests: Bytes) -> None:
        at = numbers(copies.later + act.at)
        effective = numbers(copies.later + act.effective_at) if act.effective_at is not None else None
        texts = (copies.words[act.about], act.details.by(copies.words), links)
        person = copies.person if act.nth else None
        act.lines.add(numbers(number), at, *texts, person, act.codes.by(copies.words), effective, digests)

    def _standing(self, copies: Copies, first: Longs) -> None:
        """Where they stand: the person's row and what they hold."""
        nth = [act.nth for act in self._acts]
        at_fact = first + max(place for place, one in enumerate(nth) if one)
        since = first + next(place for place, act in enumerate(self._acts) if act.holds)
        words = [*copies.words, *(_instants(copies.later + micros(at)) for at in self._moments)]
        state = self._state.by(words)
        texts = zip((one.tobytes() for one in self._proven.by(words)), at_fact.tolist(), strict=True)
        numbered = ((text, str(number).encode()) for text, number in texts)
        proofs = lines_of([self._prove(text + len(one).to_bytes(4) + one) for text, one in numbered])
        opened, decided = (numbers(copies.later + micros(at)) for at in (self.row.opened_at, self._moments[0]))
        self._person.add(copies.person, opened, state, decided, numbers(at_fact), proofs, decided, None)
        self._holdings.add(copies.person, copies.values, copies.words[1 + VISITS], numbers(since))


def _moments_of(visit: Arrival) -> tuple[str, ...]:
    """Its columns that say when; of who was never seen at a desk one less."""
    names = ("received_at", "arrived_at", "decided_at", "presence_at")
    return tuple(name for name in names if getattr(visit, name) is not None)


def _where(visit: Arrival, received: Longs) -> Iterator[Bytes]:
    """What says where it was, closed for each copy's day."""
    days = (received // _DAY + EPOCH.toordinal()).tolist()
    for name in PLACES:
        yield lines_of([places.closed(name, str(getattr(visit, name)), day).encode() for day in days])


def _without_sum(details: str) -> str:
    """As an earlier version wrote it: what somebody is found under was not summed up then, and is not compared now."""
    said = json.loads(details)
    said.pop(index_marks.KEY, None)
    return json.dumps(said, sort_keys=True, ensure_ascii=True)


def _places(count: int) -> Longs:
    """As ``indexes.keep`` chooses them: those of one visit beside each other, at random."""
    return np.frombuffer(os.urandom(8 * count), np.int64) >> 9 << 8 & np.int64(2**63 - 1)


def nothing(many: Bytes) -> Bytes:
    return np.empty((len(many), 0), np.uint8)


def _context(part: str, written: Bytes) -> Bytes:
    """As ``vault.context_of``."""
    begin = np.frombuffer(vault.context_of(part, ""), np.uint8)
    return np.concatenate((np.repeat(begin[np.newaxis], len(written), 0), written), 1)


def _instants(moments: Longs) -> Bytes:
    """As the trail chains them."""
    at = np.datetime64("2000-01-01T00:00:00.000000", "us") + moments
    written = np.datetime_as_string(at, unit="us").astype("S26").view(np.uint8).reshape(-1, 26)
    zone = np.frombuffer(b"+00:00", np.uint8)
    return np.concatenate((written, np.repeat(zone[np.newaxis], len(moments), 0)), 1)


def _write(rows: Sequence[Callable[[str], None]], how: str) -> None:
    for write in rows:
        write(how)


def _opened(sealed: Sealed, words: Sequence[bytes]) -> dict[str, Pattern | None]:
    contents = {part: bytes(getattr(sealed, part)) for part in SEALED}
    return {
        part: Pattern(vault.open_part(body, _CONTEXTS.get(part, part), sealed.pk), words) if body else None
        for part, body in contents.items()
    }


@contextmanager
def _laid_down(database: str) -> Iterator[None]:
    """As a backup is put back: into files of their own, which need no log; the indexes of millions of rows at once."""
    names = [table._meta.db_table for table in TABLES[database]]
    with connections[database].cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [names],
        )
        removed = cursor.fetchall()
        for name, _ in removed:
            cursor.execute(f'DROP INDEX "{name}"')
        for name in names:
            cursor.execute(f"CLUSTER {name} USING {name}_pkey")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no look at each foreign key
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        yield
        for _, definition in removed:
            cursor.execute(definition)
