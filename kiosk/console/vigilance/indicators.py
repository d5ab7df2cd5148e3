"""Indicators (indicateurs): the formulas of the identity-vigilance policy, by period, kiosk and service.

No official formula was published; these are ins-rules 7's proposals. The visits of a record that was merged
into another do not count. All comes from the queue's own columns: nothing about a person is opened. Rows that do not
prove themselves count nowhere, as far as they are read again (``reread``).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median, quantiles
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console.identities.reasons import TRAITS
from kiosk.console.models import Arrival, AuditEntry, Need, PairState, Person, PersonPair, places
from kiosk.console.register import reading
from kiosk.console.witness import findings
from kiosk.console.words import as_date, inside
from kiosk.core.coherence.reasons import STAFF_SENTENCES, Reason
from kiosk.core.status.permissions import IdentityStatus

MOST_TIMED = 20_000  # arrivals whose waiting is measured, the latest of the period
MOST_ACTS = 20_000
MOST_REREAD = 5_000  # arrivals that are asked to prove themselves, the latest of the period: within a second
MOST_TOLD = 20  # alarms of one page: the worker finds the rest
LONGEST_CHART = 62  # days
WAITS = (5, 10, 20, 40, 60)  # minutes: the classes of the waiting time
QUALIFIED = IdentityStatus.QUALIFIED.value


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both included; one kiosk's and one service's arrivals, or all of them."""

    first: date
    last: date
    kiosk: str = ""
    desk: str = ""  # the service is known by its desk (guichet)
    left_out: tuple[UUID, ...] = ()  # visits that do not prove themselves, or whose person does not

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        zone = timezone.get_current_timezone()
        start = datetime.combine(self.first, time.min, zone)
        return start, datetime.combine(self.last + timedelta(days=1), time.min, zone)


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator with its formula: how many, out of how many; or minutes."""

    code: str
    label: str
    formula: str
    count: int
    total: int
    is_minutes: bool = False

    @property
    def percent(self) -> float:
        return 100 * self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a distribution: a reason, a class of waiting time."""

    label: str
    count: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the chart: arrivals, and those that were qualified; heights out of 100."""

    day: date
    arrivals: int
    qualified: int
    height: float
    qualified_height: float


def period_of(first: str, last: str, today: date, kiosk: str = "", desk: str = "") -> Period:
    """The period asked for; by default the last thirty days. A nonsensical one is the default."""
    usual = Period(today - timedelta(days=29), today, kiosk[:60], desk[:20])
    begins, ends = as_date(first), as_date(last)
    if begins is None or ends is None:
        return usual
    if begins > ends or ends.year > today.year + 1 or begins.year < 2000:
        return usual
    return Period(begins, ends, kiosk[:60], desk[:20])


@dataclass(frozen=True, slots=True)
class Reread:
    """How many of the period's arrivals were asked to prove themselves, and how many of these did not."""

    count: int
    total: int
    unproven: int

    @property
    def is_whole(self) -> bool:
        return self.count >= self.total


def reread(period: Period) -> tuple[Period, Reread]:
    """The period without what does not prove itself, and what was read for that; whoever meets it is told."""
    arrivals = _arrivals(period)
    latest = arrivals.select_related("person").defer(*Arrival.BESIDE).order_by("-arrived_at")[:MOST_REREAD]
    count, wrong = 0, list[Arrival]()
    for row in latest.iterator(chunk_size=500):
        count += 1
        if not (row.is_proven and _is_proven(row.person)):
            wrong.append(row)
    findings.meet(one.as_found() for one in wrong[:MOST_TOLD] if not one.is_proven)
    total = count if count < MOST_REREAD else arrivals.count()
    return replace(period, left_out=tuple(one.pk for one in wrong)), Reread(count, total, len(wrong))


def _is_proven(person: Person | None) -> bool:
    if person is None or not person.version:  # who has no fact yet is nobody's proof, and says nothing
        return person is None or (person.status, person.attributes) == (IdentityStatus.PROVISIONAL.value, "")
    return reading.proves(person)


