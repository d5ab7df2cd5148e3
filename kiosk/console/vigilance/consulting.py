"""What an auditor asks of the trail: about a dossier or a person, one act, a member of staff, a period.

Every question goes through an index; a page leads to the next by the number of its last act, however far back it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from kiosk.console.models import Arrival, AuditEntry, Stage, places
from kiosk.console.words import one_line

SHOWN = 50
FOUND = 20  # dossiers of one number: each day may have one at each desk
LOOKED_BACK, FARTHEST = timedelta(days=7), timedelta(days=366)  # for a number: without a period, and with one
OF_PERSON = 200  # visits
CLOCK_BACK = timedelta(days=1)  # numbers follow hours but where a clock was set back: by no more than this
_BEYOND = 2**62


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to; empty, None for all."""

    dossiers: tuple[UUID, ...] = ()
    is_of_person: bool = False  # their other visits too
    act: str = ""
    who: str | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None  # acts older than this one
    wrong: dict[str, str] = field(default_factory=dict)  # what was written and is not understood, by its field


def page(asked: Asked) -> tuple[list[AuditEntry], int | None]:
    """The latest acts of those asked for, and the number behind which older ones follow; None when there are none."""
    chosen = AuditEntry.objects.order_by("-number")
    if asked.dossiers:
        chosen = chosen.filter(about__in=_about(asked))
    if asked.act:
        chosen = chosen.filter(act=asked.act)
    if asked.who is not None:
        chosen = chosen.filter(who=asked.who)
    if asked.first is not None:
        begin = _begin(asked.first)
        chosen = chosen.filter(at__gte=begin, number__gte=_reached(begin - CLOCK_BACK))
    if asked.last is not None:
        end = _begin(asked.last + timedelta(days=1))
        chosen = chosen.filter(at__lt=end, number__lt=_reached(end + CLOCK_BACK))
    if asked.before is not None:
        chosen = chosen.filter(number__lt=asked.before)
    found = list(chosen[: SHOWN + 1])
    return found[:SHOWN], found[SHOWN - 1].number if len(found) > SHOWN else None


def _reached(at: datetime) -> int:
    """The first act at this hour or after it: a period is a stretch of the trail, which its index leads through."""
    first = AuditEntry.objects.filter(at__gte=at).order_by("at").values_list("number", flat=True).first()
    return first if first is not None else _BEYOND


def looked_up(asked: Asked) -> list[str]:
    """Of which dossiers, and of which person, somebody reads all that was done."""
    return sorted({str(one) for one in (*asked.dossiers, *_people(asked))})


def _people(asked: Asked) -> list[UUID]:
    if not asked.is_of_person:
        return []
    theirs = Arrival.objects.filter(pk__in=asked.dossiers, person__isnull=False)
    return list(theirs.values_list("person", flat=True).distinct())


def _about(asked: Asked) -> list[str]:
    about = {str(one) for one in asked.dossiers}
    if people := _people(asked):
        theirs = Arrival.objects.filter(person__in=people).order_by("-received_at").values_list("pk", flat=True)
        about |= {str(one) for one in (*people, *theirs[:OF_PERSON])}
    return sorted(about)


def numbered(said: str, first: date | None, last: date | None, now: datetime) -> Sequence[UUID]:
    """The dossiers that had this number within the period; without one, of late."""
    head, _space, behind = one_line(said, 12).partition(" ")
    number = f"{head.upper()} {behind.lower()}".strip()  # A12, A12 bis
    until = _begin(last + timedelta(days=1)) if last is not None else now
    since = _begin(first) if first is not None else until - LOOKED_BACK
    if not number or since >= until or until - since > FARTHEST:
        return ()
    kept = places.met("ticket", number, since, until)
    stages = [one.value for one in Stage]  # all of them: their index leads to the days
    here = Arrival.objects.filter(stage__in=stages, received_at__gte=since, received_at__lt=until, ticket__in=kept)
    return list(here.order_by("-received_at").values_list("pk", flat=True)[:FOUND])


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
