"""The process that makes a picture anew, begun for one picture and ended with it."""

import signal
import threading
from functools import cache

from django.conf import settings

from kiosk import apart
from kiosk.console.pictures.child import CANNOT_SHUT, MOST_BYTES, MOST_MADE

SECONDS = 20.0  # for the whole of it, on a machine that is busy: its processor's time is counted apart
WAITED = 2.0  # for one of those under way to end
_NOT_ITS_DOING = {1, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}  # it never began, or was ended


class Busy(Exception):
    """Others are being made, or the machine has no room: again in a moment. It says nothing of the picture."""


class NotShut(Exception):
    """This machine's kernel does not let a process shut itself in: no picture is decoded."""


def made_anew(jpeg: bytes) -> bytes:
    """A plain JPEG of the same picture; empty when none can be made. Busy or NotShut."""
    if len(jpeg) > MOST_BYTES:
        return b""
    if not _places().acquire(timeout=WAITED):
        raise Busy
    try:
        code, made = apart.made_of("kiosk.console.pictures.child", jpeg, SECONDS, MOST_MADE)
        if code is None:  # its processor's time is counted, so the machine has no time
            raise Busy
        if code == CANNOT_SHUT:
            raise NotShut
        if code in _NOT_ITS_DOING:
            raise Busy
        return made if code == 0 else b""
    finally:
        _places().release()


@cache
def _places() -> threading.BoundedSemaphore:
    """Most threads are left to other pages and to kiosks, whatever pictures they sent."""
    return threading.BoundedSemaphore(max(1, settings.KIOSK.threads // 4))
