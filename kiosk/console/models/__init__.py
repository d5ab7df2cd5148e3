"""What the console keeps. Nothing about a person stands in clear in any column."""

from kiosk.console.models.arrivals import Arrival, BlindIndex, Need, Sealed, Stage
from kiosk.console.models.audit import AuditEntry, AuditHead
from kiosk.console.models.staff import Role, Staff
from kiosk.console.models.terminals import Call, CallReason, Invitation, Terminal

__all__ = [
    "Arrival",
    "AuditEntry",
    "AuditHead",
    "BlindIndex",
    "Call",
    "CallReason",
    "Invitation",
    "Need",
    "Role",
    "Sealed",
    "Staff",
    "Stage",
    "Terminal",
]
