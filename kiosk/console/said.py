"""What a process remembers of what the trail said: an act that is altered behind it later stays said here."""

import threading

MOST_EACH = 40  # acts of one subject, the latest
Act = tuple[int, str]  # its number in the trail, and what it is


class Said:
    """Acts by what they are about, of so many subjects: those that were heard of last."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._acts: dict[str, tuple[Act, ...]] = {}

    def note(self, subject: str, act: Act) -> None:
        """Remember one; whoever hears of it again remembers it once."""
        with self._lock:
            known = self._acts.pop(subject, ())
            self._acts[subject] = known if act in known else (*known, act)[-MOST_EACH:]
            while len(self._acts) > self._most:
                del self._acts[next(iter(self._acts))]

    def of(self, subject: str) -> tuple[Act, ...]:
        return self._acts.get(subject, ())

    def forget(self) -> None:
        with self._lock:
            self._acts.clear()
