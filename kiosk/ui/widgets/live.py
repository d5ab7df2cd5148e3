"""What the camera sees, while it may be looked at."""

from itertools import pairwise
from math import cos, dist, pi, sin

from kivy.graphics import Color, RoundedRectangle, SmoothLine
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.ui.look import Theme, colour
from kiosk.ui.preview import Preview


class LivePicture(Widget):
    """What the camera sees now, or the picture just taken. ``wipe`` blanks the pixels themselves."""

    theme: "ObjectProperty[Theme | None]" = ObjectProperty(None, allownone=True)
    progress = NumericProperty(0.0)
    has_picture = BooleanProperty(False)
    picture_size = ListProperty([0, 0])
    filming = BooleanProperty(True)  # a drawing stands in its place otherwise

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.texture: Texture | None = None
        self._number = -1
        names = ("pos", "size", "theme", "progress")
        self.bind(**dict.fromkeys(names, self._draw))

    def feed(self, preview: Preview) -> None:
        """Show a newer picture."""
        if not self.filming or (self.has_picture and preview.number == self._number):
            return
        if self.texture is None or self.texture.size != (preview.width, preview.height):
            self.wipe()
            self.texture = Texture.create(size=(preview.width, preview.height), colorfmt="rgb")
            self.texture.flip_vertical()
        self.texture.blit_buffer(preview.rgb, colorfmt="rgb", bufferfmt="ubyte")
        self._number = preview.number
        if not self.has_picture:
            self.has_picture = True
            self._draw()
        self.canvas.ask_update()

    def wipe(self) -> None:
        """Blank the picture in the graphics memory, then let it go."""
        if self.texture is not None:
            width, height = self.texture.size
            self.texture.blit_buffer(bytes(3 * width * height), colorfmt="rgb", bufferfmt="ubyte")
        self.texture = None
        self.has_picture = False
        self.canvas.clear()

    def box(self) -> tuple[float, float, float, float]:
        """Say where the picture stands: whole, in the middle, never stretched."""
        if self.texture is None:
            return self.x, self.y, self.width, self.height
        wide, tall = self.texture.size
        scale = min((self.width - 24) / wide, (self.height - 24) / tall)
        width, height = int(wide * scale), int(tall * scale)
        return int(self.center_x - width / 2), int(self.center_y - height / 2), width, height

    def _draw(self, *_changed: object) -> None:
        self.canvas.clear()
        if self.theme is None or self.texture is None:
            return
        x, y, width, height = self.box()
        self.picture_size = [width, height]
        with self.canvas:
            Color(1, 1, 1, 1)
            RoundedRectangle(texture=self.texture, pos=(x, y), size=(width, height), radius=[24])
            edge = 6
            Color(*colour(self.theme.line))
            SmoothLine(rounded_rectangle=(x - edge, y - edge, width + 2 * edge, height + 2 * edge, 30), width=4)
            if self.progress > 0:
                Color(*colour(self.theme.ok))
                SmoothLine(points=self._way(x - edge, y - edge, width + 2 * edge, height + 2 * edge), width=6)

    def _way(self, x: float, y: float, width: float, height: float) -> list[float]:
        """Walk round the picture, clockwise from the top, as far as the picture is near to taking itself."""
        progress = min(1.0, self.progress)
        points = _rounded(x, y, width, height, 30)
        left = progress * sum(dist(a, b) for a, b in pairwise(points))
        walked = [*points[0]]
        for here, there in pairwise(points):
            side = dist(here, there)
            part = min(1.0, left / side) if side else 1.0
            walked += [here[0] + (there[0] - here[0]) * part, here[1] + (there[1] - here[1]) * part]
            left -= side
            if left <= 0:
                break
        return walked


def _rounded(x: float, y: float, width: float, height: float, radius: float) -> list[tuple[float, float]]:
    """Walk round a rectangle with round corners, clockwise from the middle of its top."""
    points = [(x + width / 2, y + height)]
    corners = ((width - radius, height - radius), (width - radius, radius), (radius, radius), (radius, height - radius))
    for number, (cx, cy) in enumerate(corners):
        for piece in range(9):
            turn = pi / 2 * (1 - number - piece / 8)
            points.append((x + cx + radius * cos(turn), y + cy + radius * sin(turn)))
    return [*points, points[0]]
