"""Line drawings on the screen: one shows its gesture once, then stands still and the processor rests."""

from kivy.animation import Animation
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.ui.look import Theme
from kiosk.ui.pen import Drawing, paint, read_drawing


class Easel:
    """Keeps painted drawings; none of them is about a person."""

    def __init__(self) -> None:
        self._drawings: dict[str, Drawing] = {}
        self._layers: dict[tuple[str, str, int, int, Theme], Texture] = {}

    def drawing(self, name: str) -> Drawing:
        if name not in self._drawings:
            self._drawings[name] = read_drawing(name)
        return self._drawings[name]

    def layer(self, name: str, part: str, width: int, height: int, theme: Theme) -> Texture:
        key = (name, part, width, height, theme)
        if key not in self._layers:
            drawing = self.drawing(name)
            shapes = getattr(drawing, part)
            texture = Texture.create(size=(width, height), colorfmt="rgba")
            texture.blit_buffer(
                paint(shapes, theme, width / drawing.width, width, height), colorfmt="rgba", bufferfmt="ubyte"
            )
            texture.flip_vertical()
            self._layers[key] = texture
        return self._layers[key]


class LineDrawing(Widget):
    """One of our drawings, as large as its box allows, in the middle of it."""

    easel: "ObjectProperty[Easel | None]" = ObjectProperty(None, allownone=True)
    theme: "ObjectProperty[Theme | None]" = ObjectProperty(None, allownone=True)
    name = StringProperty("")
    still = BooleanProperty(False)
    shift = NumericProperty(0.0)  # 1: the moving layer is where it starts, 0: at its place

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._animation: Animation | None = None
        self.bind(
            pos=self._draw, size=self._draw, shift=self._draw, name=self._begin, easel=self._begin, theme=self._begin
        )
        self._begin()

    def _begin(self, *_changed: object) -> None:
        if self._animation:
            self._animation.cancel(self)
            self._animation = None
        ready = self.theme is not None and self.name and not self.still
        if self.easel is not None and ready and self.easel.drawing(self.name).moving:
            self.shift = 1.0
            self._animation = Animation(duration=0.6) + Animation(shift=0.0, duration=1.6, t="in_out_cubic")
            self._animation.start(self)
        self._draw()

    def _draw(self, *_changed: object) -> None:
        self.canvas.clear()
        if self.easel is None or self.theme is None or not self.name or self.width < 8 or self.height < 8:
            return
        drawing = self.easel.drawing(self.name)
        scale = min(self.width / drawing.width, self.height / drawing.height)
        width, height = max(1, round(drawing.width * scale)), max(1, round(drawing.height * scale))
        x, y = int(self.center_x - width / 2), int(self.center_y - height / 2)
        dx, dy = (part * scale * self.shift for part in drawing.start)
        with self.canvas:
            Color(1, 1, 1, 1)
            for part in ("standing", "moving", "before"):
                if getattr(drawing, part):
                    texture = self.easel.layer(self.name, part, width, height, self.theme)
                    place = (x + round(dx), y - round(dy)) if part == "moving" else (x, y)
                    Rectangle(texture=texture, pos=place, size=(width, height))
