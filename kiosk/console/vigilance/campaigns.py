"""Campaigns of verification (campagne de vérification): is what INSi gave long ago still right?

One campaign at a time; the worker asks, one identity after the other, and can be stopped at any moment. What is not
confirmed loses its matricule and becomes a task of the unit (T11).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk import journal
from kiosk.console import audit
from kiosk.console.identities import comparing, deciding, reasons
from kiosk.console.identities.accepting import judged
from kiosk.console.models import Arrival, Campaign, Staff, Stage, Verification
from kiosk.console.records import vault
from kiosk.console.words import inside
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.status.transitions import Actor, ActorKind, VerificationFailed, apply
from kiosk.insi.verify import StoredIdentity, VerificationVerdict, VerifyBySearch
from kiosk.insi.verify import Verification as VerifiedSo
from kiosk.sealing import CannotOpen

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.core.sources.insi import InsAnswer

MOST = 5000  # identities of one campaign: the next one takes the rest
LEASE = timedelta(minutes=2)
PAUSE = timedelta(minutes=5)  # after a call that told nothing
TRIES = 5
DEADLINE = 20.0
UNOPENED = "unopened"  # no key for it here
FAILED = (VerificationVerdict.DIFFERENT, VerificationVerdict.NOT_FOUND, VerificationVerdict.SEVERAL)
VERDICTS = {
    VerificationVerdict.CONFIRMED: "confirmé",
    VerificationVerdict.DIFFERENT: "différent",
    VerificationVerdict.NOT_FOUND: "introuvable",
    VerificationVerdict.SEVERAL: "plusieurs identités",
    VerificationVerdict.NOT_VERIFIED: "sans réponse",
    UNOPENED: "illisible ici",
}
DIFFERENT = {
    "matricule": "matricule",
    "matricule-replaced": "matricule remplacé",
    "key": "clé",
    "oid": "type de matricule",
    **{trait.value: inside(label) for trait, label in reasons.TRAITS.items()},
    "unusable": "réponse nationale inutilisable",
}
_UNUSABLE = ("unusable",)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is."""

    campaign: Campaign
    done: int
    verdicts: tuple[tuple[str, int], ...]  # label, how many

    @property
    def percent(self) -> int:
        return 100 * self.done // self.campaign.total if self.campaign.total else 100

    @property
    def is_running(self) -> bool:
        return self.campaign.stopped_at is None and self.done < self.campaign.total


def due(before: date) -> Any:
    """The identities INSi has not confirmed since that day."""
    held = (IdentityStatus.RETRIEVED.value, IdentityStatus.QUALIFIED.value)
    known = Arrival.objects.filter(status__in=held, stage=Stage.DONE, merged_into=None)
    return known.annotate(since=Coalesce("verified_at", "decided_at")).filter(since__date__lt=before)


def running() -> Campaign | None:
    """The campaign that is under way, if one is."""
    open_ones = Campaign.objects.filter(stopped_at=None, verifications__next_at__isnull=False)
    return open_ones.order_by("-pk").first()


def start(staff: Staff, before: date, *, where: str = "") -> Campaign:
    """Open a campaign over what was not confirmed since that day."""
    if settings.KIOSK.insi is None:
        raise reasons.NotAllowed(_("Le service national n’est pas configuré ici."))
    with transaction.atomic():
        if running() is not None:
            raise reasons.NotAllowed(_("Une campagne est en cours : attendez sa fin, ou arrêtez-la."))
        keys = list(due(before).order_by("since").values_list("pk", flat=True)[:MOST])
        if not keys:
            raise reasons.NotAllowed(_("Aucune identité n’est à vérifier avant cette date."))
        now = timezone.now()
        campaign = Campaign.objects.create(started_by=staff, started_at=now, before=before, total=len(keys))
        rows = (Verification(campaign=campaign, arrival_id=key, next_at=now) for key in keys)
        Verification.objects.bulk_create(rows, batch_size=500)
        audit.record(
            audit.Act.CAMPAIGN_STARTED, who=staff.username, where=where, before=before.isoformat(), total=len(keys)
        )
        return campaign


def stop(staff: Staff, *, where: str = "") -> None:
    """End the campaign under way; what was verified stays verified."""
    with transaction.atomic():
        campaign = running()
        if campaign is None:
            raise reasons.NotAllowed(_("Aucune campagne n’est en cours."))
        campaign.stopped_at = timezone.now()
        campaign.save(update_fields=["stopped_at"])
        left = Verification.objects.filter(campaign=campaign, next_at__isnull=False).update(next_at=None)
        audit.record(audit.Act.CAMPAIGN_STOPPED, who=staff.username, where=where, left=left)


def progress_of(campaign: Campaign) -> Progress:
    """Count what is done, by verdict."""
    counts: dict[str, int] = {}
    for verdict in Verification.objects.filter(campaign=campaign, done_at__isnull=False).values_list(
        "verdict", flat=True
    ):
        counts[verdict] = counts.get(verdict, 0) + 1
    told = tuple((_(label), counts[code]) for code, label in VERDICTS.items() if code in counts)
    return Progress(campaign, sum(counts.values()), told)


