"""The sessions somebody has open, for themself: seen and ended; and what was changed of their account meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone
from django_otp.models import Device

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Session, Staff
from kiosk.console.models.second_factor import Factor
from kiosk.console.records import vault
from kiosk.console.staff import session_store
from kiosk.console.staff.session_store import kept_as

_OF_ACCOUNTS = (
    audit.Act.ACCOUNT_ASKED,
    audit.Act.ACCOUNT_AGREED,
    audit.Act.ACCOUNT_ENROLLED,
    audit.Act.ACCOUNT_CHANGED,
    audit.Act.ACCOUNT_REPAIRED,
)
MOST_TOLD = 8
MOST_OPEN = 8  # of one account, at as many desks: one more ends the one that was left longest ago


@dataclass(frozen=True, slots=True)
class Open:
    """One session, under a name that opens nothing."""

    name: str
    opened_at: datetime
    seen_at: datetime
    where: str
    is_this: bool


def of(staff: Staff, request: HttpRequest) -> list[Open]:
    """Every session this person has open, the latest first."""
    found = [
        Open(_name(key), _at(said, "opened_at"), _at(said, "seen_at"), str(said.get("from", "")), key == _own(request))
        for key, said in _of(staff)
    ]
    return sorted(found, key=lambda one: one.seen_at, reverse=True)


def end(staff: Staff, request: HttpRequest, name: str) -> bool:
    """End one of one's other sessions; False when there is none of this name."""
    for key, _said in _of(staff):
        if _name(key) == name and key != _own(request):
            session_store.end([key])
            return True
    return False


def make_room(staff: Staff) -> None:
    """End what one account has open beyond the most, for the one that begins now."""
    known = sorted(_of(staff), key=lambda one: _at(one[1], "seen_at"), reverse=True)
    session_store.end(key for key, _said in known[MOST_OPEN - 1 :])


def changes_since(staff: Staff, factor: Device) -> list[AuditEntry]:
    """What happened to this account since this factor was last shown: its owner knows whether it was them.

    Not since somebody last signed in: who has put a factor of their own beside it may have come first.
    """
    since = factor.used_before if isinstance(factor, Factor) else None
    since = since or staff.last_login
    if since is None:
        return []
    told = AuditEntry.objects.filter(about=staff.username, act__in=_OF_ACCOUNTS, at__gt=since)
    return list(told.order_by("-number")[:MOST_TOLD])


def _of(staff: Staff) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those that the password of now still opens; there are a few hundred sessions of everybody at most."""
    for row in Session.objects.filter(staff=staff, expire_date__gt=timezone.now()).order_by("pk"):
        said = row.get_decoded() if row.is_proven else {}
        is_mine = said.get(SESSION_KEY) == str(staff.pk)
        if is_mine and said.get(HASH_SESSION_KEY) == staff.get_session_auth_hash() and "opened_at" in said:
            yield row.session_key, said


def _own(request: HttpRequest) -> str:
    return kept_as(request.session.session_key or "")


def _name(key: str) -> str:
    return vault.blind("session", key).hex()


def _at(said: dict[str, Any], name: str) -> datetime:
    return datetime.fromtimestamp(int(said.get(name, 0)), UTC)
