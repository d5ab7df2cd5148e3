"""How an account comes to be, is renewed, opened again or linked: asked by one, agreed to by another, then its owner's.

Who asks is given a code, who agrees a link: the owner needs both, so that nobody else alone can enrol in their place.
What is asked by a command on the server needs no second person: who may run it holds the structure's keys anyway.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.models import Admission, NationalIdentity, Role, Staff
from kiosk.console.records import by_hand, vault
from kiosk.console.staff import accounts

TO_AGREE = timedelta(days=7)
TO_USE = timedelta(hours=24)
SET_BACK = timedelta(minutes=1)  # a clock that is put right
MOST_TRIES = 5
MOST_STRANGERS = 30  # who wait at once because Pro Santé Connect named them
PSC = "psc"  # who asked, when nobody of the structure did
LINK_BYTES = 24
_LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ2346789"  # none that is read as another
_CODE = (4, 4)
MAY_AGREE = (Role.ADMINISTRATOR, Role.OFFICER)


class NotPossible(ValueError):
    """Nobody may do this, or not any more; says nothing more."""


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """One half of what the owner needs, the only time it is shown."""

    staff: Staff
    code: str = ""
    link: str = ""


def ask_to_enrol(staff: Staff, *, who: str, where: str = "") -> Given:
    """Have the owner enrol, for the first time or anew. What they have now is good until they do. NotPossible."""
    if not staff.is_active and staff.has_usable_password():
        raise NotPossible  # closed: it is to be opened first
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(many)) for many in _CODE)
    with transaction.atomic():
        _withdraw(staff, Admission.ENROL)
        _asked(staff, Admission.ENROL, who, where, code=_fingerprint("code", staff, code))
    return Given(staff, code=code)


def ask_to_open(staff: Staff, *, who: str, where: str = "") -> None:
    """Have a closed account opened again."""
    with transaction.atomic():
        _withdraw(staff, Admission.OPEN)
        _asked(staff, Admission.OPEN, who, where)


def ask_to_link(staff: Staff, national_id: str, *, who: str, where: str = "") -> None:
    """Have Pro Santé Connect sign this person in. NotPossible when the identity is somebody's already."""
    fingerprint = accounts.national_fingerprint(national_id)
    with transaction.atomic():
        if NationalIdentity.objects.filter(fingerprint=fingerprint).exists():
            raise NotPossible
        _withdraw(staff, Admission.LINK)
        _asked(staff, Admission.LINK, who, where, national=fingerprint)


def ask_for_professional(national: bytes, username: str, *, where: str) -> None:
    """Have a host's account made for who came from Pro Santé Connect and has none: they see nothing until it is agreed.

    NotPossible when it was refused of late, or when too many wait already.
    """
    before = Admission.objects.filter(asked_by=PSC, national=national).select_related("staff").order_by("-pk").first()
    if before is not None and before.until > timezone.now():
        if before.ended_at is not None:
            raise NotPossible
        return
    if _open().filter(asked_by=PSC).count() >= MOST_STRANGERS:
        raise NotPossible
    with transaction.atomic():
        staff = before.staff if before is not None else accounts.add(username, Role.HOST, who=PSC, where=where)
        _withdraw(staff, Admission.LINK)
        _asked(staff, Admission.LINK, PSC, where, national=national)


def by_command(staff: Staff, *, who: str) -> Given:
    """A link that needs no second person, for the first accounts and for recovery."""
    with transaction.atomic():
        _withdraw(staff, Admission.ENROL)
        asked = _asked(staff, Admission.ENROL, who, "")
        return Given(staff, link=_agreed(asked, who, ""))


def path_of(link: str) -> str:
    """Where a link leads, on this console."""
    return reverse("enrol", args=link.split("/"))


def waiting(staff: Staff) -> QuerySet[Admission]:
    """What this person may agree to, or refuse: nobody agrees to what they asked, or to what is about them.

    Of whom Pro Santé Connect named nobody here knows who they are but who they say: an administrator with a card of
    their own would be both. An officer agrees, who sees patients already.
    """
    open_ones = _open().filter(agreed_by="").exclude(asked_by=staff.username).exclude(staff=staff)
    if not _may_let_in(staff):
        open_ones = open_ones.exclude(asked_by=PSC)
    return open_ones.select_related("staff").order_by("asked_at")


_HOW_MANY = (
    "SELECT COUNT(*) FROM console_admission WHERE ended_at IS NULL AND until > %s AND tries < %s AND agreed_by = ''"
    " AND asked_by <> %s AND staff_id <> %s AND asked_by <> %s"
)


def to_agree(staff: Staff) -> int:
    """How many are ``waiting``, by hand: it stands on every page."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    but = "" if _may_let_in(staff) else PSC
    return int(by_hand.rows(_HOW_MANY, now, MOST_TRIES, staff.username, staff.pk, but)[0][0])


def _may_let_in(staff: Staff) -> bool:
    return Role(staff.role) is Role.OFFICER


def about(staff: Staff) -> QuerySet[Admission]:
    """What was asked about this person's own account and is not done: they may refuse it."""
    return _open().filter(staff=staff).order_by("asked_at")


def pending() -> QuerySet[Admission]:
    """Everything that is asked or agreed and not yet done."""
    return _open().select_related("staff").order_by("asked_at")