def of(period: Period) -> tuple[Figure, ...]:
    """Every indicator over a period, each with its formula."""
    arrivals = _arrivals(period)
    total = arrivals.count()
    by_status = _counted(arrivals, "shown")
    by_need = _counted(arrivals, "need")
    answered = total - by_need[Need.INSI_PENDING] - by_need[Need.CONFIGURATION]
    found = answered - by_need[Need.NOT_FOUND] - by_need[Need.SEVERAL]
    lost = list(_downgrades(period))
    held = arrivals_before(period).filter(person__status=QUALIFIED).count() + len(lost)
    same_day = arrivals.filter(person__status=QUALIFIED, decided_at__date=F("arrived_at__date")).count()
    waits = _waits(arrivals.filter(person__status=QUALIFIED))
    pairs = _pairs(period)
    counted = {
        **{f"status-{status.value}": (by_status[status.value], total) for status in STATUSES},
        "first-visit": (same_day, total),
        "insi-success": (found, answered),
        "not-found": (by_need[Need.NOT_FOUND], answered),
        "several": (by_need[Need.SEVERAL], answered),
        "unanswered": (total - answered, total),
        "discordance": (by_need[Need.DIFFERENCES], found),
        "no-document": (by_need[Need.NO_DOCUMENT], total),
        "duplicates": (pairs[PairState.MERGED], total),
        "possible-duplicates": (sum(pairs.values()), total),
        "collisions": (lost.count(COLLISION), total),
        **{code: (arrivals.filter(person__attributes__contains=code).count(), total) for code in ATTRIBUTES},
        "downgrades": (len(lost), held),
    }
    timed = {"delay": _median(_waits(arrivals)), "qualified-delay": _median(waits), "qualified-delay-90": _ninth(waits)}
    shares = (Figure(code, *_told(code), count, whole) for code, (count, whole) in counted.items())
    return (*shares, *(Figure(code, *_told(code), minutes, total, True) for code, minutes in timed.items()))


STATUSES = (
    IdentityStatus.QUALIFIED,
    IdentityStatus.VALIDATED,
    IdentityStatus.RETRIEVED,
    IdentityStatus.PROVISIONAL,
)
ATTRIBUTES = ("doubtful", "fictitious", "homonym")
COLLISION = "wrong-person"  # the reason of a downgrade: two people stood in one record
_ACTIVE, _ANSWERS, _HELD = "/ identités de la période", "/ réponses nationales", "/ réponses 00"
TOLD = {  # the label and the formula of each indicator
    "status-QUALIFIED": ("Identités qualifiées", f"dans ce statut {_ACTIVE}"),
    "status-VALIDATED": ("Identités validées", f"dans ce statut {_ACTIVE}"),
    "status-RETRIEVED": ("Identités récupérées", f"dans ce statut {_ACTIVE}"),
    "status-PROVISIONAL": ("Identités provisoires", f"dans ce statut {_ACTIVE}"),
    "first-visit": ("Qualifiées le jour même", f"qualifiées le jour de l’arrivée {_ACTIVE}"),
    "insi-success": ("Identité trouvée par le service national", f"réponses 00 {_ANSWERS}"),
    "not-found": ("Identité non trouvée", f"réponses 01 {_ANSWERS}"),
    "several": ("Plusieurs identités", f"réponses 02 {_ANSWERS}"),
    "unanswered": ("Sans réponse nationale", f"refus et attentes {_ACTIVE}"),
    "discordance": ("Discordances", f"avec une différence bloquante {_HELD}"),
    "no-document": ("Sans pièce d’identité", f"sans image de pièce {_ACTIVE}"),
    "duplicates": ("Doublons confirmés", f"fusions de la période {_ACTIVE}"),
    "possible-duplicates": ("Doublons signalés", f"signalés dans la période {_ACTIVE}"),
    "collisions": ("Collisions confirmées", f"déclassées, identité d’une autre personne {_ACTIVE}"),
    "doubtful": ("Identités douteuses", f"portant cet attribut {_ACTIVE}"),
    "fictitious": ("Identités fictives", f"portant cet attribut {_ACTIVE}"),
    "homonym": ("Homonymes", f"portant cet attribut {_ACTIVE}"),
    "downgrades": ("Qualifications perdues", "perdues dans la période / qualifiées avant elle, et perdues"),
    "delay": ("De l’arrivée à la décision (minutes)", "médiane des identités décidées"),
    "qualified-delay": ("De l’arrivée à la qualification (minutes)", "médiane des identités qualifiées"),
    "qualified-delay-90": ("Attente de neuf sur dix (minutes)", "neuf identités qualifiées sur dix ont attendu moins"),
}


def _told(code: str) -> tuple[str, str]:
    label, formula = TOLD[code]
    return _(label), _(formula)


def reasons(period: Period) -> tuple[Share, ...]:
    """Why identities are discordant: each trait and reason, the most frequent first."""
    counts: Counter[str] = Counter()
    discordant = 0
    for row in _arrivals(period).exclude(differences="").values("differences").annotate(n=Count("pk")).order_by():
        discordant += row["n"]
        for code in row["differences"].split():
            counts[code] += row["n"]
    return tuple(Share(_reason(code), n, discordant) for code, n in counts.most_common(30))


def waiting(period: Period) -> tuple[Share, ...]:
    """How long people waited from their arrival to their qualification, in classes."""
    waits = _waits(_arrivals(period).filter(person__status=QUALIFIED))
    classes = [(_("moins de {n} min").format(n=WAITS[0]), sum(one < WAITS[0] for one in waits))]
    for low, high in pairwise(WAITS):
        classes.append((_("de {a} à {b} min").format(a=low, b=high), sum(low <= one < high for one in waits)))
    classes.append((_("{n} min et plus").format(n=WAITS[-1]), sum(one >= WAITS[-1] for one in waits)))
    return tuple(Share(label, count, len(waits)) for label, count in classes)


