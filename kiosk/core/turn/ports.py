"""What the kiosk needs of the world, as small Protocols; ``wiring`` picks what fulfils them."""

from enum import Enum, auto
from typing import Protocol

from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import InsAnswer
from kiosk.core.turn.screens import Screen


class InsiService(Protocol):
    """The national teleservice (téléservice INSi). Every call ends by its deadline and answers a value."""

    def find_by_card(
        self, beneficiary: Beneficiary, insured: Beneficiary | None, deadline: float, *, caller: str = "kiosk"
    ) -> InsAnswer:
        """Ask with a card's data; ``deadline`` in seconds for the whole search, ``caller`` for the trace."""
        ...

    def find_by_traits(self, traits: Traits, deadline: float, *, caller: str = "kiosk") -> InsAnswer:
        """Ask with a document's traits; ``deadline`` in seconds for the whole search."""
        ...


class Brought(Enum):
    """What became of a question on its way to the console."""

    RECEIVED = auto()  # it holds it; nothing else is ever said
    LATER = auto()  # it was not reached, or stumbled: the same again
    NEVER = auto()  # it will not take this one


class Questions(Protocol):
    """The way to INSi through the console, which asks with the structure's certificate and keeps the answer."""

    def by_card(self, key: str, person: Beneficiary, insured: Beneficiary | None, read_at: str) -> bytes:
        """Seal the question about a card's person; empty when the card does not say enough of them."""
        ...

    def by_document(self, key: str, traits: Traits, read_at: str) -> bytes:
        """Seal the question with a document's traits; empty when INSi could not be asked with them."""
        ...

    def bring(self, key: str, sealed: bytes, deadline: float) -> tuple[Brought, str]:
        """Bring a sealed question once, in at most so many seconds; and a code for the journal."""
        ...


class Acquaintance(Protocol):
    """Who knows the people that have been here before: the console."""

    def knows(self, person: Beneficiary, deadline: float) -> tuple[bool, str]:
        """Whether a card's person is known and qualified, and a code for the journal; no, when not told in time.

        ``deadline`` in seconds for the whole of it.
        """
        ...


class Window(Protocol):
    """Where the patient looks and touches."""

    def show(self, screen: Screen) -> None:
        """Show a screen; callable from any thread, the newest wins."""
        ...
