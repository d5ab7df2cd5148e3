"""Rights taken in an emergency (accès d'urgence, « bris de glace »): by a named person, for a while, with a reason.

Whoever takes one signs for it; every page it opens is in the audit trail, and it stands on the administrators' and
auditors' and officers' pages within seconds, until one of them, not the person themself, has said that they looked into
it. Who has taken a few that nobody has looked into takes no more.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.models import AuditEntry, Emergency, Staff
from kiosk.console.records import by_hand, structure
from kiosk.console.words import one_line
from kiosk.sealing import sealed_for

SHORTEST_REASON = 10
LONGEST_REASON = 300
LEAST_WORDS = 3  # different ones, of letters: who reads it later must know what for
LEAST_LETTERS = 8  # different ones
MOST_UNSEEN = 3
SET_BACK = timedelta(minutes=1)  # less is a clock that is put right
_LOOKS = (audit.Act.OPENED, audit.Act.SHEET_PRINTED, audit.Act.PICTURE_SEEN, audit.Act.INSI_REQUESTED)


class NotTaken(ValueError):
    """Not a right this role may take, or no reason; says nothing more."""


class TooMany(NotTaken):
    """Several are still to be looked into by somebody else first."""


def take(staff: Staff, right: str, reason: str, *, where: str) -> Emergency:
    """Give the right for as long as the settings say. The caller has checked that the role may take it."""
    words = one_line(reason, LONGEST_REASON + 1)
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON or not _says_why(words):
        raise NotTaken
    now = timezone.now()
    with transaction.atomic():
        Staff.objects.select_for_update().get(pk=staff.pk)
        if _running(staff).filter(right=right).exists():
            raise NotTaken
        if Emergency.objects.filter(staff=staff, seen_at=None).count() >= MOST_UNSEEN:
            raise TooMany
        sealed = structure.seal_body(words.encode(), _context(staff.pk, now))
        until = now + timedelta(minutes=settings.KIOSK.emergency_minutes)
        taken = Emergency.objects.create(staff=staff, right=right, reason=sealed, opened_at=now, until=until)
        audit.record(
            audit.Act.EMERGENCY_TAKEN, who=staff.username, where=where, right=right, number=taken.pk,
            minutes=settings.KIOSK.emergency_minutes,
        )  # fmt: skip
        transaction.on_commit(lambda: journal.record(journal.Happening.EMERGENCY_TAKEN, right=right))
    return taken


def _says_why(words: str) -> bool:
    """A few different words, not one key held down: more than that only a reader can tell."""
    plain = ["".join(filter(str.isalpha, word)).casefold() for word in words.split()]
    real = {word for word in plain if len(set(word)) > 1}
    return len(real) >= LEAST_WORDS and len(set("".join(real))) >= LEAST_LETTERS


def current(staff: Staff) -> list[Emergency]:
    """What this person holds now, as the console wrote it; what was given back and is put back is not held."""
    return [one for one in _running(staff) if one.is_proven and not _is_ended(one, staff)]


def _running(staff: Staff) -> QuerySet[Emergency]:
    """What has begun and is not over: one that a clock which ran ahead began is over when the clock is put right."""
    now = timezone.now()
    return Emergency.objects.filter(staff=staff, until__gt=now, opened_at__lte=now + SET_BACK).order_by("pk")


def _is_ended(taken: Emergency, staff: Staff) -> bool:
    """Whether the trail says that it was given back, or did so as this process remembers."""
    if audit.remembered(audit.Act.EMERGENCY_ENDED, str(taken.pk)):
        return True
    ended = AuditEntry.objects.filter(act=audit.Act.EMERGENCY_ENDED, who=staff.username, right=taken.right)
    numbered = [f'"number": {taken.pk}{after}' for after in ",}"]  # not by its time: clocks are set
    return any(one in details for details in ended.values_list("details", flat=True) for one in numbered)


def note_use(staff: Staff, right: str, page: str, *, where: str) -> None:
    """One more page that only the emergency opened."""
    audit.record(audit.Act.EMERGENCY_USED, who=staff.username, where=where, right=right, page=page)


def give_back(staff: Staff, *, where: str) -> int:
    """End what this person holds; gives how many."""
    with transaction.atomic():
        live = Emergency.objects.select_for_update().filter(staff=staff, until__gt=timezone.now()).order_by("pk")
        held = [one for one in live if one.is_proven]
        for one in held:
            one.until = timezone.now()
            one.save(update_fields=["until"])
            audit.record(
                audit.Act.EMERGENCY_ENDED, who=staff.username, where=where, right=one.right, number=one.pk
            )  # fmt: skip
    return len(held)


def end(number: int, by: Staff, *, where: str) -> bool:
    """Somebody else ends what a colleague holds; False when there is nothing to end, or it is one's own."""
    with transaction.atomic():
        held = Emergency.objects.select_for_update().filter(pk=number, until__gt=timezone.now())
        taken = held.exclude(staff=by).first()
        if taken is None or not taken.is_proven:
            return False
        taken.until = timezone.now()
        taken.save(update_fields=["until"])
        audit.record(
            audit.Act.EMERGENCY_ENDED, who=taken.staff.username, where=where, right=taken.right, number=number,
            ended_by=by.username,
        )  # fmt: skip
        return True


