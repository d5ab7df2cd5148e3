"""A case as a kiosk leaves it to staff: what card and document said, and what the console is to ask INSi."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.app.back_office import Place, assemble
from kiosk.core.checkin.value import CheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound, InsSeveral, InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.training.case import Cast, National
from kiosk.training.papers import Shown, paper_of

THROUGH_CONSOLE, NOT_ASKED = InsUnreachable("through-console"), InsUnreachable("not-asked")


@dataclass(frozen=True, slots=True, repr=False)
class Visit(Confidential):
    """Who stands before the kiosk, and what they show it."""

    cast: Cast
    shown: Shown | None  # the document
    beneficiary: Beneficiary | None
    insured: Beneficiary | None  # the card's first person, when another one comes

    @property
    def traits(self) -> Traits | None:
        """What the document says, read with certainty."""
        mrz = self.shown[0].mrz if self.shown is not None else None
        return mrz.certain if mrz is not None else None

    @property
    def answer(self) -> InsAnswer:
        """What INSi answers about this person; a kiosk that asks through the console never hears it."""
        if self.beneficiary is None and self.traits is None:
            return NOT_ASKED
        match self.cast.case.national:
            case National.FOUND:
                return InsFound(self.cast.person.matricule, self.cast.person.traits(Source.INSI))
            case National.NOBODY:
                return InsNotFound()
            case National.SEVERAL:
                return InsSeveral()
            case National.SILENT:
                return InsUnreachable("service")

    def check_in(
        self, key: str, ticket: str, place: Place, now: datetime, insi: InsAnswer, question: str = ""
    ) -> CheckIn:
        """What this kiosk keeps of it, as it does of anybody."""
        reading, pictures = self.shown or (None, ())
        order = ev.Submit(
            turn=1,
            beneficiary=self.beneficiary,
            anomalies=(),
            insi=insi,
            reading=reading,
            pictures=pictures,
            document_refused=self.shown is None,
            insured=self.insured,
            card_read_at=now.isoformat(timespec="seconds"),
            question=question,
        )
        return assemble(order, key, ticket, place, now)


def visit_of(cast: Cast, now: datetime, seed: int = 0) -> Visit:
    """One copy of a case, its document drawn."""
    on_card, insured = cast.on_card, cast.insured
    return Visit(
        cast,
        paper_of(cast, now.date(), seed),
        on_card.beneficiary() if on_card is not None else None,
        insured.beneficiary() if insured is not None else None,
    )
