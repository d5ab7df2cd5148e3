"""INSi asked through the console: the question leaves sealed and signed, and nothing comes back but "received".

Who stands at the kiosk, and who has its disk or its network, learns nothing of what INSi answers: neither from what is
said nor from how long it takes. The certificate of the structure stays where the console is.
"""

from collections.abc import Callable
from typing import Protocol

from kiosk.core.checkin.question import Question, question_by_card, question_by_document
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.turn.ports import Brought

RECEIVED = "http-202"
REFUSED = ("http-3", "http-4")  # it answers, and will not take this question: not trusted, too many, not understood

Seal = Callable[[bytes, bytes], bytes]  # plain, context -> sealed for the structure


class Link(Protocol):
    """The kiosk's signed way to the console."""

    def bring(self, path: str, body: bytes, seconds: float) -> str:
        """Put one signed request within its deadline; answers a code: ``http-…``, or why nothing came back."""
        ...


class QuestionsThroughConsole:
    """Seals what INSi is to be asked, and brings it over a link of its own: it waits behind no delivery."""

    def __init__(self, link: Link, seal: Seal) -> None:
        self._link = link
        self._seal = seal

    def by_card(self, key: str, person: Beneficiary, insured: Beneficiary | None, read_at: str) -> bytes:
        """Seal the question about a card's person; empty when the card does not say enough of them."""
        return self._sealed(question_by_card(key, person, insured, read_at))

    def by_document(self, key: str, traits: Traits, read_at: str) -> bytes:
        """Seal the question with a document's traits; empty when INSi could not be asked with them."""
        return self._sealed(question_by_document(key, traits, read_at))

    def bring(self, key: str, sealed: bytes, deadline: float) -> tuple[Brought, str]:
        """Bring it once. What the console says of it depends on the kiosk and the form, never on the person."""
        code = self._link.bring(f"/intake/questions/{key}", sealed, deadline)
        if code == RECEIVED:
            return Brought.RECEIVED, code
        return (Brought.NEVER if code.startswith(REFUSED) else Brought.LATER), code

    def _sealed(self, question: Question | None) -> bytes:
        if question is None:
            return b""
        return self._seal(question.to_bytes(), f"question:{question.key}".encode("ascii"))
