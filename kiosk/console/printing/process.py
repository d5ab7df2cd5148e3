"""The process that sets a page as PDF: one page, bounded in time, a few at once."""

import threading

from kiosk import apart

MOST_BYTES = 128 * 1024  # of a page: a sheet is ten
MOST_MADE = 2 * 1024 * 1024  # of a PDF: a sheet is sixty
AT_ONCE = 2  # of each process that serves: the desks of a hall print a sheet now and then
SECONDS = 30.0  # for the whole of it, on a machine that is busy: its processor's time is counted apart
WAITED = 5.0  # for one of those under way to end
_places = threading.BoundedSemaphore(AT_ONCE)


class CannotPrint(Exception):
    """No PDF of this page, or not now: the page itself can still be printed."""


def pdf_of(html: str) -> bytes:
    """The page as PDF. CannotPrint when there is none."""
    data = html.encode()
    if len(data) > MOST_BYTES or not _places.acquire(timeout=WAITED):
        raise CannotPrint
    try:
        code, made = apart.made_of("kiosk.console.printing.child", data, SECONDS, MOST_MADE)
        if code != 0:
            raise CannotPrint
        return made
    finally:
        _places.release()
