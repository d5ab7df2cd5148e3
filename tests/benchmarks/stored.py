"""A register as it is after years: very many fictitious people, each qualified, each come three times.

One of them the console makes itself, by its own pages' functions: the model. All others are its copies, under keys,
marks, names and days of their own, chained and sealed as the register does it: ``register check`` reads them as any.
Rows go in by COPY (PostgreSQL) or in batches (SQLite), their indexes made afterwards: a million in minutes.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import connections, models, transaction
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.keystore.models import SubjectKey
from kiosk.console.models import (
    Arrival,
    AuditEntry,
    AuditHead,
    BlindIndex,
    FactBody,
    Holding,
    Person,
    PersonIndex,
    Sealed,
)
from kiosk.console.records import search, store_keys, subject_keys, vault
from kiosk.console.register import bodies, reading
from kiosk.core.coherence.blocking import blocking_keys
from kiosk.core.coherence.duplicates import SearchField
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR, Matricule
from kiosk.core.identity.traits import Source, Traits
from kiosk.sealing import generate_key
from tests.benchmarks.columns import Lines
from tests.benchmarks.model import MODEL, VISITS, make_model
from tests.people import Person as Fictitious

BATCH = 2_000
SYLLABLES = ("BA", "CLE", "DRU", "FON", "GAL", "JU", "LAN", "MER", "NO", "PIC", "RO", "SAR", "TOU", "VI", "ZE", "HAR")
NAMES = [one + two + three for one in SYLLABLES for two in SYLLABLES for three in SYLLABLES]
GIVEN = [one + two for one in SYLLABLES for two in SYLLABLES]
OLDEST = date(1935, 1, 1)
BIRTHDAYS = 90 * 365
SAME_KEY = 97  # so far from one number to the next whose key has the same two digits
TABLES = (Arrival, Sealed, BlindIndex, AuditEntry, FactBody, Holding, PersonIndex, Person)
SEALED = ("check_in", "answer", "accepted", "criteria")
_CONTEXTS = {"check_in": "check-in"}


@dataclass(frozen=True, slots=True)
class Copy:
    """What sets one copy apart from the model, in the order in which the model's own words are looked for."""

    person: str
    visits: tuple[str, ...]
    name: str
    given: str
    born: str
    nir: str
    mark: str
    later: timedelta
    value: bytes = b""  # the number's fingerprint

    def words(self) -> tuple[str, ...]:
        return (self.person, *self.visits, self.mark, self.name, self.given, self.born, self.nir)


def copy_of(number: int, later: timedelta) -> Copy:
    """The person of this number, under random keys."""
    person, nir = uuid.uuid4(), str(int(MODEL.number) + SAME_KEY * (number + 1))
    born = (OLDEST + timedelta(days=number * 7919 % BIRTHDAYS)).isoformat()
    matricule = Matricule(nir, MODEL.key, OID_NIR)
    mark = bodies.mark_of(person, matricule).number
    name, given = NAMES[number * 31 % len(NAMES)], GIVEN[number * 17 % len(GIVEN)]
    visits = tuple(str(uuid.uuid4()) for _ in range(VISITS))
    return Copy(str(person), visits, name, given, born, nir, mark, later, bodies.value_of(matricule))


class Said:
    """A text of the model, and which of the words in it are another's in each copy."""

    def __init__(self, text: str, words: Sequence[str]) -> None:
        self._text, self._words = text, [(place, word) for place, word in enumerate(words) if word in text]

    def by(self, words: Sequence[str]) -> str:
        text = self._text
        for place, word in self._words:
            text = text.replace(word, words[place])
        return text


def found_with(number: int) -> tuple[str, str]:
    """What somebody of those put in would be looked for with: birth date and name."""
    born = OLDEST + timedelta(days=number * 7919 % BIRTHDAYS)
    return f"{born:%d/%m/%Y}", NAMES[number * 31 % len(NAMES)]


def as_person(number: int) -> Fictitious:
    """Who that is, as if they came once more."""
    copied = copy_of(number, timedelta(0))
    return replace(
        MODEL, birth_name=copied.name, given_names=(copied.given,), birth_date=copied.born, number=copied.nir
    )


