"""Kivy's side of the window: builds a screen anew, shows it, and leaves nothing of it behind."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kivy.animation import Animation
from kivy.base import EventLoop, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.factory import Factory
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glPixelStorei, glReadPixels
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.uix.widget import Widget

from kiosk.core.confidential import Confidential
from kiosk.core.screens import Screen, Touch
from kiosk.ui.arrange import Frame, arrange
from kiosk.ui.look import Look, colour
from kiosk.ui.page import Page
from kiosk.ui.plan import Arrangement, Block
from kiosk.ui.preview import Preview
from kiosk.ui.screens import VIEWS, page_of
from kiosk.ui.widgets.band import StepDots
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.drawing import Easel, LineDrawing
from kiosk.ui.widgets.live import LivePicture
from kiosk.ui.widgets.picture import Gauge, Picture
from kiosk.ui.widgets.plate import Plate
from kiosk.ui.widgets.text import Text, measure

_FADE = 0.15
_GUARD = 0.4  # seconds: a second strike of the same finger is not meant for the next screen (EN 301 549, 5.8)
_FILMING = 1 / 15
_FILMED = ("document", "review")
_GOING_ON = ("reading", "document", "still_there")  # shown anew many times for one person
_GL_PACK_ALIGNMENT = 0x0D05


def _load_rules() -> None:
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
            self.picture = Factory.get(f"{kind}Picture")(
                page=page, theme=look.theme, easel=easel, still=look.still, text_scale=plan.scale
            )
            self.add_widget(self.picture)
            self._place_picture()
        for button in plan.buttons:
            widget = BigButton(button, look.theme, easel, lambda touch=button.action.touch: press(touch))
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
            and page.foot == self.page.foot
            and [b.action.touch for b in plan.buttons] == [b.action.touch for b in self.plan.buttons]
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


@dataclass(frozen=True, slots=True, repr=False)
class Item(Confidential):
    """One thing on the screen, as a driver or a voice finds it: pixels of the window, from the top left."""

    kind: str  # "button", "foot", "text", "picture"
    touch: Touch | None
    text: str
    spoken: str
    x: int
    y: int
    width: int
    height: int


class Stage(Widget):
    """Everything that runs on Kivy's thread."""

    def __init__(
        self, post: Callable[[Touch], None], preview: Callable[[], Preview | None], structure_name: str, look: Look
    ) -> None:
        _load_rules()
        super().__init__()
        self._post, self._preview, self._structure, self.look = post, preview, structure_name, look
        self.on_shown: Callable[[str, list[Item]], None] | None = None
        self._lock = threading.Lock()
        self._newest: Screen | None = None
        self._screen: Screen | None = None
        self.view: ScreenView | None = None
        self._easel = Easel()
        self._filming = None
        self._last_press = -_GUARD
        self._unannounced = False
        self._pending = Clock.create_trigger(self._take_newest)
        Window.clearcolor = colour(look.theme.paper)
        Window.bind(on_flip=self._flipped, on_resize=self._resized)

    # called from any thread

    def show(self, screen: Screen) -> None:
        with self._lock:
            self._newest = screen
        self._pending()

    def stop(self) -> None:
        Clock.schedule_once(lambda _dt: stopTouchApp(), 0)

    # Kivy's thread

    def run(self) -> None:
        Window.add_widget(self)
        try:
            runTouchApp()
        finally:
            self._leave()
            Window.remove_widget(self)
            Window.close()

    def _take_newest(self, _dt: float) -> None:
        with self._lock:
            screen, self._newest = self._newest, None
        if screen is not None:
            self._present(screen, anew=False)

    def _resized(self, *_changed: object) -> None:
        if self._screen is not None:
            Clock.schedule_once(lambda _dt: self._present(self._screen, anew=True) if self._screen else None, 0)

    def _present(self, screen: Screen, *, anew: bool) -> None:
        page = page_of(screen)
        if self.view and not anew and self.view.only_goes_on(page):
            self._screen = screen
            return
        width, height = (int(part) for part in Window.size)
        plan = arrange(page, Frame(width, height, self._structure, measure, self.look.text))
        before = self.view.page.name if self.view else ""
        self._screen = screen
        if self.view and not anew and self.view.can_become(page, plan):
            self.view.become(page, plan)
        else:
            self._leave()
            self._screen = screen
            self.view = ScreenView(page, plan, self.look, self._easel, self._pressed)
            self.add_widget(self.view)
            if not self.look.still and before != page.name:
                self.view.opacity = 0.0
                fade = Animation(opacity=1.0, duration=_FADE)
                fade.start(self.view)
        self._film(page.name in _FILMED)
        self._unannounced = True
        self.canvas.ask_update()

    def _leave(self) -> None:
        self._film(False)
        self._screen = None
        if self.view:
            Animation.cancel_all(self.view)
            self.remove_widget(self.view)
            self.view.wipe()
            self.view = None

    def _film(self, on: bool) -> None:
        if self._filming is not None and not on:
            self._filming.cancel()
            self._filming = None
        if on:
            if self._filming is None:
                self._filming = Clock.schedule_interval(self._look_at_preview, _FILMING)
            self._look_at_preview(0.0)

    def _look_at_preview(self, _dt: float) -> None:
        live = self.view.live() if self.view else None
        if live is None:
            return
        seen = self._preview()
        if seen is not None:
            live.feed(seen)

    def _pressed(self, touch: Touch) -> None:
        now = Clock.get_time()
        if now - self._last_press >= _GUARD:
            self._last_press = now
            self._post(touch)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if touch.is_mouse_scrolling or super().on_touch_down(touch):
            return True
        touch.ud["on_nothing"] = self.view
        return False

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if super().on_touch_up(touch):
            return True
        # "Touch the screen": on the welcome screen, anywhere is right.
        if self.view and touch.ud.get("on_nothing") is self.view and self.view.page.name == "welcome":
            self._pressed(Touch.START)
            return True
        return False

    def _flipped(self, *_window: object) -> None:
        if not self._unannounced or self.view is None:
            return
        left = self._last_press + _GUARD - Clock.get_time()
        if self.view.opacity < 1.0 or left > 0:
            Clock.schedule_once(lambda _dt: self.canvas.ask_update(), max(0.02, left))
            return
        self._unannounced = False
        if self.on_shown:
            self.on_shown(self.view.page.name, self.describe())

    def describe(self) -> list[Item]:
        """List what is on the screen, in reading order."""
        if self.view is None:
            return []
        page, plan = self.view.page, self.view.plan
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

    def snapshot(self) -> tuple[int, int, bytes]:
        """Read the pixels of the window, rows from the top: for tests and the demonstration, on Kivy's thread."""
        width, height = (int(part) for part in Window.size)
        Window.dispatch("on_draw")
        glPixelStorei(_GL_PACK_ALIGNMENT, 1)
        pixels = bytes(glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE))
        row = 3 * width
        return width, height, b"".join(pixels[at : at + row] for at in range(len(pixels) - row, -1, -row))

    def is_running(self) -> bool:
        return EventLoop.status == "started"