def failed() -> Any:
    """The identities a verification did not confirm, which nobody has taken up since."""
    rows = Verification.objects.filter(verdict__in=FAILED, arrival__stage=Stage.SET_ASIDE)
    return rows.select_related("arrival", "campaign").order_by("-done_at")


def words_of(row: Verification) -> str:
    """What a verification found, in words."""
    differences = ", ".join(_(DIFFERENT[code]) for code in row.differences.split() if code in DIFFERENT)
    verdict = _(VERDICTS[row.verdict]) if row.verdict in VERDICTS else row.verdict
    return f"{verdict} : {differences}" if differences else verdict


def verify_once(ask: "Callable[..., InsAnswer]") -> bool:
    """Verify one identity that is due; False when none is."""
    row = _leased()
    if row is None:
        return False
    try:
        check_in = vault.open_arrival(row.arrival)
    except (CannotOpen, BadCheckIn):
        _note(row, UNOPENED)
        return True
    if not isinstance(check_in.insi, InsFound):
        _note(row, VerificationVerdict.NOT_VERIFIED.value)  # the matricule went meanwhile: nothing to verify
        return True
    stored = StoredIdentity(check_in.insi.matricule, check_in.insi.traits)
    verifier = VerifyBySearch(lambda traits, _deadline, **_who: ask(None, traits))
    result = _believed(verifier.verify(stored, DEADLINE, caller="worker"), check_in.insi)
    if result.verdict is VerificationVerdict.NOT_VERIFIED and row.tries + 1 < TRIES:
        Verification.objects.filter(pk=row.pk, next_at__isnull=False).update(
            tries=row.tries + 1, next_at=timezone.now() + PAUSE, leased_until=None
        )
        return True
    exchanges = (*check_in.insi.exchanges, *result.answer.exchanges)
    later = replace(check_in, insi=replace(result.answer, exchanges=exchanges))
    _note(row, result.verdict.value, result.differences, later)
    return True


def _believed(result: VerifiedSo, stored: InsFound) -> VerifiedSo:
    """What a verification comes to when its answer is judged like any other (``status.acceptance``).

    Nothing confirms what nobody may accept: such an identity goes to the unit, whatever let it in. An answer that is
    unusable, or odd in a way the stored one is not, tells nothing.
    """
    if not isinstance(result.answer, InsFound):
        return result
    answer, ours = judged(result.answer), judged(stored)
    if ours.forbids:
        return replace(result, verdict=VerificationVerdict.DIFFERENT, differences=_UNUSABLE)
    if not answer.permits(ours.to_confirm):
        return replace(result, verdict=VerificationVerdict.NOT_VERIFIED, differences=())
    return result


def _leased() -> Verification | None:
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    waiting = Verification.objects.filter(free, next_at__lte=now).order_by("next_at", "pk")
    for number in waiting.values_list("pk", flat=True)[:5]:
        if Verification.objects.filter(free, pk=number, next_at__lte=now).update(leased_until=now + LEASE):
            return Verification.objects.select_related("arrival__sealed").get(pk=number)
    return None


def _note(row: Verification, verdict: str, differences: tuple[str, ...] = (), later: CheckIn | None = None) -> None:
    """Keep a verdict; one that does not confirm takes the matricule away and gives the unit a task (T11).

    INSi's new answer then stands in place of the old one, which remains in the calls kept (GI3 EXI REC 07).
    """
    with transaction.atomic():
        now = timezone.now()
        mine = Verification.objects.filter(pk=row.pk, next_at__isnull=False)
        if not mine.update(
            verdict=verdict, differences=" ".join(differences), next_at=None, leased_until=None, done_at=now
        ):
            return  # stopped meanwhile
        locked = Arrival.objects.select_for_update(of=("self",)).select_related("sealed")
        arrival = locked.get(pk=row.arrival_id)
        before = arrival.status
        if verdict == VerificationVerdict.CONFIRMED:
            arrival.verified_at = now
            arrival.save(update_fields=["verified_at"])
        elif verdict in FAILED and arrival.stage == Stage.DONE and later is not None:
            identity = deciding.identity_of(arrival, vault.open_arrival(arrival))
            after, fact = apply(identity, VerificationFailed(), Actor(ActorKind.WORKER, "worker"), now)
            if fact.refusal is None:
                arrival.status = after.status.value
                arrival.stage, arrival.reason = Stage.SET_ASIDE, reasons.WhyAside.VERIFICATION.value
                arrival.need, arrival.differences = comparing.need_of(later), comparing.difference_codes(later)
                arrival.before = {}  # what staff decided before rests on an answer that no longer holds
                arrival.save(update_fields=["status", "stage", "reason", "need", "differences", "before"])
                arrival.sealed.answer = vault.seal_answer(later, later.insi)
                arrival.sealed.save(update_fields=["answer"])
        audit.record(
            audit.Act.VERIFIED,
            who="worker",
            about=str(row.arrival_id),
            verdict=verdict,
            differences="+".join(differences),
            before=before,
            after=arrival.status,
        )
    journal.record(journal.Happening.INSI_CALLED, outcome=f"verify-{verdict}")