class Register:
    """The model, read once, and where its copies go."""

    def __init__(self) -> None:
        self.row, self.visits = make_model()
        [holding] = Holding.objects.filter(person=self.row)
        self._holding = holding
        self._model = Copy(
            person=str(self.row.pk),
            visits=tuple(str(one.pk) for one in self.visits),
            name=MODEL.birth_name,
            given=MODEL.given_names[0],
            born=MODEL.birth_date,
            nir=MODEL.number,
            mark=holding.mark,
            later=timedelta(0),
        )
        words = self._model.words()
        about = list(words[: VISITS + 1])
        self._entries = list(AuditEntry.objects.filter(about__in=about).order_by("number"))
        self._codes = [Said(entry.codes, words) for entry in self._entries]
        self._details = [Said(entry.details, words) for entry in self._entries]
        self._abouts = [about.index(entry.about) for entry in self._entries]
        self._times = [(entry.at, entry.effective_at) for entry in self._entries]
        self._said = {}
        for entry in self._entries:
            body = reading.body_of(self.row.pk, entry.nth) if entry.nth else None
            if body is not None:
                self._said[entry.nth] = Said(body.decode(), words)
        self._parts = [_opened(one.sealed, words) for one in self.visits]
        self._came = [(one.received_at, one.arrived_at, one.decided_at) for one in self.visits]
        self._state = Said(self.row.state, words)
        self._moments = {at.isoformat(): at for at in (self.row.decided_at, self.row.verified_at) if at is not None}
        self._decided_at, self._opened_at = self.row.decided_at, self.row.opened_at
        self._tables()

    def store(self, first: int, count: int) -> None:
        """Put in the people numbered ``first`` and on; PostgreSQL then counts what it has, as it does by itself."""
        with transaction.atomic(), transaction.atomic(using="keys"), _without_indexes("default", TABLES):
            for start in range(first, first + count, BATCH):
                self._batch(range(start, min(start + BATCH, first + count)))
        for name in ("default", "keys"):
            if connections[name].vendor != "sqlite":  # the console never has SQLite do so
                with connections[name].cursor() as cursor:
                    cursor.execute("VACUUM ANALYZE")

    # --- one after the other -------------------------------------------------------------------------------------

    def _tables(self) -> None:
        """Of each table the columns that differ from one copy to the next."""
        self._person = Lines(
            self.row, ("key", "opened_at", "state", "decided_at", "at_fact", "proof", "likened_at", "verified_at")
        )
        self._arrivals = [
            Lines(one, ("key", "received_at", "arrived_at", "decided_at", "person")) for one in self.visits
        ]
        self._sealed = [Lines(one.sealed, ("arrival", *SEALED)) for one in self.visits]
        self._acts = [
            Lines(entry, ("number", "at", "about", "details", "chained", "person", "codes", "effective_at", "digest"))
            for entry in self._entries
        ]
        self._bodies = Lines(FactBody(), ("number", "subject", "body"))
        self._holdings = Lines(self._holding, ("person", "value", "mark", "since"))
        self._of_person = Lines(PersonIndex(), ("person", "value"))
        self._of_visit = Lines(BlindIndex(), ("arrival", "value"))
        self._wrapper = store_keys.current()
        self._keys = Lines(SubjectKey(store_key_id=self._wrapper.number), ("subject", "wrapped"), database="keys")

    def _batch(self, numbers: range) -> None:
        head = AuditHead.objects.get(pk=1)
        number, chained = head.last_number, bytes(head.chained)
        assert number == audit.last_number()
        now = timezone.now()
        for one in numbers:
            came = now - timedelta(minutes=one + 1)
            copied = copy_of(one, came - self._came[-1][0])
            number, chained = self._one(copied, number, chained)
        lines = (
            *(self._person, *self._arrivals, *self._sealed, *self._acts),
            *(self._bodies, self._holdings, self._of_person, self._of_visit, self._keys),
        )
        for some in lines:
            some.write()
        head.last_number, head.chained = number, chained
        AuditHead.objects.filter(pk=1).update(last_number=number, chained=chained, proof=audit._proof(head))

    def _one(self, copied: Copy, number: int, chained: bytes) -> tuple[int, bytes]:
        own = {}
        for subject in (copied.person, *copied.visits):
            key = generate_key()
            one = uuid.UUID(subject)
            own[subject] = subject_keys.OwnKey(one, key)
            self._keys.add(subject, self._wrapper.wrap(one, key))
        words = copied.words()
        self._visits(copied, words, own)
        since = at_fact = 0
        for place, entry in enumerate(self._entries):
            number += 1
            body = self._fact(copied, words, place, number, own[copied.person])
            entry.digest = bodies.digest_of(body)
            chained = audit._link(chained, entry)
            self._act(place, chained)
            if entry.nth:
                at_fact = number
                since = number if entry.act == "qualified" else since
        self._standing(copied, words, at_fact, since)
        return number, chained

    def _visits(self, copied: Copy, words: Sequence[str], own: dict[str, subject_keys.OwnKey]) -> None:
        fingerprints = fingerprints_of(copied)
        for place, key in enumerate(copied.visits):
            received, arrived, decided = self._came[place]
            later = (received + copied.later, arrived + copied.later, decided + copied.later)
            self._arrivals[place].add(key, *later, copied.person)
            parts = (
                own[key].lock(said.by(words).encode(), vault.context_of(_CONTEXTS.get(part, part), key))
                if said
                else b""
                for part, said in self._parts[place].items()
            )
            self._sealed[place].add(key, *parts)
            for value in fingerprints:
                self._of_visit.add(key, value)
        for one in (*fingerprints, *blocks_of(copied), copied.value):
            self._of_person.add(copied.person, one)

    def _fact(self, copied: Copy, words: Sequence[str], place: int, number: int, own: subject_keys.OwnKey) -> bytes:
        """The model's entry becomes the copy's, all but its link; gives its sealed body."""
        entry, (at, effective) = self._entries[place], self._times[place]
        entry.number, entry.at = number, at + copied.later
        entry.about = words[self._abouts[place]]
        entry.details = self._details[place].by(words)
        if not entry.nth:
            return b""
        entry.person, entry.effective_at = copied.person, effective + copied.later
        entry.codes = self._codes[place].by(words)
        said = self._said.get(entry.nth)
        if said is None:
            return b""
        body = own.lock(said.by(words).encode(), bodies._context(own.subject, entry.nth))
        self._bodies.add(number, copied.person, body)
        return body

    def _act(self, place: int, chained: bytes) -> None:
        one = self._entries[place]
        texts = (one.number, one.at, one.about, one.details, chained)
        self._acts[place].add(*texts, one.person, one.codes, one.effective_at, one.digest)

    def _standing(self, copied: Copy, words: Sequence[str], at_fact: int, since: int) -> None:
        row = self.row
        row.key, row.at_fact = uuid.UUID(copied.person), at_fact
        row.state = self._state.by(words)
        for text, at in self._moments.items():
            row.state = row.state.replace(text, (at + copied.later).isoformat())
        row.decided_at, opened = self._decided_at + copied.later, self._opened_at + copied.later
        row.proof = reading.proof_of(row)
        self._person.add(copied.person, opened, row.state, row.decided_at, at_fact, row.proof, row.decided_at, None)
        self._holdings.add(copied.person, copied.value, copied.mark, since)


