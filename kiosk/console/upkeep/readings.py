"""Reading that work does not explain: many dossiers in a few minutes, patients nobody called, many questions.

The trail is read on from where the last look ended, so that what happened while no worker worked is found too. One
alarm a person, kind and hour, until an officer has seen it: what is read after that is another one.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Inspection, Staff
from kiosk.console.upkeep import places
from kiosk.console.witness import findings
from kiosk.console.witness.findings import Found

EVERY = timedelta(minutes=1)
MOST_AT_ONCE = 50_000  # acts looked at in one turn of the worker
NAME = "readings"
_LOOKS = (audit.Act.OPENED, audit.Act.PICTURE_SEEN, audit.Act.SHEET_PRINTED)
_ALL = (*_LOOKS, audit.Act.SEARCHED, audit.Act.INSI_REQUESTED, audit.Act.CALLED)


@dataclass(slots=True)
class _Reader:
    """What one person has done within the window: act, hour, dossier."""

    looks: deque[AuditEntry] = field(default_factory=deque)
    questions: deque[AuditEntry] = field(default_factory=deque)
    searches: deque[AuditEntry] = field(default_factory=deque)
    seen: dict[str, int] = field(default_factory=dict)  # which act of the trail last saw such an alarm; 0: none has


def once(now: datetime) -> int:
    """Look at what was read since the last time; gives how many alarms are new."""
    place, is_first = Inspection.objects.get_or_create(pk=NAME)
    if is_first or not place.is_proven:  # what is long past is nobody's alarm
        place.position = str(
            AuditEntry.objects.filter(at__lt=now - _window())
            .order_by("-number")
            .values_list("number", flat=True)
            .first()
            or 0
        )
    Inspection.objects.filter(pk=NAME).update(ran_at=now)  # told, and believed by nobody: of two workers each looks
    start = int(place.position) if place.position.isdigit() else 0
    acts = AuditEntry.objects.filter(number__gt=start, act__in=_ALL).order_by("number")[:MOST_AT_ONCE]
    entries = list(acts)
    new = findings.note(_found(entries))
    places.came_to(NAME, str(_go_on_from(entries, start, now)), now)
    return new


def _go_on_from(entries: list[AuditEntry], start: int, now: datetime) -> int:
    """What is still within the window is looked at again with what comes."""
    late = entries[-1].at if len(entries) == MOST_AT_ONCE else now
    past = [entry.number for entry in entries if entry.at < late - _window()]
    return past[-1] if past else start


def _window() -> timedelta:
    return timedelta(minutes=settings.KIOSK.reading_minutes)


def _found(entries: list[AuditEntry]) -> Iterator[Found]:
    """The alarms in a stretch of the trail, as time passes in it."""
    staff = dict(Staff.objects.values_list("username", "pk"))
    readers: dict[str, _Reader] = {}
    called: dict[tuple[str, str], bool] = {}
    for entry in entries:
        if entry.who not in staff:
            continue
        if entry.act == audit.Act.CALLED:
            called[entry.who, entry.about] = True
            continue
        reader = readers.setdefault(entry.who, _Reader())
        yield from _of(entry, reader, staff[entry.who], called)


def _of(entry: AuditEntry, reader: _Reader, number: int, called: dict[tuple[str, str], bool]) -> Iterator[Found]:
    kept = {audit.Act.SEARCHED: reader.searches, audit.Act.INSI_REQUESTED: reader.questions}
    line = kept.get(audit.Act(entry.act), reader.looks)
    line.append(entry)
    while line[0].at < entry.at - _window():
        line.popleft()
    most = settings.KIOSK.reading_most
    if line is reader.looks:

        def uncalled(acts: Sequence[AuditEntry]) -> int:
            return sum(not _was_called(entry.who, key, called) for key in {one.about for one in acts})

        yield from _alarm(f"{number}-many", reader, line, lambda acts: len({one.about for one in acts}) > most)
        yield from _alarm(f"{number}-uncalled", reader, line, lambda acts: uncalled(acts) > most // 2)
    else:
        kind = "searched" if line is reader.searches else "asked"
        yield from _alarm(f"{number}-{kind}", reader, line, lambda acts: len(acts) > most)


def _was_called(who: str, key: str, called: dict[tuple[str, str], bool]) -> bool:
    """Whether this person ever took this dossier in hand."""
    if (who, key) not in called:
        called[who, key] = AuditEntry.objects.filter(about=key, who=who, act=audit.Act.CALLED).exists()
    return called[who, key]


def _alarm(
    what: str, reader: _Reader, line: deque[AuditEntry], is_too_much: Callable[[Sequence[AuditEntry]], bool]
) -> Iterator[Found]:
    """``by``: between which acts it is to be read. What an officer has seen does not count again with what is new."""
    seen = _seen(what, reader.seen)
    hour = line[-1].at.astimezone(UTC).strftime("%Y%m%d%H")  # not ours: one comes twice in October
    acts = [one for one in line if one.number > seen]
    if is_too_much(acts):
        about = f"{what}-{hour}-{seen}" if seen else f"{what}-{hour}"
        yield Found("reading", about, by=f"acts:{acts[0].number}-{acts[-1].number}")


def _seen(what: str, known: dict[str, int]) -> int:
    """The act by which an officer last saw such an alarm; 0 when none has."""
    if what not in known:
        acts = AuditEntry.objects.filter(act=audit.Act.REGISTER_SEEN, about__startswith=f"reading:{what}-")
        known[what] = acts.order_by("-number").values_list("number", flat=True).first() or 0
    return known[what]
