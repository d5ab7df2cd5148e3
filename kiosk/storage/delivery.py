"""Delivery: from the outbox to the console's intake over HTTPS, as often as needed, under one key."""

import json
import random
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import requests

from kiosk import bounded
from kiosk.deadline import time_left, within
from kiosk.exchange import session
from kiosk.storage.heads import HeadKeeper
from kiosk.storage.outbox import Outbox

_EXCHANGE_SECONDS = 20.0  # from the first name asked for to the last byte heard
_SLOWEST_LINE = 32 * 1024  # bytes a second: what is long has that much longer
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_ANSWER_LIMIT = 4096

OTHER_MODE = "other-mode"  # of kiosk and console one is in production, the other not: real people are not invented ones
DESK_UNKNOWN = "desk-unknown"  # the console answers, and has no such desk
_AUTHORITY, _DATES, _NAME = {2, 18, 19, 20, 21}, {9, 10}, {62, 64}  # OpenSSL's numbers of why a certificate is refused
NO_KEY = "no-key"  # it stands under what is no key: it would be brought to another address
STUMBLED = "http-500"  # the console broke over this one: the others may fare better
# About the kiosk or the console, not about what was sent. All else may be about this one: a line that is too slow, a
# proxy that stops what it takes for an attack; where the next one fares no better, nobody is there.
_FOR_ALL = frozenset({"http-401", "http-404", "http-429", "http-503", "http-507"})
_TOLD = (200, 201, 204, 409, 415, 422)  # a console that says its version says it with these
_KEY = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}", re.ASCII)

Signer = Callable[[str, str, bytes], str]  # path, sent_at, body -> base64 signature


class Reply(Enum):
    """What the console made of a request."""

    TAKEN = "taken"  # it has it, now or already
    LATER = "later"  # not reached, or busy: the same again
    NEVER = "never"  # it will not take this one as it is


@dataclass(frozen=True, slots=True)
class Delivered:
    key: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Parked:
    key: str
    reason: str


@dataclass(slots=True)
class _Heard:
    """What the links of one kiosk heard of their console."""

    version: str = ""  # of the one that answered last; "" when that one does not say its own


class ConsoleLink:
    """A way of the kiosk to the console. Every exchange is over within its time and answers; nothing is raised.

    One thread at a time: who does not wait for the others has a link ``beside`` theirs.
    """

    def __init__(
        self,
        url: str,
        ca: Path,
        kiosk: str,
        signer: Signer,
        now: Callable[[], str],
        heads: HeadKeeper | None = None,
    ) -> None:
        self._heads = heads
        self._url = url.rstrip("/")
        self._kiosk = kiosk
        self._signer = signer
        self._now = now
        self._ca = ca
        self._heard = _Heard()
        self._session = session()

    @property
    def version(self) -> str:
        """Of the console that answered last, on whichever link; "" when that one does not say its own."""
        return self._heard.version

    def beside(self) -> "ConsoleLink":
        """Another link of the same kiosk to the same console: it waits for nothing on this one."""
        other = ConsoleLink(self._url, self._ca, self._kiosk, self._signer, self._now, self._heads)
        other._heard = self._heard
        return other

    def ask(self, path: str, body: bytes, seconds: float) -> tuple[bytes, str]:
        """Ask one signed question. Answers what came back, empty when that is no answer, and a code for the journal."""
        said, code = self._within(seconds, "POST", path, body)
        return (said if code == f"http-{requests.codes.ok}" else b""), code

    def bring(self, path: str, body: bytes, seconds: float) -> str:
        """Put one signed request within its deadline. Answers a code: the answer's, or why there is none."""
        return self._within(seconds, "PUT", path, body)[1]

    def _within(self, seconds: float, method: str, path: str, body: bytes) -> tuple[bytes, str]:
        try:
            with within(seconds), self._send(method, path, body, "application/octet-stream", {}) as answer:
                return bounded.read(answer, _ANSWER_LIMIT, seconds), f"http-{answer.status_code}"
        except bounded.Nonsense:
            return b"", "nonsense"
        except requests.exceptions.SSLError as trouble:
            return b"", _why(trouble)
        except (TimeoutError, requests.Timeout):
            return b"", "late"
        except (requests.RequestException, OSError):
            return b"", "unreachable"

    def put(self, path: str, body: bytes, content_type: str, seconds: float | None = None) -> tuple[Reply, str]:
        """Send one signed request. Answers the reply and a short code for the journal."""
        seconds = _EXCHANGE_SECONDS + len(body) / _SLOWEST_LINE if seconds is None else seconds
        brought = self._heads.brought() if self._heads is not None else ""
        witness = {"X-Witness": brought} if brought else {}
        try:
            with within(seconds), self._send("PUT", path, body, content_type, witness) as answer:
                self._hear(answer.status_code, answer.headers.get("X-Console-Version", ""))
                if self._heads is not None and (mark := answer.headers.get("X-Console-Mark", "")):
                    keys = (answer.headers.get(f"X-Console-Key{more}", "") for more in ("", "-Endorsed"))
                    self._heads.hear(mark, *keys)
                said = b""
                with suppress(bounded.Nonsense, requests.RequestException, OSError):  # its number says nearly all
                    said = bounded.read(answer, _ANSWER_LIMIT, seconds)  # so that the connection can be kept
                if _is_of_other_mode(answer.status_code, said):
                    return Reply.NEVER, OTHER_MODE
                return _reply(answer.status_code), f"http-{answer.status_code}"
        except requests.exceptions.SSLError as trouble:
            return Reply.LATER, _why(trouble)
        except (TimeoutError, requests.Timeout):
            return Reply.LATER, "late"
        except (requests.RequestException, OSError):
            return Reply.LATER, "unreachable"

    def _send(self, method: str, path: str, body: bytes, content_type: str, more: dict[str, str]) -> requests.Response:
        """Send a request with its signature."""
        sent_at = self._now()
        headers = {
            "Content-Type": content_type,
            "X-Kiosk": self._kiosk,
            "X-Sent-At": sent_at,
            "X-Signature": self._signer(path, sent_at, body),
            **more,
        }
        return self._session.request(
            method,
            self._url + path,
            data=body,
            headers=headers,
            timeout=time_left(),
            verify=str(self._ca),
            allow_redirects=False,
            stream=True,
        )

    def _hear(self, status: int, version: str) -> None:
        """What is no version is not heard; nor does another console's stand for one that says none."""
        if _VERSION.fullmatch(version):
            self._heard.version = version
        elif status in _TOLD:
            self._heard.version = ""

    def put_check_in(self, key: str, sealed: bytes) -> tuple[Reply, str]:
        return self.put(f"/intake/check-ins/{key}", sealed, "application/octet-stream")

    def put_heartbeat(self, state: dict[str, object]) -> tuple[Reply, str]:
        return self.put("/intake/heartbeat", json.dumps(state).encode(), "application/json")

    def ask_desk(self, desk: str, seconds: float) -> str:
        """Whether the console has this desk: "" when it does; ``DESK_UNKNOWN``, or why it was not heard."""
        said, code = self.ask("/intake/desk", json.dumps({"desk": desk}).encode(), seconds)
        return {b"known": "", b"unknown": DESK_UNKNOWN}.get(said, code)

    def ask_mode(self, seconds: float) -> str:
        """In which mode the console is; "" where it does not say."""
        said, code = self._within(seconds, "POST", "/intake/invented", b"{}")
        if code == "http-403":
            return "production" if _is_of_other_mode(requests.codes.forbidden, said) else ""
        return said.decode("ascii", "replace") if code == "http-200" else ""

    def put_call(self, key: str, reason: str, desk: str) -> tuple[Reply, str]:
        body = json.dumps({"reason": reason, "desk": desk}).encode()
        return self.put(f"/intake/calls/{key}", body, "application/json")


