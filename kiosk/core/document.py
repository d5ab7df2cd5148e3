"""What was seen of an identity document (pièce d'identité): a reading and its pictures, never a decision."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.traits import Traits


class DocumentKind(StrEnum):
    """Proposed from what was read; staff chooses."""

    FRENCH_ID_2021 = "french-id-2021"  # CNI au format carte bancaire (CNIe), two sides
    FRENCH_ID_1988 = "french-id-1988"  # CNI plastifiée, MRZ beside the photo, one side
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence-permit"  # titre de séjour, two sides
    EUROPEAN_ID = "european-id"
    UNKNOWN = "unknown"


class Side(StrEnum):
    FIRST = "first"
    SECOND = "second"


class Guidance(StrEnum):
    """The one calm instruction of the moment while a document is filmed."""

    NO_DOCUMENT = "no-document"
    TURN_OVER = "turn-over"
    CLOSER = "closer"
    FURTHER = "further"
    CENTER = "center"  # cut by the border of the picture
    STRAIGHTEN = "straighten"
    GLARE = "glare"
    DARK = "dark"
    HOLD_STILL = "hold-still"
    TAKING = "taking"  # good: the picture takes itself


@dataclass(frozen=True, slots=True, repr=False)
class MrzReading(Confidential):
    """A machine-readable zone (bande MRZ): read with certainty, or honestly not."""

    format: str  # "TD1", "TD2", "TD3", "FRENCH-ID"
    lines: tuple[str, ...]
    traits: Traits
    document_number: str
    issuing_state: str
    nationality: str
    expiry: str  # "YYYY-MM-DD", "" when the format has none
    checks: tuple[tuple[str, bool], ...]  # check digits by name
    doubtful: tuple[tuple[int, int], ...]  # (line, column) of the characters that are not certain
    accepted: bool  # two different readers agree and every check digit holds


@dataclass(frozen=True, slots=True, repr=False)
class DocumentPicture(Confidential):
    """One side as kept: rectified, JPEG, at most 400 kB."""

    side: Side
    jpeg: bytes


@dataclass(frozen=True, slots=True, repr=False)
class DocumentReading(Confidential):
    """Everything one shot gave."""

    kind: DocumentKind
    mrz: MrzReading | None = None
    has_second_side: bool = False  # another side is worth a picture
