"""Lines of text, each placed on its pixel."""

from functools import lru_cache

from kivy.core.text import Label as Glyphs
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.ui.fonts import font_for
from kiosk.ui.look import Theme, colour
from kiosk.ui.plan import Block, tall


@lru_cache(maxsize=64)
def _ruler(size: int, bold: bool) -> Glyphs:
    return Glyphs(font_name=font_for(size, bold), font_size=size)


def measure(text: str, size: int, bold: bool) -> float:
    """Tell the width of a text in pixels; the text itself is not kept."""
    return float(_ruler(size, bold).get_extents(text)[0])


class Text(Widget):
    """A block of text, drawn from the top of its box, or in its middle."""

    def __init__(self, block: Block, theme: Theme, *, middle: bool = False) -> None:
        super().__init__()
        self.block, self.theme, self.middle = block, theme, middle
        self.fits = True
        self.bind(pos=self._place, size=self._place)

    def set(self, block: Block) -> None:
        """Say something else at the same place."""
        if block.lines != self.block.lines or block.box != self.block.box or block.size != self.block.size:
            self.block = block
            self._place()

    def wipe(self) -> None:
        """Forget the words."""
        self.block = Block((), self.block.size, self.block.bold, self.block.colour, self.block.box)
        self.canvas.clear()

    def _place(self, *_changed: object) -> None:
        block = self.block
        self.canvas.clear()
        self.fits = True
        high = tall(block.lines, block.size)
        top = self.top - ((self.height - high) // 2 if self.middle else 0)
        with self.canvas:
            Color(*colour(getattr(self.theme, block.colour)))
            for line in block.lines:
                glyphs = Glyphs(text=line, font_name=font_for(block.size, block.bold), font_size=block.size)
                glyphs.refresh()
                if line and glyphs.texture is not None:
                    width, height = glyphs.texture.size
                    self.fits &= width <= self.width + 2
                    free = self.width - width
                    x = self.x + {"left": 0, "center": free // 2, "right": free}[block.align]
                    y = top - (block.pitch + height) // 2
                    Rectangle(texture=glyphs.texture, pos=(int(x), int(y)), size=(width, height))
                top -= tall((line,), block.size)
        self.fits &= high <= self.height + 2
