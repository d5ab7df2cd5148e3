"""Sequences played, replayed, and made shorter while they still break the same property."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.properties import acts
from tests.properties.acts import Act
from tests.properties.chance import Chance
from tests.properties.ground import Ground
from tests.properties.playing import Played
from tests.properties.watch import Broken, Watch

BREAKS = "p00_nothing_breaks"


@dataclass(frozen=True, slots=True)
class Game:
    """What was played, and the first that broke."""

    acts: tuple[Act, ...]
    broken: tuple[Broken, ...]
    watch: Watch


def at_random(ground: Ground, seed: int, most: int, *, short_path: bool = False) -> Game:
    """Play one random sequence, as far as it breaks nothing; with the kiosk's short path, or without."""
    ground.renew()
    played = Played(ground)
    watch, done = Watch(played), []
    for act in Chance(seed, played, short_path=short_path).acts(most):
        done.append(act)
        _do(played, watch, act)
        if watch.broken:
            break
    else:
        watch.end(done[-1])
    return Game(tuple(done), tuple(watch.broken), watch)


def replayed(ground: Ground, sequence: Sequence[Act]) -> Game:
    """Play the same acts again, as far as they break nothing."""
    ground.renew()
    played = Played(ground)
    watch = Watch(played)
    for act in sequence:
        _do(played, watch, act)
        if watch.broken:
            break
    else:
        if sequence:
            watch.end(sequence[-1])
    return Game(tuple(sequence), tuple(watch.broken), watch)


def shrunk(ground: Ground, sequence: Sequence[Act], name: str) -> tuple[Act, ...]:
    """As few of the acts as still break the property of this name."""
    kept = list(sequence)
    size = max(len(kept) // 2, 1)
    while size:
        place = 0
        while place < len(kept):
            fewer = kept[:place] + kept[place + size :]
            if _breaks(ground, fewer, name):
                kept = fewer
            else:
                place += size
        size //= 2
    return tuple(_plain(ground, kept, name))


def _plain(ground: Ground, kept: list[Act], name: str) -> list[Act]:
    """Without what happens meanwhile, where it is not needed."""
    for place, act in enumerate(kept):
        if isinstance(act, acts.Ask | acts.Verify) and act.meanwhile:
            plainer = [*kept[:place], type(act)(act.manner), *kept[place + 1 :]]
            if _breaks(ground, plainer, name):
                kept = plainer
    return kept


def _breaks(ground: Ground, sequence: Sequence[Act], name: str) -> bool:
    return any(one.name == name for one in replayed(ground, sequence).broken)


def _do(played: Played, watch: Watch, act: Act) -> None:
    """An exception that no page and no worker expects is a finding like any other."""
    try:
        played.do(act)
    except Exception as trouble:  # noqa: BLE001 - whatever it is, a sequence goes no further
        frame = trouble.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else ""
        watch.broken.append(Broken(BREAKS, f"{type(trouble).__name__} at {where}: {trouble}", act))
