"""A kiosk asks whether a card's person is known: a yes or a no, always as long and always as late, in a closed box.

Who listens learns nothing: neither from the answer's size nor from its time. Who stole a kiosk's key learns little: a
kiosk asks no more often than people come to one, each question once; beyond that the answer is no, and the trail, the
page of kiosks and the figures for supervision say so.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.intake.heartbeats import CLOCK_TOLERANCE
from kiosk.console.intake.signed import NotTrusted, NotUnderstood, Reception, SignedRequest, instant, trusted_terminal
from kiosk.console.models import Recognition, Terminal, places, rows
from kiosk.console.records import vault
from kiosk.console.register import known
from kiosk.core.checkin import recognition
from kiosk.sealing import CannotOpen, lock

MAX_BODY = 4096
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
KEPT_FOR = timedelta(days=3)  # at most (``upkeep.retention``)


@dataclass(frozen=True, slots=True)
class Timing:
    """How an answer is kept until its time has come."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


REAL = Timing()


def answer(request: SignedRequest, arrived: float, timing: Timing) -> bytes | Reception:
    """The closed box with the answer, at its time after ``arrived``; TOO_MANY when too many wait for theirs already.

    NotTrusted or NotUnderstood at once: that depends on the kiosk, never on the person.
    """
    terminal = trusted_terminal(request)
    if abs(timezone.now() - instant(request.sent_at)) > CLOCK_TOLERANCE:
        raise NotTrusted
    question = _opened(request)
    with _one_of_few() as may_wait:
        if not may_wait:
            return Reception.TOO_MANY
        knows = _may_ask(terminal, question.nonce) and known.is_known(
            question.nir, question.birth_rank, question.birth_date
        )
        box = _closed(question, knows)
        passed = timing.clock() - arrived
        if passed >= recognition.ANSWER_SECONDS:
            box = _closed(question, False)
        timing.sleep(_until_its_time(passed))
        return box


def _closed(question: recognition.Recognition, knows: bool) -> bytes:
    return lock(recognition.answer_to_bytes(knows), question.key, b"recognised:" + question.nonce)


def _until_its_time(passed: float) -> float:
    """Seconds until the next multiple of the time an answer takes."""
    return (int(passed / recognition.ANSWER_SECONDS) + 1) * recognition.ANSWER_SECONDS - passed


def _opened(request: SignedRequest) -> recognition.Recognition:
    if len(request.body) > MAX_BODY:
        raise NotUnderstood("too long")
    try:
        plain = vault.open_body(request.body, vault.context_of("recognition", request.kiosk))
        return recognition.read_question(plain)
    except (CannotOpen, recognition.BadQuestion) as trouble:
        raise NotUnderstood(str(trouble)) from None


def _may_ask(terminal: Terminal, nonce: bytes) -> bool:
    """Count the question. NotTrusted when it was asked before; False when more is asked than people come to a kiosk."""
    now, server = timezone.now(), settings.KIOSK
    mine = places.met("terminal_id", terminal.pk, now - HOUR, now)
    lately = Recognition.objects.filter(terminal_id__in=mine, asked_at__range=(now - HOUR, now + MINUTE)).aggregate(
        hour=Count("pk"), minute=Count("pk", filter=Q(asked_at__gt=now - MINUTE))
    )
    over = max(lately["hour"] - server.recognitions_per_hour, lately["minute"] - server.recognitions_per_minute)
    if over > 0:
        return False
    is_too_many = over == 0
    _asked, is_new = Recognition.objects.get_or_create(
        nonce=nonce, defaults={"terminal_id": terminal.pk, "asked_at": now, "is_too_many": is_too_many}
    )
    if not is_new:
        raise NotTrusted
    if is_too_many:
        audit.record(audit.Act.RECOGNITIONS_STOPPED, who=terminal.name, about=terminal.name)
        journal.record(journal.Happening.RECOGNITIONS_STOPPED, kiosk=terminal.name)
    return not is_too_many


def spend(terminal: Terminal) -> bool:
    """Have one question of this kiosk's stand for one check-in by the short path; False when none is left.

    Else who stole a kiosk's key would read from how long a check-in takes who is known, as often as they like.
    """
    now = timezone.now()
    its_own = places.met("terminal_id", terminal.pk, now - KEPT_FOR, now)
    asked = Recognition.objects.filter(terminal_id__in=its_own, is_too_many=False, is_spent=False)
    for key in [one.pk for one in asked.order_by("asked_at")[:5] if one.is_proven]:
        with transaction.atomic():
            mine = asked.select_for_update(of=("self",)).filter(pk=key).first()
            if mine is not None and mine.is_proven:
                mine.is_spent = True
                rows.update(mine, "is_spent")
                return True
    return False


@cache
def _waiting() -> threading.BoundedSemaphore:
    """An answer that waits for its time holds a thread: most threads are left to staff and to check-ins."""
    return threading.BoundedSemaphore(max(1, settings.KIOSK.threads // 4))


@contextmanager
def _one_of_few() -> Iterator[bool]:
    may_wait = _waiting().acquire(blocking=False)
    try:
        yield may_wait
    finally:
        if may_wait:
            _waiting().release()
