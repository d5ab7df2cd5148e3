"""How the rows of the model's visits prove themselves, and what of that is another's in each copy."""

from collections.abc import Sequence
from datetime import datetime

from kiosk.console import keyring
from kiosk.console.models import Arrival
from tests.benchmarks.columns import Bytes, lines_of
from tests.benchmarks.copied import Pattern, keyed, written_at

LATER = ("answer", "accepted", "criteria")  # sealed of a visit, beside what its kiosk sent


class Proofs:
    """As ``models.proven`` proves one row at a time."""

    def __init__(self, visit: Arrival, words: Sequence[bytes], moments: Sequence[datetime]) -> None:
        self._digest, self._mark = keyed(keyring.key("row")), keyring.mark("row")
        changing = [*words, *map(written_at, moments), bytes(visit.plain)]
        self._visit = Pattern(keyring.in_lengths(visit.parts()), changing)
        self.parts = [part for part in LATER if getattr(visit.sealed, part)]
        bodies = [bytes(getattr(visit.sealed, part)) for part in self.parts]
        self._sealed = Pattern(keyring.in_lengths(visit.sealed.parts()), [*words, *bodies])

    def of_visit(self, words: Sequence[Bytes], moments: Sequence[Bytes], plain: Bytes) -> Bytes:
        """The proofs of as many rows of visits."""
        return self._of(self._visit.by([*words, *moments, plain]))

    def of_sealed(self, words: Sequence[Bytes], bodies: Sequence[Bytes]) -> Bytes:
        """The proofs of what is sealed of them."""
        return self._of(self._sealed.by([*words, *bodies]))

    def _of(self, texts: Bytes) -> Bytes:
        return lines_of([self._mark + self._digest(one.tobytes()) for one in texts])