def days(period: Period) -> tuple[Day, ...]:
    """Arrivals day by day, the last two months of the period at most."""
    first = max(period.first, period.last - timedelta(days=LONGEST_CHART - 1))
    start, _end = Period(first, first).bounds
    per_day = _arrivals(period).filter(arrived_at__gte=start).annotate(on=TruncDate("arrived_at")).values("on")
    counts = {
        row["on"]: (row["n"], row["q"])
        for row in per_day.annotate(n=Count("pk"), q=Count("pk", filter=Q(person__status=QUALIFIED))).order_by()
    }
    most = max((n for n, _q in counts.values()), default=0) or 1
    dates = [first + timedelta(days=number) for number in range((period.last - first).days + 1)]
    return tuple(
        Day(one, *counts.get(one, (0, 0)), *(100 * n / most for n in counts.get(one, (0, 0)))) for one in dates
    )


def arrivals_before(period: Period) -> QuerySet[Arrival]:
    """What was decided before the period began."""
    return _narrowed(_shown().filter(decided_at__lt=period.bounds[0]), period)


def _arrivals(period: Period) -> QuerySet[Arrival]:
    start, end = period.bounds
    return _narrowed(_shown().filter(arrived_at__gte=start, arrived_at__lt=end), period)


def _shown() -> QuerySet[Arrival]:
    """Visits with the status of whose they are; those of a record that leads to another one count there."""
    kept = Arrival.objects.filter(person__absorbed_by=None)
    return kept.annotate(shown=Coalesce("person__status", "reported"))


def _narrowed(chosen: QuerySet[Arrival], period: Period) -> QuerySet[Arrival]:
    if period.left_out:
        chosen = chosen.exclude(pk__in=period.left_out)
    if period.kiosk:
        chosen = chosen.filter(terminal_id__in=places.saying(chosen, "terminal_id", period.kiosk))
    if period.desk:
        chosen = chosen.filter(desk__in=places.saying(chosen, "desk", period.desk))
    return chosen


def _counted(arrivals: QuerySet[Arrival], column: str) -> Counter[str]:
    return Counter({row[column]: row["n"] for row in arrivals.values(column).annotate(n=Count("pk")).order_by()})


def _downgrades(period: Period) -> Iterator[str]:
    """Each loss of a qualification in the period: its reason where one was said, else the act."""
    start, end = period.bounds
    left = AuditEntry.objects.filter(before=QUALIFIED, at__gte=start, at__lt=end).exclude(after=QUALIFIED)
    acts = list(left.order_by("-number")[:MOST_ACTS])
    if period.kiosk or period.desk:
        keys = {UUID(act.about) for act in acts if act.about}
        ours = {str(key) for key in _narrowed(Arrival.objects.filter(pk__in=keys), period).values_list("pk", flat=True)}
        acts = [act for act in acts if act.about in ours]
    for act in acts:
        yield act.reason or act.act


def _pairs(period: Period) -> Counter[str]:
    start, end = period.bounds
    found = of_then = PersonPair.objects.filter(found_at__gte=start, found_at__lt=end)
    for column, said in (("second__visits__terminal_id", period.kiosk), ("second__visits__desk", period.desk)):
        if said:
            found = found.filter(**{f"{column}__in": places.saying(of_then, column, said)})
    return Counter(
        {row["state"]: row["n"] for row in found.values("state").annotate(n=Count("pk", distinct=True)).order_by()}
    )


def _waits(arrivals: QuerySet[Arrival]) -> list[float]:
    """Minutes from arrival to decision."""
    decided = arrivals.exclude(decided_at=None).order_by("-arrived_at").values_list("arrived_at", "decided_at")
    timed = ((arrived_at, decided_at) for arrived_at, decided_at in decided[:MOST_TIMED] if decided_at is not None)
    return [(decided_at - arrived_at).total_seconds() / 60 for arrived_at, decided_at in timed]


def _median(minutes: list[float]) -> int:
    return round(median(minutes)) if minutes else 0


def _ninth(minutes: list[float]) -> int:
    """Nine of ten waited less."""
    if len(minutes) < 2:
        return _median(minutes)
    return round(quantiles(minutes, n=10, method="inclusive")[8])


def _reason(code: str) -> str:
    trait, _colon, reason = code.partition(":")
    known = {one.value: one for one in Reason}
    sentence = _(STAFF_SENTENCES[known[reason]]) if reason in known else reason
    labels = {one.value: _(label) for one, label in TRAITS.items()}
    return f"{labels.get(trait, trait)} : {inside(sentence)}"
