"""What can happen to a kiosk, and what it can be told to do: the words ``turn.step`` speaks.

Whatever answers an order carries the turn that gave it: an answer to an earlier turn changes nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.appli import AppliSaid
from kiosk.core.sources.card import Beneficiary, CardAnomaly, CardContents
from kiosk.core.sources.document import DocumentPicture, DocumentReading, Guidance, Side
from kiosk.core.sources.insi import InsAnswer
from kiosk.core.turn.screens import CardProblem, Touch

TurnId = int  # counts the turns of one process; leads to nobody


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes."""

    now: float  # seconds of a clock that never goes back


@dataclass(frozen=True, slots=True)
class Touched:
    """A person pressed something. ``on`` names the screen it stood on: a late press changes nothing."""

    touch: Touch
    on: str


@dataclass(frozen=True, slots=True)
class CardArrived:
    pass


@dataclass(frozen=True, slots=True)
class CardFound:
    """A card is in that nobody was seen putting in: at start, or when the reader is back. Whose it is, nobody knows."""


@dataclass(frozen=True, slots=True)
class CardStaysMute:
    """Something is in the slot and does not answer: upside down, or no chip."""


@dataclass(frozen=True, slots=True)
class CardLeft:
    pass


@dataclass(frozen=True, slots=True)
class ReaderWent:
    pass


@dataclass(frozen=True, slots=True)
class ReaderCame:
    pass


@dataclass(frozen=True, slots=True)
class PhoneShown:
    """A phone is before its reader; nothing was read of it yet."""


@dataclass(frozen=True, slots=True)
class PhoneReaderWent:
    pass


@dataclass(frozen=True, slots=True)
class PhoneReaderCame:
    pass


@dataclass(frozen=True, slots=True)
class CameraWent:
    pass


@dataclass(frozen=True, slots=True)
class CameraCame:
    pass


@dataclass(frozen=True, slots=True)
class StorageWent:
    """Nothing can be kept (the disk is full or broken), or nobody would get it. Such a kiosk must not ask."""


@dataclass(frozen=True, slots=True)
class StorageCame:
    pass


@dataclass(frozen=True, slots=True)
class CardProgressed:
    turn: TurnId
    fraction: float


@dataclass(frozen=True, slots=True, repr=False)
class CardRead(Confidential):
    turn: TurnId
    contents: CardContents
    at: str = ""  # ISO 8601 with offset


@dataclass(frozen=True, slots=True)
class CardNotRead:
    turn: TurnId
    problem: CardProblem


@dataclass(frozen=True, slots=True)
class Guided:
    turn: TurnId
    side: Side
    guidance: Guidance
    steadiness: float


@dataclass(frozen=True, slots=True, repr=False)
class PictureTaken(Confidential):
    turn: TurnId
    side: Side
    picture: DocumentPicture
    reading: DocumentReading


@dataclass(frozen=True, slots=True, repr=False)
class InsiAnswered(Confidential):
    turn: TurnId
    answer: InsAnswer


@dataclass(frozen=True, slots=True)
class QuestionSent:
    """What INSi is to be asked is on its way to the console, under this key; what INSi answers is never said."""

    turn: TurnId
    question: int  # which of the turn's
    key: str  # "" when the console would not have it


@dataclass(frozen=True, slots=True)
class ConsoleAnswered:
    """Whether the console knows the card's person; also "no" when it did not say so in time."""

    turn: TurnId
    knows: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """The check-in is on the disk, sealed: only now may the patient be told so."""

    turn: TurnId
    ticket: str


@dataclass(frozen=True, slots=True)
class NotStored:
    turn: TurnId


Answer = (
    CardProgressed
    | CardRead
    | CardNotRead
    | Guided
    | PictureTaken
    | InsiAnswered
    | QuestionSent
    | ConsoleAnswered
    | Stored
    | NotStored
)
"""What answers an order of a turn."""

Event = (
    Tick
    | Touched
    | CardArrived
    | CardFound
    | CardStaysMute
    | CardLeft
    | ReaderWent
    | ReaderCame
    | PhoneShown
    | PhoneReaderWent
    | PhoneReaderCame
    | CameraWent
    | CameraCame
    | StorageWent
    | StorageCame
    | Answer
)


class CallReason(StrEnum):
    """Why a member of staff is wanted at the kiosk."""

    HELP = "help"
    CARD_FORGOTTEN = "card-forgotten"


@dataclass(frozen=True, slots=True)
class BeginTurn:
    """Somebody stands before the kiosk: from here on, answers carry this turn."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class ReadCard:
    turn: TurnId


@dataclass(frozen=True, slots=True)
class ReadPhone:
    turn: TurnId


@dataclass(frozen=True, slots=True, repr=False)
class AskInsiByCard(Confidential):
    turn: TurnId
    beneficiary: Beneficiary
    insured: Beneficiary | None  # the card's first person, when another one is present
    question: int = 1  # which of the turn's
    read_at: str = ""  # when the card was read


@dataclass(frozen=True, slots=True, repr=False)
class AskInsiByDocument(Confidential):
    turn: TurnId
    traits: Traits
    question: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class AskConsole(Confidential):
    """Ask whether the card's person is known there and qualified: then the path may be short."""

    turn: TurnId
    beneficiary: Beneficiary


@dataclass(frozen=True, slots=True)
class FilmDocument:
    turn: TurnId
    side: Side
    first_had_zone: bool | None = None  # for the second side: shown the same side again, one is told to turn it over


@dataclass(frozen=True, slots=True)
class TakePicture:
    turn: TurnId


@dataclass(frozen=True, slots=True)
class StopFilming:
    pass


@dataclass(frozen=True, slots=True, repr=False)
class Submit(Confidential):
    """Seal and keep what this turn collected."""

    turn: TurnId
    beneficiary: Beneficiary | None
    anomalies: tuple[CardAnomaly, ...]
    insi: InsAnswer
    reading: DocumentReading | None
    pictures: tuple[DocumentPicture, ...]
    document_refused: bool
    insured: Beneficiary | None = None  # the card's first person, when another one is present
    by_short_path: bool = False  # the console knew the person: INSi was not asked
    card_read_at: str = ""
    question: str = ""  # the key of what the console was sent to ask INSi about this person
    appli: AppliSaid | None = None  # what their appli carte Vitale says: then no card was read, and INSi is not asked


@dataclass(frozen=True, slots=True)
class Deliver:
    """The patient is shown the number of what was kept: it may leave."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Kept too late: nobody is shown its number, nobody is to wait under it."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class CallStaff:
    reason: CallReason


@dataclass(frozen=True, slots=True)
class Forget:
    """Nothing of this patient stays: memory, picture, work under way."""

    turn: TurnId


Command = (
    BeginTurn
    | ReadCard
    | ReadPhone
    | AskInsiByCard
    | AskInsiByDocument
    | AskConsole
    | FilmDocument
    | TakePicture
    | StopFilming
    | Submit
    | Deliver
    | Withdraw
    | CallStaff
    | Forget
)
