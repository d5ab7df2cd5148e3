"""One patient's arrival as the kiosk leaves it to staff (CheckIn): facts with their sources, decided by nobody yet."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.appli import AppliSaid
from kiosk.core.sources.card import CardAnomaly
from kiosk.core.sources.document import DocumentKind, DocumentPicture, MrzReading, SealReading, Validity
from kiosk.core.sources.insi import InsAnswer
from kiosk.core.status.permissions import IdentityStatus

PRODUCTION = "production"


class Way(StrEnum):
    """How somebody came through the kiosk, when it was not by the whole path."""

    SHORT = "short"  # the console said it knew the person: INSi was not asked, a document seldom


@dataclass(frozen=True, slots=True, repr=False)
class CheckIn(Confidential):
    """What one turn collected. ``key`` is made once: sending it again is always safe."""

    key: str  # UUID4
    kiosk: str  # the kiosk's name
    arrived_at: str  # ISO 8601 with offset
    ticket: str  # "A12": leads to nobody
    desk: str
    status: IdentityStatus  # at most RETRIEVED: nobody has compared a face yet
    card: Traits | None
    card_anomalies: tuple[CardAnomaly, ...]
    card_nir: str  # 13 + key, as read; never a matricule INS
    birth_rank: str
    insi: InsAnswer
    document_kind: DocumentKind | None
    mrz: MrzReading | None
    pictures: tuple[DocumentPicture, ...]
    document_refused: bool = False  # "I have no document"
    insured_nir: str = ""  # of the card's first person (ouvrant droit), when another one came; to ask INSi again
    seal: SealReading | None = None  # the document's visible seal, and what can be said of it
    document_validity: Validity | None = None  # on the day of arrival
    way: Way | None = None
    appli: AppliSaid | None = (
        None  # shown on a phone in place of a card: a kiosk's word until its attestation is verified
    )
    # The key of the question to INSi that this rests on, put through the console.
    question: str = field(default="", metadata={"quiet": True})
    # ISO 8601 with offset; of an older kiosk it is not known: then ``arrived_at`` counts.
    card_read_at: str = field(default="", metadata={"quiet": True})
    # In which mode the kiosk runs; production's says nothing, nor does one of an earlier version.
    mode: str = field(default="", metadata={"quiet": True})
    # Where a newer kiosk said something this version cannot read; never written, found anew whenever it is read.
    not_understood: tuple[str, ...] = field(default=(), metadata={"wire": None})

    @property
    def in_production(self) -> bool:
        """Whether the kiosk meets real people, or does not say that it does not."""
        return self.mode in {"", PRODUCTION}
