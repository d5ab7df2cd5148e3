"""The map of a turn as a picture: the walk goes down, what skips ahead goes on the right, what goes back on the left.

Our own small layout, so that the same map gives the same bytes on every machine: screens in one column; an arrow that
is not just the next step leaves by a row of its own and travels in the lane of its target.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.maps.explore import BENEATH
from tests.maps.ink import (
    INK,
    MIST,
    MUTED,
    PAPER,
    PRIMARY,
    STOP,
    Label,
    arrow_head,
    circle,
    line,
    rectangle,
    svg,
    text,
    turning_line,
    width_of,
)
from tests.maps.turn import Arrow, Place, TurnMap, Word

PICTURE = Path(__file__).resolve().parents[2] / "assets" / "pictures" / "turn.svg"
TITLE = "One patient’s turn, as step tells it"
SMALL, PLAIN, NAME = 14, 15, 18  # font sizes
TOP = 130  # below the legend
MARGIN, BOX, LANE = 22, 312, 15
LINE = 24  # from one baseline to the next, with room for a button
ARRIVAL, ROW, DEEP_ROW = 20, 32, 50  # a deep row says below its line on which condition, or what is ordered
COLOURS = {"take_card": INK, "welcome": INK, "desk": STOP}  # a turn ends; a person at the desk takes over


@dataclass(slots=True)
class Side:
    """What leaves a screen on one side, and where what arrives there touches it; heights from the picture's top."""

    rows: list[tuple[int, Arrow]] = field(default_factory=list)
    arrival: int = 0
    bottom: int = 0


@dataclass(slots=True)
class Spot:
    """A screen on the paper."""

    place: Place
    top: int
    bottom: int
    left: Side
    right: Side
    down: list[Arrow]


