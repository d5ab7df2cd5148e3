"""Enrolment: a new kiosk brings its public key to the console with a one-time code (code d'enrôlement).

The private key never leaves the kiosk; what comes back is the structure's public key, trusted because the console
proved who it is (TLS, with the authority the site gave).
"""

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import requests

from kiosk import bounded
from kiosk.deadline import time_left, within
from kiosk.exchange import session
from kiosk.heads import read_key

_SECONDS = 20.0  # for the whole exchange
_ANSWER_LIMIT = 64 * 1024


class NotEnrolled(Enum):
    """Why the kiosk is still a stranger to the console."""

    CODE_REFUSED = "code-refused"  # wrong, used, expired or tried too often: the console never says which
    NOT_UNDERSTOOD = "not-understood"
    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The console knows this kiosk from now on."""

    structure_key: bytes  # PEM, public
    head_key: str = ""  # what the console signs its trail's heads with; "" from a console of before


def bring_key(url: str, ca: Path, kiosk: str, code: str, public_key: bytes) -> Enrolled | NotEnrolled:
    """Show the code once and leave the public key; nothing is raised, nothing is repeated."""
    said = {"kiosk": kiosk, "code": code, "public_key": public_key.decode("ascii")}
    with session() as visit, within(_SECONDS):
        try:
            with visit.put(
                url.rstrip("/") + "/intake/enrolment",
                data=json.dumps(said).encode(),
                headers={"Content-Type": "application/json", "Accept-Encoding": "gzip"},
                timeout=time_left(),
                verify=str(ca),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return _meaning(answer.status_code, bounded.read(answer, _ANSWER_LIMIT, _SECONDS))
        except requests.exceptions.SSLError:
            return NotEnrolled.CERTIFICATE
        except bounded.Nonsense:
            return NotEnrolled.NOT_UNDERSTOOD
        except (requests.RequestException, OSError):
            return NotEnrolled.UNREACHABLE


def _meaning(status: int, body: bytes) -> Enrolled | NotEnrolled:
    if status == requests.codes.unauthorized:
        return NotEnrolled.CODE_REFUSED
    if status >= requests.codes.internal_server_error:
        return NotEnrolled.UNREACHABLE
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return NotEnrolled.NOT_UNDERSTOOD
    key = said.get("structure_key") if isinstance(said, dict) else None
    if status != requests.codes.created or not isinstance(key, str) or not key.isascii():
        return NotEnrolled.NOT_UNDERSTOOD
    head_key = said.get("head_key")
    is_key = isinstance(head_key, str) and read_key(head_key) is not None
    return Enrolled(key.encode("ascii"), head_key if is_key else "")
