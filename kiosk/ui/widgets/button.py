"""Something to press: large, plain, forgiving of a trembling hand."""

from collections.abc import Callable

from kivy.graphics import Color, SmoothLine, SmoothRoundedRectangle
from kivy.input import MotionEvent
from kivy.uix.widget import Widget

from kiosk.ui.arrange import ICON, ICON_GAP
from kiosk.ui.look import Theme, colour
from kiosk.ui.page import Action, Weight
from kiosk.ui.plan import Button
from kiosk.ui.widgets.drawing import Easel, LineDrawing
from kiosk.ui.widgets.text import Text

_FORGIVEN = 40  # a finger may slide this far out of the button before it lifts


class BigButton(Widget):
    """One target. It posts when the finger lifts, if it came down on the button and did not wander off."""

    def __init__(self, button: Button, theme: Theme, easel: Easel, press: Callable[[], None]) -> None:
        super().__init__()
        self.button, self.theme, self._press = button, theme, press
        self._finger: MotionEvent | None = None
        self.text = Text(button.text, theme, middle=True)
        self.add_widget(self.text)
        self.detail = Text(button.detail, theme, middle=True) if button.detail else None
        if self.detail:
            self.add_widget(self.detail)
        self.icon = (
            LineDrawing(easel=easel, theme=theme, name=button.action.icon, still=True) if button.action.icon else None
        )
        if self.icon:
            self.add_widget(self.icon)
        self.bind(pos=self._draw, size=self._draw)

    def texts(self) -> tuple[Text, ...]:
        return (self.text, self.detail) if self.detail else (self.text,)

    def place_in(self, height: int) -> None:
        """Take its place in a window of this height."""
        box = self.button.box
        self.size, self.pos = (box.width, box.height), (box.x, height - box.bottom)
        for text in self.texts():
            inner = text.block.box
            text.size, text.pos = (inner.width, inner.height), (inner.x, height - inner.bottom)
        if self.icon:
            self.icon.size = (ICON, ICON)
            self.icon.pos = (self.text.block.box.x - ICON - ICON_GAP, height - box.y - (box.height + ICON) // 2)

    def forget(self) -> None:
        """Keep no word of what it said."""
        blank = Action(self.button.action.touch, "", "")
        self.button = Button(blank, self.button.box, self.text.block)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if self._finger is None and self.collide_point(*touch.pos):
            self._finger = touch
            self._draw()
            return True
        return False

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch is not self._finger:
            return False
        self._finger = None
        self._draw()
        x, y = touch.pos
        if self.x - _FORGIVEN <= x <= self.right + _FORGIVEN and self.y - _FORGIVEN <= y <= self.top + _FORGIVEN:
            self._press()
        return True

    def _draw(self, *_changed: object) -> None:
        theme, weight, down = self.theme, self.button.action.weight, self._finger is not None
        radius = min(24, self.height / 4)
        self.canvas.before.clear()
        with self.canvas.before:
            if weight is Weight.MAIN:
                Color(*colour(theme.pressed if down else theme.primary))
                SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[radius])
                return
            Color(*colour(theme.line if down else theme.mist if weight is not Weight.QUIET else theme.paper))
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[radius])
            if weight is Weight.QUIET or theme.mist == theme.paper:
                Color(*colour(theme.primary if weight is Weight.QUIET else theme.ink))
                inset = 2
                SmoothLine(
                    rounded_rectangle=(
                        self.x + inset,
                        self.y + inset,
                        self.width - 2 * inset,
                        self.height - 2 * inset,
                        radius,
                    ),
                    width=2,
                )
