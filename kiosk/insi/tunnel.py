"""A way through the structure's proxy (CONNECT), within the call's own deadline.

The proxy learns the service's host name and nothing else: certificates are shown, and checked, inside the tunnel.
"""

import base64
import re
import socket
from collections.abc import Callable
from pathlib import Path

from kiosk.insi.config import Proxy

_LARGEST_REPLY = 1 << 14  # bytes of a proxy's head; the usual ones are a hundred
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})[ \r]")


class ProxyRefusedError(Exception):
    """The proxy does not let us through: configuration, asking again does not help. ``status`` is what it said."""

    def __init__(self, status: int) -> None:
        super().__init__(f"proxy: {status}")
        self.status = status


def open_tunnel(peer: socket.socket, proxy: Proxy, host: str, port: int, time_left: Callable[[], float]) -> None:
    """Ask the proxy at the other end for a tunnel to this host. ProxyRefusedError, or OSError when it may pass."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
    if proxy.user:
        lines.append(f"Proxy-Authorization: Basic {_credentials(proxy)}")
    peer.settimeout(time_left())
    peer.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    status = _status(_head(peer, time_left))
    if status in (502, 503, 504):
        raise ConnectionError("the proxy does not reach the service")
    if not 200 <= status < 300:
        raise ProxyRefusedError(status)


def _credentials(proxy: Proxy) -> str:
    """User and password, read at each connection: a password renewed on the disk serves the next call."""
    return base64.b64encode(f"{proxy.user}:{_first_line(proxy.password_file)}".encode()).decode("ascii")


def _first_line(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline(4096).rstrip("\r\n")
    except (OSError, ValueError):
        raise ProxyRefusedError(0) from None  # no password, so no way through: the same trouble as a wrong one


def _head(peer: socket.socket, time_left: Callable[[], float]) -> bytes:
    """Read the proxy's answer up to its empty line: a TLS server says nothing before we do, so no more can follow."""
    head = b""
    while b"\r\n\r\n" not in head:
        peer.settimeout(time_left())
        more = peer.recv(4096)
        head += more
        if not more or len(head) > _LARGEST_REPLY:
            raise ConnectionError("not a proxy's answer")
    return head


def _status(head: bytes) -> int:
    found = _STATUS.match(head)
    if found is None:
        raise ConnectionError("not a proxy's answer")
    return int(found[1])
