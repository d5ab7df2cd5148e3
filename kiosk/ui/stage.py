"""Kivy's side of the window: builds a screen anew, shows it, and leaves nothing of it behind."""

import threading
from collections.abc import Callable
from dataclasses import replace

from kivy.animation import Animation
from kivy.base import runTouchApp, stopTouchApp
from kivy.clock import Clock, ClockEvent
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glPixelStorei, glReadPixels
from kivy.input import MotionEvent
from kivy.uix.widget import Widget

from kiosk.core.sources.document import Guidance, Side
from kiosk.core.turn.screens import (
    Done,
    HelpCalled,
    Information,
    InsertCard,
    ReadingCard,
    Screen,
    ShowDocument,
    TakeCard,
    Touch,
    Working,
)
from kiosk.ui.arrange import Frame, arrange
from kiosk.ui.look import Look, colour
from kiosk.ui.plan import Item
from kiosk.ui.preview import Preview
from kiosk.ui.screens import page_of
from kiosk.ui.view import ScreenView, load_rules
from kiosk.ui.widgets.drawing import Easel
from kiosk.ui.widgets.text import measure

_FADE, _FADE_FROM = 0.15, 0.3  # seconds; never a blank frame
_GUARD = 0.4  # seconds: a second strike of the same finger is not meant for the next screen (EN 301 549, 5.8)
_FILMING = 1 / 15
_FILMED = ("document", "review")
_AT_REST = ("welcome", "out_of_order")  # nobody's turn
_COMFORT_KEPT = 60.0  # seconds on the welcome screen
_REST = 0.4  # seconds between two drawings painted ahead
_REHEARSED: tuple[Screen, ...] = (
    Information(),
    InsertCard(),
    ReadingCard(),
    ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT),
    ShowDocument(Side.SECOND, Guidance.TURN_OVER),
    Working(),
    Done(),
    TakeCard(),
    HelpCalled("1"),
)
_GL_PACK_ALIGNMENT = 0x0D05


class Stage(Widget):
    """Everything that runs on Kivy's thread."""

    def __init__(
        self,
        post: Callable[[Touch], None],
        preview: Callable[[], Preview | None],
        structure_name: str,
        look: Look,
        *,
        closable: bool,
    ) -> None:
        load_rules()
        super().__init__()
        self._post, self._preview, self._structure, self.look = post, preview, structure_name, look
        self._usual = look  # what every turn begins with
        self.on_shown: Callable[[str, list[Item]], None] | None = None
        self._lock = threading.Lock()
        self._newest: Screen | None = None
        self._screen: Screen | None = None
        self.view: ScreenView | None = None
        self._easel = Easel()
        self._filming: ClockEvent | None = None
        self._last_press = -_GUARD
        self._unannounced = False
        self._drawn: ScreenView | None = None
        self._to_rehearse = list(_REHEARSED)
        self._rehearsing = Clock.create_trigger(self._rehearse, _REST)
        self._undressing = Clock.create_trigger(self._undress, _COMFORT_KEPT)
        self._announcing = Clock.create_trigger(self._announce)
        self._pending = Clock.create_trigger(self._take_newest)
        Window.clearcolor = colour(look.theme.paper)
        Window.bind(on_flip=self._flipped, on_resize=self._resized)
        if not closable:  # a patient does not close the kiosk, whatever key is pressed
            Window.bind(on_request_close=lambda *_asked: True)

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
        if page.name in _AT_REST and self._screen is not None and self._screen.name not in _AT_REST:
            self.look = self._usual
            Window.clearcolor = colour(self.look.theme.paper)
        if self.view and not anew and self.view.only_goes_on(page):
            self._screen = screen
            self._unannounced = True
            self.canvas.ask_update()
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
                self.view.opacity = _FADE_FROM
                fade = Animation(opacity=1.0, duration=_FADE)
                fade.start(self.view)
        self._film(page.name in _FILMED)
        self._unannounced = True
        self.canvas.ask_update()

    def _rehearse(self, _dt: float) -> None:
        """While nobody is there, paint the next screen's drawing once, so that a patient does not wait for it."""
        if not self._to_rehearse or self.view is None or self.view.page.name != "welcome":
            return
        page = page_of(self._to_rehearse.pop(0))
        width, height = (int(part) for part in Window.size)
        plan = arrange(page, Frame(width, height, self._structure, measure, self.look.text))
        ScreenView(page, plan, replace(self.look, still=True), self._easel, self._pressed).wipe()
        self._rehearsing()

    def _leave(self) -> None:
        self._film(False)
        self._screen = None
        if self.view:
            Animation.cancel_all(self.view)
            self.remove_widget(self.view)
            self.view.wipe()
            self.view = self._drawn = None

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
        if now - self._last_press < _GUARD:
            return
        self._last_press = now
        if touch is Touch.TEXT_SIZE:
            self._dress(self.look.larger())
        elif touch is Touch.CONTRAST:
            self._dress(self.look.other_colours())
        self._post(touch)

    def _dress(self, look: Look) -> None:
        """Change how the screens look, for this person only."""
        self.look = look
        Window.clearcolor = colour(look.theme.paper)
        self._undressing.cancel()
        if look != self._usual:
            self._undressing()
        if self._screen is not None:
            self._present(self._screen, anew=True)

    def _undress(self, _dt: float) -> None:
        """Chose a comfort and went away: the next person finds the usual screen."""
        if self.view and self.view.page.name in _AT_REST:
            self._dress(self._usual)

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
        """A whole frame is about to be handed to the display: the screen is told once it has been."""
        if not self._unannounced or self.view is None:
            return
        left = self._last_press + _GUARD - Clock.get_time()
        if self.view.opacity < 1.0 or left > 0:  # not whole yet, or not to be pressed yet: after another frame
            Clock.schedule_once(lambda _dt: self.canvas.ask_update(), max(0.02, left))
            return
        self._unannounced = False
        self._drawn = self.view
        self._announcing()

    def _announce(self, _dt: float) -> None:
        """Tell that the screen is there and can be pressed."""
        if self.view is None or self.view is not self._drawn:  # another one is coming, and will be told
            return
        if self._to_rehearse and self.view.page.name == "welcome":
            self._rehearsing()
        if self.on_shown:
            self.on_shown(self.view.page.name, self.view.describe())

    def describe(self) -> list[Item]:
        """List what is on the screen, in reading order."""
        return self.view.describe() if self.view else []

    def snapshot(self) -> tuple[int, int, bytes]:
        """Read the pixels of the window, rows from the top: for tests and the demonstration, on Kivy's thread."""
        width, height = (int(part) for part in Window.size)
        Window.dispatch("on_draw")
        glPixelStorei(_GL_PACK_ALIGNMENT, 1)
        pixels = bytes(glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE))
        row = 3 * width
        return width, height, b"".join(pixels[at : at + row] for at in range(len(pixels) - row, -1, -row))