def draw(turn: TurnMap) -> str:
    """Write the whole picture."""
    order = {place.name: number for number, place in enumerate(turn.places)}
    ahead = [arrow for arrow in turn.arrows if order[arrow.target] > order[arrow.sources[0]] + 1]
    back = [arrow for arrow in turn.arrows if order[arrow.target] < order[arrow.sources[0]]]
    spots = _spots(turn, order, ahead, back)
    left, right = _Lanes(back, spots, is_left=True), _Lanes(ahead, spots, is_left=False)
    x = MARGIN + left.width
    width = x + BOX + right.width + MARGIN
    body = [*_legend()]
    for lanes, edge in ((left, x), (right, x + BOX)):
        body += lanes.draw(edge)
    for spot in spots.values():
        body += _screen(spot, x)
        body += _next_step(spot, x + BOX // 2)
    boxes, bottom = _boxes(turn, max(spot.bottom for spot in spots.values()) + 26, width)
    return svg(width, bottom, TITLE, [*body, *boxes])


def _spots(turn: TurnMap, order: dict[str, int], ahead: list[Arrow], back: list[Arrow]) -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    top = TOP
    for place in turn.places:
        right, left = _side(place.name, ahead, top), _side(place.name, back, top)
        down = [a for a in turn.arrows if a.sources[0] == place.name and order[a.target] == order[place.name] + 1]
        bottom = max(left.bottom, right.bottom, top + 12 + LINE * len(_inside(place)))
        spots[place.name] = Spot(place, top, bottom, left, right, down)
        top = bottom + _gap(down)
    return spots


def _gap(down: list[Arrow]) -> int:
    return 18 + LINE * len(down) if down else 16


def _side(name: str, arrows: list[Arrow], top: int) -> Side:
    side, y = Side(), top + 6
    if any(arrow.target == name for arrow in arrows):
        side.arrival, y = y + 10, y + ARRIVAL
    for arrow in sorted((a for a in arrows if a.sources[0] == name), key=lambda a: (a.target, a.condition)):
        side.rows.append((y + 22, arrow))
        y += DEEP_ROW if _under(arrow) else ROW
    side.bottom = y + 6
    return side


class _Lanes:
    """The lanes of one side: one for each target, the shortest nearest to the screens."""

    def __init__(self, arrows: list[Arrow], spots: dict[str, Spot], is_left: bool) -> None:
        self._sign = -1 if is_left else 1
        self._sides = {name: spot.left if is_left else spot.right for name, spot in spots.items()}
        labels = [max(_over(arrow).width, _under(arrow).width) for arrow in arrows]
        self._zone = max(labels, default=0) + 26
        self._lane: dict[str, int] = {}
        taken: list[list[tuple[int, int]]] = []
        for low, high, target in sorted(self._spans(), key=lambda span: (span[1] - span[0], span)):
            free = [n for n, spans in enumerate(taken) if all(high < a - 8 or low > b + 8 for a, b in spans)]
            number = free[0] if free else len(taken)
            if not free:
                taken.append([])
            taken[number].append((low, high))
            self._lane[target] = number
        self.width = self._zone + LANE * max(len(taken) - 1, 0) + 6

    def _spans(self) -> Iterator[tuple[int, int, str]]:
        heights: dict[str, list[int]] = defaultdict(list)
        for side in self._sides.values():
            for y, arrow in side.rows:
                heights[arrow.target] += [y, self._sides[arrow.target].arrival]
        return ((min(found), max(found), target) for target, found in heights.items())

    def draw(self, edge: int) -> Iterator[str]:
        for side in self._sides.values():
            for y, arrow in side.rows:
                lane = edge + self._sign * (self._zone + LANE * self._lane[arrow.target])
                arrival = self._sides[arrow.target].arrival
                colour = COLOURS.get(arrow.target, MUTED if self._sign < 0 else PRIMARY)
                yield turning_line(edge, y, lane, arrival, edge + self._sign * 9, colour)
                yield arrow_head(edge + self._sign * 2, arrival, "left" if self._sign > 0 else "right", colour)
                for label, height in ((_over(arrow), y - 7), (_under(arrow), y + 17)):
                    start = edge + 12 if self._sign > 0 else edge - 12 - label.width
                    yield from label.draw(start, height)


def _over(arrow: Arrow) -> Label:
    return Label().words(arrow.words)


def _under(arrow: Arrow) -> Label:
    return Label().plain(arrow.condition, MUTED).orders(arrow.orders)


def _inside(place: Place) -> list[Label]:
    lines = [Label().name(_shown(place.name)), Label().plain(place.title, MUTED)]
    if place.orders:
        lines.append(Label().orders(place.orders))
    lines += [Label().plain("stays:", MUTED).words(arrow.words).orders(arrow.orders) for arrow in place.stays]
    return lines


def _screen(spot: Spot, x: int) -> Iterator[str]:
    yield rectangle(x, spot.top, BOX, spot.bottom - spot.top, MIST, PRIMARY, radius=10)
    for number, label in enumerate(_inside(spot.place)):
        yield from label.draw(x + 16, spot.top + 25 + LINE * number - (2 if number == 1 else 0))
    for number, mark in enumerate(reversed(spot.place.marks)):
        yield from circle(x + BOX - 22 - 26 * number, spot.top + 20, str(mark))


def _next_step(spot: Spot, x: int) -> Iterator[str]:
    if not spot.down:
        return
    end = spot.bottom + _gap(spot.down)
    colour = COLOURS.get(spot.down[0].target, PRIMARY)
    yield line(x, spot.bottom, x, end - 9, colour)
    yield arrow_head(x, end - 2, "down", colour)
    for number, arrow in enumerate(spot.down):
        label = Label().words(arrow.words).plain(arrow.condition, MUTED).orders(arrow.orders)
        yield from label.draw(x + 14, spot.bottom + 24 + LINE * number)


def _legend() -> Iterator[str]:
    yield text(MARGIN, 38, TITLE, 22, INK, is_bold=True)
    key = Label().words((Word("button", is_button=True),)).plain("pressed by the patient  ·", MUTED)
    key = (
        key.plain("card in").plain("done by the world  ·", MUTED).orders(("Submit",)).plain("done by the kiosk,", MUTED)
    )
    yield from key.orders(("(Submit)",)).plain("not each time", MUTED).draw(MARGIN, 68)
    yield from circle(MARGIN + 10, 91, "1")
    yield text(MARGIN + 28, 96, "holds on this screen too: said below", SMALL, MUTED)
    x = MARGIN + 300
    for colour, meaning in (
        (PRIMARY, "on"),
        (MUTED, "back"),
        (STOP, "to a person at the desk"),
        (INK, "the turn ends"),
    ):
        yield line(x, 91, x + 24, 91, colour)
        yield text(x + 32, 96, meaning, SMALL, MUTED)
        x += 32 + width_of(meaning, SMALL) + 20


def _boxes(turn: TurnMap, top: int, width: int) -> tuple[list[str], int]:
    """What is said once, below the walk: two boxes beside each other, and a wide one."""
    whole, half = width - 2 * MARGIN, (width - 2 * MARGIN - 16) // 2
    marked = [_said(arrow, names_sources=False) for arrow in turn.everywhere]
    over = [_said(arrow) for arrow in turn.overlays]
    middle = top + _box_height(max(marked, over, key=len)) + 16
    drawn = [
        *_box("On every screen that bears the number", marked, MARGIN, top, half, is_numbered=True),
        *_box("Over any screen; what lies beneath goes on", over, MARGIN + half + 16, top, half),
        *_box("When a device is lost or comes back", devices := _list(turn.devices), MARGIN, middle, whole),
    ]
    return drawn, middle + _box_height(devices) + MARGIN


def _list(arrows: Sequence[Arrow]) -> list[Label]:
    return [_said(arrow) for arrow in sorted(arrows, key=lambda arrow: (arrow.target, arrow.sources))]


def _box_height(lines: list[Label]) -> int:
    return 46 + 26 * len(lines)


def _box(title: str, lines: list[Label], x: int, top: int, width: int, is_numbered: bool = False) -> Iterator[str]:
    yield rectangle(x, top, width, _box_height(lines), PAPER, MUTED, radius=10)
    yield text(x + 16, top + 26, title, NAME - 2, INK, is_bold=True)
    for number, label in enumerate(lines):
        baseline = top + 54 + 26 * number
        if is_numbered:
            yield from circle(x + 26, baseline - 5, str(number + 1))
        yield from label.draw(x + (44 if is_numbered else 16), baseline)


def _said(arrow: Arrow, names_sources: bool = True) -> Label:
    sources = ", ".join(_shown(source) for source in arrow.sources) if names_sources else ""
    label = Label().name(sources, PLAIN) if sources else Label()
    label = label.words(arrow.words).plain(arrow.condition, MUTED).plain("→", MUTED)
    if arrow.target in arrow.sources:
        return label.plain("stays", MUTED).orders(arrow.orders)
    return label.name(_shown(arrow.target), PLAIN).orders(arrow.orders)


def _shown(name: str) -> str:
    return "the screen beneath" if name == BENEATH else name.replace("_", " ")
