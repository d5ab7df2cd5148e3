"""Who attacks over the network: sockets from any address of this machine's, slow on purpose."""

import contextlib
import socket
import time
from urllib.parse import urlsplit

from tests.console.served import ServedConsole


def plain(console: ServedConsole, source: str = "127.0.0.1", small: bool = False) -> socket.socket:
    """A connection from one of the loopback's addresses, as if from another machine."""
    one = socket.socket()
    one.settimeout(30)
    if small:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)  # takes next to nothing of an answer
    one.bind((source, 0))
    one.connect(("127.0.0.1", urlsplit(console.url).port))
    return one


def greeted(console: ServedConsole, source: str = "127.0.0.1", small: bool = False) -> socket.socket:
    """The same, with TLS."""
    return console.context().wrap_socket(plain(console, source, small), server_hostname="localhost")


def asked(console: ServedConsole, request: bytes, source: str = "127.0.0.1") -> bytes:
    """All that is answered to these bytes until the console hangs up; b"" when it says nothing."""
    with contextlib.suppress(OSError), greeted(console, source) as one:
        one.sendall(request)
        answer = b""
        while part := one.recv(65536):
            answer += part
        return answer
    return b""


def health(console: ServedConsole) -> float:
    """Seconds until the health page says that all is well."""
    began = time.monotonic()
    with console.open("sante/", 60) as answer:
        assert answer.status == 200
    return time.monotonic() - began
