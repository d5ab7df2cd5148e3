"""Whether what patients give can be kept: proved every few seconds, on a thread of its own.

A sick disk may never answer.
"""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kiosk import journal
from kiosk.app.pace import Pace
from kiosk.core.turn import events as ev
from kiosk.journal import Happening
from kiosk.storage.damage import files_set_aside
from kiosk.storage.outbox import Outbox, OutboxDamaged, OutboxFull

_EVERY = 5.0  # seconds
_OVERDUE = 5.0  # a proof that takes longer is none
_LEAST_FREE_BYTES = 64 * 1024 * 1024


class StorageWatch:
    """Says how the disk is without ever waiting for it: what was last seen of it, and whether it still answers."""

    def __init__(
        self,
        outbox: Outbox,
        data_dir: Path,
        post: Callable[[ev.Event], None],
        is_refused: Callable[[], bool] = lambda: False,
    ) -> None:
        self._outbox = outbox
        self._is_refused = is_refused  # the console takes nobody from here: what is kept would reach nobody
        self._data_dir = data_dir
        self._post = post
        self._proving_since = 0.0  # 0: not now
        self._is_good = True
        self._told = True, True
        self._telling = threading.Lock()
        self.counts = (0, 0)  # waiting, parked
        self.free_bytes = shutil.disk_usage(data_dir).free
        self.set_aside = len(files_set_aside(data_dir))  # damaged outboxes that a technician has not taken away
        self._pace = Pace("storage", self._prove, _EVERY, longest=_EVERY)

    def start(self) -> None:
        self._pace.start()

    def stop(self) -> None:
        self._pace.stop()

    @property
    def ok(self) -> bool:
        since = self._proving_since
        return self._is_good and not (since and time.monotonic() - since > _OVERDUE)

    def look(self) -> None:
        """Tell the kiosk when that changed; cheap enough for every tick."""
        if (self.ok, self._serves) != self._told:
            self._tell()

    @property
    def _serves(self) -> bool:
        return self.ok and not self._is_refused()

    def _tell(self) -> None:
        with self._telling:
            good, serves = self.ok, self._serves
            if good != self._told[0]:
                journal.record(Happening.DEVICE_BACK if good else Happening.DEVICE_LOST, device="storage")
            self._told = good, serves
            self._post(ev.StorageCame() if serves else ev.StorageWent())

    def _prove(self) -> bool:
        self._proving_since = time.monotonic()
        try:
            self._is_good = self._is_writable()
        except OutboxDamaged:
            self._outbox.mend()
            self._is_good = self._is_writable()
        except (OutboxFull, OSError):
            self._is_good = False
        finally:
            self._proving_since = 0.0
            self._tell()
        return self._is_good

    def _is_writable(self) -> bool:
        self._outbox.prove_writable()
        self.counts = self._outbox.counts()
        self.free_bytes = shutil.disk_usage(self._data_dir).free
        self.set_aside = len(files_set_aside(self._data_dir))
        return self.free_bytes > _LEAST_FREE_BYTES
