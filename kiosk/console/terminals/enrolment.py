"""How a kiosk becomes known here (enrôlement): invited with a code, enrolled with its own key, revoked."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from kiosk.console import audit, keyring
from kiosk.console.models import AuditEntry, Invitation, Terminal
from kiosk.console.records import by_hand
from kiosk.sealing import load_verifier

CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is mistaken for another
INVITED_FOR = timedelta(hours=1)
SET_BACK = timedelta(minutes=1)  # a clock that is put right: what was given by one that ran ahead is good no more
MOST_COUNTED = 5  # wrong codes: more would only keep the disk busy
CONFIGURATION = "configuration"  # who enrols what the settings name, at every start


class Unknown(ValueError):
    """A name nobody has."""


def enrol(name: str, public_key: str, *, who: str) -> bool:
    """Register a kiosk's public key; False when it was there already. BadKey when it is not one.

    The settings' file is read at every start, and may still name the key that was stolen: what a command or an
    invitation has said since then counts.
    """
    load_verifier(public_key.encode())
    with transaction.atomic():
        if who == CONFIGURATION and not _was_last_its_own(name):
            return False
        terminal, is_new = Terminal.objects.get_or_create(pk=name, defaults={"public_key": public_key})
        if not terminal.is_proven and who == CONFIGURATION:
            return False  # it may have been revoked: who is there says what it is to be
        if not is_new and terminal.is_proven and terminal.public_key.strip() == public_key.strip():
            return False
        terminal.public_key, terminal.revoked_at = public_key, None
        terminal.made_anew("public_key", "revoked_at")
        Terminal.objects.filter(pk=name).update(last_sent_at=None)  # by the former key: it silences no other
        audit.record(audit.Act.KIOSK_ENROLLED, who=who, about=name)
        return True


def invite(name: str, *, who: str) -> str:
    """Give a code with which a kiosk of this name may bring its key, once, within the hour."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(12))
    with transaction.atomic():
        Invitation.objects.filter(pk=name).delete()
        Invitation.objects.create(terminal=name, code=_fingerprint(name, code), expires_at=timezone.now() + INVITED_FOR)
        audit.record(audit.Act.KIOSK_INVITED, who=who, about=name)
    return "-".join((code[:4], code[4:8], code[8:]))


def accept_invitation(name: str, code: str, public_key: str) -> bool:
    """Enrol the kiosk that shows the code; False for a wrong, used or expired one. BadKey for another key."""
    load_verifier(public_key.encode())
    given = _fingerprint(name, code.replace("-", "").strip().upper())
    with transaction.atomic():
        now = timezone.now()
        good = Invitation.objects.filter(expires_at__gt=now, expires_at__lte=now + INVITED_FOR + SET_BACK)
        invitation = good.select_for_update().filter(pk=name).first()
        if invitation is None or not invitation.is_proven:
            return False
        if not hmac.compare_digest(bytes(invitation.code), given):
            if invitation.failures < MOST_COUNTED:
                invitation.failures += 1
                invitation.save(update_fields=["failures"])
            return False  # strangers' guesses end no invitation: there are 30^12 codes, and an hour
        if _last_act(name) != audit.Act.KIOSK_INVITED:
            return False  # it has served, and was put back
        invitation.delete()
        enrol(name, public_key, who="invitation")
    return True


_LAST = "SELECT MAX(number) FROM console_auditentry WHERE about = %s AND act IN (…)"


def is_latest(terminal: Terminal) -> bool:
    """Whether this is the row as its last act left it: one of before that is put back proves itself too.

    Also where that act was altered too, as long as this process remembers it. A trail that was cut refuses no kiosk:
    its next word shows it. By hand: it is asked for whatever a kiosk sends.
    """
    known = audit.remembered(audit.Act.KIOSK_REVOKED, terminal.pk)
    acts = [act.value for act in audit.OF_A_KIOSK]
    return max(known, by_hand.rows(_LAST, terminal.pk, acts)[0][0] or 0) <= terminal.at_act


def _was_last_its_own(name: str) -> bool:
    """Whether nobody but the settings has ever said which key a kiosk has, or that it has none any more."""
    acts = AuditEntry.objects.filter(about=name, act__in=audit.OF_A_KIOSK).order_by("-number")
    return acts.values_list("act", "who").first() in {None, (audit.Act.KIOSK_ENROLLED.value, CONFIGURATION)}


def _last_act(name: str) -> str:
    """What the trail says last of a kiosk: invited, enrolled, revoked."""
    acts = AuditEntry.objects.filter(about=name, act__in=(audit.Act.KIOSK_INVITED, *audit.OF_A_KIOSK)).order_by(
        "-number"
    )
    return acts.values_list("act", flat=True).first() or ""


def _fingerprint(name: str, code: str) -> bytes:
    return hmac.digest(keyring.key("invitation"), f"{name}\n{code}".encode(), hashlib.sha256)


def revoke(name: str, *, who: str, where: str = "") -> None:
    """Stop listening to a kiosk. Unknown when there is none of that name."""
    with transaction.atomic():
        enrolled = Terminal.objects.select_for_update().filter(pk=name, revoked_at=None).first()
        if enrolled is None:
            raise Unknown(name)
        enrolled.revoked_at = timezone.now()
        enrolled.made_anew("revoked_at")  # whatever stands there: it is not listened to any more
        audit.record(audit.Act.KIOSK_REVOKED, who=who, where=where, about=name)
