"""Campaigns of verification (campagne de vérification): is what INSi gave long ago still right?

One campaign at a time; the worker asks, one identity after the other, and can be stopped at any moment. What INSi knows
otherwise, or not at all, becomes a task of the unit, who decides whether the matricule goes (T11). Several people, or
silence, tell nothing. In production many are verified only by the official operation, where a site plugs it in: by
search it would be retrieval in bulk, which is not permitted; one identity at a time the unit verifies from its page.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk import journal
from kiosk.console import audit
from kiosk.console.identities import deciding, reasons
from kiosk.console.identities.accepting import judged
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import UNCONFIRMED, Arrival, Campaign, Person, Staff, Stage, Verification, rows
from kiosk.console.records import vault, when
from kiosk.console.register import answers, reading, visits, writer
from kiosk.console.register.writer import Told
from kiosk.console.vigilance import verified_calls
from kiosk.console.witness import findings
from kiosk.console.words import inside
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.permissions import IdentityStatus, may_verify
from kiosk.core.status.person_events import Verified
from kiosk.core.status.transitions import Actor, ActorKind
from kiosk.insi.config import config_from
from kiosk.insi.verify import StoredIdentity, VerificationVerdict, VerifyBySearch, plugged_in, verified_by
from kiosk.insi.verify import Verification as VerifiedSo
from kiosk.sealing import CannotOpen

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.console.config import ServerSettings
    from kiosk.core.sources.insi import InsAnswer
    from kiosk.insi.verify import Verifier

MOST = 5000  # identities of one campaign: the next one takes the rest
LEASE = timedelta(minutes=2)
PAUSE = timedelta(minutes=5)  # after a call that told nothing
TRIES = 5
DEADLINE = 20.0
UNOPENED = "unopened"  # no key for it here
ATTESTED = "attested"  # what is held rests on an appli carte Vitale
VERDICTS = {
    VerificationVerdict.CONFIRMED: "confirmé",
    VerificationVerdict.DIFFERENT: "différent",
    VerificationVerdict.NOT_FOUND: "introuvable",
    VerificationVerdict.SEVERAL: "non vérifié, plusieurs identités",
    VerificationVerdict.NOT_VERIFIED: "non vérifié, sans réponse",
    UNOPENED: "illisible ici",
    ATTESTED: "appli carte Vitale : le service national n’est pas interrogé",
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
WORKER = Actor(ActorKind.WORKER, "worker")


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
    def is_of_one(self) -> bool:
        """No campaign: the unit had one identity verified, from its page."""
        return self.campaign.before is None

    @property
    def is_running(self) -> bool:
        return self.campaign.stopped_at is None and self.done < self.campaign.total


def due(before: date) -> Any:
    """The identities INSi has not confirmed since that day."""
    held = (IdentityStatus.RETRIEVED.value, IdentityStatus.QUALIFIED.value)
    known = Person.objects.filter(status__in=held, absorbed_by=None, erased_at=None)
    return known.annotate(since=Coalesce("verified_at", "decided_at")).filter(since__date__lt=before)


def running() -> Campaign | None:
    """The campaign that is under way, if one is."""
    open_ones = Campaign.objects.filter(stopped_at=None, before__isnull=False, verifications__next_at__isnull=False)
    return open_ones.order_by("-pk").first()


def why_not_many() -> str:
    """The rule that forbids campaigns here; empty where they are open."""
    server = settings.KIOSK
    if server.insi is None:
        return _("Le service national n’est pas configuré ici.")
    if server.is_production and not server.insi.verifier:
        return _(
            "Campagnes fermées : sans l’opération nationale de vérification, il faudrait rechercher en masse, ce qui"
            " n’est pas permis. Une identité se vérifie depuis sa page."
        )
    return ""


def verifier_of(server: "ServerSettings") -> "Verifier | None":
    """The official operation, where a site plugs it in; None: by search. NoVerifierError."""
    section = server.insi
    if section is None or not section.verifier:
        return None
    return plugged_in(section.verifier, config_from(section, server.mode))


def why_not_one(person: Person | None) -> str:
    """The rule that forbids verifying this identity now; empty when it may be."""
    if settings.KIOSK.insi is None:
        return _("Le service national n’est pas configuré ici.")
    if person is None or not may_verify(reading.standing_of(person).identity):
        return _("Cette identité n’a pas d’INS à vérifier.")
    if _is_attested(person):
        return _("Cette identité vient de l’appli carte Vitale : le service national n’est pas interrogé.")
    if Verification.objects.filter(person=person, next_at__isnull=False).exists():
        return _("La vérification est demandée : attendez la réponse.")
    return ""


def verify_one(key: UUID, staff: Staff, *, where: str = "") -> Arrival:
    """Have the worker verify one identity, which a member of the unit has in hand."""
    with in_words(audit.Act.VERIFICATION_REQUESTED, staff.username, key, where):
        arrival = deciding.in_hand(key, staff)
        person, now = arrival.known, timezone.now()
        rule = why_not_one(person)
        if rule or person is None:
            raise reasons.NotAllowed(rule)
        campaign = Campaign.objects.create(started_by=staff, started_at=now, before=None, total=1)
        Verification.objects.create(campaign=campaign, person=person, next_at=now)
        audit.record(audit.Act.VERIFICATION_REQUESTED, who=staff.username, where=where, about=str(key))
        return arrival


def start(staff: Staff, before: date, *, where: str = "") -> Campaign:
    """Open a campaign over what was not confirmed since that day."""
    if rule := why_not_many():
        raise reasons.NotAllowed(rule)
    with transaction.atomic():
        if running() is not None:
            raise reasons.NotAllowed(_("Une campagne est en cours : attendez sa fin, ou arrêtez-la."))
        keys = list(due(before).order_by("since").values_list("pk", flat=True)[:MOST])
        if not keys:
            raise reasons.NotAllowed(_("Aucune identité n’est à vérifier avant cette date."))
        now = timezone.now()
        campaign = Campaign.objects.create(started_by=staff, started_at=now, before=before, total=len(keys))
        rows = (Verification(campaign=campaign, person_id=key, next_at=now) for key in keys)
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
    """The identities a verification did not confirm, about which nobody has decided since."""
    held = (IdentityStatus.RETRIEVED.value, IdentityStatus.QUALIFIED.value)
    rows = Verification.objects.filter(verdict__in=UNCONFIRMED, person__status__in=held)
    since = rows.filter(Q(person__decided_at=None) | Q(person__decided_at__lt=F("done_at")))
    latest = since.filter(Q(person__verified_at=None) | Q(person__verified_at__lt=F("done_at")))
    return latest.select_related("person", "campaign").order_by("-done_at")


def words_of(row: Verification) -> str:
    """What a verification found, in words."""
    if not row.is_proven:
        return str(_("Modifié hors de la console"))
    differences = ", ".join(_(DIFFERENT[code]) for code in row.differences.split() if code in DIFFERENT)
    verdict = _(VERDICTS[row.verdict]) if row.verdict in VERDICTS else row.verdict
    return f"{verdict} : {differences}" if differences else verdict


def verify_once(ask: "Callable[..., InsAnswer]", verifier: "Verifier | None" = None) -> bool:
    """Verify one identity that is due, by the official operation or by search; False when none is."""
    row = _leased()
    if row is None:
        return False
    try:
        rests_on = reading.standing_of(row.person).basis.answer
        stored = _accepted(row.person, rests_on)
    except (CannotOpen, BadCheckIn):
        _note(row, UNOPENED)
        return True
    if stored is None:
        _note(row, VerificationVerdict.NOT_VERIFIED.value)  # the matricule went meanwhile: nothing to verify
        return True
    if stored.is_attested:
        _note(row, ATTESTED)
        return True
    by_search = VerifyBySearch(lambda traits, _deadline, **_who: ask(None, traits))
    known = StoredIdentity(stored.matricule, stored.traits)
    result = verified_by(verifier or by_search, known, DEADLINE, caller="worker")
    verified_calls.keep(row, result.answer)
    result = _believed(result, stored)
    if result.verdict is VerificationVerdict.NOT_VERIFIED and row.tries + 1 < TRIES:
        Verification.objects.filter(pk=row.pk, next_at__isnull=False).update(
            tries=row.tries + 1, next_at=timezone.now() + PAUSE, leased_until=None
        )
        return True
    differences = tuple(one for one in result.differences if one in DIFFERENT)  # codes alone go into the trail
    _note(row, result.verdict.value, differences, result.answer, rests_on=rests_on)
    return True


def _accepted(person: Person, nth: int) -> InsFound | None:
    """The answer on which a person's matricule rests, by its fact."""
    may = nth and may_verify(reading.standing_of(person).identity)
    answer = visits.answer_of(person.pk, nth) if may else None
    return answer if isinstance(answer, InsFound) else None


