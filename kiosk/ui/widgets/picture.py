"""The one picture of a screen: what its ``.kv`` file puts there."""

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.ui.look import Theme, colour
from kiosk.ui.page import Page
from kiosk.ui.widgets.drawing import Easel


class Picture(Widget):
    """What a screen's ``.kv`` file fills; its children take what they show from ``page``."""

    page: "ObjectProperty[Page | None]" = ObjectProperty(None, allownone=True, rebind=True)
    theme: "ObjectProperty[Theme | None]" = ObjectProperty(None)
    easel: "ObjectProperty[Easel | None]" = ObjectProperty(None)
    still = BooleanProperty(False)
    text_scale = NumericProperty(1.0)


class Gauge(Widget):
    """How much of the card is read."""

    value = NumericProperty(0.0)
    theme: "ObjectProperty[Theme | None]" = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.bind(pos=self._draw, size=self._draw, value=self._draw, theme=self._draw)

    def _draw(self, *_changed: object) -> None:
        self.canvas.clear()
        if self.theme is None:
            return
        with self.canvas:
            Color(*colour(self.theme.line))
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[self.height / 2])
            Color(*colour(self.theme.primary))
            wide = max(self.height, self.width * self.value)
            SmoothRoundedRectangle(pos=self.pos, size=(wide, self.height), radius=[self.height / 2])
