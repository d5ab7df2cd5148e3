"""What was found not to be as it was written: noted once, told to staff until an officer has seen it.

Finding and seeing are acts of the trail; the table is only where they are looked up. A finding whose row somebody
marks or removes behind the trail's back is still not seen, and is found again. What the database does not keep, though
it took it, is held by the process (``held``), and told as if it stood there.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.db.models import Exists, Max, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.models import AuditEntry, Finding
from kiosk.console.records import by_hand
from kiosk.console.witness import held

HEAD = "head"  # somebody else wrote the trail's head
SHOWN = 100  # on one page
UNREAD = "unread"  # a host's question to INSi about a document that no machine read: looked at twice, in time
ALARMS = ("command", "reading", "clock")
CONDUCT = (*ALARMS, UNREAD)  # what somebody did, for an officer: it puts no identity in doubt
_HEARD_BACK = 50_000  # acts before the last that a process looks through when it begins

_MOVES_BACK = 5_000  # of these, for what happened to visits


class _Heard:
    upto = 0  # the number of the last act that this process has looked at for alarms


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


def unkept(model: type[Model]) -> None:
    """What is written there only to be seen was not there when it was looked for."""
    note([Found("unkept", f"{model._meta.model_name}-")])


def tell_again() -> None:
    """Write once more what this process holds; what stays then, or an officer has seen, is held no longer."""
    for row in held.rows():
        if is_seen(row.pk) or _stays(row):
            held.let_go(row.pk)


def hear() -> None:
    """Hold what other processes told the trail, and what has no row; remember what they did of rights and visits."""
    last = AuditEntry.objects.aggregate(last=Max("number"))["last"] or 0
    new = AuditEntry.objects.filter(number__gt=max(_Heard.upto, last - _HEARD_BACK), number__lte=last)
    for name, details, at in new.filter(act=audit.Act.REGISTER_FOUND).values_list("about", "details", "at"):
        by = str(json.loads(details).get("by", ""))
        row = Finding(name=name, code=name.partition(":")[0], by=by, found_at=at, last_at=at)
        if not _stands(row) and not is_seen(name):
            held.hold(row)
    told = new.filter(Q(act__in=audit.REMEMBERED) | Q(number__gt=last - _MOVES_BACK)).order_by("number")
    audit.remember(told.only("number", "act", "about", "details").iterator(2000))
    _Heard.upto = last


def forget() -> None:
    """What is held and what was heard: for another database."""
    _Heard.upto = 0
    held.forget()
    audit.forget()


def unseen() -> QuerySet[Finding]:
    """What no officer has seen yet, as the trail says it."""
    return Finding.objects.filter(~Exists(_seen_acts(OuterRef("pk")))).order_by("found_at")


_UNSEEN = (
    "FROM console_finding found WHERE NOT EXISTS"
    " (SELECT 1 FROM console_auditentry seen WHERE seen.about = found.name AND seen.act = %s) AND found.code "
)
_DOUBT = f"EXISTS (SELECT 1 {_UNSEEN} NOT IN (%s, %s, %s, %s))"


@dataclass(frozen=True, slots=True)
class Standing:
    """What every page tells: whether the register is in doubt, and how many alarms no officer has seen yet."""

    in_doubt: bool
    alarms: int  # about what somebody did; what is ordinary work is none


def in_doubt() -> bool:
    """Whether what the register says must not be relied on: something was found, and no officer has seen it."""
    seen = audit.Act.REGISTER_SEEN.value
    return bool(held.rows(but=CONDUCT)) or bool(by_hand.rows(f"SELECT {_DOUBT}", seen, *CONDUCT)[0][0])


def standing() -> Standing:
    """Both, in one question by hand: it is asked for each page."""
    seen = audit.Act.REGISTER_SEEN.value
    asked = f"SELECT {_DOUBT}, (SELECT COUNT(*) {_UNSEEN} IN (%s, %s, %s))"
    doubt, alarms = by_hand.rows(asked, seen, *CONDUCT, seen, *ALARMS)[0]
    return Standing(bool(doubt) or bool(held.rows(but=CONDUCT)), alarms + len(held.rows(ALARMS)))


def count_unseen() -> int:
    """How much no officer has seen yet, whatever the database keeps."""
    return unseen().count() + len(held.rows())


def unread_unseen() -> int:
    """How many dossiers wait for a second look: INSi was asked about a document that no machine read."""
    return unseen().filter(code=UNREAD).count() + len(held.rows([UNREAD]))


def is_seen(name: str) -> bool:
    """Whether an officer has seen this one."""
    return _seen_acts(name).exists()


def see(names: Sequence[str], who: str, *, where: str, of: Sequence[str] = ()) -> int:
    """An officer has seen these, as far as they have these codes (``latest``); gives of how many first.

    A head that somebody else wrote is ours again then.
    """
    with transaction.atomic():
        fresh = list(_coded(unseen(), of).filter(pk__in=names))
        fresh += [one for one in _held(of) if one.pk in names]
        told = {"proven": True}  # by a version whose rows prove themselves: what it takes over rests on no such act
        count = sum(_written(audit.Done(audit.Act.REGISTER_SEEN, who, where, one.name, told)) for one in fresh)
        if count and any(one.code == HEAD for one in fresh):
            audit.prove()
    tell_again()
    return count


def named(names: Sequence[str]) -> list[Finding]:
    """These, wherever they stand."""
    return [*Finding.objects.filter(pk__in=names), *(one for one in held.rows() if one.pk in names)]


def latest(limit: int = SHOWN, *, of: Sequence[str] = ()) -> list[tuple[Finding, AuditEntry | None]]:
    """The latest findings with these codes, each with the act of who saw it; without codes, what is not conduct.

    What nobody has seen comes first: no flood of later ones hides it.
    """
    chosen = _coded(Finding.objects.all(), of)
    rows = list(chosen.order_by(Exists(_seen_acts(OuterRef("pk"))).asc(), "-found_at")[:limit])
    acts = AuditEntry.objects.filter(act=audit.Act.REGISTER_SEEN, about__in=[one.name for one in rows])
    seen = {act.about: act for act in acts.order_by("-number")}  # the first who saw it
    return [*((one, None) for one in _held(of)), *((one, seen.get(one.name)) for one in rows)]


def _held(codes: Sequence[str]) -> list[Finding]:
    return held.rows(codes) if codes else held.rows(but=CONDUCT)


def _coded(chosen: QuerySet[Finding], codes: Sequence[str]) -> QuerySet[Finding]:
    return chosen.filter(code__in=codes) if codes else chosen.exclude(code__in=CONDUCT)


def _seen_acts(name: OuterRef | str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(about=name, act=audit.Act.REGISTER_SEEN)


def _note(found: Found) -> bool:
    now = timezone.now()
    if found.code == HEAD and (unseen().filter(code=HEAD).exists() or held.rows([HEAD])):
        return False  # the end moves with every act: told once until it is seen
    if held.is_held(found.name):
        return False  # ``tell_again`` writes it
    row = Finding(name=found.name, code=found.code, by=found.by, evidence=found.evidence, found_at=now, last_at=now)
    try:
        with transaction.atomic():
            is_new = _keep(row) and _told(found)
    except OperationalError:
        raise
    except DatabaseError:  # it refuses the row: the act and the journal tell it all the same
        is_new = _told(found)
    if not _stands(row) and not is_seen(row.pk):
        is_new = held.hold(row) or is_new
    if is_new:
        journal.record(journal.Happening.REGISTER_FOUND, code=found.code)
    return is_new


def _keep(row: Finding) -> bool:
    """Whether it was not there; else when it was last met."""
    said: dict[str, Any] = {one: getattr(row, one) for one in ("code", "by", "evidence", "found_at", "last_at")}
    known, is_new = Finding.objects.get_or_create(pk=row.pk, defaults=said)
    if not is_new:
        Finding.objects.filter(pk=known.pk).update(last_at=row.last_at)
    return is_new


def _told(found: Found) -> bool:
    _written(audit.Done(audit.Act.REGISTER_FOUND, "console", "", found.name, {"by": found.by}))
    return True


def _stays(row: Finding) -> bool:
    try:
        with transaction.atomic():
            _keep(row)
    except OperationalError:
        raise
    except DatabaseError:
        return False
    return _stands(row)


def _stands(row: Finding) -> bool:
    """Whether it is there as it was told."""
    there = Finding.objects.filter(pk=row.pk).first()
    return there is not None and there.is_proven and there.code == row.code


def _written(done: audit.Done) -> bool:
    """Write an act if the trail still takes one: under an older head it does not, and what was found stays unseen."""
    try:
        with transaction.atomic():
            audit.record_all([done])
    except IntegrityError:
        return False
    return True
