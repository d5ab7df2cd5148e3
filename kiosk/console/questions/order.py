"""Whether a search goes on with the visit's document: the card led nowhere (ins-rules 3.3).

The order of the calls is the client's.
"""

from kiosk.console.identities.reasking import document_of
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsAnswer, InsNotFound, InsRefused, InsSeveral


def goes_on(answer: InsAnswer, check_in: CheckIn) -> bool:
    """The card found nobody or several, or was refused, and there is a document to ask with."""
    return isinstance(answer, InsNotFound | InsSeveral | InsRefused) and document_of(check_in) is not None
