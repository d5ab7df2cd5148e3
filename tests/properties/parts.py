"""What one process plays of ``make properties``: here, where a process begun anew finds it."""

import atexit
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType

import psycopg

from tests.console.postgres import KEY_TABLES, TABLES
from tests.properties import games
from tests.properties.acts import written
from tests.properties.ground import Ground, console

SHRUNK_AT_MOST = 3  # of one property and process: the others are told with their seed
LONGEST = 300  # seconds of one sequence, or of making one shorter: what hangs is a finding


@dataclass(frozen=True, slots=True)
class Part:
    """Some sequences, and where."""

    seeds: Sequence[int]
    acts: int
    server: str = ""  # of PostgreSQL; empty: SQLite


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    sequences: int
    acts: int
    broken: tuple[str, ...]


class TooLong(Exception):
    """A sequence, or what was to make it shorter, did not come to an end."""


def play(part: Part) -> Told:
    """Play a part's sequences one after the other; what breaks a property is told in lines to be read."""
    ground, broken, acts = _OURS.on(part.server), [], 0
    for seed in part.seeds:
        with _bounded():
            game = games.at_random(ground, seed, part.acts, short_path=seed % 2 == 1)
        acts += len(game.acts)
        if game.broken:
            broken.append(_told(ground, seed, game))
    return Told(len(part.seeds), acts, tuple(broken))


def _told(ground: Ground, seed: int, game: games.Game) -> str:
    first = game.broken[0]
    lines = [f"seed {seed}, act {len(game.acts)}: {first.name}: {first.what}"]
    count = _OURS.shrunk[first.name] = _OURS.shrunk.get(first.name, 0) + 1
    if count <= SHRUNK_AT_MOST:
        try:
            with _bounded():
                lines += written(games.shrunk(ground, game.acts, first.name), indent="    ")
        except TooLong:
            lines += written(game.acts, indent="    ")
    return "\n".join(lines)


@contextmanager
def _bounded() -> Iterator[None]:
    """Within this, ``TooLong`` ends what takes longer."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TooLong(f"more than {LONGEST} s")


class _Ours:
    """This process's console: opened for its first part, kept for the next ones on the same kind of database."""

    def __init__(self) -> None:
        self.shrunk: dict[str, int] = {}
        self._kept, self._opened = ExitStack(), ""
        self._ground: Ground | None = None

    def on(self, server: str) -> Ground:
        if self._ground is None or self._opened != server:
            self._kept.close()
            self._ground, self._opened = self._kept.enter_context(console(*_databases(server))), server
            atexit.unregister(self._kept.close)
            atexit.register(self._kept.close)  # now: before what goes that was there before it
        return self._ground


def _databases(server: str) -> tuple[str, ...]:
    """Two databases of this process's own, with nothing in their tables; none for SQLite."""
    if not server:
        return ()
    templates = {f"of_{os.getpid()}_{name}": name for name in (TABLES, KEY_TABLES)}
    with psycopg.connect(f"{server}/postgres", autocommit=True) as opened:
        for name, template in templates.items():
            opened.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return tuple(f"{server}/{name}" for name in templates)


_OURS = _Ours()
