"""The one picture of a screen: a drawing, the live camera, a number, a person."""

from itertools import pairwise
from math import cos, dist, pi, sin

from kivy.graphics import Color, Line, RoundedRectangle, SmoothLine, SmoothRoundedRectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.ui.arrange import Block, Box, pitch
from kiosk.ui.look import SIZES, Type, colour
from kiosk.ui.preview import Preview
from kiosk.ui.widgets.drawing import LineDrawing
from kiosk.ui.widgets.text import Text, measure
from kiosk.ui.wrap import wrap


class Picture(Widget):
    """What a screen's ``.kv`` file fills; its children take what they show from ``page``."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    theme = ObjectProperty(None)
    easel = ObjectProperty(None)
    still = BooleanProperty(False)
    text_scale = NumericProperty(1.0)


class ProgressBar(Widget):
    """How much of the card is read."""

    value = NumericProperty(0.0)
    theme = ObjectProperty(None, allownone=True)

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


class Plate(Widget):
    """A number or a person on a quiet card: the figure large, its caption under it."""

    figure = StringProperty("")
    caption = StringProperty("")
    theme = ObjectProperty(None, allownone=True)
    kind = StringProperty("large")  # the figure's size: "figure" or "title"
    text_scale = NumericProperty(1.0)
    ground = StringProperty("mist")
    easel = ObjectProperty(None, allownone=True)
    drawing = StringProperty("")  # stands above the figure

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.texts: tuple[Text, ...] = ()
        names = ("pos", "size", "figure", "caption", "theme", "kind", "text_scale", "ground", "easel", "drawing")
        self.bind(**dict.fromkeys(names, self._draw))

    def wipe(self) -> None:
        for text in self.texts:
            text.wipe()
        self.figure = self.caption = ""

    def _draw(self, *_changed: object) -> None:
        self.canvas.before.clear()
        self.clear_widgets()
        self.texts = ()
        if self.theme is None or not self.figure or self.height < 32:
            return
        with self.canvas.before:
            Color(*colour(getattr(self.theme, self.ground)))
            RoundedRectangle(pos=self.pos, size=self.size, radius=[32])
            if self.theme.mist == self.theme.paper:
                Color(*colour(self.theme.ink))
                SmoothLine(rounded_rectangle=(self.x + 2, self.y + 2, self.width - 4, self.height - 4, 32), width=1.5)
        self._write()

    def _write(self) -> None:
        room = int(self.width - 96)
        small = round(SIZES[Type.BODY] * self.text_scale)
        below = wrap(self.caption, room, lambda text: measure(text, small, False)) if self.caption else ()
        size = round(SIZES[Type(self.kind)] * self.text_scale)
        lines = wrap(self.figure, room, lambda text: measure(text, size, True))
        gap = 16 if below else 0
        while size > small and len(lines) * pitch(size) + gap + len(below) * pitch(small) > self.height - 32:
            size -= 4
            lines = wrap(self.figure, room, lambda text, at=size: measure(text, at, True))
        above = len(lines) * pitch(size)
        total = above + gap + len(below) * pitch(small)
        art = min(180, int(self.height - total - 96)) if self.drawing and self.easel else 0
        art = art if art >= 96 else 0
        top = self.top - (self.height - total - art - 24 * bool(art)) / 2
        if art:
            self.add_widget(
                LineDrawing(
                    easel=self.easel,
                    theme=self.theme,
                    name=self.drawing,
                    still=True,
                    size=(art, art),
                    pos=(self.center_x - art / 2, top - art),
                )
            )
            top -= art + 24
        left = int(self.x + 48)
        made = [(Block(lines, size, True, "ink", Box(left, 0, room, above), "center"), top - above)]
        if below:
            tall = len(below) * pitch(small)
            made.append(
                (
                    Block(
                        below,
                        small,
                        False,
                        "ink" if self.ground == "wait" else "muted",
                        Box(left, 0, room, tall),
                        "center",
                    ),
                    top - total,
                )
            )
        texts = []
        for block, y in made:
            text = Text(block, self.theme)
            self.add_widget(text)
            text.size, text.pos = (room, block.box.height), (left, int(y))
            texts.append(text)
        self.texts = tuple(texts)


class LivePicture(Widget):
    """What the camera sees now, or the picture just taken. ``wipe`` blanks the pixels themselves."""

    theme = ObjectProperty(None, allownone=True)
    progress = NumericProperty(0.0)
    filming = BooleanProperty(True)  # a drawing stands in its place otherwise

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._texture: Texture | None = None
        self._number = -1
        self.has_picture = False
        names = ("pos", "size", "theme", "progress")
        self.bind(**dict.fromkeys(names, self._draw))

    def feed(self, preview: Preview) -> None:
        """Show a newer picture."""
        if not self.filming or (self.has_picture and preview.number == self._number):
            return
        if self._texture is None or self._texture.size != (preview.width, preview.height):
            self.wipe()
            self._texture = Texture.create(size=(preview.width, preview.height), colorfmt="rgb")
            self._texture.flip_vertical()
        self._texture.blit_buffer(preview.rgb, colorfmt="rgb", bufferfmt="ubyte")
        self._number = preview.number
        if not self.has_picture:
            self.has_picture = True
            for sibling in self.parent.children if self.parent else ():
                if sibling is not self:
                    sibling.opacity = 0
            self._draw()
        self.canvas.ask_update()

    def wipe(self) -> None:
        """Blank the picture in the graphics memory, then let it go."""
        if self._texture is not None:
            width, height = self._texture.size
            self._texture.blit_buffer(bytes(3 * width * height), colorfmt="rgb", bufferfmt="ubyte")
        self._texture = None
        self.has_picture = False
        self.canvas.clear()

    def box(self) -> tuple[float, float, float, float]:
        """Say where the picture stands: whole, in the middle, never stretched."""
        if self._texture is None:
            return self.x, self.y, self.width, self.height
        wide, tall = self._texture.size
        scale = min((self.width - 24) / wide, (self.height - 24) / tall)
        width, height = int(wide * scale), int(tall * scale)
        return int(self.center_x - width / 2), int(self.center_y - height / 2), width, height

    def _draw(self, *_changed: object) -> None:
        self.canvas.clear()
        if self.theme is None or self._texture is None:
            return
        x, y, width, height = self.box()
        with self.canvas:
            Color(1, 1, 1, 1)
            RoundedRectangle(texture=self._texture, pos=(x, y), size=(width, height), radius=[24])
            edge = 6
            Color(*colour(self.theme.line))
            SmoothLine(rounded_rectangle=(x - edge, y - edge, width + 2 * edge, height + 2 * edge, 30), width=4)
            if self.progress > 0:
                Color(*colour(self.theme.ok))
                Line(points=self._way(x - edge, y - edge, width + 2 * edge, height + 2 * edge), width=6, cap="round")

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
