"""What must go, by rule: copies of documents three years after the visit at most, check-ins nobody dealt with in hours.

And whoever is nobody's: opened by a decision that was taken back, with no visit left. Nobody else is erased by a clock;
a person's record lasts until the structure says that it ends (``finish``). What is removed leaves its random name, so
that a repetition from a kiosk does not bring it back, and its line in the audit trail; nothing about the person. Its
key is destroyed: what is left of it in a log or a backup opens no more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q

from kiosk import journal
from kiosk.console import audit
from kiosk.console.keystore.models import Erasure
from kiosk.console.models import Arrival, AuditEntry, PhoneShown, Recognition, Stage, Verification
from kiosk.console.records import erasing
from kiosk.console.register import erasure, reading, writer
from kiosk.console.staff import guesses
from kiosk.console.witness import clock
from kiosk.core.status.transitions import Actor, ActorKind

BATCH = 200
ASKED_DAYS = 2  # a question of a kiosk is believed for minutes: after that it need not be known to be refused
WORKER = Actor(ActorKind.WORKER, "worker")
_OF_VISITS = ("console_sealed", "console_copy")
_OF_PERSONS = (
    *_OF_VISITS,
    "console_visitindex",
    "console_blindindex",
    "console_factbody",
    "console_personindex",
    "console_holding",
)


def purge(now: datetime) -> int:
    """Remove what is due; gives how many visits."""
    removed = _visits(now)
    erased = _nobodys(now)
    while erasing.carry_out():
        continue
    call_command("clearsessions", verbosity=0)
    guesses.purge()
    Recognition.objects.filter(asked_at__lt=now - timedelta(days=ASKED_DAYS)).delete()
    PhoneShown.objects.filter(at__lt=now - timedelta(days=ASKED_DAYS)).delete()  # one lasts a day at most
    old = Verification.objects.filter(done_at__lt=now - timedelta(days=settings.KIOSK.copies_days))
    old.exclude(calls=b"").update(calls=b"")  # what INSi was asked and said, as long as of visits
    if removed or erased:
        journal.record(journal.Happening.PURGED, count=removed + erased)
        transaction.on_commit(forget_free_pages)
    return removed


def _visits(now: datetime) -> int:
    server = settings.KIOSK
    limit = now - timedelta(hours=server.unseen_hours)
    untouched = Q(assigned_at=None) | Q(assigned_at__lt=limit)  # taken up again lately: somebody is at it
    # what was decided about a person is theirs, and stays; the visit in which that was done is nobody unseen
    undecided = Q(decided_at=None, before={})
    unseen = (
        untouched
        & undecided
        & Q(stage__in=(Stage.WAITING, Stage.CALLED, Stage.HELD, Stage.GONE), received_at__lt=limit)
    )
    # by this console's clock: a kiosk that says 2019 erases nobody
    old = Q(received_at__lt=now - timedelta(days=server.copies_days)) & ~Q(stage=Stage.REMOVED)
    since = clock.steady_since()
    if since is not None and since > limit:  # it was set: who seems to have waited so long may just have come
        unseen = Q(pk__in=())
    removed, not_ours = 0, set[UUID]()  # of a row that does not prove itself nobody knows when it came
    left = Arrival.objects.filter(unseen | old).order_by("pk")
    while keys := list(left.exclude(pk__in=not_ours).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            # whom staff took up or decided since they were looked up are not due any more
            due = list(Arrival.objects.select_for_update().filter(unseen | old, pk__in=keys).order_by("pk"))
            not_ours |= {one.pk for one in due if not one.is_proven}
            due = [one for one in due if one.is_proven]
            for arrival in due:  # in their order, as another worker takes them
                why = "unseen" if arrival.decided_at is None else "copies"
                erasure.remove([arrival], WORKER, why)
                removed += 1
            erasing.ask(one.pk for one in due)
    return removed


def _nobodys(now: datetime) -> int:
    """Erase whom a decision opened that was taken back: what is known of them serves nobody any more."""
    count, limit = 0, now - timedelta(days=settings.KIOSK.nobodys_days)
    for person in erasure.nobodys(limit, BATCH):
        try:
            erasure.erase(person.pk, WORKER, erasure.Why.NOBODYS, expected_version=person.version)
            count += 1
        except writer.Refused as refused:
            if not _is_remembered(person.pk):  # tried again every few minutes, written down once
                refused.remember()
        except (writer.Conflict, erasure.InHand):
            continue  # somebody came for them meanwhile
        except reading.Tampered as trouble:  # the register's checks say it; nothing is done with it
            journal.record_bug(trouble)
    return count


def _is_remembered(person: UUID) -> bool:
    return AuditEntry.objects.filter(act=audit.Act.REFUSED, who=WORKER.name, about=str(person)).exists()


def finish(subject: UUID) -> bool:
    """Destroy the keys asked for, now; False when the worker still has to destroy this one's."""
    while erasing.carry_out():
        continue
    transaction.on_commit(lambda: forget_free_pages(_OF_PERSONS))
    return not Erasure.objects.filter(pk=subject, done_at=None).exists()


def forget_free_pages(tables: Sequence[str] = _OF_VISITS) -> None:
    """What the write-ahead log still holds goes too; on PostgreSQL, what these tables' pages do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in tables:
            cursor.execute(f"VACUUM {table}")