def _why(trouble: BaseException) -> str:
    """Why a link was refused: whose certificate, which name, which dates; "tls" for anything else."""
    cause: BaseException | None = trouble
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        inner = [one for one in (*cause.args, getattr(cause, "reason", None)) if isinstance(one, BaseException)]
        cause = inner[0] if inner else cause.__cause__
    number = cause.verify_code if cause is not None else None
    named = {"tls-authority": _AUTHORITY, "tls-dates": _DATES, "tls-name": _NAME}
    return next((code for code, numbers in named.items() if number in numbers), "tls")


def _is_of_other_mode(status: int, said: bytes) -> bool:
    """Whether it is our console that forbids it; a proxy forbids too, and is asked again."""
    if status != requests.codes.forbidden:
        return False
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("outcome") == "not-in-production"


def _reply(status: int) -> Reply:
    if status in (200, 201, 204):
        return Reply.TAKEN
    if status in (409, 413, 415, 422):
        return Reply.NEVER
    return Reply.LATER  # also 401: a kiosk not yet enrolled keeps what it has


def deliver_waiting(
    outbox: Outbox,
    link: ConsoleLink,
    clock: Callable[[], float],
    stopped: Callable[[], bool],
    last: set[str] | None = None,
) -> tuple[list[Delivered | Parked], str]:
    """Deliver what waits, oldest first, each tried once; one that is never through does not hold the others up.

    Then some of what a console of another version refused: it stays parked until this one has taken it.
    ``last``: those that took too long, that somebody on the way stopped, or that the console broke over: they are tried
    behind the others from then on, however many they are.
    Answers what happened to each, and the code of the last one that must be tried again ("" when none).
    """
    happened: list[Delivered | Parked] = []
    trouble = slow = ""
    last = set() if last is None else last
    for key in _due(outbox, link, last):
        sealed = outbox.sealed(key)
        if stopped() or sealed is None:
            break
        started = clock()
        reply, code = link.put_check_in(key, sealed) if _KEY.fullmatch(str(key)) else (Reply.NEVER, NO_KEY)
        if reply is Reply.TAKEN:
            outbox.delivered(key)
            happened.append(Delivered(key, round((clock() - started) * 1000)))
            last |= {slow} - {""}
            last.discard(key)
            slow = ""
        elif reply is Reply.NEVER:
            outbox.park(key, code, link.version)
            happened.append(Parked(key, code))
        else:
            outbox.tried(key)
            trouble = code
            if code == STUMBLED:
                last.add(key)
                continue
            if code in _FOR_ALL or code.startswith("tls"):  # not for us: nor for the others
                break
            if slow:  # nobody there; or two that are never through, and the next ones may be
                last |= {slow, key}
                break
            slow = key
    return happened, trouble


def _due(outbox: Outbox, link: ConsoleLink, last: set[str]) -> Iterator[str]:
    """What waits, then what this console has not refused yet; that is asked for last, when it said its version."""
    yield from outbox.waiting(last=last)
    if link.version:
        yield from outbox.refused_by_others(link.version)


def wait_after(failures: int) -> float:
    """Seconds until the next attempt: doubling from one second to a minute, with jitter."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(failures - 1, 10)) * random.uniform(0.7, 1.3)
