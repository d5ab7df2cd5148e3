"""What happens behind the screen: check-ins are sealed and kept, and leave once their number was shown."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from kiosk import journal
from kiosk.app.worker import Worker
from kiosk.core.checkin.codec import to_bytes
from kiosk.core.checkin.value import PRODUCTION, CheckIn, Way
from kiosk.core.status.permissions import kiosk_status
from kiosk.core.turn import events as ev
from kiosk.documents.vitale import traits_of
from kiosk.journal import Happening
from kiosk.storage.outbox import Outbox, OutboxDamaged, OutboxFull

Seal = Callable[[bytes, bytes], bytes]  # plain, context -> sealed


@dataclass(frozen=True, slots=True)
class Place:
    """Which kiosk this is and where it sends people."""

    kiosk: str
    desk: str
    ticket_letter: str
    mode: str = PRODUCTION

    @property
    def in_production(self) -> bool:
        """False: what a simulator says of test people is taken for an answer."""
        return self.mode == PRODUCTION


class StoreRoom:
    """Seals what a turn collected and keeps it: when ``Stored`` is posted it is on the disk.

    It leaves once its number was shown (``deliver``). One that nobody was shown is taken back, so that no number waits
    at the console that nobody holds; only a power cut between the two leaves one to be delivered.
    """

    def __init__(
        self, outbox: Outbox, seal: Seal, place: Place, post: Callable[[ev.Event], None], hurry: Callable[[], None]
    ) -> None:
        self._outbox = outbox
        self._seal = seal
        self._place = place
        self._post = post
        self._hurry = hurry
        self._worker = Worker("store")
        self._kept: dict[ev.TurnId, str] = {}  # the key of what is not shown yet

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        self._worker.stop(5.0)
        for turn in tuple(self._kept):
            self._take_back(turn)

    def deliver(self, turn: ev.TurnId) -> None:
        """Its number is shown."""
        if key := self._kept.pop(turn, ""):
            self._outbox.release(key)
            self._hurry()

    def withdraw(self, turn: ev.TurnId) -> None:
        """Its number is not going to be shown."""
        self._worker.do(partial(self._take_back, turn), lambda: None)

    def _take_back(self, turn: ev.TurnId) -> None:
        if key := self._kept.pop(turn, ""):
            with suppress(OutboxFull):  # it stays held, for as long as this kiosk runs
                self._outbox.delivered(key)
            journal.record(Happening.CHECK_IN_WITHDRAWN, turn=turn, key=key)

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
            self._outbox.put(key, sealed, now.isoformat(timespec="seconds"), held=True)
        except OutboxFull as trouble:
            if isinstance(trouble, OutboxDamaged):
                with suppress(OutboxFull):  # the next one gets a number
                    self._outbox.mend()
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
        self._kept[order.turn] = key
        self._post(ev.Stored(order.turn, ticket))


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
        mode="" if place.in_production else place.mode,
    )
