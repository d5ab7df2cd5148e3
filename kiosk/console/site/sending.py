"""What is being sent at this moment, all of it in memory: when there is no more room, who holds most gives way."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from kiosk.console.site.environ import Message

Receive = Callable[[], Awaitable[Message]]


class Gone(Exception):
    """Who asked has left, or was hung up on."""


class TooMuch(Exception):
    """More is being sent than there is room for."""


@dataclass(slots=True)
class _Held:
    place: str
    size: int = 0


class Sending:
    """The bodies of one process. A task holds what it has read until it is ``done``."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: dict[asyncio.Task[Any], _Held] = {}  # in the order they began
        self._by_place: Counter[str] = Counter()
        self._fixed: set[asyncio.Task[Any]] = set()

    async def whole(self, receive: Receive, place: str) -> bytes:
        """All that this request sends. Gone; TooMuch, when nobody holds more than who sends it."""
        mine = self._held[_task()] = _Held(place)
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise Gone
            parts.append(message.get("body", b""))
            self._make_room(mine, len(parts[-1]))
            mine.size += len(parts[-1])
            self._by_place[place] += len(parts[-1])
            if not message.get("more_body"):
                return b"".join(parts)

    def keep(self) -> None:
        """A thread has it from here on, and gives way to nobody."""
        self._fixed.add(_task())

    def done(self) -> None:
        self._fixed.discard(_task())
        mine = self._held.pop(_task(), None)
        if mine is not None:
            self._by_place[mine.place] -= mine.size
            if not self._by_place[mine.place]:
                del self._by_place[mine.place]

    def _make_room(self, mine: _Held, more: int) -> None:
        if self._by_place.total() + more <= self._room:
            return
        waiting = {task: held for task, held in self._held.items() if task not in self._fixed and held is not mine}
        most = max(waiting, key=lambda task: (self._by_place[waiting[task].place], waiting[task].size), default=None)
        if most is None or self._by_place[waiting[most].place] < self._by_place[mine.place] + more:
            raise TooMuch
        most.cancel()


def _task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("only a request of the event loop sends")
    return task
