"""A screen in words: what is read, what is heard and what can be pressed, before anything is drawn.

Both the picture and the voice come from it, so that neither can say what the other does not.
"""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.turn.screens import Touch
from kiosk.ui.words import _

STEPS = 4  # card, document, file, ticket


class Weight(StrEnum):
    """How loud a button is; at most one is MAIN."""

    MAIN = "main"
    CHOICE = "choice"  # one of several of equal rank
    QUIET = "quiet"  # the other way out
    FOOT = "foot"  # always there, always at the same place


class Tone(StrEnum):
    """The ground of a number; the words always say it too."""

    CALM = "mist"
    ATTENTION = "wait"


class Picture(StrEnum):
    """What the one picture of a screen is, as far as its place is concerned."""

    NONE = "none"
    DRAWING = "drawing"  # teaches a gesture or says what happens
    ORNAMENT = "ornament"  # a drawing that may give its room to the words
    CAMERA = "camera"  # takes all the room there is
    CARD = "card"  # a person, a number


@dataclass(frozen=True, slots=True, repr=False)
class Action(Confidential):
    """Something to press: a text, its spoken form, and what it posts."""

    touch: Touch
    text: str
    spoken: str
    weight: Weight = Weight.QUIET
    detail: str = ""  # beside the text: a year
    icon: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Page(Confidential):
    """One screen, ready to be laid out."""

    name: str
    title: str
    help: str = ""
    actions: tuple[Action, ...] = ()
    foot: tuple[Action, ...] = ()
    step: int = 0  # 1 to STEPS, 0: outside the walk
    picture: Picture = Picture.DRAWING
    drawing: str = ""
    hint: str = ""  # a drawing on the live picture, while there is nothing else to see on it
    tone: Tone = Tone.CALM
    figure: str = ""  # the number or the name that matters
    caption: str = ""  # what stands with it
    progress: float = 0.0
    title_lines: int = 1  # room kept for the title, so that a changing instruction moves nothing
    said: str = ""  # the spoken form of the title and the help, when it is another one

    def spoken(self) -> tuple[str, ...]:
        """Everything the screen says, in the order it is to be heard."""
        told = (self.said,) if self.said else (self.title, self.help)
        return tuple(text for text in (*told, *(action.spoken for action in (*self.actions, *self.foot))) if text)

    def step_text(self) -> str:
        return _("Étape {step} sur {steps}").format(step=self.step, steps=STEPS) if self.step else ""


def main(touch: Touch, text: str, spoken: str = "") -> Action:
    """Make the one main action of a screen."""
    return Action(touch, text, spoken or _("Bouton : {text}").format(text=text), Weight.MAIN)


def quiet(touch: Touch, text: str, spoken: str = "") -> Action:
    """Make another way out."""
    return Action(touch, text, spoken or _("Bouton : {text}").format(text=text), Weight.QUIET)


def comfort() -> tuple[Action, ...]:
    """Make the two choices of comfort: larger letters, stronger colours. They end with the turn."""
    return (
        Action(Touch.TEXT_SIZE, _("Texte"), _("Bouton : agrandir le texte"), Weight.FOOT, icon="text-size"),
        Action(Touch.CONTRAST, _("Contraste"), _("Bouton : changer les couleurs"), Weight.FOOT, icon="contrast"),
    )


def foot(*, back: bool = True, help_: bool = True, stop: bool = True) -> tuple[Action, ...]:
    """Make the three things that are always at the same place: back, help, stop."""
    return (
        *(
            (Action(Touch.BACK, _("Retour"), _("Bouton : retour à l'écran précédent"), Weight.FOOT, icon="back"),)
            * back
        ),
        *((Action(Touch.HELP, _("Aide"), _("Bouton : appeler quelqu'un"), Weight.FOOT, icon="help"),) * help_),
        *((Action(Touch.STOP, _("Arrêter"), _("Bouton : arrêter et tout effacer"), Weight.FOOT, icon="stop"),) * stop),
    )
