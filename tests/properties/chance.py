"""Random sequences: what a busy front desk does, and what it should not do."""

import random
from collections.abc import Iterator
from datetime import timedelta

from tests.properties import acts, world
from tests.properties.acts import Act, Said
from tests.properties.forms import Button, Field, Form, Page
from tests.properties.ground import STAFF
from tests.properties.playing import Played

PEOPLE = tuple(world.PEOPLE)
MOST_VISITS = 9
HOUR, DAY = 3600, 86400
WAITS = (5, 20, 60, 600, HOUR, 11 * HOUR, 13 * HOUR, 2 * DAY, 200 * DAY, 1100 * DAY)
WAIT_WEIGHTS = (6, 6, 4, 3, 3, 2, 2, 2, 1, 1)
READ = ("certain",) * 6 + ("doubtful", "unread", "misspelt")
# How often a button is pressed, by the end of its address; whatever is not named here: OTHERWISE.
BUTTONS = {
    "verrouiller/": 0,
    "quitter/": 0,
    "prendre/": 12,
    "qualifier/": 14,
    "decision/validate/": 6,
    "decision/clear/": 6,
    "annuler/": 7,
    "interroger/": 5,
    "declasser/": 5,
    "dire/": 6,
    "decision/homonym/": 1,
    "decision/fictitious/": 1,
    "decision/doubt/": 2,
    "pause/": 0.7,
    "rendre/": 0.7,
    "parti/": 0.7,
    "guichet/": 0.7,
    "complements/": 0.7,
    "personne/": 6,
    "suivant/": 0.8,
    "ecarter/": 1.5,
}
OTHERWISE = 3.0
NOT_FOLLOWED = ("/pieces/", "/fiche/", "export", "/bornes/", "/mon-compte/", "/indicateurs/", "/journal/", "/urgence")
ORIGINAL = ("birth_name", "given_names", "sex", "birth_date", "place")
PAIRS = "/vigilance/doublons/"
UNIT = tuple(name for name, role in STAFF.items() if role == "officer")
PAGES = ("/file/", "/vigilance/", "/vigilance/doublons/", "/vigilance/verifications/", "/recherche/")