def _is_attested(person: Person) -> bool:
    """What they hold rests on an appli carte Vitale: INSi is not asked about them (RNIV1 §4.3.4)."""
    standing = reading.standing_of(person)
    answer = standing.answer(standing.basis.answer)
    return answer is not None and answer.is_attested


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
    is_due = when.is_free(now) & when.is_due(now)
    waiting = Verification.objects.filter(is_due).order_by("next_at", "pk")
    if why_not_many():  # one that was opened before it was known, or elsewhere: it waits for its verifier
        waiting = waiting.filter(campaign__total=1)
    for number in waiting.values_list("pk", flat=True)[:5]:
        if Verification.objects.filter(is_due, pk=number).update(leased_until=now + LEASE):
            row = Verification.objects.select_related("person").get(pk=number)
            if row.is_proven:
                return row
            Verification.objects.filter(pk=number).update(next_at=None)  # nobody of ours asked for it
            findings.meet([row.as_found()])
    return None


def _note(
    row: Verification,
    verdict: str,
    differences: tuple[str, ...] = (),
    answer: "InsAnswer | None" = None,
    *,
    rests_on: int = 0,
) -> None:
    """Keep a verdict. A negative one is an observation and a task: whether the matricule goes, staff says.

    What was confirmed while the identity changed is not what stands now: another campaign asks.
    """
    with transaction.atomic():
        now, visit = timezone.now(), visits.latest_of(row.person, held=True)
        person = Person.objects.select_for_update(of=("self",)).get(pk=row.person_id)
        if rests_on and reading.standing_of(person).basis.answer != rests_on:  # it went while INSi was asked
            verdict, differences, answer = VerificationVerdict.NOT_VERIFIED.value, (), None
        mine = Verification.objects.select_for_update(of=("self",)).filter(pk=row.pk, next_at__isnull=False).first()
        if mine is None:
            return  # stopped meanwhile
        mine.verdict, mine.differences, mine.done_at = verdict, " ".join(differences), now
        mine.next_at = mine.leased_until = None
        rows.update(mine)
        details = {"verdict": verdict, "differences": "+".join(differences), "before": person.status}
        details["after"] = person.status
        about = visit.pk if visit is not None else person.pk
        if verdict == VerificationVerdict.CONFIRMED and person.version == row.person.version:
            writer.record(person.pk, [Told(Verified(), audit.Act.VERIFIED, details)], WORKER, at=now, visit=about)
        else:
            audit.record(audit.Act.VERIFIED, who=WORKER.name, about=str(about), **details)
            if verdict in UNCONFIRMED and visit is not None and answer is not None:
                answers.verified(visit, vault.open_arrival(visit), answer, WORKER)
                _set_aside(visit)
    journal.record(journal.Happening.INSI_CALLED, outcome=f"verify-{verdict}")


def _set_aside(visit: Arrival) -> None:
    """The unit decides; whoever has it in hand goes on, and sees what INSi said."""
    if visit.stage in {Stage.DONE, Stage.GONE}:
        visit.stage, visit.reason = Stage.SET_ASIDE, reasons.WhyAside.VERIFICATION.value
        visit.save(update_fields=["stage", "reason"])
