"""Taking a check-in in: whose it is, whether it was here before, what it asks of staff. One transaction each."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.arrivals import tickets, times
from kiosk.console.identities import comparing
from kiosk.console.intake import phone, place, quotas, recognition, reported, worlds
from kiosk.console.intake.phone import Shown
from kiosk.console.intake.signed import NotUnderstood, Reception, SignedRequest, instant, signer_of, trusted_terminal
from kiosk.console.models import Arrival, Need, Sealed, Stage, Terminal
from kiosk.console.questions import joining, pool
from kiosk.console.questions.joining import Fit, Named
from kiosk.console.records import indexes, origin, room, search, subject_keys, vault
from kiosk.console.records.subject_keys import OwnKey
from kiosk.console.records.turnstile import Turnstile, transaction_in_turn
from kiosk.console.records.world import OtherWorld
from kiosk.console.register import filing
from kiosk.console.register.known import candidate as candidate_of
from kiosk.console.terminals import excess
from kiosk.console.terminals.excess import About
from kiosk.console.witness import clock
from kiosk.core.checkin import codec
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn, Way
from kiosk.core.checkin.words import tag_of
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.status.transitions import Actor, ActorKind
from kiosk.sealing import CannotOpen

MAX_BODY = 8 * 1024 * 1024 + 64 * 1024  # a whole check-in and its seal
NEXT_INSI_TRY = timedelta(seconds=5)  # somebody waits
MAX_PIXELS = 40_000_000
MOST_PICTURES = 4  # a document has two sides; a page opens each in a process of its own


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What one check-in leaves in the database."""

    arrival: Arrival
    sealed: bytes
    fingerprints: set[bytes]
    answer: bytes = b""  # the one that counts, where that is not what the kiosk says
    reported: str = ""  # then, what kind of answer the kiosk says it was
    named: Named | None = None  # the question that it names
    shown: Shown | None = None  # what the phone comes to that it came with


def _keep(deliveries: Sequence[_Delivery]) -> None:
    """All of them, or none. IntegrityError when one was here before.

    What is each one's own comes first, in the order of its key, and the trail, which all processes share, last: two
    processes write beside each other for as long as they can, and never each hold what the other needs.
    Before that each one's key, in the keys' own database: killed in between, a key is left that locks nothing.
    """
    in_order = sorted(deliveries, key=lambda one: one.arrival.pk)
    keys = subject_keys.create((one.arrival.pk for one in in_order), pending=True)
    locked = [_locked(keys[one.arrival.pk], "check-in", one.sealed) for one in in_order]
    answers = [_locked(keys[one.arrival.pk], "answer", one.answer) if one.answer else b"" for one in in_order]
    with transaction_in_turn():
        Arrival.objects.bulk_create([one.arrival for one in in_order])
        for one, body, answer in zip(in_order, locked, answers, strict=True):
            Sealed(arrival=one.arrival, check_in=body, answer=answer).save(force_insert=True)
        indexes.keep({one.arrival.pk: one.fingerprints for one in in_order})
        phone.keep((one.shown for one in in_order if one.shown is not None), timezone.now())
        joining.join((one.named, one.arrival) for one in in_order if one.named is not None)
        audit.record_all([_taken_in(one) for one in in_order])


def _locked(own: OwnKey, part: str, body: bytes) -> bytes:
    return own.lock_alike(body, vault.context_of(part, own.subject))


def _taken_in(delivery: _Delivery) -> audit.Done:
    arrival = delivery.arrival
    details = {"need": str(arrival.need), "status": arrival.reported, "kiosk": arrival.as_kept("terminal_id")}
    details |= {"said": delivery.reported} if delivery.reported else {}
    details |= {"appli": delivery.shown.code} if delivery.shown is not None else {}
    details |= {"question": delivery.named.fit.value} if delivery.named is not None else {}
    return audit.Done(audit.Act.TAKEN_IN, who=audit.A_KIOSK, about=str(arrival.pk), details=details)


_TURNSTILE = Turnstile(_keep)


