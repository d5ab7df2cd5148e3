"""What the console keeps. Nothing about a person stands in clear in any column."""

from kiosk.console.models.arrivals import Arrival, BlindIndex, Need, Sealed, Stage
from kiosk.console.models.audit import AuditEntry, AuditHead
from kiosk.console.models.second_factor import Authenticator, NationalIdentity, SecurityKey
from kiosk.console.models.staff import Emergency, Role, Staff
from kiosk.console.models.terminals import Call, Invitation, Terminal
from kiosk.console.models.vigilance import Campaign, Pair, PairState, Verification
from kiosk.console.models.witness import Finding, Witness

__all__ = [
    "Arrival",
    "AuditEntry",
    "AuditHead",
    "Authenticator",
    "BlindIndex",
    "Call",
    "Campaign",
    "Emergency",
    "Finding",
    "Invitation",
    "NationalIdentity",
    "Need",
    "Pair",
    "PairState",
    "Role",
    "Sealed",
    "SecurityKey",
    "Staff",
    "Stage",
    "Terminal",
    "Verification",
    "Witness",
]
