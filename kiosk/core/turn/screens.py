"""The patient's screens: each a value that holds exactly what it shows, and nothing about anyone else."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.sources.document import Guidance, Side


@dataclass(frozen=True, slots=True, repr=False)
class PersonLabel(Confidential):
    """A person as a public screen may show them: first name, initial, year of birth; nothing else."""

    given_name: str
    initial: str  # of the name
    birth_year: str  # "" when unknown


class CardProblem(StrEnum):
    """Why the card must be inserted again; the patient reads what to do, not what went wrong."""

    NONE = "none"
    NOT_VITALE = "not-vitale"
    UNREADABLE = "unreadable"
    REMOVED = "removed"
    READER = "reader"  # the reader itself is away: go on without a card
    PHONE = "phone"  # what was shown on a phone could not be read
    PHONE_REMOVED = "phone-removed"  # it was taken away too soon


OF_PHONE = frozenset({CardProblem.PHONE, CardProblem.PHONE_REMOVED})


@dataclass(frozen=True, slots=True)
class Welcome:
    name = "welcome"


@dataclass(frozen=True, slots=True)
class Information:
    """Notice on the use of the INS (RGPD art. 13), before the card is read."""

    name = "information"
    more: bool = False  # the whole notice is open


@dataclass(frozen=True, slots=True)
class InsertCard:
    name = "insert"
    problem: CardProblem = CardProblem.NONE
    phone: bool = False  # an appli carte Vitale may be shown instead


@dataclass(frozen=True, slots=True)
class ReadingCard:
    name = "reading"
    progress: float = 0.0  # 0 to 1
    phone: bool = False  # it is read from a phone


@dataclass(frozen=True, slots=True, repr=False)
class Beneficiaries(Confidential):
    name = "beneficiaries"
    people: tuple[PersonLabel, ...]  # those of this page
    first: int  # index on the card of the first one shown
    has_more: bool  # another page follows


@dataclass(frozen=True, slots=True, repr=False)
class Confirm(Confidential):
    name = "confirm"
    person: PersonLabel


@dataclass(frozen=True, slots=True)
class ShowDocument:
    """The live picture stands beside it, from the preview; never stored."""

    name = "document"
    side: Side
    guidance: Guidance
    steadiness: float = 0.0  # 0 to 1: how near the picture is to taking itself
    may_press: bool = False  # the manual button is offered


@dataclass(frozen=True, slots=True)
class ReviewPicture:
    """The picture just taken stands beside it, from the preview."""

    name = "review"
    side: Side


@dataclass(frozen=True, slots=True)
class Working:
    name = "working"


@dataclass(frozen=True, slots=True)
class Done:
    name = "done"


@dataclass(frozen=True, slots=True)
class Ticket:
    """The number, and what the patient must not leave behind: their card in the reader, their document in the tray."""

    name = "ticket"
    number: str
    desk: str
    has_card: bool = False
    has_document: bool = False


@dataclass(frozen=True, slots=True)
class TakeCard:
    name = "take_card"


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of staff takes over; the number is empty when none could be given."""

    name = "desk"
    desk: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class StillThere:
    name = "still_there"
    seconds_left: int


@dataclass(frozen=True, slots=True)
class HelpCalled:
    name = "help"
    desk: str


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    name = "out_of_order"


Screen = (
    Welcome
    | Information
    | InsertCard
    | ReadingCard
    | Beneficiaries
    | Confirm
    | ShowDocument
    | ReviewPicture
    | Working
    | Done
    | Ticket
    | TakeCard
    | Desk
    | StillThere
    | HelpCalled
    | OutOfOrder
)


class Touch(StrEnum):
    """What a person can press; which ones a screen offers is the screen's own business."""

    START = "start"
    UNDERSTOOD = "understood"
    MORE = "more"
    NO_CARD = "no-card"
    PERSON_1 = "person-1"  # the first person of the page shown, and so on: see PERSON_TOUCHES
    PERSON_2 = "person-2"
    PERSON_3 = "person-3"
    PERSON_4 = "person-4"
    PERSON_5 = "person-5"
    NEXT_PAGE = "next-page"
    NOT_LISTED = "not-listed"
    YES = "yes"
    NO = "no"
    TAKE_PICTURE = "take-picture"
    NO_DOCUMENT = "no-document"
    RETAKE = "retake"
    FINISH = "finish"
    STILL_HERE = "still-here"
    GO_ON = "go-on"  # after help was called
    BACK = "back"
    HELP = "help"
    STOP = "stop"
    TEXT_SIZE = "text-size"  # comfort: the window answers these two itself; to the turn they say that somebody is there
    CONTRAST = "contrast"


PERSON_TOUCHES = (Touch.PERSON_1, Touch.PERSON_2, Touch.PERSON_3, Touch.PERSON_4, Touch.PERSON_5)
"""What each button of a page of Beneficiaries posts, in order: a page holds at most this many people."""
