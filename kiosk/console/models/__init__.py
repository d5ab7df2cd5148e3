"""What the console keeps. Nothing about a person stands in clear in any column."""

from kiosk.console.models.arrivals import Arrival, BlindIndex, Need, Sealed, Stage
from kiosk.console.models.audit import AuditEntry, AuditHead
from kiosk.console.models.staff import Role, Staff
from kiosk.console.models.terminals import Call, CallReason, Invitation, Terminal
from kiosk.console.models.vigilance import Campaign, Pair, PairState, Verification

__all__ = [
    "Arrival",
    "AuditEntry",
    "AuditHead",
    "BlindIndex",
    "Call",
    "CallReason",
    "Campaign",
    "Invitation",
    "Need",
    "Pair",
    "PairState",
    "Role",
    "Sealed",
    "Staff",
    "Stage",
    "Terminal",
    "Verification",
]
