"""What must go, by rule: copies of documents three years after the visit at most, check-ins nobody dealt with in hours.

What is removed leaves its random name, so that a repetition from a kiosk does not bring it back, and its line in the
audit trail; nothing about the person. Its key is destroyed: what is left of it in a log or a backup opens no more.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q

from kiosk import journal
from kiosk.console import audit
from kiosk.console.models import Arrival, BlindIndex, Recognition, Sealed, Stage
from kiosk.console.records import erasing

BATCH = 200
ASKED_DAYS = 2  # a question of a kiosk is believed for minutes: after that it need not be known to be refused


def purge(now: datetime) -> int:
    """Remove what is due; gives how many."""
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
    old = Q(arrived_at__lt=now - timedelta(days=server.copies_days)) & ~Q(stage=Stage.REMOVED)
    removed = 0
    while keys := list(Arrival.objects.filter(unseen | old).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            due = Arrival.objects.select_for_update().filter(pk__in=keys).exclude(stage=Stage.REMOVED)
            for arrival in due.order_by("pk"):  # as another worker takes them
                why = "unseen" if arrival.decided_at is None else "copies"
                Sealed.objects.filter(arrival=arrival).delete()
                BlindIndex.objects.filter(arrival=arrival).delete()
                arrival.stage, arrival.insi_next_at, arrival.assigned_to = Stage.REMOVED, None, None
                arrival.digest, arrival.signature, arrival.before = b"", b"", {}
                arrival.save()
                audit.record(audit.Act.REMOVED, who="worker", about=str(arrival.pk), why=why)
                removed += 1
            erasing.ask(keys)
    while erasing.carry_out():
        continue
    call_command("clearsessions", verbosity=0)
    Recognition.objects.filter(asked_at__lt=now - timedelta(days=ASKED_DAYS)).delete()
    if removed:
        journal.record(journal.Happening.PURGED, count=removed)
        transaction.on_commit(forget_free_pages)
    return removed


def forget_free_pages() -> None:
    """What the write-ahead log still holds goes too."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM console_sealed")
