"""Indicators (indicateurs): the formulas of the identity-vigilance policy over a period, from the queue's own columns.

No official formula was published; these are ins-rules 7's proposals, on the arrivals of the period.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console.models import Arrival, AuditEntry, Need
from kiosk.core.checkin import IdentityStatus


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both included."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        zone = timezone.get_current_timezone()
        start = datetime.combine(self.first, time.min, zone)
        return start, datetime.combine(self.last + timedelta(days=1), time.min, zone)


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator: how many, out of how many; or minutes."""

    code: str
    label: str
    count: int
    total: int
    is_minutes: bool = False

    @property
    def percent(self) -> float:
        return 100 * self.count / self.total if self.total else 0.0


def period_of(first: str, last: str, today: date) -> Period:
    """The period asked for; by default the last thirty days. A nonsensical one is the default."""
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return Period(today - timedelta(days=29), today)
    if begins > ends or ends.year > today.year + 1 or begins.year < 2000:
        return Period(today - timedelta(days=29), today)
    return Period(begins, ends)


def of(period: Period) -> tuple[Figure, ...]:
    """Every indicator over a period."""
    start, end = period.bounds
    arrivals = Arrival.objects.filter(arrived_at__gte=start, arrived_at__lt=end)
    total = arrivals.count()
    by_status = {row["status"]: row["n"] for row in arrivals.values("status").annotate(n=Count("pk")).order_by()}
    by_need = {row["need"]: row["n"] for row in arrivals.values("need").annotate(n=Count("pk")).order_by()}
    answered = total - by_need.get(Need.INSI_PENDING, 0) - by_need.get(Need.CONFIGURATION, 0)
    found = answered - by_need.get(Need.NOT_FOUND, 0) - by_need.get(Need.SEVERAL, 0)
    acts = AuditEntry.objects.filter(at__gte=start, at__lt=end)
    undone = acts.filter(act="undone", details__contains='"before": "QUALIFIED"').count()
    words = {
        IdentityStatus.QUALIFIED: _("Identités qualifiées"),
        IdentityStatus.VALIDATED: _("Identités validées"),
        IdentityStatus.RETRIEVED: _("Identités récupérées"),
        IdentityStatus.PROVISIONAL: _("Identités provisoires"),
    }
    statuses = [
        Figure(f"status-{status.value}", label, by_status.get(status.value, 0), total)
        for status, label in words.items()
    ]
    return (
        *statuses,
        Figure("insi-success", _("Réponses nationales avec une identité"), found, total),
        Figure("not-found", _("Identité non trouvée"), by_need.get(Need.NOT_FOUND, 0), total),
        Figure("several", _("Plusieurs identités"), by_need.get(Need.SEVERAL, 0), total),
        Figure("discordance", _("Discordances sur les identités trouvées"), by_need.get(Need.DIFFERENCES, 0), found),
        Figure("no-document", _("Sans pièce d’identité"), by_need.get(Need.NO_DOCUMENT, 0), total),
        Figure("doubtful", _("Identités douteuses"), arrivals.filter(attributes__contains="doubtful").count(), total),
        Figure(
            "fictitious", _("Identités fictives"), arrivals.filter(attributes__contains="fictitious").count(), total
        ),
        Figure("homonym", _("Homonymes"), arrivals.filter(attributes__contains="homonym").count(), total),
        Figure("downgrades", _("Qualifications annulées"), undone, by_status.get(IdentityStatus.QUALIFIED.value, 0)),
        Figure("delay", _("Délai médian, de l’arrivée à la décision (minutes)"), _median_delay(arrivals), total, True),
    )


def _median_delay(arrivals: QuerySet[Arrival]) -> int:
    decided = arrivals.exclude(decided_at=None).values_list("arrived_at", "decided_at")[:20_000]
    minutes = [(decided_at - arrived_at).total_seconds() / 60 for arrived_at, decided_at in decided]
    return round(median(minutes)) if minutes else 0
