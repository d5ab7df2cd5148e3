"""A number or a person, large, on a quiet card."""

from kivy.graphics import Color, SmoothLine, SmoothRoundedRectangle
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.ui.look import SIZES, Theme, Type, colour
from kiosk.ui.plan import Block, Box, pitch
from kiosk.ui.widgets.drawing import Easel, LineDrawing
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
    theme: "ObjectProperty[Theme | None]" = ObjectProperty(None, allownone=True)
    kind = StringProperty("figure")  # how large: "figure" for a number, "title" for a person
    text_scale = NumericProperty(1.0)
    ground = StringProperty("mist")
    easel: "ObjectProperty[Easel | None]" = ObjectProperty(None, allownone=True)
    drawing = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.texts: tuple[Text, ...] = ()
        self.whole = True  # nothing stands out of the plate
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
        self._write(self.theme)

    def _write(self, theme: Theme) -> None:
        caption, figure = self._fitting()
        total = figure.box.height + (_GAP + caption.box.height if caption else 0)
        self.whole = total <= self.height
        top = self.top - (self.height - total) / 2
        art = min(_MOST_ART, int(self.height - total - 2 * _SIDE))
        if self.drawing and self.easel and art >= _LEAST_ART:
            top += (art + _GAP) / 2
            self._illustrate(art, top)
            top -= art + _GAP
        texts = [self._set(figure, top, theme)]
        if caption:
            texts.append(self._set(caption, top - figure.box.height - _GAP, theme))
        self.texts = tuple(texts)

    def _fitting(self) -> tuple[Block | None, Block]:
        """Take the largest letters at which no name is broken inside a word and all of it stands on the plate."""
        strong = self.kind == "figure"  # a desk matters as much as the number it stands under; a year does not
        small = SIZES[Type.LARGE if strong else Type.BODY] * self.text_scale
        large = SIZES[Type(self.kind)] * self.text_scale
        words, below = typeset(self.figure), typeset(self.caption)
        room = int(self.width - 2 * _SIDE)
        pieces = words.replace("-", "- ").split(" ")
        part = 1.0
        while True:
            ink = "ink" if strong or self.ground == "wait" else "muted"
            caption = (
                self._block(below, round(max(small * part, SIZES[Type.SMALL])), room, (strong, ink)) if below else None
            )
            size = round(max(large * part, SIZES[Type.SMALL]))
            figure = self._block(words, size, room, (True, "ink"))
            high = figure.box.height + (caption.box.height + _GAP if caption else 0)
            unbroken = all(measure(piece, size, True) <= room for piece in pieces)
            if part < 0.2 or (unbroken and high <= self.height - _SIDE / 2):
                return caption, figure
            part -= 0.05

    def _block(self, words: str, size: int, room: int, hand: tuple[bool, str]) -> Block:
        bold, ink = hand
        lines = wrap(words, room, lambda text: measure(text, size, bold))
        return Block(lines, size, bold, ink, Box(0, 0, room, len(lines) * pitch(size)), "center")

    def _illustrate(self, art: int, top: float) -> None:
        place = (int(self.center_x - art / 2), int(top - art))
        picture = LineDrawing(easel=self.easel, theme=self.theme, name=self.drawing, still=True)
        picture.size, picture.pos = (art, art), place
        self.add_widget(picture)

    def _set(self, block: Block, top: float, theme: Theme) -> Text:
        text = Text(block, theme)
        self.add_widget(text)
        text.size = (block.box.width, block.box.height)
        text.pos = (int(self.x + _SIDE), int(top - block.box.height))
        return text
