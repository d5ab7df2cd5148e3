"""Who goes next, when more come than can be served: those who wait go in turn by where they come from.

So whoever sends a hundred requests waits for the hundred, and who sends one for one. Where there is no more room, who
has most waiting gives way. Only for one event loop's tasks.
"""

import asyncio
from collections import OrderedDict, deque


class Crowded(Exception):
    """Too many wait already, or one has waited long enough; who is told so comes again."""


class Turns:
    """``at_once`` are served; ``waiting`` wait, ``each`` of them from one place, for ``seconds`` at most."""

    def __init__(self, at_once: int, *, waiting: int, each: int, seconds: float) -> None:
        self._free = at_once
        self._room, self._each, self._seconds = waiting, each, seconds
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # of places, the next one first

    async def take(self, place: str) -> None:
        """Have a turn, to be given back. Crowded when there is none to be had."""
        if self._free and not self._lines:
            self._free -= 1
            return
        line = self._lines.get(place, deque())
        if len(line) >= self._each:
            raise Crowded
        if sum(map(len, self._lines.values())) >= self._room:
            self._make_room(len(line))
        self._lines.setdefault(place, line)
        mine = asyncio.get_running_loop().create_future()
        line.append(mine)
        try:
            async with asyncio.timeout(self._seconds):
                await mine
        except TimeoutError:
            self._leave(place, mine)
            raise Crowded from None
        except asyncio.CancelledError:
            self._leave(place, mine)
            raise

    def give(self) -> None:
        """This turn is over; the next place's begins."""
        self._free += 1
        while self._free and self._lines:
            place, line = self._lines.popitem(last=False)
            called = line.popleft()
            if line:
                self._lines[place] = line
            if not called.done():
                self._free -= 1
                called.set_result(None)

    def _make_room(self, mine: int) -> None:
        """The last of whoever has most waiting is told to come again. Crowded, when that is who asks."""
        crowd = max(self._lines.values(), key=len)
        if len(crowd) <= mine + 1:
            raise Crowded
        last = crowd.pop()
        if not last.done():
            last.set_exception(Crowded())

    def _leave(self, place: str, mine: asyncio.Future[None]) -> None:
        if mine.done() and not mine.cancelled():
            if mine.exception() is None:  # called in the moment in which it left
                self.give()
            return
        line = self._lines.get(place, deque())
        if mine in line:
            line.remove(mine)
        if not line:
            self._lines.pop(place, None)
