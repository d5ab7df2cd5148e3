"""What the console's first answers say of this terminal's settings: the key, and what to do, in French.

A console elsewhere is not asked before the kiosk starts: it may be away for an hour. Once it answers, what it does not
know is told, once, until it does.
"""

import sys
from collections.abc import Callable

from kiosk.storage.delivery import DESK_UNKNOWN, OTHER_MODE

SENTENCES = {  # by the code of a failed exchange
    "tls-authority": "console.ca : la console qui répond n'est pas de cette autorité ; copiez celle de la console",
    "tls-name": "console.url : le certificat de la console ne porte pas ce nom ; écrivez celui qu'il porte",
    "tls-dates": "console.url : son certificat n'est pas valable ce jour ; réglez l'heure, ou refaites-le",
    "tls": "console.ca : la liaison avec la console est refusée ; vérifiez console.ca, console.url et l'heure",
    "http-401": "kiosk.name : la console ne connaît pas cette borne ; vérifiez son nom et l'heure, ou enrôlez-la",
    OTHER_MODE: (
        "mode : de la borne et de la console, une seule est en production ; la borne n'accueille personne et garde ce "
        "qu'elle a : corrigez mode ou console.url"
    ),
    DESK_UNKNOWN: "kiosk.desk : la console ne connaît pas ce guichet ; ajoutez-le à server.desks, ou corrigez-le",
}


def told_once() -> Callable[[str], None]:
    """Says a trouble on the terminal's own log when it begins; "" is its end, after which it is said again."""
    last: list[str] = []

    def tell(code: str) -> None:
        if last != [code] and code in SENTENCES:
            sys.stderr.write(SENTENCES[code] + "\n")  # systemd keeps it
            sys.stderr.flush()
        last[:] = [code]

    return tell
