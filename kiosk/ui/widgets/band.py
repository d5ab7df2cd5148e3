"""How far the person has come: four wide dots."""

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.uix.widget import Widget

from kiosk.ui.look import Theme, colour
from kiosk.ui.page import STEPS


class StepDots(Widget):
    """Four wide dots, filled up to the present step; the words say it too."""

    def __init__(self, step: int, theme: Theme) -> None:
        super().__init__()
        self.step, self.theme = step, theme
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_changed: object) -> None:
        gap = 16
        wide = (self.width - gap * (STEPS - 1)) / STEPS
        self.canvas.clear()
        with self.canvas:
            for index in range(STEPS):
                Color(*colour(self.theme.primary if index < self.step else self.theme.line))
                SmoothRoundedRectangle(
                    pos=(int(self.x + index * (wide + gap)), self.y),
                    size=(int(wide), self.height),
                    radius=[self.height / 2],
                )
