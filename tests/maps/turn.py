"""What of a turn is drawn, and what is said once: a newcomer follows the arrows of one patient's walk.

Nothing here says what leads where: ``explore`` found that. Here are the words for it, and the rules by which nothing
is drawn twice.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.step import Manners
from kiosk.ui.screens import page_of
from kiosk.ui.words import typeset
from tests.maps.explore import FACTS, Edge, Explored

# From top to bottom, as a patient walks: the order of the picture, not its arrows.
WALK = (
    "welcome", "information", "insert", "reading", "beneficiaries", "confirm", "working: the console", "document",
    "review", "working: INSi", "working: the disk", "done", "ticket", "desk", "take_card",
)  # fmt: skip
OVERLAYS = (sc.StillThere.name, sc.HelpCalled.name)
EVERYWHERE = 4  # what leads to one place from so many screens is said once, and marked on them

# A screen that has nothing to do is passed over: an answer is there already, no card is in, nothing works.
PASSED_OVER = (("working: INSi", "working: the disk"), ("take_card", "welcome", "out_of_order"))
UNSAID = {"StopFilming", "BeginTurn"}  # orders that go without saying

WORDS: dict[type, str] = {
    ev.CardArrived: "card in",
    ev.CardFound: "card found in",
    ev.CardStaysMute: "mute card in",
    ev.CardLeft: "card out",
    ev.ReaderWent: "reader lost",
    ev.ReaderCame: "reader back",
    ev.PhoneShown: "phone shown",
    ev.PhoneReaderWent: "phone reader lost",
    ev.PhoneReaderCame: "phone reader back",
    ev.CameraWent: "camera lost",
    ev.CameraCame: "camera back",
    ev.StorageWent: "disk full",
    ev.StorageCame: "disk has room",
    ev.CardProgressed: "more is read",
    ev.CardRead: "card read",
    ev.CardNotRead: "card not read",
    ev.Guided: "guidance",
    ev.PictureTaken: "picture taken",
    ev.InsiAnswered: "INSi answers",
    ev.QuestionSent: "question sent",
    ev.Stored: "kept on the disk",
    ev.NotStored: "not kept",
}
_WORD_OF = {event.__name__: words for event, words in WORDS.items()} | {
    "KnowsSomebody": "known at the console",
    "KnowsNobody": "not known there",
}
_COME_BACK = ("ReaderCame", "PhoneReaderCame", "CameraCame", "StorageCame")
_OF_DEVICES = (*_COME_BACK, "CardFound", "ReaderWent", "PhoneReaderWent", "CameraWent", "StorageWent")


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """What happened: a button, in English, or what the world did."""

    text: str
    is_button: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Arrow:
    """What leads from a screen to another: drawn, or said in a box for all its sources at once."""

    sources: tuple[str, ...]
    target: str
    words: tuple[Word, ...]
    condition: str = ""
    orders: tuple[str, ...] = ()  # in brackets: not each time


@dataclass(frozen=True, slots=True)
class Place:
    """A screen, or a half of one."""

    name: str
    title: str  # what the patient reads
    orders: tuple[str, ...]  # given whichever arrow one comes by
    stays: tuple[Arrow, ...]  # what happens here and leads nowhere else
    marks: tuple[int, ...]  # the lines of ``everywhere`` that hold here, counted from 1


@dataclass(frozen=True, slots=True)
class TurnMap:
    places: tuple[Place, ...]
    arrows: tuple[Arrow, ...]
    everywhere: tuple[Arrow, ...]
    overlays: tuple[Arrow, ...]
    devices: tuple[Arrow, ...]


Way = tuple[str, str, str]  # source, event, target
Ways = dict[Way, list[Edge]]


def turn_map(explored: Explored) -> TurnMap:
    """Sort what was found: an arrow of the walk, or a line of the box where it is said once."""
    ways = _ways(explored.edges)
    boxes: dict[str, Ways] = defaultdict(dict)
    for way, edges in ways.items():
        boxes[_box_of(way, ways)][way] = edges
    everywhere, stays = _together(boxes["everywhere"]), _together(boxes["stays"])
    arrows = [arrow for way in _together(boxes["walk"], ways) for arrow in _one_by_one(way)]
    names = sorted({name for arrow in arrows for name in (*arrow.sources, arrow.target)}, key=_place_in_the_walk)
    given = {name: _given_by_all(name, arrows) for name in names}
    places = tuple(
        Place(
            name=name,
            title=typeset(page_of(explored.screens[name]).title),
            orders=given[name],
            stays=tuple(arrow for arrow in stays if arrow.target == name),
            marks=tuple(number for number, line in enumerate(everywhere, 1) if name in line.sources),
        )
        for name in names
    )
    unsaid = [replace(arrow, orders=_without(arrow.orders, given[arrow.target])) for arrow in arrows]
    return TurnMap(places, tuple(unsaid), everywhere, _together(boxes["overlays"]), _together(boxes["devices"]))


def _ways(edges: Iterable[Edge]) -> Ways:
    """The edges of the same two ends and the same event together; those that say nothing are left out."""
    found: Ways = defaultdict(list)
    for edge in edges:
        beneath = edge.by_the_screen_beneath or (edge.source in OVERLAYS and edge.target == edge.source)
        if not beneath:
            found[edge.source, edge.event, edge.target].append(edge)
    for source, event, target in list(found):
        for chain in PASSED_OVER:
            passed_to = chain[chain.index(target) + 1 :] if target in chain else ()
            for later in passed_to:
                found.pop((source, event, later), None)
    return found


def _box_of(way: Way, ways: Ways) -> str:
    source, event, target = way
    if source in OVERLAYS:
        return "overlays"
    as_when_the_card_goes = (source, "CardLeft", target) in ways
    if all(edge.lost for edge in ways[way]) or (event in _OF_DEVICES and not as_when_the_card_goes):
        return "devices"
    if source == target:
        return "stays"
    alike = [other for other in ways if other[1:] == (event, target) and other[0] not in OVERLAYS]
    return "everywhere" if len(alike) >= EVERYWHERE else "walk"


def _together(ways: Ways, of_all: Ways | None = None) -> tuple[Arrow, ...]:
    """What leads to the same place in the same circumstances is one; then the sources that have the same."""
    words: dict[tuple[str, str, str, tuple[str, ...]], set[Word]] = defaultdict(set)
    for way, edges in ways.items():
        condition = _loss(way[1], edges) or (_condition(way, of_all) if of_all else "")
        words[way[0], way[2], condition, _orders(edges)].add(_word(way[1]))
    sources: dict[Arrow, list[str]] = defaultdict(list)
    for (source, target, condition, orders), said in words.items():
        sources[Arrow((), target, tuple(sorted(said, key=_buttons_first)), condition, orders)].append(source)
    arrows = [replace(arrow, sources=tuple(sorted(found, key=_place_in_the_walk))) for arrow, found in sources.items()]
    return tuple(sorted(arrows, key=lambda arrow: (-len(arrow.sources), arrow)))


def _one_by_one(arrow: Arrow) -> list[Arrow]:
    return [replace(arrow, sources=(source,)) for source in arrow.sources]


def _loss(event: str, edges: list[Edge]) -> str:
    """The fewest devices whose loss it takes; of one that comes back nothing needs to be said."""
    if event in _COME_BACK:
        return ""
    lost = min((sorted(edge.lost) for edge in edges), key=len)
    return f"without {' and '.join(lost)}" if lost else ""


def _condition(way: Way, ways: Ways) -> str:
    """Why the same event leads here and not elsewhere: one fact, or two, that only these edges have in common."""
    here = [edge.facts for edge in ways[way] if not edge.lost]
    elsewhere = [
        edge.facts
        for other in ways
        if other[:2] == way[:2] and other[2] not in way  # another place than these two
        for edge in ways[other]
        if not edge.lost
    ]
    if not elsewhere:
        return ""
    common = [fact for fact in FACTS if all(fact in facts for facts in here)]
    for count in (1, 2):
        for facts in combinations(common, count):
            if not any(set(facts) <= other for other in elsewhere):
                return f"if {' and '.join(facts)}"
    return ""


def _orders(edges: list[Edge]) -> tuple[str, ...]:
    certain = frozenset.intersection(*(edge.orders for edge in edges)) - UNSAID
    sometimes = frozenset.union(*(edge.orders for edge in edges)) - UNSAID - certain
    return (*sorted(certain), *(f"({order})" for order in sorted(sometimes)))


def _given_by_all(name: str, arrows: list[Arrow]) -> tuple[str, ...]:
    given = [set(arrow.orders) for arrow in arrows if arrow.target == name]
    return tuple(sorted(set.intersection(*given))) if given else ()


def _without(orders: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(order for order in orders if order not in others)


def _place_in_the_walk(name: str) -> tuple[int, str]:
    return (WALK.index(name) if name in WALK else len(WALK), name)


def _buttons_first(word: Word) -> tuple[bool, Word]:
    return (not word.is_button, word)


def _word(event: str) -> Word:
    if event in _WORD_OF:
        return Word(_WORD_OF[event])
    if event in list(sc.Touch):
        return Word("a person" if event in sc.PERSON_TOUCHES else event.replace("-", " "), is_button=True)
    return Word(f"after {getattr(Manners(), event):g} s")
