"""The console's way in: how many connections may stand open, and whose gives way when there are too many.

A connection is refused before anything is read from it: no greeting, no certificate, no memory.
"""

import contextlib
import gc
import socket
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

Address = tuple[object, ...]

SWEPT_AFTER = 256  # connections gone: what each leaves, 50 to 80 KiB, refers to itself and lies there until looked for


def host_of(where: Address | None) -> str:
    """Who is counted as one: an address, or the network that one holder of IPv6 has whole."""
    text = str(where[0]) if where else ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return text
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(IPv6Address(int(address) >> 64 << 64))


class Connection(socket.socket):
    """One that came in; closed, it leaves room for another."""

    door: "Door | None" = None
    host = ""
    where: Address = ()

    def close(self) -> None:
        super().close()
        if self.door is not None:
            self.door.left(self)


class Door(socket.socket):
    """A listening socket that counts. Beyond ``most``, the oldest connection of whoever holds most gives way.

    Beyond ``each`` of one address, one of its own on which nothing is being asked does: a house behind one address
    keeps many. ``leaves``: whether the one from there is such a one; it is then hung up on.
    """

    def __init__(self, listening: socket.socket, most: int, each: int, leaves: Callable[[Address], bool]) -> None:
        super().__init__(listening.family, listening.type, listening.proto, fileno=listening.detach())
        self._most, self._each, self._leaves = most, each, leaves
        self._open: dict[str, dict[Connection, None]] = {}  # in the order they came
        self._count = self._gone = 0

    def accept(self) -> tuple[socket.socket, Address]:
        """As a listening socket's, but for those who have too many: then BlockingIOError, as if nobody had come."""
        plain, where = super().accept()
        came = Connection(self.family, self.type, self.proto, fileno=plain.detach())
        host = host_of(where)
        if not self._may(host):
            came.close()
            raise BlockingIOError
        came.door, came.host, came.where = self, host, where
        self._open.setdefault(host, {})[came] = None
        self._count += 1
        return came, where

    def left(self, gone: Connection) -> None:
        theirs = self._open.get(gone.host, {})
        if gone not in theirs:
            return
        del theirs[gone]
        self._count -= 1
        if not theirs:
            del self._open[gone.host]
        self._gone += 1
        if self._gone % SWEPT_AFTER == 0:  # by itself Python looks after some two thousand
            gc.collect()

    def _may(self, host: str) -> bool:
        mine = len(self._open.get(host, ()))
        if mine >= self._each:
            idle = next((one for one in self._open[host] if self._leaves(one.where)), None)
            if idle is None:
                return False
            self.left(idle)
            return True
        if self._count < self._most:
            return True
        crowd = max(self._open.values(), key=len)
        if len(crowd) <= mine + 1:
            return False
        oldest = next(iter(crowd))
        self.left(oldest)
        with contextlib.suppress(OSError):  # gone by itself meanwhile
            oldest.shutdown(socket.SHUT_RDWR)  # its end is read, and it is closed as any that ends
        return True
