"""Looks after each act whether every property holds."""

from dataclasses import dataclass, field

from tests.properties import identity, keeping, links
from tests.properties.acts import Act
from tests.properties.eyes import EVERYTHING, Eyes
from tests.properties.playing import Outcome, Played
from tests.properties.seen import Seen
from tests.properties.step import Memory, Property, Step


def _of(module: object) -> tuple[Property, ...]:
    return tuple(value for name, value in sorted(vars(module).items()) if name[:1] == "p" and name[1:3].isdigit())


PROPERTIES = (*_of(identity), *_of(links), *_of(keeping))
OF_ALL_ACTS = (
    identity.p08_a_refusal_changes_nothing,
    keeping.p19_erasing_leaves_the_chain_valid,
)  # also without a trace
READ_ANEW = 10  # acts after which all tables are read


@dataclass(frozen=True, slots=True)
class Broken:
    """A property that an act broke."""

    name: str
    what: str
    act: Act


@dataclass(slots=True)
class Watch:
    """Sees one sequence from its beginning."""

    played: Played
    eyes: Eyes = field(init=False)
    seen: Seen = field(default_factory=Seen)
    memory: Memory = field(default_factory=Memory)
    broken: list[Broken] = field(default_factory=list)
    _acts: int = 0

    def __post_init__(self) -> None:
        self.eyes = Eyes(self.played)
        self.seen = self.eyes.look(self.seen)
        self.played.ground.touched.taken()
        self.played.ground.refused.taken()
        self.played.watch = self.after

    def after(self, act: Act, outcome: Outcome) -> None:
        if outcome.code >= 500:
            self._break("p00_nothing_breaks", f"the console answered {outcome.code}", act)
        come, touched = len(self.eyes.trail.all), self.played.ground.touched.taken()
        now = self.eyes.look(self.seen, touched)
        new = tuple(self.eyes.trail.all[come:])
        trail, asked_at, refused = self.eyes.trail, self.played.asked_at, self.played.ground.refused.taken()
        step = Step(act, outcome, self.seen, now, new, trail, self.memory, asked_at, self.played.keys, refused)
        self._learn(step)
        for one in PROPERTIES if touched & EVERYTHING else OF_ALL_ACTS:
            for what in one(step):
                self._break(one.__name__, what, act)
        self.seen, self._acts = now, self._acts + 1
        if self._acts % READ_ANEW == 0:
            self.look_again(act)

    def look_again(self, act: Act) -> None:
        """Whether all is as it was seen act after act, where something was heard to be written, and the trail whole."""
        now = self.eyes.look(self.seen)
        states = [[one.state for one in seen.persons.values()] for seen in (self.seen, now)]
        if now != self.seen or states[0] != states[1]:
            self._break("p00_nothing_breaks", "something changed, and no statement was heard that changes it", act)
        for what in keeping.broken_chain():
            self._break(keeping.p19_erasing_leaves_the_chain_valid.__name__, what, act)

    def end(self, act: Act) -> None:
        """After the last act: what only then can be looked at."""
        self.look_again(act)
        for what in keeping.unnoticed(self.played):
            self._break(keeping.p21_a_head_behind_a_witness_is_reported.__name__, what, act)

    def _break(self, name: str, what: str, act: Act) -> None:
        self.broken.append(Broken(name, what, act))

    def _learn(self, step: Step) -> None:
        """Remember what later steps are compared with."""
        for fact in step.new:
            was = step.was(fact.person)
            if fact.kind == "insi-answered" and fact.mark is not None:
                number = step.number_of(fact.person, fact.nth)
                self.memory.numbers.setdefault(fact.person, set()).update({number} - {None})
            if fact.decision and fact.decision == fact.nth:
                self.memory.before_decision[fact.person, fact.nth] = was or self._unknown(fact.person)
            if fact.kind == "merged" and was is not None:
                self.memory.before_merge[fact.person] = was

    def _unknown(self, name: str):
        from tests.properties.seen import PersonSeen

        return PersonSeen(name, 0, "PROVISIONAL", None, "", "", "", frozenset(), "", "", "", "", False, "")
