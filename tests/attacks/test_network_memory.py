"""What a connection costs the console while it stands, and once it has gone: whoever opens thousands fills nothing."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from tests.attacks.load import HEAD, made
from tests.attacks.network import greeted, health, plain
from tests.console.served import ServedConsole

AT_ONCE, EACH = 200, 100  # connections; of them from one address
COSTS = 128 * 1024  # bytes; seen: 55 KiB of TLS alone, 64 with a request begun, 81 of a greeting that was begun


@pytest.fixture
def console(tmp_path: Path) -> Iterator[ServedConsole]:
    """In a process of its own from its beginning; what the first request needs is there."""
    served = made(tmp_path / "console")
    served.start()
    health(served)
    yield served
    assert served.stop() == 0


def memory_of(console: ServedConsole) -> int:
    """Bytes of the process that serves."""
    assert console.child is not None
    [serves] = psutil.Process(console.child.pid).children()
    return int(serves.memory_info().rss)


@pytest.mark.parametrize("said", [b"", HEAD], ids=["TLS alone", "a request begun"])
def test_a_connection_that_stands_costs_little(console: ServedConsole, said: bytes) -> None:
    before = memory_of(console)
    with ExitStack() as open_:
        for number in range(AT_ONCE):
            open_.enter_context(greeted(console, _address(number))).sendall(said)
        health(console)
        assert (memory_of(console) - before) / AT_ONCE < COSTS


def test_a_connection_that_has_gone_leaves_nothing(console: ServedConsole) -> None:
    """Seen before: what had stood for a while lay there still, of up to two thousand."""
    before = memory_of(console)
    for _ in range(16):
        stood = [plain(console, _address(number)) for number in range(AT_ONCE)]
        for one in stood:
            one.sendall(b"\x16")
        health(console)
        for one in stood:
            with one, suppress(ConnectionResetError):
                one.shutdown(socket.SHUT_WR)
                assert one.recv(1) == b""  # the console has hung up too
    assert memory_of(console) - before < 64 * 2**20  # seen: 46 and no more after eight rounds; before, 121 and growing


def _address(number: int) -> str:
    return f"127.4.0.{number // EACH + 1}"