def take_in(key: UUID, request: SignedRequest, *, is_invented: bool = False) -> Reception:
    """Keep one check-in, once. NotTrusted, NotUnderstood or OtherWorld otherwise."""
    if is_invented and settings.KIOSK.is_production:  # said to anybody, before anything is looked at
        raise OtherWorld(worlds.NOT_HERE)
    if len(request.body) > MAX_BODY:
        return Reception.TOO_LARGE
    terminal = trusted_terminal(request)
    clock.look()
    now = timezone.now()
    signed_at = place.signed_at(terminal, request.sent_at, now)
    lately = quotas.lately(key, terminal, now)
    if lately.owner is not None:
        return _again(lately.owner, terminal)
    if not quotas.may_bring(terminal, lately, len(request.body)):
        return Reception.TOO_MANY
    if not room.is_enough():
        return Reception.NO_ROOM
    plain, came = _opened(key, request)
    worlds.welcome(terminal, came, is_invented=is_invented)
    check_in, shown = reported.counting(came, request), phone.shown_by(came, now)
    is_reported = check_in is not came
    check_in = replace(check_in, insi=shown.answer) if shown is not None else check_in
    first_try = now if is_reported else now + NEXT_INSI_TRY  # the kiosk has just tried in vain, or nobody has
    side_by_side = comparing.compared(check_in)
    candidate = _candidate(check_in, terminal)
    need = comparing.need_of(check_in, side_by_side) if candidate is None else Need.PRESENCE
    is_asked = candidate is None and comparing.may_be_asked_again(check_in) and not settings.KIOSK.asks_at_desk
    named = joining.named_by(check_in, terminal.pk) if shown is None else None  # about a phone's person nobody asks
    is_joined = named is not None and named.fit is Fit.JOINED
    first_try = now + joining.PATIENCE if is_joined else first_try
    fingerprints = search.indexes_of(check_in)
    arrival = Arrival(
        key=key,
        terminal_id=terminal.pk,
        digest=hashlib.sha256(request.body).digest(),
        sent_at=request.sent_at,
        signature=base64.b64decode(request.signature),
        signer=signer_of(terminal),
        plain=origin.digest_of(plain),
        indexed=indexes.sum_of(key, fingerprints),
        received_at=now,
        arrived_at=times.believed(instant(check_in.arrived_at), signed_at, now),
        ticket=tickets.called(check_in.ticket),
        desk=place.desk(terminal, check_in.desk),
        need=need,
        differences=comparing.difference_codes(check_in, side_by_side),
        stage=Stage.WAITING,
        reported=_believable(check_in),
        candidate_id=candidate,
        insi_next_at=first_try if is_asked else None,
        bare=place.bareness(terminal, check_in, now),
    )
    tickets.claim(arrival)
    delivery = _Delivery(
        arrival,
        request.body,
        fingerprints,
        answer=vault.answer_body(check_in, check_in.insi) if is_reported or shown is not None else b"",
        reported=tag_of(type(came.insi)) if is_reported else "",
        named=named,
        shown=shown,
    )
    while True:
        try:
            _TURNSTILE.go_through(delivery)
            break
        except IntegrityError:
            owner = quotas.lately(key, terminal, now).owner  # the same delivery, twice at the same moment
            if owner is not None:
                return _again(owner, terminal)
            if shown is not None and phone.is_used(shown):  # the same phone twice at the same moment: now it is known
                return take_in(key, request, is_invented=is_invented)
            if not tickets.rename(arrival):
                raise
            excess.note(terminal.pk, About.TICKETS)
    filing.file(arrival, check_in, comparing.places(), Actor(ActorKind.WORKER, "worker"))
    if named is not None and is_joined and is_asked:
        pool.offer(named.key)  # what INSi has said is the visit's at once
    if check_in.not_understood:
        journal.record(journal.Happening.CHECK_IN_PARTLY_READ, key=key, count=len(check_in.not_understood))
    return Reception.TAKEN_IN


def _again(owner: str, terminal: Terminal) -> Reception:
    """It came before; of whom."""
    return Reception.ALREADY_HERE if owner == terminal.pk else Reception.ANOTHER_KIOSKS


def _opened(key: UUID, request: SignedRequest) -> tuple[bytes, CheckIn]:
    """What was inside, and what it says."""
    try:
        plain = vault.open_part(request.body, "check-in", key)
        check_in = codec.from_bytes(plain)
    except (CannotOpen, BadCheckIn) as trouble:
        raise NotUnderstood(str(trouble)) from None
    if check_in.key != str(key) or check_in.kiosk != request.kiosk:
        raise NotUnderstood("the check-in inside is not the one announced")
    if len(check_in.pictures) > MOST_PICTURES:
        raise NotUnderstood("more pictures than a document has sides")
    for picture in check_in.pictures:
        if not _is_modest_jpeg(picture.jpeg) or (picture.untouched and not _is_modest_jpeg(picture.untouched)):
            raise NotUnderstood("a picture is not a JPEG of a reasonable size")
    return plain, check_in


def _candidate(check_in: CheckIn, terminal: Terminal) -> UUID | None:
    """Who came by the short path, as far as their card says; looked for here again: a kiosk's word finds nobody.

    Only where the kiosk asked before, for each check-in once: what a check-in finds is limited as questions are.
    """
    if check_in.way is not Way.SHORT or check_in.card is None or check_in.card.birth_date is None:
        return None
    if not recognition.spend(terminal):
        return None
    return candidate_of(check_in.card_nir, check_in.birth_rank, check_in.card.birth_date.text)


def _believable(check_in: CheckIn) -> str:
    """A kiosk may at most say RETRIEVED, and only where the rules give it: computed again, never believed."""
    if check_in.status.value != IdentityStatus.RETRIEVED.value:
        return IdentityStatus.PROVISIONAL.value
    return comparing.automatic_status(check_in)


def _is_modest_jpeg(data: bytes) -> bool:
    """Read the frame header only: a picture that would unfold into gigabytes is refused before anyone looks at it."""
    if not data.startswith(b"\xff\xd8\xff") or len(data) > 2 * 1024 * 1024:
        return False
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return False
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height = int.from_bytes(data[at + 5 : at + 7])
            width = int.from_bytes(data[at + 7 : at + 9])
            return 0 < height * width <= MAX_PIXELS
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return False
