"""What a question to INSi, its answer, and what staff make of the answer change about a person's standing."""

from dataclasses import replace

from kiosk.core.status import transitions
from kiosk.core.status.person_events import ApcvAttested, InsiAnswered, InsReplaced, Migrated
from kiosk.core.status.standing import Answer, Basis, Fact, Standing
from kiosk.core.status.transitions import ActorKind, ApcvRead, EvidenceChecked, InsiAccepted, Refusal

MOST_ANSWERS = 200  # remembered beside what the identity rests on; and open questions


def accepted(standing: Standing, fact: Fact, event: InsiAccepted) -> tuple[str, Standing | Refusal]:
    """T2, T5: an answer of this epoch, the very one cited, with the traits as they were when it was asked."""
    identity, audit = transitions.apply(standing.identity, event, fact.by, fact.at)
    if audit.refusal is not None:
        return audit.rule, audit.refusal
    refusal = _stale(standing, fact.cites, event.matricule)
    if refusal is not None:
        return audit.rule, refusal
    compared = fact.cites if standing.identity.is_checked else 0
    return audit.rule, standing.with_basis(identity=identity, answer=fact.cites, compared=compared)


def by_apcv(standing: Standing, fact: Fact, event: ApcvRead) -> tuple[str, Standing | Refusal]:
    """T6: an appli carte Vitale's attestation of this epoch, the very one cited; it is answer and evidence at once."""
    identity, audit = transitions.apply(standing.identity, event, fact.by, fact.at)
    if audit.refusal is not None:
        return audit.rule, audit.refusal
    refusal = _stale(standing, fact.cites, event.matricule, is_attested=True)
    if refusal is not None:
        return audit.rule, refusal
    after = standing.with_basis(identity=identity, answer=fact.cites, compared=fact.cites)
    if not standing.identity.is_checked:
        after = after.with_basis(evidence_at=fact.nth, evidence_on=event.on)
    return audit.rule, after


def _stale(standing: Standing, cites: int, matricule: object, *, is_attested: bool | None = False) -> Refusal | None:
    answer = standing.answer(cites)
    if answer is None or answer.epoch != standing.basis.epoch:
        return Refusal.ANSWER_VOID
    if is_attested is not None and answer.is_attested != is_attested:
        return Refusal.ANOTHER_ANSWER
    return None if answer.mark == matricule else Refusal.ANOTHER_ANSWER


def checked(standing: Standing, fact: Fact, event: EvidenceChecked) -> tuple[str, Standing | Refusal]:
    """T3, T4: with the answer that stands, which staff compared with the evidence."""
    identity, audit = transitions.apply(standing.identity, event, fact.by, fact.at)
    if audit.refusal is not None:
        return audit.rule, audit.refusal
    return audit.rule, standing.with_basis(
        identity=identity,
        evidence_at=fact.nth,
        evidence_on=event.on,
        companion_code=event.companion_code,
        compared=standing.basis.answer,
    )


def replaced(standing: Standing, fact: Fact, event: InsReplaced) -> Standing | Refusal:
    """Staff say that INSi gives this person another number from now on (NIA to NIR): an answer of this epoch, again."""
    if fact.by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    if standing.held is None:
        return Refusal.NO_MATRICULE
    if standing.held == event.matricule:
        return Refusal.WITHOUT_CHANGE
    if not event.traits_agree:
        return Refusal.TRAITS_DISAGREE
    if not event.is_usable:
        return Refusal.ANSWER_UNUSABLE
    refusal = _stale(standing, fact.cites, event.matricule, is_attested=None)  # whoever gives them the number now
    if refusal is not None:
        return refusal
    identity = replace(standing.identity, matricule=event.matricule)
    compared = fact.cites if standing.identity.is_checked else 0
    return standing.with_basis(identity=identity, answer=fact.cites, compared=compared, verified_at="")


def asked(standing: Standing, fact: Fact) -> Standing | Refusal:
    """An open question, of the epoch in which it is asked."""
    if standing.identity.is_barred:
        return Refusal.BARRED
    questions = (*standing.questions, (fact.nth, standing.basis.epoch))[-MOST_ANSWERS:]
    return replace(standing, questions=questions)


def answered(standing: Standing, fact: Fact, event: InsiAnswered | ApcvAttested) -> Standing | Refusal:
    """Kept, whatever it says; it counts only where nothing closed the epoch of its question meanwhile."""
    epochs = dict(standing.questions)
    if fact.cites and fact.cites not in epochs:
        return Refusal.NO_QUESTION
    epoch = epochs.get(fact.cites, standing.basis.epoch)
    is_attested = isinstance(event, ApcvAttested)
    answers = _remembered(standing, Answer(fact.nth, event.mark, epoch, is_attested=is_attested))
    left = tuple(one for one in standing.questions if one[0] != fact.cites)
    return replace(standing, answers=answers, questions=left)


def _remembered(standing: Standing, latest: Answer) -> tuple[Answer, ...]:
    """The latest answers, after those that the identity rests on, or will if its decision is taken back."""
    rests_on = {basis.answer for basis in (standing.basis, standing.before) if basis is not None}
    answers = (*standing.answers, latest)
    older = tuple(one for one in answers[:-MOST_ANSWERS] if one.nth in rests_on)
    return older + answers[-MOST_ANSWERS:]


def verified(standing: Standing, fact: Fact) -> Standing | Refusal:
    """INSi confirmed what is held."""
    if not standing.identity.is_obtained:
        return Refusal.NO_MATRICULE
    return standing.with_basis(verified_at=fact.at.isoformat())


def migrated(standing: Standing, fact: Fact, event: Migrated) -> Standing | Refusal:
    """The first state of an identity that an earlier version decided; its answer is the fact cited."""
    if standing.basis != Basis(traits=standing.basis.traits):
        return Refusal.ESTABLISHED
    if event.identity.is_obtained and event.voids_answers:
        return Refusal.ANSWER_VOID
    if event.identity.is_obtained:
        refusal = _stale(standing, fact.cites, event.identity.matricule)
        if refusal is not None:
            return refusal
    answer = fact.cites if event.identity.is_obtained else 0
    after = standing.with_basis(
        identity=event.identity,
        answer=answer,
        evidence_at=fact.nth if event.identity.is_checked else 0,
        evidence_on=event.evidence_on,
        companion_code=event.companion_code,
        compared=answer if event.identity.is_checked else 0,
        verified_at=event.verified_at,
        decided_at=fact.at.isoformat() if event.is_decided else "",
        decided_by=fact.by.name if event.is_decided else "",
    )
    if event.identity.is_barred or event.voids_answers:
        return after.with_basis(epoch=fact.nth)
    return after
