"""The case that a page makes of one dossier, for ``identities.advising``: what is known of it, in booleans."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from kiosk.console.arrivals.queue import IN_WORK
from kiosk.console.identities import accepting, asking, comparing, saying
from kiosk.console.identities.advising import Case, Doubt
from kiosk.console.identities.choices import Action
from kiosk.console.identities.rows import SEE, Row
from kiosk.console.identities.trying import Laid, Offer, asked
from kiosk.console.models import Need
from kiosk.console.words import inside
from kiosk.core.coherence.reasons import Outcome
from kiosk.core.coherence.seen import PLACE_READ
from kiosk.core.sources.document import ValidityStatus
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.attestation import FOR_THE_UNIT, code_of

ANSWERS = {
    Need.NOT_FOUND: "INSi : introuvable.",
    Need.SEVERAL: "INSi : plusieurs réponses.",
    Need.CONFIGURATION: "INSi : en panne.",
    Need.INSI_PENDING: "INSi n’a pas répondu.",
    Need.ASK_AGAIN: "INSi n’est pas interrogé.",
}


def case_of(
    laid: Laid,
    offers: Mapping[Action, Offer],
    lines: Iterable[Row],
    *,
    is_open: bool,
    is_expected: bool,
    is_unconfirmed: bool,
    is_of_unit: bool,
    may_ask: bool,
) -> Case:
    """What is known of a dossier, as far as it matters to what comes next."""
    check_in, side_by_side, arrival = laid.check_in, laid.side_by_side, laid.arrival
    to_see, answer = asked(Action.QUALIFY, laid), check_in.insi
    is_found = comparing.is_found(answer)
    differing = [inside(one.label) for one in lines if one.verdict in {Outcome.BLOCKING, SEE}]
    stood = asking.asking_of(arrival)
    return Case(
        is_open=is_open,
        is_expected=is_expected,
        is_settled=arrival.is_settled,
        is_unconfirmed=is_unconfirmed,
        is_decided=arrival.decided_at is not None and arrival.stage not in IN_WORK,
        is_awaited=arrival.insi_next_at is not None,
        is_answered=is_found,
        may_qualify=offers[Action.QUALIFY].is_allowed,
        may_validate=offers[Action.VALIDATE].is_allowed,
        may_ask=may_ask and arrival.need != Need.CONFIGURATION,  # a refusal is mended elsewhere
        has_asked=stood.left < asking.MOST_SEARCHES,
        is_of_unit=is_of_unit,
        doubts=tuple(_doubts(laid)),
        differing=tuple(differing),
        tolerated=int(side_by_side.asks_confirmation),
        to_see=sum(one != PLACE_READ for one in to_see),
        is_attested=side_by_side.is_attested,
        is_odd=bool(accepting.acceptance(check_in).to_confirm),
        is_unread=bool(check_in.pictures) and comparing.is_compared_by_hand(check_in),
        has_document=bool(check_in.pictures) or side_by_side.is_attested,
        asks_place=PLACE_READ in to_see,
        is_minor=saying.is_of_a_minor(arrival, check_in),
        answer="" if is_found else _(ANSWERS.get(Need(arrival.need), "")),
    )


def _doubts(laid: Laid) -> Iterator[Doubt]:
    check_in, side_by_side = laid.check_in, laid.side_by_side
    if accepting.acceptance(check_in).forbids:
        yield Doubt.UNUSABLE
    answer = check_in.insi
    if isinstance(answer, InsUnreachable) and code_of(answer.reason) in FOR_THE_UNIT:
        yield Doubt.DISTRUSTED
    yield from (Doubt(one.value) for one in laid.reserved)
    if side_by_side.blocks or (side_by_side.card_blocks and side_by_side.card_counts and not check_in.pictures):
        yield Doubt.DIFFERENCES
    validity = check_in.document_validity
    if validity is not None and validity.status is ValidityStatus.EXPIRED:
        yield Doubt.EXPIRED
