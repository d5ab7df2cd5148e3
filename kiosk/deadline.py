"""A call to another machine ends by its deadline, whatever the other side does.

``urllib3`` bounds each wait, not their sum: a server that sends one byte a second is never late. Here the sockets
themselves know when the call must be over (``_OVER_AT``): every wait is given only what is left.
"""

import contextvars
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import urllib3
from urllib3.connection import HTTPSConnection

_CONNECT_AT_MOST = 3.0  # seconds for one address: another may answer
_OVER_AT: contextvars.ContextVar[float] = contextvars.ContextVar("over_at")


def time_left(*, at_most: float | None = None) -> float:
    """Say how many seconds the present call has left; TimeoutError when it is over."""
    left = _OVER_AT.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError("the call's deadline is over")
    return left if at_most is None else min(left, at_most)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give everything inside this many seconds together."""
    token = _OVER_AT.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _OVER_AT.reset(token)


class DeadlineSocket(ssl.SSLSocket):
    """A TLS socket whose every wait ends with the call it serves."""

    def read(self, len: int = 1024, buffer: Any = None) -> Any:
        """Wait for bytes no longer than the call may last."""
        self.settimeout(time_left())
        return super().read(len, buffer)

    def send(self, data: Any, flags: int = 0) -> int:
        """Wait for room no longer than the call may last."""
        self.settimeout(time_left())
        try:
            return super().send(data, flags)
        except TimeoutError:
            raise
        except OSError:
            # With TLS 1.3 a server refuses our certificate after the handshake and hangs up: its reason (an alert) may
            # be waiting while our request can no longer leave. Hearing it raises it instead of the broken connection.
            super().read(1)
            raise

    def do_handshake(self, block: bool = False) -> None:
        """Wait for the other side's hand no longer than the call may last."""
        self.settimeout(time_left())
        super().do_handshake(block)


class DeadlineConnection(HTTPSConnection):
    """A connection that is made within the call's time, the name server's answer and every address tried."""

    def place(self) -> tuple[str, int | None]:
        """Whom to connect to."""
        return self._dns_host, self.port

    def prepare(self, peer: socket.socket) -> None:
        """What is to be done on the bare connection."""

    def _new_conn(self) -> socket.socket:
        last: OSError = OSError("no address")
        try:
            for family, kind, protocol, _, address in _addresses(*self.place()):
                peer = socket.socket(family, kind, protocol)
                try:
                    peer.settimeout(time_left(at_most=_CONNECT_AT_MOST))
                    peer.connect(address)
                    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.prepare(peer)
                    peer.settimeout(time_left())
                except OSError as error:
                    peer.close()
                    last = error
                    continue
                except BaseException:
                    peer.close()
                    raise
                return peer
        except OSError as error:
            last = error
        raise urllib3.exceptions.NewConnectionError(self, type(last).__name__) from last


def _addresses(host: str, port: int | None) -> list[tuple[Any, ...]]:
    """Resolve a name within the call's time: the system's resolver knows no deadline: it is left behind when late."""
    found: list[list[tuple[Any, ...]]] = []
    failed: list[OSError] = []

    def resolve() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            failed.append(error)

    worker = threading.Thread(target=resolve, name="resolve", daemon=True)
    worker.start()
    worker.join(time_left())
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError("the name server did not answer in time")
    return found[0]
