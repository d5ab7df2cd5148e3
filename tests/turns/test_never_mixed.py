"""Whatever happens in whatever order, nothing of one person reaches the screen or the check-in of another.

A model of the world plays beside ``step``: cards with their owner go in and out, orders are answered at once, late, or
after the next patient came. Everything an answer carries is marked with the person it is about.
"""

import random
from dataclasses import dataclass, field

import pytest

from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.card import Beneficiary, CardContents
from kiosk.core.sources.document import DocumentKind, DocumentPicture, DocumentReading, Guidance, MrzReading, Side
from kiosk.core.sources.insi import InsRefused
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import Touch
from kiosk.core.turn.step import Asking, ShortPath, State, step

SEQUENCES = 4000
LENGTH = 80
COLLECTING = ("information", "insert", "reading", "beneficiaries", "confirm", "document", "review")


@dataclass
class World:
    """Who stands there, whose card is in, and which orders are still unanswered."""

    chance: random.Random
    state: State = field(default_factory=State)
    person: int = 0  # the one standing there
    card_of: int | None = None
    found: bool = False  # nobody was seen putting that card in
    pending: list[ev.Event] = field(default_factory=list)
    submits: int = 0
    short: int = 0  # of those, by the short path
    named: int = 0  # and how many named their question

    def happen(self, event: ev.Event) -> None:
        self.state, commands = step(self.state, event)
        for command in commands:
            self.obey(command)
        self.check()

    def obey(self, command: ev.Command) -> None:
        match command:
            case ev.ReadCard(turn) if self.card_of is not None:
                assert not self.found, "read: a card that nobody was seen putting in"
                people = tuple(
                    Beneficiary(f"N{self.card_of}", f"P{self.card_of}", "1980-01-01", nir="1")
                    for _ in range(self.chance.choice((1, 1, 2, 6)))
                )
                self.pending.append(ev.CardProgressed(turn, 0.5))
                self.pending.append(ev.CardRead(turn, CardContents(people)))
            case ev.AskInsiByCard(turn, beneficiary, question=question):
                self.ask(turn, question, beneficiary.given_name)
            case ev.AskInsiByDocument(turn, traits, question):
                self.ask(turn, question, traits.birth_name)
            case ev.AskConsole(turn, beneficiary):
                assert beneficiary.given_name == f"P{self.card_of}", "asked about: a person whose card is not in"
                self.pending.append(ev.ConsoleAnswered(turn, knows=self.chance.random() < 0.5))
            case ev.FilmDocument(turn, side):
                name = f"P{self.person}"
                traits = Traits(Source.DOCUMENT, name)
                mrz = MrzReading("TD1", (), traits, "", "FRA", "FRA", "", (), (), self.chance.random() < 0.7)
                reading = DocumentReading(DocumentKind.UNKNOWN, mrz, has_second_side=self.chance.random() < 0.5)
                picture = DocumentPicture(side, name.encode())
                self.pending.append(ev.Guided(turn, side, Guidance.CLOSER, 0.2))
                self.pending.append(ev.PictureTaken(turn, side, picture, reading))
            case ev.Submit():
                self.check_submit(command)
                self.pending.append(self.chance.choice((ev.Stored(command.turn, "A1"), ev.NotStored(command.turn))))

    def ask(self, turn: int, question: int, name: str) -> None:
        """A kiosk that asks itself hears the answer, the other one that its question is held."""
        if self.state.asking is Asking.CONSOLE:
            self.pending.append(ev.QuestionSent(turn, question, name))
        else:
            self.pending.append(ev.InsiAnswered(turn, InsRefused("x", name, "m")))

    def check(self) -> None:
        visible = self.state.visible
        labels = visible.people if isinstance(visible, sc.Beneficiaries) else ()
        if isinstance(visible, sc.Confirm):
            labels = (visible.person,)
        for label in labels:
            assert label.given_name == f"P{self.card_of}", "shown: a person whose card is not in"
        if isinstance(visible, sc.Welcome | sc.TakeCard | sc.OutOfOrder | sc.Desk):
            journey = self.state.journey
            assert (journey.card, journey.insi, journey.pictures, journey.reading) == (None, None, (), None)
        if self.card_of is None and self.state.screen.name in COLLECTING:
            assert self.state.journey.card is None, "kept: what came from a card that left"

    def check_submit(self, submit: ev.Submit) -> None:
        self.submits += 1
        self.short += submit.by_short_path
        owners = {picture.jpeg.decode() for picture in submit.pictures}
        if submit.reading is not None and submit.reading.mrz is not None:
            owners.add(submit.reading.mrz.traits.birth_name)
        if submit.beneficiary is not None:
            owners.add(submit.beneficiary.given_name)
        if isinstance(submit.insi, InsRefused):
            owners.add(submit.insi.text)
        if submit.question:
            self.named += 1
            owners.add(submit.question)
        assert len(owners) <= 1, "sent: one check-in made of two people"

    def something(self) -> ev.Event:
        draw = self.chance.random()
        if self.pending and draw < 0.35:
            return self.pending.pop(self.chance.randrange(len(self.pending)))
        if draw < 0.75:
            on = self.state.visible.name
            press = FORWARD.get(on, Touch.BACK)
            if self.chance.random() < 0.4:
                press = self.chance.choice(list(Touch))
            return ev.Touched(press, on)
        if draw < 0.87:
            return self.move_card()
        if draw < 0.95:
            return ev.Tick(self.state.now + self.chance.choice((0.2, 1, 4, 9, 30, 50, 100)))
        return self.chance.choice(
            (
                ev.ReaderCame(),
                ev.CameraWent(),
                ev.CameraCame(),
                ev.StorageWent(),
                ev.StorageCame(),
                ev.Guided(self.state.journey.turn, Side.FIRST, Guidance.TAKING, 1.0),
                ev.CardNotRead(self.state.journey.turn, sc.CardProblem.UNREADABLE),
            )
        )

    def move_card(self) -> ev.Event:
        if self.card_of is not None:
            self.card_of = None
            return self.chance.choice((ev.CardLeft(), ev.ReaderWent()))
        resting = self.state.visible.name in ("welcome", "take_card", "out_of_order")
        if resting and self.chance.random() < 0.8:
            self.person += 1  # the next patient steps up; the one before may have left answers behind
        self.card_of = self.person
        self.found = self.chance.random() < 0.2
        return ev.CardFound() if self.found else ev.CardArrived()


