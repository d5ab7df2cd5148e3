"""A witness on another machine, over HTTPS: told the head as it is, it answers with the last one that it was told.

Whoever puts the database back, empties the trail, and takes the file beside it along, has not that machine. It is any
service that keeps what is sent (POST, one line of text) and answers with the line it had kept before; asked (GET), with
the last. What it answers counts only where a console of this site signed it.
"""

import requests
from django.conf import settings

from kiosk import bounded, journal
from kiosk.console.witness import findings, heads
from kiosk.console.witness.brought import contradiction
from kiosk.deadline import time_left, within
from kiosk.exchange import session
from kiosk.heads import heads_in

SECONDS = 5.0  # for the whole of it: the worker waits
LONGEST = 16 * 1024


def tell() -> int:
    """Tell it the head of now, and compare what it knew; gives how much was found that nobody had."""
    address: str = settings.KIOSK.witness_url
    if not address:
        return 0
    try:
        known = _told(address)
    except (requests.RequestException, bounded.Nonsense, TimeoutError, OSError):
        journal.record(journal.Happening.WITNESS_UNKEPT)
        return 0
    ours = (one for one in heads_in(known) if heads.is_ours(one))
    broken = (contradiction(one, f"https:{settings.KIOSK.witness_name[:60]}") for one in ours)
    return findings.note(one for one in broken if one is not None)


def _told(address: str) -> str:
    """What it answers; of a trail without a head of ours nothing is told, and it is asked all the same."""
    head = heads.current()
    with session() as visit, within(SECONDS):
        visit.verify = str(settings.KIOSK.witness_ca) if settings.KIOSK.witness_ca is not None else True
        method, said = ("GET", None) if head is None else ("POST", f"{head.text}\n".encode("ascii"))
        headers = {"Content-Type": "text/plain"}
        answer = visit.request(
            method, address, data=said, headers=headers, timeout=time_left(), allow_redirects=False, stream=True
        )
        content = bounded.read(answer, LONGEST, time_left())
    if answer.status_code >= 300:
        raise requests.HTTPError
    return content.decode("ascii", "replace")