def to_look_into(staff: Staff) -> int:
    """How many wait for somebody like this person."""
    asked = "SELECT COUNT(*) FROM console_emergency WHERE seen_at IS NULL AND staff_id <> %s"
    return int(by_hand.rows(asked, staff.pk)[0][0])


def look_into(number: int, staff: Staff, *, where: str) -> bool:
    """Say that one was looked into; False when it is unknown, done, or one's own."""
    with transaction.atomic():
        taken = Emergency.objects.select_for_update().filter(pk=number, seen_at=None).exclude(staff=staff).first()
        if taken is None or not taken.is_proven:
            return False
        taken.seen_by, taken.seen_at = staff, timezone.now()
        taken.save(update_fields=["seen_by", "seen_at"])
        audit.record(audit.Act.EMERGENCY_SEEN, who=staff.username, where=where, number=number)
    return True


def reason_of(taken: Emergency) -> str:
    """What was typed. CannotOpen when it is sealed for another key."""
    return structure.open_body(bytes(taken.reason), _context(taken.staff_id, taken.opened_at)).decode()


def pages_of(taken: Emergency) -> int:
    """How many pages it opened."""
    used = AuditEntry.objects.filter(act=audit.Act.EMERGENCY_USED, who=taken.staff.username, right=taken.right)
    return used.filter(at__gte=taken.opened_at, at__lte=taken.until).count()


def dossiers_of(taken: Emergency) -> list[str]:
    """Whose dossiers were opened while it was held, by their keys: two rights held at once are not told apart."""
    looks = AuditEntry.objects.filter(act__in=_LOOKS, who=taken.staff.username)
    within = looks.filter(at__gte=taken.opened_at, at__lte=taken.until).order_by("number")
    return list(dict.fromkeys(within.values_list("about", flat=True)))


def reseal() -> int:
    """Seal every reason for the structure's current key; gives how many were not."""
    key = structure.keys().current.public_key.key_id
    changed = 0
    for taken in Emergency.objects.order_by("pk").iterator(chunk_size=200):
        if taken.is_proven and sealed_for(bytes(taken.reason)) != key:
            context = _context(taken.staff_id, taken.opened_at)
            taken.reason = structure.seal_body(structure.open_body(bytes(taken.reason), context), context)
            taken.save(update_fields=["reason"])
            changed += 1
    return changed


def _context(staff: int, at: datetime) -> bytes:
    return structure.context_of("emergency", f"{staff}:{at.timestamp():.3f}")