def fingerprints_of(copied: Copy) -> list[bytes]:
    """As ``search.indexes_of`` lists them for somebody with one date, one name and one first name, and a card."""
    found = [vault.blind(SearchField.BIRTH_DATE.value, copied.born)]
    for field, text in ((SearchField.NAME, copied.name), (SearchField.GIVEN_NAME, copied.given)):
        found += [vault.blind(field.value, f"{copied.born} {text[:length]}") for length in (1, 2, 3)]
    return [*found, search.card_fingerprint(copied.nir, "1", copied.born)]


def blocks_of(copied: Copy) -> set[bytes]:
    """Under which ``register.prior`` looks for them."""
    given, born = (copied.given,), BirthDate(copied.born)
    traits = Traits(Source.INSI, birth_name=copied.name, given_names=given, birth_date=born)
    return {vault.blind("block", key) for key in blocking_keys(traits)}


def _opened(sealed: Sealed, words: Sequence[str]) -> dict[str, Said | None]:
    contents = {part: bytes(getattr(sealed, part)) for part in SEALED}
    return {
        part: Said(vault.open_part(body, _CONTEXTS.get(part, part), sealed.pk).decode(), words) if body else None
        for part, body in contents.items()
    }


@contextmanager
def _without_indexes(database: str, tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """PostgreSQL makes an index of millions of rows at once much faster than row by row."""
    connection = connections[database]
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [[table._meta.db_table for table in tables]],
        )
        removed = cursor.fetchall()
        for name, _ in removed:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET LOCAL session_replication_role = replica")  # no look at each foreign key
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        yield
        for _, definition in removed:
            cursor.execute(definition)
