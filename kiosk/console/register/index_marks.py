"""That nobody is hidden from the prior search: what a person is found under is summed up in their own facts.

Each call of the writer says in its first fact what it added; the trail covers it. With the person's own key: erased,
the sum says nothing of them to who has the console's secret.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from kiosk.console import audit
from kiosk.console.models import AuditEntry, PersonIndex
from kiosk.console.records import subject_keys
from kiosk.console.records.subject_keys import OwnKey

KEY = "indexed"  # in a fact's details
_BITS = 128
_MODULUS: int = 2**_BITS


def said(done: audit.Done, own: OwnKey, values: Iterable[bytes]) -> audit.Done:
    """A fact that says what these fingerprints add to the person's sum."""
    return replace(done, details={**done.details, KEY: f"{_sum(own, values):0{_BITS // 4}x}"})


def altered(people: Sequence[UUID]) -> list[UUID]:
    """Of these, whose fingerprints are not those that their facts added; whom an earlier version opened said nothing.

    Whose key is gone is another trouble.
    """
    told, whole = _told(people)
    own = subject_keys.of(whole)
    kept: dict[UUID, list[bytes]] = {person: [] for person in own}
    for person, value in PersonIndex.objects.filter(person__in=list(own)).values_list("person", "value").iterator(5000):
        kept[person].append(value.encode() if isinstance(value, str) else bytes(value))  # SQLite keeps what it is given
    return [person for person, values in kept.items() if _sum(own[person], values) != told[person] % _MODULUS]


def _told(people: Sequence[UUID]) -> tuple[Counter[UUID], set[UUID]]:
    """The sum that facts come to, and of whom it is the whole: said from their first fact on."""
    told: Counter[UUID] = Counter()
    whole: set[UUID] = set()
    entries = AuditEntry.objects.filter(person__in=people, details__contains=f'"{KEY}"')
    for person, nth, details in entries.values_list("person", "nth", "details"):
        if person is not None:
            told[person] += int(json.loads(details)[KEY], 16)
            whole |= {person} if nth == 1 else set()
    return told, whole


def _sum(own: OwnKey, values: Iterable[bytes]) -> int:
    total: int = sum(int.from_bytes(own.mark(value)) for value in values)
    return total % _MODULUS
