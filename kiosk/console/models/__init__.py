"""What the console keeps. Nothing about a person stands in clear in any column."""

from kiosk.console.models.arrivals import Arrival, Bare, BlindIndex, Copy, Need, Sealed, Stage, VisitIndex
from kiosk.console.models.audit import AuditEntry, AuditHead
from kiosk.console.models.guesses import Guess
from kiosk.console.models.persons import (
    FactBody,
    Holding,
    IdentifierKind,
    Outbox,
    OutboxState,
    PairState,
    Person,
    PersonIndex,
    PersonPair,
)
from kiosk.console.models.questions import Question, QuestionState
from kiosk.console.models.second_factor import Authenticator, NationalIdentity, SecurityKey
from kiosk.console.models.sessions import Session
from kiosk.console.models.staff import Admission, Emergency, Role, Staff
from kiosk.console.models.terminals import Call, Invitation, PhoneShown, Recognition, Terminal
from kiosk.console.models.vigilance import UNCONFIRMED, VERIFIED, Campaign, Verification
from kiosk.console.models.witness import Finding, Inspection, Witness

__all__ = [
    "UNCONFIRMED",
    "VERIFIED",
    "Admission",
    "Arrival",
    "AuditEntry",
    "AuditHead",
    "Authenticator",
    "Bare",
    "BlindIndex",
    "Call",
    "Campaign",
    "Copy",
    "Emergency",
    "FactBody",
    "Finding",
    "Guess",
    "Holding",
    "IdentifierKind",
    "Inspection",
    "Invitation",
    "NationalIdentity",
    "Need",
    "Outbox",
    "OutboxState",
    "PairState",
    "Person",
    "PersonIndex",
    "PersonPair",
    "PhoneShown",
    "Question",
    "QuestionState",
    "Recognition",
    "Role",
    "Sealed",
    "SecurityKey",
    "Session",
    "Staff",
    "Stage",
    "Terminal",
    "Verification",
    "VisitIndex",
    "Witness",
]
