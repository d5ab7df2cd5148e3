"""One screen as widgets: built for one person, changed while it is theirs, wiped after."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from kivy.animation import Animation
from kivy.factory import Factory
from kivy.lang import Builder
from kivy.uix.widget import Widget

from kiosk.core.turn.screens import Touch
from kiosk.ui.look import Look
from kiosk.ui.page import Page
from kiosk.ui.plan import Arrangement, Block, Item
from kiosk.ui.screens import VIEWS
from kiosk.ui.widgets.band import StepDots
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.drawing import Easel, LineDrawing
from kiosk.ui.widgets.live import LivePicture
from kiosk.ui.widgets.picture import Gauge, Picture
from kiosk.ui.widgets.plate import Plate
from kiosk.ui.widgets.text import Text

_GOING_ON = ("reading", "document", "still_there")  # shown anew many times for one person


def load_rules() -> None:
    """Read the screens' ``.kv`` files, once."""
    for piece in (LineDrawing, LivePicture, Picture, Plate, Gauge):
        Factory.register(piece.__name__, cls=piece)
    for name in VIEWS:
        rules = Path(__file__).parent / "screens" / f"{name}.kv"
        if str(rules) not in Builder.files:
            Builder.load_file(str(rules))


class ScreenView(Widget):
    """One screen of one patient; made for it, wiped after it."""

    def __init__(self, page: Page, plan: Arrangement, look: Look, easel: Easel, press: Callable[[Touch], None]) -> None:
        super().__init__(size=(plan.width, plan.height))
        self.page, self.plan, self._look = page, plan, look
        self.texts: list[Text] = []
        self.buttons: list[BigButton] = []
        for block in plan.blocks:
            text = Text(block, look.theme)
            self.add_widget(text)
            self._put(text, block)
            self.texts.append(text)
        if plan.dots:
            dots = StepDots(page.step, look.theme)
            self.add_widget(dots)
            dots.size, dots.pos = (plan.dots.width, plan.dots.height), (plan.dots.x, plan.height - plan.dots.bottom)
        self.picture: Picture | None = None
        if plan.picture:
            kind = "".join(part.title() for part in page.name.split("_"))
            picture = Factory.get(f"{kind}Picture")(
                page=page, theme=look.theme, easel=easel, still=look.still, text_scale=plan.scale
            )
            if not isinstance(picture, Picture):
                raise TypeError(f"{kind}Picture: the rules of a screen begin with a Picture")
            self.picture = picture
            self.add_widget(picture)
            self._place_picture()
        for button in plan.buttons:
            widget = BigButton(button, look.theme, easel, partial(press, button.action.touch))
            self.add_widget(widget)
            widget.place_in(plan.height)
            self.buttons.append(widget)

    def live(self) -> LivePicture | None:
        return next((each for each in self.walk(restrict=True) if isinstance(each, LivePicture) and each.filming), None)

    def only_goes_on(self, page: Page) -> bool:
        """Show how far something has come, when nothing else changed; say whether that was all."""
        if replace(page, progress=0.0) != replace(self.page, progress=0.0) or page.name not in _GOING_ON:
            return False
        self.page = page
        if self.picture:
            self.picture.page = page
        return True

    def can_become(self, page: Page, plan: Arrangement) -> bool:
        """Say whether the same widgets can show it: same screen, same buttons, nobody else's data."""
        return (
            page.name == self.page.name
            and page.name in _GOING_ON
            and page.drawing == self.page.drawing
            and [button.action for button in plan.buttons] == [button.action for button in self.plan.buttons]
            and len(plan.blocks) == len(self.plan.blocks)
            and (plan.picture is None) == (self.plan.picture is None)
        )

    def become(self, page: Page, plan: Arrangement) -> None:
        self.page, self.plan = page, plan
        for text, block in zip(self.texts, plan.blocks, strict=True):
            self._put(text, block)
            text.set(block)
        for widget, button in zip(self.buttons, plan.buttons, strict=True):
            widget.button = button
            widget.place_in(plan.height)
        if self.picture:
            self.picture.page = page
            self._place_picture()

    def wipe(self) -> None:
        """Leave nothing: no word, no pixel, no value of the screen."""
        for widget in list(self.walk(restrict=True)):
            Animation.cancel_all(widget)
            if isinstance(widget, Text | LivePicture | Plate):
                widget.wipe()
        if self.picture:
            self.picture.page = None
        for button in self.buttons:
            button.forget()
        self.clear_widgets()
        self.canvas.clear()
        self.page, self.plan = Page(name="", title=""), Arrangement(0, 0, (), (), None, None, 1.0, True)
        self.texts, self.buttons, self.picture = [], [], None

    def describe(self) -> list[Item]:
        """List what is on the screen, in reading order."""
        page, plan = self.page, self.plan
        items = []
        for block in plan.blocks:
            text, box = " ".join(block.lines), block.box
            items.append(Item("text", None, text, text, box.x, box.y, box.width, box.height))
        if plan.picture:
            box, told = plan.picture, " ".join(part for part in (page.figure, page.caption) if part)
            items.append(Item("picture", None, told, page.said, box.x, box.y, box.width, box.height))
        for button in plan.buttons:
            action, box = button.action, button.box
            kind = "foot" if action in page.foot else "button"
            text = f"{action.text} {action.detail}".strip()
            items.append(Item(kind, action.touch, text, action.spoken, box.x, box.y, box.width, box.height))
        return items

    def nothing_is_cut(self) -> bool:
        """Say whether every line lies wholly in its box (tests ask)."""
        widgets = list(self.walk(restrict=True))
        plates = all(each.whole for each in widgets if isinstance(each, Plate))
        return self.plan.fits and plates and all(each.fits for each in widgets if isinstance(each, Text))

    def _put(self, text: Text, block: Block) -> None:
        text.size, text.pos = (block.box.width, block.box.height), (block.box.x, self.plan.height - block.box.bottom)

    def _place_picture(self) -> None:
        box = self.plan.picture
        if self.picture and box:
            self.picture.size, self.picture.pos = (box.width, box.height), (box.x, self.plan.height - box.bottom)