class Chance:
    """Chooses act after act of one seed, looking at what there is, as people do."""

    def __init__(self, seed: int, played: Played, *, short_path: bool = False) -> None:
        self._dice, self._played, self._short_path = random.Random(seed), played, short_path
        self._pressed: list[acts.Press] = []

    def acts(self, most: int) -> Iterator[Act]:
        """As many acts as asked for; each is to be carried out before the next is chosen."""
        told = 0
        while told < most:
            for act in self._few():
                if told >= most:
                    return
                if isinstance(act, acts.Press):
                    self._pressed.append(act)
                told += 1
                yield act

    def _few(self) -> Iterator[Act]:
        """One thing to do, which may take several acts."""
        visits = len(self._played.came)
        kinds = {
            self._arrival: (8 if visits < 3 else 2.5) if visits < MOST_VISITS else 0,
            self._wait: 3,
            self._worker: 7,
            self._staff: 30 if visits else 0,
            self._again: 2 if self._pressed else 0,
            self._erasing: 0.3 if visits else 0,
        }
        yield from self._dice.choices(list(kinds), list(kinds.values()))[0]()

    # --- kiosk, time, worker -----------------------------------------------------------------------------------------

    def _arrival(self) -> Iterator[Act]:
        """Mostly somebody with a card and a document of their own; some borrow, lack, or are misread."""
        came = list(self._played.came.values())
        if came and self._dice.random() < 0.1:
            yield acts.Resend(self._dice.choice(came).visit)
            return
        known = [act.card or act.document for act in came if act.card or act.document]
        who = self._dice.choice(known if known and self._dice.random() < 0.5 else PEOPLE)
        visit = f"v{len(came) + 1}"
        if self._short_path and who in known and self._dice.random() < 0.3:
            yield acts.Arrive(visit, who, insi="not-asked", short=True)  # known or not: a kiosk may say so wrongly
            return
        card = document = who
        match self._dice.randrange(12):
            case 0:
                card = self._dice.choice(PEOPLE)  # a borrowed one
            case 1:
                document = ""
            case 2:
                card = ""
            case 3:
                document = self._dice.choice(PEOPLE)
        manner = self._manner() if self._dice.random() < 0.6 else "silent"
        yield acts.Arrive(visit, card, document, self._dice.choice(READ), manner)

    def _manner(self) -> str:
        return self._dice.choice(world.MANNERS)

    def _wait(self) -> Iterator[Act]:
        yield acts.Wait(self._dice.choices(WAITS, WAIT_WEIGHTS)[0])

    def _worker(self) -> Iterator[Act]:
        match self._dice.choices(("ask", "seek", "purge", "verify"), (8, 5, 1.5, 3))[0]:
            case "ask":
                yield acts.Wait(20)
                yield acts.Ask(self._manner(), self._meanwhile())
            case "seek":
                yield acts.Seek()
            case "purge":
                yield acts.Purge()
            case "verify":
                yield acts.Verify(self._manner(), self._meanwhile())

    def _erasing(self) -> Iterator[Act]:
        """Somebody asks to be forgotten; the record is named by a page of it."""
        yield acts.Erase(self._dice.choice(list(self._played.keys)), self._dice.choice(UNIT))

    def _meanwhile(self) -> tuple[Act, ...]:
        """While INSi is asked, somebody may press a button."""
        if self._dice.random() > 0.3:
            return ()
        pressed = next((act for act in self._press(*self._someone()) if isinstance(act, acts.Press)), None)
        return (pressed,) if pressed is not None else ()

    # --- staff -------------------------------------------------------------------------------------------------------

    def _staff(self) -> Iterator[Act]:
        who, path = self._someone()
        match self._dice.choices(("look and press", "press", "look"), (8, 6, 0.5))[0]:
            case "look and press":
                yield from self._work_on(who, path)
            case "press":
                yield from self._press(who, path)
            case "look":
                yield acts.Look(who, path)

    def _work_on(self, who: str, path: str) -> Iterator[Act]:
        """Look and press; who took somebody, or has just decided, mostly goes on with them."""
        goes_on, looks = True, True
        while goes_on:
            if looks:
                yield acts.Look(who, path)
            pressed = tuple(self._press(who, path))
            yield from pressed
            ends = next((act.path for act in pressed if isinstance(act, acts.Press)), "")
            opens = ends.endswith(("prendre/", "personne/"))  # the page shows more now
            goes_on = bool(ends) and self._dice.random() < (0.9 if opens else 0.4)
            looks = opens or self._dice.random() < 0.6

    def _someone(self) -> tuple[str, str]:
        """A member of staff, and the page that they turn to: mostly of who is in their hands."""
        who = self._dice.choice(tuple(STAFF))
        mine = self._in_hand(who)
        if mine and self._dice.random() < 0.65:
            return who, f"/arrivees/{self._dice.choice(mine)}/"
        if self._dice.random() < 0.12:
            return self._dice.choice(UNIT), self._of_the_unit()
        if self._dice.random() < 0.2:
            return who, self._dice.choice(self._led_to(who) or PAGES)
        if self._dice.random() < 0.15:
            return who, self._dice.choice(PAGES)
        visits = list(self._played.came)
        return who, f"/arrivees/{self._dice.choice(visits)}/" if visits else PAGES[0]

    def _in_hand(self, who: str) -> list[str]:
        from kiosk.console.models import Arrival

        keys = Arrival.objects.filter(assigned_to__username=who, stage__in=("called", "held")).order_by("arrived_at")
        names = {key: name for name, key in self._played.keys.items()}
        return [names[str(key)] for key in keys.values_list("pk", flat=True) if str(key) in names]

    def _of_the_unit(self) -> str:
        """A pair that waits to be judged, or one that was."""
        from kiosk.console.models import PersonPair

        names = {key: name for name, key in self._played.keys.items()}
        pairs = PersonPair.objects.order_by("found_at").values_list("first", "second")
        paths = [f"{PAIRS}{names[str(one)]}/{names[str(other)]}/" for one, other in pairs if str(other) in names]
        return self._dice.choice(paths or [PAIRS])

    def _led_to(self, who: str) -> list[str]:
        """Where the pages that this person keeps lead."""
        pages = [kept[-1] for (name, _path), kept in self._played.tabs.items() if name == who and kept]
        if not pages:
            return []
        links = self._dice.choice(pages).links
        followed = [one for one in links if one.startswith("/") and not any(not_ in one for not_ in NOT_FOLLOWED)]
        return [self._played.with_names(one) for one in followed]

    def _press(self, who: str, path: str) -> Iterator[Act]:
        kept = self._played.tabs.get((who, path), [])
        if not kept:
            return
        age = self._dice.randrange(len(kept)) if self._dice.random() < 0.2 else 0
        page = kept[-1 - age]
        found = self._button(page)
        if found is None:
            return
        form, button = found
        same = [one for one in page.all() if (one[1].path, one[1].said) == (button.path, button.said)]
        place = next(place for place, (theirs, _button) in enumerate(same) if theirs is form)
        said = tuple(self._filled(form, button, path))
        yield acts.Press(who, path, self._played.with_names(button.path), button.said, said, age, place)

    def _button(self, page: Page) -> tuple[Form, Button] | None:
        found = page.all()
        weights = [_weight(button) for _form, button in found]
        weights.append(1.5)  # nothing: the only button of many pages calls the next patient
        return self._dice.choices([*found, None], weights)[0]

    def _again(self) -> Iterator[Act]:
        """A press repeated: by the same hand, or as a request of its own by somebody else's."""
        act = self._dice.choice(self._pressed[-12:])
        if self._dice.random() < 0.6:
            yield act
        else:
            yield acts.Post(self._dice.choice(tuple(STAFF)), act.path, (*act.name, *act.said))

    # --- what is filled in -------------------------------------------------------------------------------------------

    def _filled(self, form: Form, button: Button, path: str) -> Iterator[tuple[str, str]]:
        bearer = self._bearer(path)
        is_without = not button.path.endswith("qualifier/")
        truth = _original_of(bearer) if bearer and is_without and self._dice.random() < 0.8 else {}
        is_left = not is_without and self._dice.random() < 0.9  # what the page proposes of the original
        for one in form.fields:
            if is_left and one.name in ORIGINAL:
                yield one.name, one.value
                continue
            match one.kind:
                case "box":
                    yield from ((one.name, value) for value in one.options if self._dice.random() < 0.95)
                case "choice":
                    yield one.name, truth.get(one.name) or self._chosen(one)
                case "text":
                    yield one.name, truth.get(one.name) or self._text(one)

    def _bearer(self, path: str) -> str:
        """Who is probably there, of whom staff reads the original."""
        name = path.removeprefix("/arrivees/").rstrip("/")
        act = self._played.came.get(name)
        if act is None or self._dice.random() < 0.1:
            return self._dice.choice(PEOPLE)
        return act.document or act.card

    def _chosen(self, one: Field) -> str:
        if one.value and self._dice.random() < 0.9:
            return one.value
        return self._dice.choice(
            one.options[:2] if one.name == "evidence" and self._dice.random() < 0.8 else one.options
        )

    def _text(self, one: Field) -> str:
        if one.name == "before":
            days = self._dice.choice((-400, 0, 1, 1))
            return (self._played.ground.clock.now() + timedelta(days=days)).date().isoformat()
        if self._dice.random() < (0.97 if one.value or not one.is_required else 0.1):
            return one.value
        person = world.PEOPLE[self._dice.choice(PEOPLE)]
        said = _original_of(world.name_of(person)) | {"telephone": "0100000000", "address": "1 rue du Parc"}
        return said.get(one.name, person.given_names[0])


def _weight(button: Button) -> float:
    weight = next((often for end, often in BUTTONS.items() if button.path.endswith(end)), OTHERWISE)
    return weight * (0.1 if button.is_disabled else 1)


def _original_of(name: str) -> dict[str, str]:
    from tests.console.arrivals import original_of

    person = world.PEOPLE[name]
    said = original_of(person)
    return said | {"born": said["birth_date"], "name": person.birth_name[:3], "given": person.given_names[0][:3]}


def said_of(act: Act) -> Said:
    return act.said if isinstance(act, acts.Press | acts.Post) else ()
