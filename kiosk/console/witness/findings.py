"""What was found not to be as it was written: noted once, told to staff until an officer has seen it.

Finding and seeing are acts of the trail; the table is only where they are looked up. A finding whose row somebody
marks or removes behind the trail's back is still not seen, and is found again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.models import AuditEntry, Finding
from kiosk.console.records import by_hand

HEAD = "head"  # somebody else wrote the trail's head
SHOWN = 100  # on one page
UNREAD = "unread"  # a host's question to INSi about a document that no machine read: looked at twice, in time
ALARMS = ("command", "reading")
CONDUCT = (*ALARMS, UNREAD)  # what somebody did, for an officer: it puts no identity in doubt


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is not as it was written. ``about`` is a number or a random key with a mark: never a trait."""

    code: str
    about: str
    by: str = ""  # the witness that shows it
    evidence: str = ""  # the signed head that the trail does not hold

    @property
    def name(self) -> str:
        return f"{self.code}:{self.about}"


def note(found: Iterable[Found]) -> int:
    """Keep what is new; gives how many were."""
    return sum(_note(one) for one in found)


def meet(rows: Iterable[str]) -> None:
    """Rows that do not prove themselves are met where they are wanted (``Proven.as_found``): nobody waits to be told.

    The worker finds them too.
    """
    names = {one.name: one for one in (Found("row", about) for about in rows)}
    if names:
        known = set(Finding.objects.filter(pk__in=names).values_list("pk", flat=True))
        note(one for name, one in names.items() if name not in known)


def unseen() -> QuerySet[Finding]:
    """What no officer has seen yet, as the trail says it."""
    return Finding.objects.filter(~Exists(_seen_acts(OuterRef("pk")))).order_by("found_at")


_UNSEEN = (
    "FROM console_finding found WHERE NOT EXISTS"
    " (SELECT 1 FROM console_auditentry seen WHERE seen.about = found.name AND seen.act = %s) AND found.code "
)
_DOUBT = f"EXISTS (SELECT 1 {_UNSEEN} NOT IN (%s, %s, %s))"


@dataclass(frozen=True, slots=True)
class Standing:
    """What every page tells: whether the register is in doubt, and how many alarms no officer has seen yet."""

    in_doubt: bool
    alarms: int  # about what somebody did; what is ordinary work is none


def in_doubt() -> bool:
    """Whether what the register says must not be relied on: something was found, and no officer has seen it."""
    seen = audit.Act.REGISTER_SEEN.value
    return bool(by_hand.rows(f"SELECT {_DOUBT}", seen, *CONDUCT)[0][0])


def standing() -> Standing:
    """Both, in one question by hand: it is asked for each page."""
    seen = audit.Act.REGISTER_SEEN.value
    asked = f"SELECT {_DOUBT}, (SELECT COUNT(*) {_UNSEEN} IN (%s, %s))"
    doubt, alarms = by_hand.rows(asked, seen, *CONDUCT, seen, *ALARMS)[0]
    return Standing(bool(doubt), alarms)


def unread_unseen() -> int:
    """How many dossiers wait for a second look: INSi was asked about a document that no machine read."""
    return unseen().filter(code=UNREAD).count()


def is_seen(name: str) -> bool:
    """Whether an officer has seen this one."""
    return _seen_acts(name).exists()


def see(names: Sequence[str], who: str, *, where: str, of: Sequence[str] = ()) -> int:
    """An officer has seen these, as far as they have these codes (``latest``); gives of how many first.

    A head that somebody else wrote is ours again then.
    """
    with transaction.atomic():
        fresh = list(_coded(unseen(), of).filter(pk__in=names))
        told = {"proven": True}  # by a version whose rows prove themselves: what it takes over rests on no such act
        count = sum(_written(audit.Done(audit.Act.REGISTER_SEEN, who, where, one.name, told)) for one in fresh)
        if count and any(one.code == HEAD for one in fresh):
            audit.prove()
    return count


def latest(limit: int = SHOWN, *, of: Sequence[str] = ()) -> list[tuple[Finding, AuditEntry | None]]:
    """The latest findings with these codes, each with the act of who saw it; without codes, what is not conduct.

    What nobody has seen comes first: no flood of later ones hides it.
    """
    chosen = _coded(Finding.objects.all(), of)
    rows = list(chosen.order_by(Exists(_seen_acts(OuterRef("pk"))).asc(), "-found_at")[:limit])
    acts = AuditEntry.objects.filter(act=audit.Act.REGISTER_SEEN, about__in=[one.name for one in rows])
    seen = {act.about: act for act in acts.order_by("-number")}  # the first who saw it
    return [(one, seen.get(one.name)) for one in rows]


def _coded(chosen: QuerySet[Finding], codes: Sequence[str]) -> QuerySet[Finding]:
    return chosen.filter(code__in=codes) if codes else chosen.exclude(code__in=CONDUCT)


def _seen_acts(name: OuterRef | str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(about=name, act=audit.Act.REGISTER_SEEN)


def _note(found: Found) -> bool:
    now = timezone.now()
    if found.code == HEAD and unseen().filter(code=HEAD).exists():
        return False  # the end moves with every act: told once until it is seen
    with transaction.atomic():
        said = {"code": found.code, "by": found.by, "evidence": found.evidence, "found_at": now, "last_at": now}
        known, is_new = Finding.objects.get_or_create(pk=found.name, defaults=said)
        if not is_new:
            Finding.objects.filter(pk=known.pk).update(last_at=now)
            return False
        _written(audit.Done(audit.Act.REGISTER_FOUND, "console", "", found.name, {"by": found.by}))
    journal.record(journal.Happening.REGISTER_FOUND, code=found.code)
    return True


def _written(done: audit.Done) -> bool:
    """Write an act if the trail still takes one: under an older head it does not, and what was found stays unseen."""
    try:
        with transaction.atomic():
            audit.record_all([done])
    except IntegrityError:
        return False
    return True
