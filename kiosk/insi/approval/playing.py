"""One case after the other, each with the client of the house: what was asked, answered, and would be shown."""

import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kiosk.core.confidential import Confidential
from kiosk.core.sources.insi import (
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.core.status.acceptance import acceptance_of
from kiosk.core.status.notices import FAULTS, ODDITIES
from kiosk.core.status.permissions import IdentityStatus, kiosk_status
from kiosk.documents.vitale import traits_of
from kiosk.insi.approval.book import Book, Case
from kiosk.insi.client import InsiClient
from kiosk.insi.config import Environment, InsiConfig, injections
from kiosk.insi.faults import advice

_KINDS: dict[type[InsAnswer], tuple[str, str]] = {
    InsFound: ("found", "Le service national a trouvé une identité."),
    InsNotFound: ("nobody", "Le service national n’a trouvé personne."),
    InsSeveral: ("several", "Le service national a trouvé plusieurs personnes, et n’en nomme aucune."),
    InsRefused: ("refused", "Le service national a refusé la demande."),
    InsUnreachable: ("unreachable", "Le service national n’a pas répondu : la question sera reposée."),
    InsCertificateTrouble: ("certificate", "Le certificat n’est pas accepté : prévenez l’informatique."),
}


class NotInProduction(ValueError):
    """A test book asks about fictitious people: it is not played on the real service."""


@dataclass(frozen=True, slots=True, repr=False)
class Played(Confidential):
    """One case as it went."""

    case: Case
    answer: InsAnswer
    status: IdentityStatus
    notices: tuple[str, ...]  # what the identity's page says of the answer, in its own words
    started_at: str  # ISO 8601, UTC
    duration_ms: int
    differences: tuple[str, ...]  # from what the book says; empty: as expected

    @property
    def kind(self) -> str:
        """The answer, in the book's word."""
        return _KINDS[type(self.answer)][0]


def play(book: Book, config: InsiConfig, *, deadline: float) -> Iterator[Played]:
    """Play every case. NotInProduction, before anything is asked."""
    if config.environment is Environment.PRODUCTION:
        raise NotInProduction("En production, aucun cahier de tests ne se joue et aucune réponse n'est injectée.")
    injecting = [case.id for case in book.case if case.injected]
    if injecting and config.environment is not Environment.TEST:
        raise NotInProduction(f'Des réponses sont injectées (cas {injecting[0]}) : mode = "test" seulement.')
    return (_play(case, config, deadline) for case in book.case)


def _play(case: Case, config: InsiConfig, deadline: float) -> Played:
    if case.injected:
        config = replace(config, injected=injections(case.injected) + config.injected)
    client = InsiClient(config)
    started_at, started = datetime.datetime.now(datetime.UTC), time.monotonic()
    try:
        answer = _ask(case, client, deadline)
    finally:
        client.close()
    duration = round((time.monotonic() - started) * 1000)
    status = _status(case, answer, started_at)
    stamp = started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Played(case, answer, status, notices_of(answer), stamp, duration, _differences(case, answer, status))


def _ask(case: Case, client: InsiClient, deadline: float) -> InsAnswer:
    traits = case.traits.as_traits() if case.traits else None
    if case.card is None:
        return client.find_person(None, None, traits, deadline, caller="approval")
    card = case.card
    return client.find_person(card.beneficiary(), card.insured_person(), traits, deadline, caller="approval")


def _status(case: Case, answer: InsAnswer, now: datetime.datetime) -> IdentityStatus:
    """The most that a machine makes of it, by the product's own rule."""
    card = traits_of(case.card.beneficiary(), now) if case.card else None
    document = case.traits.as_traits() if case.traits else None
    return kiosk_status(card, answer, document, in_production=False)


def notices_of(answer: InsAnswer) -> tuple[str, ...]:
    """What staff would read of it."""
    said = [_KINDS[type(answer)][1]]
    if isinstance(answer, InsFound):
        accepting = acceptance_of(answer, in_production=False)
        said += [FAULTS[fault] for fault in accepting.forbids]
        said += [f"{ODDITIES[odd]}." for odd in accepting.to_confirm]
    if isinstance(answer, InsRefused):
        said += [text for text in (answer.code, advice(answer.code)) if text]
    if isinstance(answer, InsCertificateTrouble):
        said += [text for text in (answer.reason, advice(answer.reason)) if text]
    return tuple(said)


def _differences(case: Case, answer: InsAnswer, status: IdentityStatus) -> tuple[str, ...]:
    number = answer.matricule.number if isinstance(answer, InsFound) else ""
    laid: list[tuple[str, object, object]] = [
        ("answer", case.answer, _KINDS[type(answer)][0]),
        ("status", case.status, status),
        ("matricule", case.matricule, number),
    ]
    if case.calls is not None:
        laid.append(("calls", case.calls, len(answer.exchanges)))
    return tuple(
        f"{name} : attendu {wanted or '-'}, obtenu {got or '-'}" for name, wanted, got in laid if wanted != got
    )