FORWARD: dict[str, Touch] = {
    "welcome": Touch.START,
    "information": Touch.UNDERSTOOD,
    "beneficiaries": Touch.PERSON_1,
    "confirm": Touch.YES,
    "review": Touch.YES,
    "done": Touch.GO_ON,
    "ticket": Touch.FINISH,
    "desk": Touch.FINISH,
    "help": Touch.GO_ON,
    "still_there": Touch.STILL_HERE,
}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.long
def test_nothing_of_one_person_ever_reaches_another(seed: int) -> None:
    submitted = short = named = 0
    for number in range(SEQUENCES // 8):
        path = tuple(ShortPath)[number % len(ShortPath)]
        asking = tuple(Asking)[number // len(ShortPath) % 2]
        world = World(random.Random(seed * 100_000 + number), State(short_path=path, asking=asking))
        for _ in range(LENGTH):
            world.happen(world.something())
        submitted += world.submits
        short += world.short
        named += world.named
        assert asking is Asking.CONSOLE or world.named == 0
        assert path is not ShortPath.OFF or world.short == 0
    assert submitted > SEQUENCES // 8 // 4, "the sequences must reach the end often enough to mean something"
    assert short > SEQUENCES // 8 // 40, "the short path too"
    assert named > SEQUENCES // 8 // 200, "and who names a question"
