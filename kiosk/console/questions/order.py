"""When a card leads nowhere the search goes on with the document (ins-rules 3.3), and what both answers come to."""

from dataclasses import replace

from kiosk.console.identities import comparing
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import BY_CARD, InsAnswer, InsFound, InsNotFound, InsRefused, InsSeveral, InsUnreachable


def goes_on_with(answer: InsAnswer, check_in: CheckIn) -> Traits | None:
    """The document's traits to go on with: the card was asked in vain, the document read with certainty. Else None."""
    if not isinstance(answer, InsNotFound | InsSeveral | InsRefused) or not _was_by_card(answer, check_in):
        return None
    read = comparing.read_by_machine(check_in)
    return read if read is not None and not read.other_birth_dates else None


def come_to(by_card: InsAnswer, by_document: InsAnswer) -> InsAnswer:
    """What stands after both: what the document found; a silence; else the more that is known. Every exchange."""
    exchanges = (*by_card.exchanges, *by_document.exchanges)
    match by_document:
        case InsFound() | InsUnreachable():
            return replace(by_document, exchanges=exchanges)
        case InsNotFound() if isinstance(by_card, InsSeveral):
            return replace(by_card, exchanges=exchanges)  # there are several; the document's names found none of them
        case InsNotFound() | InsSeveral():
            return replace(by_document, exchanges=exchanges)
    return replace(by_card, exchanges=exchanges)  # a document that cannot be asked with says nothing of the person


def _was_by_card(answer: InsAnswer, check_in: CheckIn) -> bool:
    """The last call was a card's; what was refused before any call was asked as the check-in says."""
    if answer.exchanges:
        return answer.exchanges[-1].operation == BY_CARD
    return check_in.card is not None and bool(check_in.card_nir or check_in.insured_nir)
