"""Whether what is kept of persons is as it was written: folded again from their facts, bodies against the chain."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from kiosk.console.keystore.models import SubjectKey
from kiosk.console.models import AuditEntry, FactBody, Holding, IdentifierKind, Person, PersonIndex
from kiosk.console.register import bodies, index_marks, reading
from kiosk.console.witness.checks import Part
from kiosk.console.witness.findings import Found
from kiosk.core.status import fact_codec
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.status.standing import Standing

FACTS_EACH = 8  # of a person, about: so many fewer persons than acts in one slice
Marks = list[tuple[str, str]]  # the matricules held: mark and OID
_BY_HAND = ("", "")
_OF_ANOTHER = bytes(32)  # no body's digest: an erasing would leave it


def persons(position: str, most: int) -> Part:
    """Every person folded again (property 1): the row, and the number held, are what the facts say."""
    most = max(1, most // FACTS_EACH)
    rows = Person.objects.order_by("pk")
    batch = list((rows.filter(pk__gt=UUID(position)) if is_key(position) else rows)[:most])
    held, entries = _held([row.pk for row in batch]), _entries([row.pk for row in batch])
    odd = [row.pk for row in batch if _trouble(row, entries[row.pk], held[row.pk])]
    locked = [row.pk for row in batch if row.version and row.erased_at is None]
    found = [one for key in odd for one in _looked_at_again(key)]
    found += keys_gone(locked, lambda key: Person.objects.filter(pk=key, erased_at=None))
    found += [one for key in index_marks.altered(locked) for one in _found_otherwise(key)]
    return Part("" if len(batch) < most else batch[-1].pk.hex, len(batch), tuple(found))


def _found_otherwise(key: UUID) -> Iterator[Found]:
    """They are not found under what their facts say: looked at again while nobody can add to it."""
    with transaction.atomic():
        row = Person.objects.select_for_update(of=("self",)).get(pk=key)
        is_altered = row.erased_at is None and bool(index_marks.altered([key]))
        count = PersonIndex.objects.filter(person=key).count()
    if is_altered:
        yield Found("index", f"{key}-{count}")


def keys_gone(subjects: Sequence[UUID], kept: Callable[[UUID], QuerySet[Any]]) -> Iterator[Found]:
    """Keys that nobody destroyed by erasing, and that are not there; looked for again while nobody can erase."""
    there = SubjectKey.objects.filter(pk__in=subjects).values_list("pk", flat=True)
    for subject in {*subjects} - {*there}:
        with transaction.atomic():
            is_kept = bool(kept(subject).select_for_update(of=("self",)).values_list("pk", flat=True))
            is_gone = is_kept and not SubjectKey.objects.filter(pk=subject).exists()
        if is_gone:
            yield Found("key", f"{subject}-gone")


def _entries(keys: Sequence[UUID]) -> dict[UUID | None, list[reading.Kept]]:
    grouped: dict[UUID | None, list[reading.Kept]] = defaultdict(list)
    entries = AuditEntry.objects.filter(person__in=keys).order_by("person", "nth")
    for entry in map(reading.Kept._make, entries.values_list(*reading.Kept._fields).iterator(2000)):
        grouped[entry.person].append(entry)
    return grouped


def _held(keys: Sequence[UUID]) -> dict[UUID, Marks]:
    """What each holds; a number of today or of before under which they are not found was written in by hand."""
    grouped: dict[UUID, Marks] = defaultdict(list)
    found = PersonIndex.objects.filter(person=OuterRef("person"), value=OuterRef("value"))
    began = AuditEntry.objects.filter(pk=OuterRef("since"), person=OuterRef("person"))
    ended = AuditEntry.objects.filter(pk=OuterRef("until"), person=OuterRef("person"))
    held = Holding.objects.filter(person__in=keys, kind=IdentifierKind.INS)
    held = held.annotate(is_found=Exists(found), began=Exists(began), ended=Exists(ended))
    columns = ("person", "value", "mark", "domain", "until", "is_found", "began", "ended")
    for person, value, mark, domain, until, is_side_by_side, has_begun, has_ended in held.values_list(*columns):
        # as they stand the two may be closed with different secrets
        is_found = is_side_by_side or PersonIndex.objects.filter(person=person, value=value).exists()
        if not is_found or not has_begun or (until is not None and not has_ended):
            grouped[person].append(_BY_HAND)
        elif until is None:
            grouped[person].append((mark, domain))
    return grouped


def _trouble(row: Person, entries: Sequence[reading.Kept], held: Marks) -> str:
    """The code of what is not as it was written; "" when all is."""
    try:
        stands = reading.folded(row.pk, entries)
        last = (entries[-1].nth, entries[-1].number) if entries else (0, 0)
        is_proven = not row.version or reading.proves(row)
        said = fact_codec.standing_from_text(row.state) if row.version else Standing()
    except (fact_codec.BadFact, ValueError):
        return "person"
    if not is_proven or last != (row.version, row.at_fact) or said != stands:
        return "person"
    if (row.erased_at is not None) != bool(stands.erased_at):
        return "person"  # erased by no fact: what is missing of them would not be missed
    if stands.status is IdentityStatus.QUALIFIED and not stands.is_compared:
        return "person"  # evidence and answer were never laid side by side (property 6)
    expected = [] if stands.held is None else [(stands.held.number, stands.held.oid)]
    return "" if held == expected else "holding"


def _looked_at_again(key: UUID) -> Iterator[Found]:
    """Somebody may have decided between two of the readings: one person is read within a moment."""
    with transaction.atomic():
        row = Person.objects.select_for_update(of=("self",)).get(pk=key)
        trouble = _trouble(row, _entries([key])[key], _held([key])[key])
    if trouble:
        yield Found(trouble, f"{key}-{bytes(row.proof)[:5].hex()}")


def facts(position: str, most: int) -> Part:
    """Every fact's body is the one the chain covers, and every fact's person is there; what was erased stays away."""
    after = int(position) if position.isascii() and position.isdecimal() and len(position) < 19 else 0
    entries = AuditEntry.objects.filter(number__gt=after).exclude(person=None).order_by("number")
    batch = list(entries.values_list("number", "person", "digest")[:most])
    whose = {number: person for number, person, _digest in batch}
    kept = {
        one.pk: bodies.digest_of(bytes(one.body)) if one.subject == whose[one.pk] else _OF_ANOTHER
        for one in FactBody.objects.filter(pk__in=[number for number, _, digest in batch if digest]).iterator(500)
    }  # before the persons: whoever is erased meanwhile takes them along
    people = dict(Person.objects.filter(pk__in={person for _, person, _ in batch}).values_list("pk", "erased_at"))
    found, back = [], []
    for number, person, digest in batch:
        if person not in people:
            found.append(Found("person", f"{person}-gone"))
        elif digest and number not in kept and people[person] is None:
            found.append(Found("body", f"{number}-gone"))
        elif number in kept and kept[number] != bytes(digest):
            found.append(Found("body", f"{number}-{kept[number][:5].hex()}"))
        elif number in kept and people[person] is not None:
            back.append(number)
    still = FactBody.objects.filter(pk__in=back).values_list("pk", flat=True) if back else ()
    found += [Found("body", f"{number}-back") for number in still]
    is_whole = len(batch) < most
    return Part("" if is_whole else str(batch[-1][0]), len(batch), tuple({one.name: one for one in found}.values()))


def is_key(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{32}", text, re.ASCII) is not None
