"""What goes to the console: deliveries, calls for help and heartbeats, none of which waits for another."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from kiosk import journal
from kiosk.app.pace import Pace
from kiosk.core.turn import events as ev
from kiosk.journal import Happening
from kiosk.storage.delivery import DESK_UNKNOWN, OTHER_MODE, ConsoleLink, Delivered, Reply, deliver_waiting
from kiosk.storage.outbox import Outbox, OutboxDamaged

_HEARTBEAT_SECONDS = 15.0
_LOOK_SECONDS = 1.0  # how soon a device that was lost is told, and what waits is tried
_CALL_AGAIN_SECONDS = 5.0  # somebody stands there
_CALL_SECONDS = 600.0  # a call for help older than that is of no use to anybody
_DESK_SECONDS = 600.0
_ONE_QUESTION_SECONDS = 5.0
_FIRST_BEAT_SECONDS = 5.0  # for which deliveries wait to hear whether the console is of this kiosk's mode
_ONE_CALL_SECONDS = 30.0  # pressed again before that, and not delivered yet, it is the same call


@dataclass(frozen=True, slots=True)
class _Call:
    key: str
    reason: ev.CallReason
    made_at: float


class Courier:
    """Three errands, each at its own pace on a thread and a link of its own."""

    def __init__(
        self,
        outbox: Outbox,
        link: ConsoleLink,
        desk: str,
        devices: Callable[[], dict[str, str]],
        health: Callable[[], dict[str, object]],
        tell: Callable[[str], None] = lambda _code: None,
    ) -> None:
        self._outbox = outbox
        self._desk = desk
        self._devices = devices  # how each device is: asked often
        self._health = health  # the whole state: asked for each heartbeat
        self._tell = tell  # the technician, of what the console does not know
        self._desk_due = 0.0
        self.is_refused = False  # the console is of another mode: whoever is sent there is called by nobody
        self._beats_since = time.monotonic()
        self._has_beaten = False
        self._told: tuple[float, dict[str, str]] = (0.0, {})
        self._calls: list[_Call] = []
        self._calls_lock = threading.Lock()
        self._last: set[str] = set()  # check-ins over which the way to the console takes too long
        self._troubles: dict[str, str] = {}
        self._troubles_lock = threading.Lock()
        self._links = {name: link.beside() for name in ("deliveries", "calls", "heartbeats")}
        self._deliveries = Pace("deliveries", self._deliver, _LOOK_SECONDS)
        self._calling = Pace("calls", self._deliver_calls, _CALL_SECONDS, longest=_CALL_AGAIN_SECONDS)
        self._beats = Pace("heartbeats", self._beat, _LOOK_SECONDS)

    def start(self) -> None:
        self._beats_since = time.monotonic()
        for pace in (self._deliveries, self._calling, self._beats):
            pace.start()

    def stop(self) -> None:
        for pace in (self._deliveries, self._calling, self._beats):
            pace.stop(0.0)
        self._deliveries.stop()

    def hurry(self) -> None:
        """Something new is to be delivered."""
        self._deliveries.hurry()

    def call_staff(self, reason: ev.CallReason) -> None:
        """Somebody is wanted; who is called already for the same reason is not called twice."""
        journal.record(Happening.STAFF_CALLED, reason=reason.value)
        with self._calls_lock:
            now = time.monotonic()
            if any(call.reason is reason and now - call.made_at < _ONE_CALL_SECONDS for call in self._calls):
                return
            self._calls.append(_Call(str(uuid4()), reason, now))
        self._calling.hurry()

    def _deliver(self) -> bool:
        is_early = not self._has_beaten and time.monotonic() - self._beats_since < _FIRST_BEAT_SECONDS
        if self.is_refused or is_early:
            return True  # all of it is kept
        try:
            happened, trouble = deliver_waiting(
                *(self._outbox, self._links["deliveries"], time.monotonic),
                lambda: self._deliveries.is_stopping,
                self._last,
            )
        except OutboxDamaged:
            self._outbox.mend()
            return False
        for item in happened:
            if isinstance(item, Delivered):
                journal.record(Happening.CHECK_IN_DELIVERED, key=item.key, duration_ms=item.duration_ms)
            else:
                journal.record(Happening.CHECK_IN_PARKED, key=item.key, reason=item.reason)
        return self._went("deliveries", trouble)

    def _beat(self) -> bool:
        devices, (told_at, told) = self._devices(), self._told
        if devices == told and time.monotonic() - told_at < _HEARTBEAT_SECONDS:
            return True
        started = time.monotonic()
        reply, code = self._links["heartbeats"].put_heartbeat(self._health())
        self.is_refused = code == OTHER_MODE or (self.is_refused and reply is Reply.LATER)
        if not self._has_beaten:
            self._has_beaten = True
            self._deliveries.hurry()
        is_heard = code != OTHER_MODE and reply is not Reply.LATER
        if is_heard:
            self._told = (started, devices)
            self._ask_desk()
        else:
            self._tell(code)
        return self._went("heartbeats", "" if is_heard else code)

    def _ask_desk(self) -> None:
        """Now and then: whether the console knows where this kiosk sends people; staff read it there if it does not."""
        if time.monotonic() < self._desk_due:
            return
        self._desk_due = time.monotonic() + _DESK_SECONDS
        said = self._links["heartbeats"].ask_desk(self._desk, _ONE_QUESTION_SECONDS)
        self._tell(said if said == DESK_UNKNOWN else "")
        if said == DESK_UNKNOWN:
            journal.record(Happening.DESK_UNKNOWN)

    def _deliver_calls(self) -> bool:
        with self._calls_lock:
            calls = [call for call in self._calls if time.monotonic() - call.made_at < _CALL_SECONDS]
            self._calls = calls
        for call in calls:
            reply, code = self._links["calls"].put_call(call.key, call.reason.value, self._desk)
            if reply is Reply.LATER:
                return self._went("calls", code)
            with self._calls_lock:
                self._calls = [other for other in self._calls if other.key != call.key]
        return self._went("calls", "")

    def _went(self, errand: str, trouble: str) -> bool:
        """Whether it got through; the console's loss and return are each told once, whatever errand meets them."""
        with self._troubles_lock:
            was_ok = not any(self._troubles.values())
            self._troubles[errand] = trouble
            if was_ok == any(self._troubles.values()):
                journal.record(Happening.CONSOLE_LOST if was_ok else Happening.CONSOLE_BACK, reason=trouble or None)
        return not trouble
