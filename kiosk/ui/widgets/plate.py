"""A number or a person, large, on a quiet card."""

from kivy.graphics import Color, SmoothLine, SmoothRoundedRectangle
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.ui.look import SIZES, Type, colour
from kiosk.ui.plan import Block, Box, pitch
from kiosk.ui.widgets.drawing import LineDrawing
from kiosk.ui.widgets.text import Text, measure
from kiosk.ui.words import typeset
from kiosk.ui.wrap import wrap

_SIDE = 48
_GAP = 16
_LEAST_ART, _MOST_ART = 96, 180


class Plate(Widget):
    """The figure large, its caption under it, a small drawing above when there is room."""

    figure = StringProperty("")
    caption = StringProperty("")
    theme = ObjectProperty(None, allownone=True)
    kind = StringProperty("figure")  # how large: "figure" for a number, "title" for a person
    text_scale = NumericProperty(1.0)
    ground = StringProperty("mist")
    easel = ObjectProperty(None, allownone=True)
    drawing = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.texts: tuple[Text, ...] = ()
        names = ("pos", "size", "figure", "caption", "theme", "kind", "text_scale", "ground", "easel", "drawing")
        self.bind(**dict.fromkeys(names, self._draw))

    def wipe(self) -> None:
        """Forget whose number or name it was."""
        for text in self.texts:
            text.wipe()
        self.figure = self.caption = ""

    def _draw(self, *_changed: object) -> None:
        self.canvas.before.clear()
        self.clear_widgets()
        self.texts = ()
        if self.theme is None or not self.figure or min(self.height, self.width) < 2 * _SIDE:
            return
        with self.canvas.before:
            Color(*colour(getattr(self.theme, self.ground)))
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[32])
            if self.theme.mist == self.theme.paper:
                Color(*colour(self.theme.ink))
                SmoothLine(rounded_rectangle=(self.x + 2, self.y + 2, self.width - 4, self.height - 4, 32), width=2)
        self._write()

    def _write(self) -> None:
        caption = self._caption()
        figure = self._figure(caption.box.height + _GAP if caption else 0)
        total = figure.box.height + (_GAP + caption.box.height if caption else 0)
        top = self.top - (self.height - total) / 2
        art = min(_MOST_ART, int(self.height - total - 2 * _SIDE))
        if self.drawing and self.easel and art >= _LEAST_ART:
            top += (art + _GAP) / 2
            self._illustrate(art, top)
            top -= art + _GAP
        texts = [self._set(figure, top)]
        if caption:
            texts.append(self._set(caption, top - figure.box.height - _GAP))
        self.texts = tuple(texts)

    def _caption(self) -> Block | None:
        """A desk matters as much as the number it stands under; a year does not."""
        if not self.caption:
            return None
        strong = self.kind == "figure"
        size = round(SIZES[Type.LARGE if strong else Type.BODY] * self.text_scale)
        room = int(self.width - 2 * _SIDE)
        lines = wrap(typeset(self.caption), room, lambda text: measure(text, size, strong))
        box = Box(0, 0, room, len(lines) * pitch(size))
        return Block(lines, size, strong, "ink" if strong or self.ground == "wait" else "muted", box, "center")

    def _figure(self, below: int) -> Block:
        """Take the largest size at which no name is broken inside a word and all of it stands on the plate."""
        words = typeset(self.figure)
        room = int(self.width - 2 * _SIDE)
        least = round(SIZES[Type.BODY] * self.text_scale)
        size = round(SIZES[Type(self.kind)] * self.text_scale)
        pieces = words.replace("-", "- ").split(" ")
        while True:
            lines = wrap(words, room, lambda text, at=size: measure(text, at, True))
            high = len(lines) * pitch(size)
            whole = all(measure(piece, size, True) <= room for piece in pieces)
            if size <= least or (whole and high + below <= self.height - _SIDE):
                return Block(lines, size, True, "ink", Box(0, 0, room, high), "center")
            size = max(least, size - 4)

    def _illustrate(self, art: int, top: float) -> None:
        place = (int(self.center_x - art / 2), int(top - art))
        picture = LineDrawing(easel=self.easel, theme=self.theme, name=self.drawing, still=True)
        picture.size, picture.pos = (art, art), place
        self.add_widget(picture)

    def _set(self, block: Block, top: float) -> Text:
        text = Text(block, self.theme)
        self.add_widget(text)
        text.size = (block.box.width, block.box.height)
        text.pos = (int(self.x + _SIDE), int(top - block.box.height))
        return text
