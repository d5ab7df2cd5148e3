"""What earlier versions decided about visits becomes facts of persons: migration 0015, in one transaction.

Read with the tables as they were, written with today's rules (``apply``) and in the same chain. Every visit's columns
are compared with what came of them before anything is dropped (``carried_over``).
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Coalesce

from kiosk.console.models import Person
from kiosk.console.register import bulk, carried_over, inherited, planning
from kiosk.console.register.bulk import Chapter, pieces
from kiosk.console.register.inherited import DECIDED, OBTAINED, REMOVED, SET_ASIDE, Old, Opened, is_about_a_person
from kiosk.console.register.inherited_facts import facts_of
from kiosk.console.register.links import Links
from kiosk.console.register.planning import Planned
from kiosk.core.checkin.stated import Witness, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.status.permissions import IdentityStatus, kiosk_status

_ROWS_AT_ONCE = 500
_OPENED_AT_ONCE = 50  # a visit is half a megabyte
_PERSONS_AT_ONCE = 100
_DEALT_WITH = ("done", "gone", SET_ASIDE)
SHARED = "shared-number"
TASKS = {  # why a visit goes to the unit's list, by why its identity is not carried over as it was
    planning.DISAGREE: SHARED,
    planning.BARRED: SHARED,
    planning.NOT_FILED: SHARED,
    "unopened": "technical",
    "reported": "technical",
    "no-answer": "technical",
    "unusable-answer": "unusable-answer",
    "answer-withdrawn": "ins-wrong",
    "late-answer": "other-answer",
    "never-compared": "late-answer",
}


def people(apps: Any) -> carried_over.Report | None:
    """Carry everything over, compare, and say what came of it; None where there was nothing."""
    tables = Tables(apps)
    if not tables.arrivals.exists():
        return None
    began = time.monotonic()
    report = _Carrying(tables).all()
    report.counts["seconds"] = round(time.monotonic() - began)
    carried_over.tell(report)
    return report


class Tables:
    """The tables as they were, of which today's models know some columns no longer."""

    def __init__(self, apps: Any) -> None:
        self.arrivals = apps.get_model("console", "Arrival").objects
        self.indexes = apps.get_model("console", "BlindIndex").objects
        self.pairs = apps.get_model("console", "Pair").objects
        self.verifications = apps.get_model("console", "Verification").objects


