"""One POST over mutual TLS, with a deadline that holds whatever the other side does (``kiosk.deadline``).

Without ``requests``, which takes as long to prepare a call as the rest of it: nothing is kept between two calls but the
connection, no redirection is followed, neither proxy nor authority nor password is taken from the environment.
"""

import socket
import ssl
from dataclasses import dataclass

import urllib3
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.util import parse_url

from kiosk import bounded
from kiosk.deadline import DeadlineConnection, DeadlineSocket, time_left, within
from kiosk.insi.config import Proxy
from kiosk.insi.tunnel import open_tunnel

LARGEST_ANSWER = 1 << 18  # bytes; a real answer is a few thousand
_KEPT = 64  # connections
_HTTPS = 443  # the port where none is written


class _Connection(DeadlineConnection):
    proxy_of_ours: Proxy | None = None  # urllib3's own would wait for it without our deadline

    def place(self) -> tuple[str, int | None]:
        return self.proxy_of_ours.place if self.proxy_of_ours is not None else super().place()

    def prepare(self, peer: socket.socket) -> None:
        if self.proxy_of_ours is not None:
            open_tunnel(peer, self.proxy_of_ours, self._dns_host, self.port, time_left)


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


def _pool_through(proxy: Proxy) -> type[_Pool]:
    class _Through(_Connection):
        proxy_of_ours = proxy

    class _ThroughPool(_Pool):
        ConnectionCls = _Through

    return _ThroughPool


@dataclass(frozen=True, slots=True, repr=False)
class HttpAnswer:
    """What came back over HTTP, whole and unread."""

    status: int
    content_type: str
    body: bytes
    retry_after: str


class NotSentError(Exception):
    """The call did not end with an answer; ``reason`` is InsUnreachable's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NowhereError(Exception):
    """The address that is configured names no place that can be called."""


class TlsRefusedError(Exception):
    """Our certificate, or theirs, was not accepted; ``reason`` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transport:
    """A kept connection to one endpoint. NowhereError when it cannot be one."""

    def __init__(self, endpoint: str, context: ssl.SSLContext, user_agent: str, *, proxy: Proxy | None = None) -> None:
        if not endpoint.startswith("https://"):
            raise ValueError("INSi is called over HTTPS only")
        context.sslsocket_class = DeadlineSocket
        try:
            at = parse_url(endpoint)
        except urllib3.exceptions.LocationParseError:
            raise NowhereError from None
        if not at.host:
            raise NowhereError
        self._path = at.request_uri
        kind = _pool_through(proxy) if proxy else _Pool
        self._pool = kind(at.host, at.port or _HTTPS, maxsize=_KEPT, ssl_context=context, cert_reqs="CERT_REQUIRED")
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "application/soap+xml",
            "Accept-Encoding": "identity",
        }

    def close(self) -> None:
        """Hang up."""
        self._pool.close()

    def post(self, body: bytes, content_type: str, seconds: float, *, bearer: str = "") -> HttpAnswer:
        """Send one request and have its whole answer within this many seconds; otherwise raise what became of it.

        ``bearer`` is the token of the professional who asks, when one does: it travels beside the envelope, so that no
        kept exchange ever holds it.
        """
        headers = {"Content-Type": content_type} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        try:
            with within(seconds):
                return self._post(body, headers)
        except TimeoutError as error:
            raise NotSentError("timeout") from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise _border(error) from error

    def _post(self, body: bytes, headers: dict[str, str]) -> HttpAnswer:
        answer = self._pool.urlopen(
            "POST",
            self._path,
            body,
            self._headers | headers,
            retries=False,
            redirect=False,
            timeout=time_left(),
            preload_content=False,
            decode_content=False,
        )
        try:
            content = bounded.read_raw(answer, LARGEST_ANSWER, time_left())
        finally:
            answer.close()  # its connection is back in the pool if it was read to its end, and hung up otherwise
            answer.release_conn()
        return HttpAnswer(
            answer.status,
            answer.headers.get("Content-Type", ""),
            content,
            answer.headers.get("Retry-After", ""),
        )


_OUR_CERTIFICATE = (
    *("CERTIFICATE_REQUIRED", "CERTIFICATE_EXPIRED", "CERTIFICATE_REVOKED", "CERTIFICATE_UNKNOWN", "BAD_CERTIFICATE"),
    *("UNSUPPORTED_CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE"),
)


def _border(error: BaseException) -> NotSentError | TlsRefusedError:
    """Turn a library's exception into one of ours, by what lies at its root."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(seen) < 32:
        cause = waiting.pop()
        if cause in seen:
            continue
        seen.append(cause)
        more = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        waiting += [each for each in more if isinstance(each, BaseException)]
    for cause in seen:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TlsRefusedError(f"server: {cause.verify_message}")
    for cause in seen:
        alert = getattr(cause, "reason", None)
        if isinstance(cause, ssl.SSLError) and isinstance(alert, str) and "ALERT" in alert:
            if alert.endswith(_OUR_CERTIFICATE):
                return TlsRefusedError(f"client: {alert.partition('ALERT_')[2].replace('_', ' ').lower()}")
            return NotSentError("connection")
    if any(isinstance(cause, bounded.Nonsense) for cause in seen):
        return NotSentError("nonsense")
    if any(isinstance(cause, TimeoutError) for cause in seen):  # urllib3 calls a refused connection a time-out too
        return NotSentError("timeout")
    return NotSentError("connection")
