"""Guessing at the door: how often who may be wrong, and how nobody is shut out by somebody else's guesses.

An attempt counts before it is looked at, so that many at once count too; who is right takes back what it counted. It
counts for its address, for the account from that address, and for the account from anywhere. Beyond a limit nothing is
looked at any more until a quarter of an hour after the first guess: attempts meanwhile do not make it longer. Whoever
guesses from many addresses so closes an account's door, but not to its owner: a browser that has signed in to it
before (``known_browsers``) is counted for itself alone.

The table is everybody's count. A process remembers beside it what it has counted itself: who empties the table, or puts
a row of before back, gains nothing there.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from kiosk.console import audit, keyring
from kiosk.console.models import Guess, Staff

WITHIN = timedelta(minutes=15)
SET_BACK = timedelta(minutes=1)  # what was counted later than that was counted by a clock that ran ahead: no more
FROM_ADDRESS = 50  # wrong, of whatever accounts: a hall's staff may come through one
AT_ACCOUNT_FROM_ADDRESS = 5
AT_ACCOUNT = 20
FROM_KNOWN_BROWSER = 5
REMEMBERED = 30_000  # counts that one process remembers, the latest: more than are looked at in that time
WRITTEN = 200  # refusals in the trail, of everybody's: the rest is counted, and would drown what else it says

_COUNT = (
    "INSERT INTO console_guess (about, count, since) VALUES (%s, 1, %s) ON CONFLICT (about) DO UPDATE SET"
    " count = CASE WHEN console_guess.since BETWEEN %s AND %s THEN console_guess.count + 1 ELSE 1 END,"
    " since = CASE WHEN console_guess.since BETWEEN %s AND %s THEN console_guess.since ELSE excluded.since END"
    " RETURNING count"
)


class _Own:
    """What this process has counted itself within the time: how often, and since when; the latest begun last."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, datetime]] = {}
        self._lock = threading.Lock()

    def count(self, about: str, now: datetime) -> int:
        with self._lock:
            self._let_go(now)
            count, since = self._counts.get(about, (0, now))
            if not _counts(since, now):
                count, since = 0, now
            self._counts[about] = count + 1, since
            return count + 1

    def of(self, about: str, now: datetime) -> int:
        count, since = self._counts.get(about, (0, now))
        return count if _counts(since, now) else 0

    def take_back(self, about: str) -> None:
        with self._lock:
            if about in self._counts:
                count, since = self._counts[about]
                self._counts[about] = max(0, count - 1), since

    def forget(self, about: str) -> None:
        with self._lock:
            self._counts.pop(about, None)

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()

    def _let_go(self, now: datetime) -> None:
        while self._counts:
            first = next(iter(self._counts))
            if _counts(self._counts[first][1], now) and len(self._counts) < REMEMBERED:
                return
            del self._counts[first]


def _counts(since: datetime, now: datetime) -> bool:
    return now - WITHIN <= since <= now + SET_BACK


_own = _Own()


@dataclass(frozen=True, slots=True)
class _Limit:
    about: str
    most: int
    is_forgiven: bool = False  # who is right was never wrong; else only this attempt is taken back


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """One attempt that may be looked at."""

    username: str
    address: str
    limits: tuple[_Limit, ...]
    is_first: bool  # of those counted together: the trail tells of it, and of the last one
    is_last: bool
    closes_account: bool


def begin(username: str, address: str, browser: str) -> Attempt | None:
    """Count an attempt; None when it is one too many. ``browser``: known as this account's, "" otherwise."""
    limits = _limits(username.casefold(), address, browser)
    if _are_over(limits):
        return None
    counts = _all_counted(limits)
    purge()
    if len(counts) < len(limits):
        return None
    nearest = 0 if browser else 1  # of the account from there
    return Attempt(
        username,
        address,
        limits,
        counts[nearest] == 1,
        counts[nearest] == limits[nearest].most,
        not browser and counts[-1] == limits[-1].most,
    )


def was_right(attempt: Attempt) -> None:
    for limit in attempt.limits:
        if limit.is_forgiven:
            _forget(limit.about)
        else:
            Guess.objects.filter(about=limit.about, count__gt=0).update(count=F("count") - 1)
            _own.take_back(limit.about)


def was_wrong(attempt: Attempt, who: str) -> None:
    """Tell the trail, but not of every one: of the first, of the last that is looked at, of a door that closes."""
    if attempt.closes_account and Staff.objects.filter(username=attempt.username).exists():
        audit.record(audit.Act.SIGN_IN_REFUSED, who="", where=attempt.address, about=attempt.username, closed=True)
    elif attempt.is_first or attempt.is_last:
        tell(attempt.address, who=who)


def tell(address: str, *, who: str = "", **details: audit.Detail) -> None:
    """Write in the trail that somebody was refused; of very many, only that there were."""
    count = _counted(_about("written"))
    if count == WRITTEN:
        details["more"] = True
    if count <= WRITTEN:
        audit.record_all([audit.Done(audit.Act.SIGN_IN_REFUSED, who, address, details=details)])


def serves_once(what: str, said: str) -> bool:
    """Whether this is the first time that it is shown, within the time in which it could be shown again."""
    return _counted(_about(what, said)) == 1


def tried_in(session: str, what: str) -> int:
    """Of how many tries in this session this one is, before it is looked at: many at once count too."""
    return _counted(_about("session", what, session))


def knew_in(session: str, what: str) -> None:
    """It was right: what was tried before counts no more."""
    _forget(_about("session", what, session))


def forget(username: str) -> None:
    """Open an account's door again to browsers that it does not know: an administrator gave it new secrets."""
    _forget(_about("account", username.casefold()))


def begin_anew() -> None:
    """Remember nothing: for another database."""
    _own.clear()


def purge() -> None:
    Guess.objects.filter(since__lt=timezone.now() - WITHIN).delete()


def _limits(name: str, address: str, browser: str) -> tuple[_Limit, ...]:
    if browser:
        return (_Limit(_about("browser", name, browser), FROM_KNOWN_BROWSER, is_forgiven=True),)
    return (
        _Limit(_about("address", address), FROM_ADDRESS),
        _Limit(_about("account from", name, address), AT_ACCOUNT_FROM_ADDRESS, is_forgiven=True),
        _Limit(_about("account", name), AT_ACCOUNT),
    )


def _all_counted(limits: Sequence[_Limit]) -> list[int]:
    """Up to the first that is exceeded: who is shut out of an address does not shut others out of an account."""
    counts: list[int] = []
    with transaction.atomic():
        for limit in limits:
            count = _counted(limit.about)
            if count > limit.most:
                break
            counts.append(count)
    return counts


def _are_over(limits: Sequence[_Limit]) -> bool:
    """Whether one of them is reached: then nothing is written, however often somebody comes."""
    most = {limit.about: limit.most for limit in limits}
    now = timezone.now()
    counted = Guess.objects.filter(about__in=most, since__range=(now - WITHIN, now + SET_BACK))
    return any(count >= most[about] for about, count in counted.values_list("about", "count")) or any(
        _own.of(one.about, now) >= one.most for one in limits
    )


def _counted(about: str) -> int:
    now = timezone.now()
    own = _own.count(about, now)
    at, first, last = map(connection.ops.adapt_datetimefield_value, (now, now - WITHIN, now + SET_BACK))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, (about, at, first, last, first, last))
        return max(int(cursor.fetchone()[0]), own)


def _forget(about: str) -> None:
    Guess.objects.filter(about=about).delete()
    _own.forget(about)


def _about(*what: str) -> str:
    return keyring.proof("guess", what)[-32:].hex()
