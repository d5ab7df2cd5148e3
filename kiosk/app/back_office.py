"""What happens behind the screen: check-ins are sealed and kept, delivered, and the console is told how things are."""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from kiosk import journal
from kiosk.app.guard import guarded
from kiosk.app.worker import Worker
from kiosk.core.checkin.codec import to_bytes
from kiosk.core.checkin.value import CheckIn, Way
from kiosk.core.status.permissions import kiosk_status
from kiosk.core.turn import events as ev
from kiosk.documents.vitale import traits_of
from kiosk.journal import Happening
from kiosk.storage.delivery import STUMBLED, ConsoleLink, Delivered, Reply, deliver_waiting, wait_after
from kiosk.storage.outbox import Outbox, OutboxFull

_HEARTBEAT_SECONDS = 15.0
_STORAGE_SECONDS = 5.0
_LEAST_FREE_BYTES = 64 * 1024 * 1024
_CALL_SECONDS = 600.0  # a call for help older than that is of no use to anybody
_MOST_CALLS = 20

Seal = Callable[[bytes, bytes], bytes]  # plain, context -> sealed


@dataclass(frozen=True, slots=True)
class Place:
    """Which kiosk this is and where it sends people."""

    kiosk: str
    desk: str
    ticket_letter: str
    in_production: bool = True  # False: what a simulator says of test people is taken for an answer


class StoreRoom:
    """Seals what a turn collected and keeps it: when ``Stored`` is posted it is on the disk."""

    def __init__(
        self, outbox: Outbox, seal: Seal, place: Place, post: Callable[[ev.Event], None], stored: Callable[[], None]
    ) -> None:
        self._outbox = outbox
        self._seal = seal
        self._place = place
        self._post = post
        self._stored = stored
        self._worker = Worker("store")

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        self._worker.stop(5.0)

    def submit(self, order: ev.Submit) -> None:
        self._worker.do(lambda: self._keep(order), lambda: self._post(ev.NotStored(order.turn)))

    def _keep(self, order: ev.Submit) -> None:
        started = time.monotonic()
        now = datetime.now(UTC).astimezone()
        key = str(uuid4())
        try:
            ticket = self._outbox.next_ticket(now.date().isoformat(), self._place.ticket_letter)
            check_in = assemble(order, key, ticket, self._place, now)
            sealed = self._seal(to_bytes(check_in), b"check-in:" + key.encode("ascii"))
            sealed_at = time.monotonic()
            self._outbox.put(key, sealed, now.isoformat(timespec="seconds"))
        except OutboxFull:
            self._post(ev.NotStored(order.turn))
            self._post(ev.StorageWent())
            return
        journal.record(
            Happening.CHECK_IN_STORED,
            turn=order.turn,
            key=key,
            status=check_in.status.value,
            seal_ms=round((sealed_at - started) * 1000),
            store_ms=round((time.monotonic() - sealed_at) * 1000),
            size=len(sealed),
        )
        self._post(ev.Stored(order.turn, ticket))
        self._stored()


def assemble(order: ev.Submit, key: str, ticket: str, place: Place, now: datetime) -> CheckIn:
    """Make the check-in of what was collected, with the most a kiosk may say of it (at most récupérée)."""
    person = order.beneficiary
    card = None if person is None else traits_of(person, now)
    mrz = order.reading.mrz if order.reading else None
    return CheckIn(
        key=key,
        kiosk=place.kiosk,
        arrived_at=now.isoformat(timespec="seconds"),
        ticket=ticket,
        desk=place.desk,
        status=kiosk_status(
            card,
            order.insi,
            mrz.certain if mrz else None,
            in_production=place.in_production,
            issuer=mrz.issuing_state if mrz else "",
        ),
        card=card,
        card_anomalies=order.anomalies,
        card_nir=person.nir + person.nir_key if person else "",
        birth_rank=person.birth_rank if person else "",
        insi=order.insi,
        document_kind=order.reading.kind if order.reading else None,
        mrz=mrz,
        pictures=order.pictures,
        document_refused=order.document_refused,
        insured_nir=order.insured.nir + order.insured.nir_key if order.insured else "",
        seal=order.reading.seal if order.reading else None,
        document_validity=order.reading.validity if order.reading else None,
        way=Way.SHORT if order.by_short_path else None,
        question=order.question,
        card_read_at=order.card_read_at if person else "",
        appli=order.appli,
    )