class _Carrying:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._why: dict[UUID, str] = {}  # visits whose identity is not carried over as it was
        self._retrieved: list[UUID] = []  # visits whose matricule a machine had taken, and which is still held

    def all(self) -> carried_over.Report:
        links = Links(self._tables)
        planned = planning.plan(self._decided(), links.judged(), self._agree)
        for some in pieces(planned.persons, _PERSONS_AT_ONCE):
            self._carry(some)
        links.carry(planned.persons, planned.proposed, self._why)
        report = carried_over.compared(self._tables, self._why, links.counts)
        self._set_aside()
        report.counts["machine-s-word-withdrawn"] = self._settle()
        return report

    def _decided(self) -> Iterator[Old]:
        """Every visit in which something was decided about an identity."""
        led_to = frozenset(self._tables.arrivals.exclude(merged_into=None).values_list("merged_into", flat=True))
        columns = Q(decided_at__isnull=False) | ~Q(evidence="") | ~Q(attributes="") | Q(reported__in=DECIDED)
        chosen = self._tables.arrivals.filter(columns | Q(merged_into__isnull=False) | Q(pk__in=led_to), person=None)
        for some in pieces(chosen.order_by("pk").iterator(_ROWS_AT_ONCE), _ROWS_AT_ONCE):
            trails = inherited.trails_of(row.pk for row in some)
            read = [(row, trails.get(str(row.pk), inherited.Trail())) for row in some]
            olds = [inherited.old_of(row, trail) for row, trail in read if is_about_a_person(row, trail, led_to)]
            for few in pieces((one for one in olds if one.status in OBTAINED or one.is_barred), _OPENED_AT_ONCE):
                rows = self._rows(one.key for one in few)
                for old in few:
                    inherited.look_inside(old, rows[old.key])
            yield from olds

    def _agree(self, keys: Sequence[UUID]) -> bool:
        """Whether these visits may be one person's."""
        first = self._check_ins(keys[:1])
        return all(planning.are_one(first + self._check_ins(few)) for few in pieces(keys[1:], _OPENED_AT_ONCE))

    def _check_ins(self, keys: Sequence[UUID]) -> list[CheckIn]:
        opened = (inherited.opened(row) for row in self._rows(keys).values())
        return [one.check_in for one in opened if one is not None]

    def _rows(self, keys: Iterable[UUID]) -> dict[UUID, Any]:
        rows = self._tables.arrivals.select_related("sealed", "decided_by").filter(pk__in=list(keys))
        return {row.pk: row for row in rows}

    def _carry(self, some: Sequence[Planned]) -> None:
        """Write some persons, and whose their visits are."""
        rows = self._rows(old.key for planned in some for old in planned.visits)
        found = self._fingerprints(rows)
        chapters, updates = [], []
        for planned in some:
            inside = {old.key: self._look(old, rows[old.key]) for old in planned.visits}
            facts = facts_of(planned, rows, inside)
            row = Person(key=planned.person, opened_at=min(old.arrived_at for old in planned.visits))
            chapters.append(Chapter(row, facts.told, facts.indexes.union(*(found.get(one, ()) for one in inside))))
            updates += [(planned.person, facts.questions.get(key, 0), key) for key in inside]
            self._remember(planned, inside)
        bulk.open_all(chapters)
        self._attach(updates)

    def _look(self, old: Old, row: Any) -> Opened | None:
        inside = inherited.opened(row, is_as_told=old.is_as_told) if inherited.is_sealed(row) else None
        if inside is None:
            old.why = old.why or ("copies-erased" if row.stage == REMOVED else "unopened")
        if old.why:
            self._why[old.key] = old.why
        return inside

    def _remember(self, planned: Planned, inside: Mapping[UUID, Opened | None]) -> None:
        for old in planned.visits[:-1]:
            self._why[old.key] = "later-decision"
        if len(planned.visits) > 1:
            self._why.setdefault(planned.deciding.key, "several-visits")
        for key, one in inside.items():
            if planned.holds and one is not None and one.check_in.status is IdentityStatus.RETRIEVED:
                self._retrieved.append(key)

    def _fingerprints(self, keys: Iterable[UUID]) -> dict[UUID, set[bytes]]:
        """Under what the prior search found these visits, what staff wrote of an original included."""
        found: dict[UUID, set[bytes]] = {}
        for key, value in self._tables.indexes.filter(arrival__in=list(keys)).values_list("arrival", "value"):
            found.setdefault(key, set()).add(bytes(value))
        return found

    def _attach(self, updates: Sequence[tuple[UUID, int, UUID]]) -> None:
        prepared = Person._meta.pk.get_db_prep_value
        rows = [(prepared(one, connection), question, prepared(key, connection)) for one, question, key in updates]
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE console_arrival SET person_id = %s, question = %s WHERE key = %s", rows)

    def _set_aside(self) -> None:
        """Give the unit its tasks; whom staff has still to deal with stays in the queue, and says there who it is."""
        for why, reason in TASKS.items():
            for some in pieces((key for key, its in self._why.items() if its == why), _ROWS_AT_ONCE):
                dealt_with = self._tables.arrivals.filter(pk__in=some, stage__in=_DEALT_WITH)
                dealt_with.update(stage=SET_ASIDE, reason=reason)

    def _settle(self) -> int:
        """A visit says from now on what its sources come to, and when somebody decided; nothing is undone any more.

        Gives how many of those nobody decided about lose what a machine had taken for theirs.
        """
        arrivals = self._tables.arrivals
        arrivals.exclude(before={}).update(before={})
        ours = arrivals.filter(person__isnull=False)
        barred = Person.objects.filter(Q(attributes__contains="doubtful") | Q(attributes__contains="fictitious"))
        ours.filter(person__in=barred.values("pk"), insi_next_at__isnull=False).update(insi_next_at=None)
        ours.filter(decided_at=None).update(decided_at=Coalesce("assigned_at", "received_at"))
        ours.update(reported=IdentityStatus.PROVISIONAL.value)
        for some in pieces(self._retrieved, _ROWS_AT_ONCE):
            arrivals.filter(pk__in=some).update(reported=IdentityStatus.RETRIEVED.value)
        waiting = arrivals.filter(person=None, reported=IdentityStatus.RETRIEVED.value).exclude(stage=REMOVED)
        lost = []
        for some in pieces(waiting.values_list("pk", flat=True), _OPENED_AT_ONCE):
            opened = {key: inherited.opened(row, is_as_told=False) for key, row in self._rows(some).items()}
            lost += [key for key, one in opened.items() if one is None or not _is_retrieved(one.check_in)]
        for some in pieces(lost, _ROWS_AT_ONCE):
            arrivals.filter(pk__in=some).update(reported=IdentityStatus.PROVISIONAL.value)
        return len(lost)


def _is_retrieved(check_in: CheckIn) -> bool:
    """A machine may still take this answer for theirs: today's rule, which knows unusable answers."""
    if check_in.not_understood:
        return False
    issuer = check_in.mrz.issuing_state if check_in.mrz is not None else ""
    document, is_production = best(check_in, (Witness.DOCUMENT,)), settings.KIOSK.is_production
    status = kiosk_status(check_in.card, check_in.insi, document, in_production=is_production, issuer=issuer)
    return status is IdentityStatus.RETRIEVED
