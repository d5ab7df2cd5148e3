"""A sequence told step by step: somebody comes, staff look at a page and press a button of it, all of it watched."""

from dataclasses import dataclass, field

from tests.properties import acts, world
from tests.properties.acts import Act
from tests.properties.forms import Field, Form
from tests.properties.ground import Ground
from tests.properties.playing import Outcome, Played
from tests.properties.seen import PersonSeen, VisitSeen
from tests.properties.watch import Watch

DAY = 86400


@dataclass(slots=True)
class Story:
    """One console from its first day. What breaks a property fails at once."""

    ground: Ground
    played: Played = field(init=False)
    watch: Watch = field(init=False)
    told: list[Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ground.renew()
        self.played = Played(self.ground)
        self.watch = Watch(self.played)

    def do(self, act: Act) -> Outcome:
        self.told.append(act)
        outcome = self.played.do(act)
        assert not self.watch.broken, (self.watch.broken, self.told)
        return outcome

    def end(self) -> None:
        """What only shows at the end."""
        self.watch.end(self.told[-1])
        assert not self.watch.broken, (self.watch.broken, self.told)

    def come(
        self, visit: str, person: str, insi: str = "right", *, card: str | None = None, read: str = "certain"
    ) -> None:
        """Somebody with a document, and their own card unless another is named."""
        self.do(acts.Arrive(visit, person if card is None else card, person, read, insi))

    def take(self, who: str, visit: str) -> None:
        self.press(who, visit, "prendre/")

    def press(self, who: str, visit: str, button: str, *, nth: int = 0, **said: str) -> Outcome:
        """Look at a visit's page and press one of its buttons, every box ticked."""
        page = f"/arrivees/{visit}/"
        return self.press_on(who, page, page + button, nth=nth, **said)

    def press_on(self, who: str, page: str, path: str, *, nth: int = 0, **said: str) -> Outcome:
        self.do(acts.Look(who, page))
        kept = self.played.tabs[who, page][-1]
        same = [one for one in kept.all() if one[1].path == self.played.with_keys(path)]
        named = tuple(
            (name, value) for name, value in said.items() if ((name, value),) in [one.said for _f, one in same]
        )
        found = [one for one in same if not named or one[1].said == named]
        assert nth < len(found), f"{page} has no button {path} {named}: {[one.path for _form, one in kept.all()]}"
        form, button = found[nth]
        at = [one for one in same if one[1].said == button.said].index(found[nth])
        filled = tuple(_filled(form, said))
        return self.do(acts.Press(who, page, path, button.said, filled, 0, at))

    def qualify(self, who: str, visit: str, first_given_name: str) -> Outcome:
        return self.press(who, visit, "qualifier/", evidence="CN", first_given_name=first_given_name)

    def validate(self, who: str, visit: str, person: str, **changes: str) -> Outcome:
        """Without INS, what the original of this person bears."""
        from tests.console.arrivals import original_of

        said = {"evidence": "CN", **original_of(world.PEOPLE[person]), **changes}
        return self.press(who, visit, "decision/validate/", **said)

    def ask_again(self, who: str, visit: str, person: str) -> Outcome:
        from tests.console.arrivals import original_of

        return self.press(who, visit, "interroger/", **original_of(world.PEOPLE[person]))

    def say_new(self, who: str, visit: str) -> Outcome:
        """None of those who look alike: the last button."""
        self.do(acts.Look(who, f"/arrivees/{visit}/"))
        path = f"/arrivees/{visit}/personne/"
        count = sum(
            one.path == self.played.with_keys(path)
            for _form, one in self.played.tabs[who, f"/arrivees/{visit}/"][-1].all()
        )
        return self.press(who, visit, "personne/", nth=count - 1)

    def judge(self, who: str, one: str, other: str, said: str, kept: str = "1") -> Outcome:
        """What the unit says of a pair."""
        page = f"/vigilance/doublons/{one}/{other}/"
        return self.press_on(who, page, page + "dire/", said=said, kept=kept)

    def seek(self) -> None:
        while self.do(acts.Seek()).was_done:
            pass

    def erase(self, whose: str) -> Outcome:
        return self.do(acts.Erase(whose))

    def wait(self, seconds: int) -> None:
        self.do(acts.Wait(seconds))

    def ask(self, manner: str, *meanwhile: Act) -> Outcome:
        self.wait(30)
        return self.do(acts.Ask(manner, meanwhile))

    def verify(self, manner: str) -> Outcome:
        """A campaign over everybody, and its first answer."""
        self.wait(DAY)
        page, tomorrow = "/vigilance/verifications/", self.ground.clock.now().date().isoformat()
        self.press_on("nora", page, page + "ouvrir/", before=tomorrow)
        return self.do(acts.Verify(manner))

    def person(self, name: str) -> PersonSeen:
        return self.watch.seen.persons[name]

    def of(self, visit: str) -> PersonSeen:
        """Whose visit it is."""
        person = self.person(self.visit(visit).person)
        while person.absorbed_by:
            person = self.person(person.absorbed_by)
        return person

    def visit(self, name: str) -> VisitSeen:
        return self.watch.seen.visits[name]


def _filled(form: Form, said: dict[str, str]) -> list[tuple[str, str]]:
    filled: list[tuple[str, str]] = []
    for one in form.fields:
        filled += _field(one, said)
    return filled


def _field(one: Field, said: dict[str, str]) -> list[tuple[str, str]]:
    if one.kind == "hidden":
        return []  # the page's own, sent in any case
    if one.kind == "box":
        return [(one.name, value) for value in one.options]
    answered = one.options[0] if one.name == "said" and one.kind == "choice" else one.value  # of a minor: their mother
    value = said.get(one.name, answered)
    return [(one.name, value)] if value or one.kind == "text" else []