def agree(number: int, by: Staff, *, national_id: str = "", where: str = "") -> Given:
    """A second person agrees: it is done, or its owner may do it. NotPossible."""
    with transaction.atomic():
        asked = waiting(by).select_for_update(of=("self",)).filter(pk=number).first()
        if asked is None or not asked.is_proven or Role(by.role) not in MAY_AGREE:
            raise NotPossible
        if asked.kind == Admission.ENROL:
            return Given(asked.staff, link=_agreed(asked, by.username, where))
        if asked.kind == Admission.LINK:
            taken = NationalIdentity.objects.filter(fingerprint=bytes(asked.national)).exclude(user=asked.staff)
            if accounts.national_fingerprint(national_id) != bytes(asked.national) or taken.exists():
                raise NotPossible
            accounts.link(asked.staff, bytes(asked.national), who=by.username, where=where)
        else:
            accounts.set_active(asked.staff, active=True, who=by.username, where=where)
        asked.agreed_by = by.username
        _end(asked)
        audit.record(
            audit.Act.ACCOUNT_AGREED, who=by.username, where=where, about=asked.staff.username, asked=asked.kind
        )
        return Given(asked.staff)


def refuse(number: int, by: Staff, *, where: str = "") -> bool:
    """End what was asked: a second person, or the owner it is about, says no. False when there is nothing to end."""
    with transaction.atomic():
        mine = Q(staff=by) | Q(asked_by=by.username) | (Q(agreed_by="") if Role(by.role) in MAY_AGREE else Q(pk=None))
        asked = _open().filter(mine, pk=number).select_related("staff").first()
        if asked is None:
            return False
        _end(asked)
        audit.record(
            audit.Act.ACCOUNT_REFUSED, who=by.username, where=where, about=asked.staff.username, asked=asked.kind
        )
        return True


def of_link(number: int, link: str) -> Admission | None:
    """What a link is for, while it is good; None for any other."""
    agreed = _open().exclude(agreed_by="").filter(pk=number, kind=Admission.ENROL).select_related("staff").first()
    if agreed is None or not agreed.is_proven or not secrets.compare_digest(_link_of(agreed, link), bytes(agreed.link)):
        return None
    return agreed


def is_code_of(admission: Admission, code: str) -> bool:
    """Whether it is the half that who asked has handed over; a few wrong ones end the link."""
    if not admission.code:
        return True
    written = "".join(one for one in code.upper() if one in _LETTERS)
    parts = (written[: _CODE[0]], written[_CODE[0] :])
    if secrets.compare_digest(_fingerprint("code", admission.staff, "-".join(parts)), bytes(admission.code)):
        return True
    with transaction.atomic():
        guessed = Admission.objects.select_for_update().get(pk=admission.pk)
        guessed.tries += 1
        guessed.save()
    return False


def use(admission: Admission, password: str, key: bytes, *, where: str) -> bool:
    """The owner has chosen a password and shown a code of their authenticator; False when somebody was faster."""
    with transaction.atomic():
        fresh = _open().select_for_update().filter(pk=admission.pk).exclude(agreed_by="").first()
        if fresh is None:
            return False
        _end(fresh)
        accounts.enrol(Staff.objects.select_for_update().get(pk=fresh.staff_id), password, key, where=where)
        return True


def _open() -> QuerySet[Admission]:
    """What may still be done; of a time that is not yet, nothing: a clock ran ahead when it was asked."""
    now = timezone.now()
    return Admission.objects.filter(
        Q(agreed_by="") | Q(until__lte=now + TO_USE + SET_BACK), ended_at=None, until__gt=now, tries__lt=MOST_TRIES
    ).filter(until__lte=now + TO_AGREE + SET_BACK)


def _withdraw(staff: Staff, kind: str) -> None:
    """What was asked before for the same is worth nothing any more."""
    for asked in Admission.objects.select_for_update().filter(staff=staff, kind=kind, ended_at=None):
        if asked.is_proven:
            _end(asked)


def _end(asked: Admission) -> None:
    asked.ended_at = timezone.now()
    asked.save()


def _asked(staff: Staff, kind: str, who: str, where: str, **fingerprints: bytes) -> Admission:
    now = timezone.now()
    asked = Admission.objects.create(
        staff=staff, kind=kind, asked_by=who, asked_at=now, until=now + TO_AGREE, **fingerprints
    )
    audit.record(audit.Act.ACCOUNT_ASKED, who=who, where=where, about=staff.username, asked=kind)
    return asked


def _agreed(asked: Admission, who: str, where: str) -> str:
    link = secrets.token_urlsafe(LINK_BYTES)
    asked.agreed_by, asked.until = who, timezone.now() + TO_USE
    asked.link = _link_of(asked, link)
    asked.save()
    accounts.allow(asked.staff)
    audit.record(audit.Act.ACCOUNT_AGREED, who=who, where=where, about=asked.staff.username, asked=asked.kind)
    return f"{asked.pk}/{link}"


def _link_of(asked: Admission, link: str) -> bytes:
    """Bound to the account and to the code: neither can be exchanged beside it."""
    return _fingerprint("link", asked.staff, f"{asked.pk} {bytes(asked.code).hex()} {link}")


def _fingerprint(half: str, staff: Staff, said: str) -> bytes:
    return vault.blind(f"admission {half}", f"{staff.pk} {said}")
