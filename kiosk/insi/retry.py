"""When to ask again, and when to leave a service in trouble alone (RETRY bounded, exponential, with jitter)."""

import email.utils
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how soon one call is repeated, within the patient's deadline."""

    attempts: int = 3
    first_wait: float = 0.25  # seconds
    longest_wait: float = 2.0
    jitter: Callable[[], float] = field(default=random.random)  # in [0, 1)

    def wait_before(self, attempt: int, retry_after: float | None) -> float:
        """Say how long to wait before this attempt (the second is 1): what the server asked for comes first."""
        backoff = min(self.longest_wait, self.first_wait * 2.0 ** (attempt - 1))
        spread: float = backoff * (0.5 + self.jitter() / 2)
        return spread if retry_after is None else max(spread, retry_after)


def retry_after_seconds(header: str, now: float) -> float | None:
    """Read Retry-After (RFC 9110 10.2.3), seconds or date, at most an hour; None when it says nothing usable."""
    text = header.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(float(text), 3600.0)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max(0.0, moment.timestamp() - now), 3600.0)


class CircuitBreaker:
    """Shared by all callers of one kiosk: after several failures in a row nobody calls for a while, then one tries."""

    def __init__(self, clock: Callable[[], float], *, failures: int = 5, rest: float = 30.0) -> None:
        self._clock = clock
        self._allowed = failures
        self._rest = rest
        self._failures = 0
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def may_call(self) -> bool:
        """Say whether to call now; after a rest exactly one caller is let through to try."""
        with self._lock:
            if self._failures < self._allowed and self._closed_until <= self._clock():
                return True
            if self._clock() < self._closed_until:
                return False
            self._closed_until = self._clock() + self._rest  # the one that tries; others wait for its news
            return True

    def succeeded(self) -> None:
        """The service answered, whatever it said."""
        with self._lock:
            self._failures = 0
            self._closed_until = 0.0

    def failed(self, retry_after: float | None = None) -> None:
        """The service did not answer, or said that it cannot."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._allowed:
                self._closed_until = self._clock() + self._rest
            if retry_after:
                self._closed_until = max(self._closed_until, self._clock() + retry_after)
