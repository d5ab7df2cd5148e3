"""A process of its own that sets one page of ours as PDF: begun for one page, ended with it.

Of its own because a layout is bounded there by the kernel, in time and in memory, and can be ended; because the names
on the page come from outside and meet libraries written in C (Pango, HarfBuzz), which find no key and no other patient
in this process; and because the console's own processes stay small. It begins with an empty environment, reads HTML
from its standard input and writes a PDF to its standard output, or nothing. It fetches nothing, wherever a page points.
"""

import logging
import os
import resource
import sys
from typing import NoReturn

import weasyprint
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from kiosk.closed import keep_closed
from kiosk.console.printing.process import MOST_BYTES, MOST_MADE

MEMORY = 1024 * 1024 * 1024  # addresses: fonts are mapped whole
SECONDS = 15  # of a processor
OPEN_FILES = 64
CANNOT = 3  # how it ends when it makes none; Python itself says 1
SIZES = ("17pt", "15pt", "13.5pt", "12pt", "10.5pt", "9pt")  # of the text: the first that fits on one page


class NoFetcher(URLFetcher):
    """A page of ours needs nothing from elsewhere, network or file: one that asks is not ours, and is not set."""

    def fetch(self, *_asked: object) -> NoReturn:
        raise FatalURLFetchingError


def paper(html: str) -> bytes:
    """The page as PDF, in the largest text that leaves it one page. FatalURLFetchingError where it points elsewhere."""
    page, fetcher = weasyprint.HTML(string=html, url_fetcher=NoFetcher(), media_type="print"), NoFetcher()
    for size in SIZES:
        sized = weasyprint.CSS(string=f".sheet {{ font-size: {size} !important; }}", url_fetcher=fetcher)
        laid = page.render(stylesheets=[sized])
        if len(laid.pages) == 1:
            break
    return laid.write_pdf()


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, MOST_MADE),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(what, (most, most))


def main() -> int:
    keep_closed()
    logging.disable()  # it would repeat what it was given
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        return CANNOT
    limit()
    try:
        made = paper(data.decode())
    except (FatalURLFetchingError, ValueError, OSError, MemoryError):
        return CANNOT
    sys.stdout.buffer.write(made)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    os._exit(main())  # nothing is tidied up: what was laid out may have left anything behind
