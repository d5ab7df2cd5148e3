"""The network between kiosk and console as somebody hears it who cannot open it: how many bytes, which way, when."""

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heard:
    """Some bytes that went by."""

    at: float
    connection: int
    upwards: bool  # from the kiosk to the console
    size: int


@dataclass(slots=True)
class Exchange:
    """A request and its answer, as far as their bytes show them."""

    began_at: float
    sent: int = 0
    sent_at: float = 0.0
    answered_at: float = 0.0  # when the first byte came back
    received: int = 0

    @property
    def took(self) -> float:
        """From the last byte of the request to the first of the answer."""
        return self.answered_at - self.sent_at


class Wire:
    """Passes on what kiosk and console send each other, and remembers its sizes and times."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._heard: list[Heard] = []
        self._count = 0
        threading.Thread(target=self._accept, name="wire", daemon=True).start()

    def heard(self, since: float, until: float) -> list[Heard]:
        return [each for each in tuple(self._heard) if since <= each.at < until]

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                kiosk, _ = self._listening.accept()
                console = socket.create_connection(("127.0.0.1", self._port), 10)
            except OSError:  # closed
                return
            self._count += 1
            for side in (kiosk, console):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                side.settimeout(None)
            for said, to, upwards in ((kiosk, console, True), (console, kiosk, False)):
                passing = threading.Thread(target=self._pass, args=(said, to, self._count, upwards), daemon=True)
                passing.start()

    def _pass(self, said: socket.socket, to: socket.socket, connection: int, upwards: bool) -> None:
        with suppress(OSError):
            while piece := said.recv(65536):
                self._heard.append(Heard(time.monotonic(), connection, upwards, len(piece)))
                to.sendall(piece)
        with suppress(OSError):
            to.shutdown(socket.SHUT_RDWR)


def exchanges(heard: list[Heard]) -> list[Exchange]:
    """The requests and answers of these bytes, in the order in which they began."""
    found: list[Exchange] = []
    last: dict[int, Exchange] = {}
    for each in heard:
        now = last.get(each.connection)
        if now is None or (each.upwards and now.received):
            now = last[each.connection] = Exchange(each.at)
            found.append(now)
        if each.upwards:
            now.sent, now.sent_at = now.sent + each.size, each.at
        else:
            now.answered_at = now.answered_at or each.at
            now.received += each.size
    return found
