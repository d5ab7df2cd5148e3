"""What was seen of an identity document (pièce d'identité): a reading and its pictures, never a decision."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits


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
    NOTHING_YET = "nothing-yet"  # no document for some seconds: said in other words
    OTHER_THING = "other-thing"  # what lies there bears neither a zone nor a portrait
    ONE_ONLY = "one-only"  # several documents at once
    TURN_OVER = "turn-over"
    CLOSER = "closer"
    FURTHER = "further"
    CENTER = "center"  # cut by the border of the picture
    STRAIGHTEN = "straighten"
    COVERED = "covered"  # a finger over it
    GLARE = "glare"
    DARK = "dark"
    BURNT = "burnt"  # so much light that nothing is left to see
    HOLD_STILL = "hold-still"  # it moves
    BLURRED = "blurred"  # it lies still and is not sharp
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

    @property
    def certain(self) -> Traits | None:
        """What the zone says, when it was read with certainty."""
        return self.traits if self.accepted else None


class SealVerdict(StrEnum):
    """What can be said of a visible seal (CEV, 2D-Doc). Not knowing its signer is never the same as a false seal."""

    GENUINE = "genuine"  # signed by a signer that was valid on that day, even if it has expired since
    FALSE = "false"  # the signature does not fit the text: something was altered
    SIGNER_EXPIRED = "signer-expired"  # the signer was not valid on the day of the signature
    UNKNOWN_SIGNER = "unknown-signer"  # the site has certificates, not this signer's: the list is to be renewed
    NOT_VERIFIED = "not-verified"  # the site has no certificates: nothing can be said


@dataclass(frozen=True, slots=True, repr=False)
class SealReading(Confidential):
    """A visible seal (cachet électronique visible, CEV) as read and verified: it proves a text, not a card."""

    verdict: SealVerdict
    signer: str  # "FR05-0001": authority and certificate
    signed: str  # day of the signature, "YYYY-MM-DD", "" when the seal does not say it
    fields: tuple[tuple[str, str], ...]  # name (birth_name, given_names, number …; the id of an unknown one) and value
    cut: tuple[str, ...] = ()  # names of the fields whose value was cut
    is_compared: bool = False  # the same picture had a zone to compare with
    contradictions: tuple[str, ...] = ()  # names of the fields that seal and zone say differently: an alert for staff


class ValidityStatus(StrEnum):
    """Whether a document is still valid, as far as its zone tells."""

    VALID = "valid"
    EXPIRED = "expired"
    ASK_STAFF = "ask-staff"  # only the month is known, and it is this one
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Validity:
    """Until when a document is valid (date de validité), on the day it was read; staff decides what follows."""

    status: ValidityStatus
    until: str = ""  # "YYYY-MM-DD", or "YYYY-MM" when only the month is known
    is_extended: bool = False  # five years longer than printed (carte d'identité : prolongation de 5 ans)


@dataclass(frozen=True, slots=True, repr=False)
class DocumentPicture(Confidential):
    """One side as kept: rectified, JPEG, at most 400 kB; and as it was seen, for what straightening may hide."""

    side: Side
    jpeg: bytes
    untouched: bytes = b""  # the part of the camera's own frame that shows it, JPEG, at most 400 kB


@dataclass(frozen=True, slots=True, repr=False)
class DocumentReading(Confidential):
    """Everything one shot gave."""

    kind: DocumentKind
    mrz: MrzReading | None = None
    has_second_side: bool = False  # another side is worth a picture
    seal: SealReading | None = None
    validity: Validity | None = None  # None without a zone