@dataclass(frozen=True, slots=True)
class _Call:
    key: str
    reason: ev.CallReason
    made_at: float


class Courier:
    """Delivers, tells the console how the kiosk is, and watches the disk; on one thread of its own."""

    def __init__(
        self,
        outbox: Outbox,
        link: ConsoleLink,
        place: Place,
        data_dir: Path,
        devices: Callable[[], dict[str, str]],
        health: Callable[[], dict[str, object]],
        post: Callable[[ev.Event], None],
    ) -> None:
        self._outbox = outbox
        self._link = link
        self._place = place
        self._data_dir = data_dir
        self._devices = devices  # how each device is: asked often
        self._health = health  # the whole state: asked for each heartbeat
        self._post = post
        self._wake = threading.Event()
        self._stopping = False
        self._calls: list[_Call] = []
        self._calls_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self.console_ok = True
        self.storage_ok = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(5.0)

    def hurry(self) -> None:
        """Something new is to be delivered."""
        self._wake.set()

    def call_staff(self, reason: ev.CallReason) -> None:
        journal.record(Happening.STAFF_CALLED, reason=reason.value)
        with self._calls_lock:
            self._calls = [*self._calls, _Call(str(uuid4()), reason, time.monotonic())][-_MOST_CALLS:]
        self._wake.set()

    def _run(self) -> None:
        failures = 0
        next_try = next_beat = next_storage = 0.0
        told: dict[str, str] = {}
        while not self._stopping:
            now = time.monotonic()
            hurried = self._wake.is_set()
            self._wake.clear()
            if now >= next_storage:
                guarded(self._watch_storage, self._storage_broke)
                next_storage = now + _STORAGE_SECONDS
            if now >= next_try or hurried:
                devices = self._devices()
                beat = now >= next_beat or devices != told
                reached = _Flag()
                guarded(partial(self._errands, beat, reached), lambda: None)
                failures = 0 if reached.on else failures + 1
                if beat and reached.on:
                    next_beat, told = now + _HEARTBEAT_SECONDS, devices
                next_try = now + (wait_after(failures) if failures else min(_HEARTBEAT_SECONDS, 1.0))
            self._wake.wait(max(0.05, min(next_try, next_storage) - time.monotonic()))

    def _errands(self, beat: bool, reached: "_Flag") -> None:
        happened, trouble = deliver_waiting(self._outbox, self._link, time.monotonic, lambda: self._stopping)
        for item in happened:
            if isinstance(item, Delivered):
                journal.record(Happening.CHECK_IN_DELIVERED, key=item.key, duration_ms=item.duration_ms)
            else:
                journal.record(Happening.CHECK_IN_PARKED, key=item.key, reason=item.reason)
        if trouble in {"", STUMBLED}:  # it answers: who calls waits for no check-in it stumbles over
            trouble = self._deliver_calls() or trouble
        if beat and trouble in {"", STUMBLED}:
            reply, code = self._link.put_heartbeat(self._health())
            trouble = trouble if reply is not Reply.LATER else code
        if bool(trouble) == self.console_ok:
            self.console_ok = not trouble
            journal.record(Happening.CONSOLE_LOST if trouble else Happening.CONSOLE_BACK, reason=trouble or None)
        reached.on = not trouble

    def _deliver_calls(self) -> str:
        with self._calls_lock:
            calls = [call for call in self._calls if time.monotonic() - call.made_at < _CALL_SECONDS]
            self._calls = calls
        for call in calls:
            reply, code = self._link.put_call(call.key, call.reason.value, self._place.desk)
            if reply is Reply.LATER:
                return code
            with self._calls_lock:
                self._calls = [other for other in self._calls if other.key != call.key]
        return ""

    def _watch_storage(self) -> None:
        try:
            self._outbox.prove_writable()
            good = shutil.disk_usage(self._data_dir).free > _LEAST_FREE_BYTES
        except (OutboxFull, OSError):
            good = False
        self._storage_is(good)

    def _storage_broke(self) -> None:
        self._storage_is(False)

    def _storage_is(self, good: bool) -> None:
        if good != self.storage_ok:
            journal.record(Happening.DEVICE_BACK if good else Happening.DEVICE_LOST, device="storage")
            self.storage_ok = good
        self._post(ev.StorageCame() if good else ev.StorageWent())


class _Flag:
    """Whether an errand got through, also when a bug cut it short."""

    on = False
