"""Where everything stands on a screen of any size: boxes in pixels from the top left, on a grid of 8.

Pure: the width of a text is asked from outside. When a screen is too small for its text, the picture gives way first,
then the text size, never the text.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.core.confidential import Confidential
from kiosk.core.screens import Touch
from kiosk.ui.look import SIZES, Type
from kiosk.ui.page import Action, Page, Picture, Weight
from kiosk.ui.words import typeset
from kiosk.ui.wrap import wrap

LEAST_TARGET = 96  # 24 mm at 4 px a millimetre; 20 mm are enough (Colle & Hiszem 2004)
LEAST_GAP = 16
ICON, ICON_GAP = 44, 16
REACH = 0.4  # in portrait, what is pressed lies below this part of the height: a seated person reaches it

Measure = Callable[[str, int, bool], float]  # text, size, bold → width


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True, repr=False)
class Block(Confidential):
    """Some lines of text in a box."""

    lines: tuple[str, ...]
    size: int
    bold: bool
    colour: str  # the name of a token
    box: Box
    align: str = "left"

    @property
    def pitch(self) -> int:
        return pitch(self.size)


@dataclass(frozen=True, slots=True, repr=False)
class Button(Confidential):
    """A target, its words and, for a person, the year on the right."""

    action: Action
    box: Box
    text: Block
    detail: Block | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Arrangement(Confidential):
    """A screen laid out."""

    width: int
    height: int
    blocks: tuple[Block, ...]  # band, title, help
    buttons: tuple[Button, ...]
    picture: Box | None
    dots: Box | None
    scale: float  # of the text, 1 is the design's
    fits: bool


def pitch(size: int) -> int:
    """Distance from one line to the next."""
    return round(size * 1.3)


def arrange(page: Page, width: int, height: int, structure: str, measure: Measure, text: float = 1.0) -> Arrangement:
    """Lay a page out at the largest text size, up to the one asked for, at which everything fits."""
    made = _Layout(page, width, height, structure, measure, text).made()
    scale = text
    while not made.fits and scale > 0.5:
        scale -= 0.05
        made = _Layout(page, width, height, structure, measure, scale).made()
    return made


def _eight(value: float) -> int:
    return int(value // 8) * 8


class _Layout:
    """One attempt at one text size."""

    def __init__(self, page: Page, width: int, height: int, structure: str, measure: Measure, scale: float) -> None:
        self.page, self.width, self.height, self.structure = page, width, height, structure
        self.measure, self.scale = measure, scale
        self.portrait = height >= width
        self.tall = min(1.0, height / 1920) if self.portrait else min(1.0, height / 1080)
        self.margin = 64 if width >= 1000 else 40
        self.blocks: list[Block] = []
        self.fits = True

    def made(self) -> Arrangement:
        band_bottom, dots = self._band()
        foot_top, feet = self._foot()
        body = (self._portrait if self.portrait else self._landscape)(band_bottom, foot_top)
        buttons, picture = body
        if any(b.box.height < LEAST_TARGET or b.box.width < LEAST_TARGET for b in buttons):
            self.fits = False
        return Arrangement(
            self.width, self.height, tuple(self.blocks), (*buttons, *feet), picture, dots, self.scale, self.fits
        )

    # pieces

    def _size(self, kind: Type) -> int:
        size = SIZES[kind] * self.scale
        if kind is Type.TITLE and (self.width < 1000 or (not self.portrait and self.height < 1000)):
            size = SIZES[Type.LARGE] * self.scale
        return round(size)

    def _lines(self, text: str, size: int, bold: bool, width: int) -> tuple[str, ...]:
        return wrap(typeset(text), width, lambda piece: self.measure(piece, size, bold))

    def _block(self, text: str, kind: Type, colour: str, x: int, y: int, width: int, *, bold: bool = False) -> Block:
        size = self._size(kind)
        lines = self._lines(text, size, bold, width)
        return Block(lines, size, bold, colour, Box(x, y, width, len(lines) * pitch(size)))

    def _title(self, x: int, y: int, width: int) -> Block:
        block = self._block(self.page.title, Type.TITLE, "ink", x, y, width, bold=True)
        tall = max(block.box.height, self.page.title_lines * block.pitch)
        return Block(block.lines, block.size, True, block.colour, Box(x, y, width, tall))

    def _band(self) -> tuple[int, Box | None]:
        """The quiet band: whose kiosk this is, and how far the person has come."""
        small = round(SIZES[Type.SMALL] * min(self.scale, 1.25))
        top = max(24, _eight(56 * self.tall))
        inner = self.width - 2 * self.margin
        step = self.page.step_text()
        step_width = int(self.measure(step, small, True)) + 8 if step else 0
        room = inner - step_width - 48 * bool(step)
        lines = self._lines(self.structure, small, False, room)[:2]
        if lines:
            box = Box(self.margin, top, room, len(lines) * pitch(small))
            self.blocks.append(Block(lines, small, False, "muted", box))
        if not step:
            return top + max(1, len(lines)) * pitch(small), None
        box = Box(self.width - self.margin - step_width, top, step_width, pitch(small))
        self.blocks.append(Block((step,), small, True, "ink", box, "right"))
        dots = Box(self.margin, top + max(1, len(lines)) * pitch(small) + 16, inner, 12)
        return dots.bottom, dots

    def _foot(self) -> tuple[int, list[Button]]:
        """Back, help and stop: always there, always at the same place."""
        bottom_margin = max(24, _eight(64 * self.tall))
        tall = max(LEAST_TARGET, _eight(120 * self.tall))
        top = self.height - bottom_margin - tall
        inner, gap = self.width - 2 * self.margin, 24
        wide = (inner - 2 * gap) // 3
        size = round(SIZES[Type.SMALL] * self.scale)
        places = {Touch.BACK: 0, Touch.HELP: 1, Touch.STOP: 2}
        buttons = []
        for action in self.page.foot:
            x = self.margin + places[action.touch] * (wide + gap)
            word = typeset(action.text)
            room = int(self.measure(word, size, True)) + 4
            group = ICON + ICON_GAP + room  # icon and word, together in the middle
            self.fits &= group + 32 <= wide
            text = Block((word,), size, True, "ink", Box(x + (wide - group) // 2 + ICON + ICON_GAP, top, room, tall))
            buttons.append(Button(action, Box(x, top, wide, tall), text))
        return (top if self.page.foot else self.height - bottom_margin), buttons

    def _button(self, action: Action, box: Box) -> Button:
        size = self._size(Type.BODY)
        colour = "on_primary" if action.weight is Weight.MAIN else "ink"
        inside = Box(box.x + 32, box.y, box.width - 64, box.height)
        detail = None
        if action.weight is Weight.CHOICE:
            wide = int(self.measure(action.detail, size, False)) + 8 if action.detail else 0
            detail_box = Box(inside.right - wide, box.y, wide, box.height)
            detail = Block((action.detail,), size, False, "muted", detail_box, "right") if action.detail else None
            inside = Box(inside.x, box.y, inside.width - wide - 24 * bool(wide), box.height)
        bold = action.weight is not Weight.QUIET
        lines = self._lines(action.text, size, bold, inside.width)
        if len(lines) * pitch(size) > box.height - 16 or any(
            self.measure(line, size, bold) > inside.width for line in lines
        ):
            self.fits = False
        align = "left" if action.weight is Weight.CHOICE else "center"
        return Button(action, box, Block(lines, size, bold, colour, inside, align), detail)

    def _rows(self, width: int) -> list[tuple[Action, ...]]:
        """One action a row; the quiet ways out of a list share one when their words let them."""
        choices = [action for action in self.page.actions if action.weight is Weight.CHOICE]
        others = [action for action in self.page.actions if action.weight is not Weight.CHOICE]
        rows: list[tuple[Action, ...]] = [(action,) for action in choices]
        if choices and len(others) == 2 and self._share(others, width):
            return [*rows, tuple(others)]
        return [*rows, *((action,) for action in others)]

    def _share(self, actions: list[Action], width: int) -> bool:
        half, size = (width - 24) // 2 - 64, self._size(Type.BODY)
        return all(len(self._lines(action.text, size, False, half)) <= 2 for action in actions)

    def _stack(self, rows: list[tuple[Action, ...]], x: int, width: int, top: int, bottom: int) -> list[Button]:
        """Buttons stacked, standing on ``bottom``, no higher than ``top``."""
        if not rows:
            return []
        gap = 24 if len(rows) <= 3 and self.tall > 0.7 else LEAST_GAP
        size = self._size(Type.BODY)
        wanted = max(
            LEAST_TARGET, _eight((168 if self.page.picture is not Picture.CAMERA else 144) * max(self.tall, 0.62))
        )
        wanted = max(wanted, pitch(size) + 24)
        tall = min(wanted, _eight((bottom - top - gap * (len(rows) - 1)) / len(rows)))
        y = bottom - len(rows) * tall - gap * (len(rows) - 1)
        if y < top or tall < LEAST_TARGET:
            self.fits = False
        buttons = []
        for row in rows:
            wide = (width - gap * (len(row) - 1)) // len(row)
            for index, action in enumerate(row):
                buttons.append(self._button(action, Box(x + index * (wide + gap), y, wide, tall)))
            y += tall + gap
        return buttons

    # the two shapes

    def _least_picture(self) -> int:
        return {Picture.NONE: 0, Picture.DRAWING: 200, Picture.CAMERA: 300, Picture.CARD: 200}[self.page.picture]

    def _most_picture(self) -> int:
        return {Picture.NONE: 0, Picture.DRAWING: 720, Picture.CAMERA: 760, Picture.CARD: 560}[self.page.picture]

    def _portrait(self, band_bottom: int, foot_top: int) -> tuple[list[Button], Box | None]:
        inner = self.width - 2 * self.margin
        air = max(24, _eight(56 * self.tall))
        title_top = max(band_bottom + air, _eight(248 * self.tall))
        title = self._title(self.margin, title_top, inner)
        bottom = foot_top - air
        below_title = title.box.bottom
        helping = self._block(self.page.help, Type.BODY, "muted", self.margin, 0, inner) if self.page.help else None
        help_height = helping.box.height if helping else 0
        reach = int(self.height * REACH) + 1
        if self.page.picture is Picture.NONE:  # a text to read, or a list: title, help, buttons
            top = below_title + 24 + help_height + air
            buttons = self._stack(self._rows(inner), self.margin, inner, max(reach, top), bottom)
            if helping:
                self._put(helping, below_title + 24)
            self.blocks.append(title)
            self.fits &= top <= bottom
            return buttons, None
        buttons = self._stack(self._rows(inner), self.margin, inner, reach, bottom)
        end = (buttons[0].box.y if buttons else bottom) - air
        between = max(24, _eight(48 * self.tall)) if helping else 0
        room = end - (below_title + air) - help_height - between
        picture_height = min(_eight(room), _eight(self._most_picture() * max(self.tall, 0.5)))
        if picture_height < self._least_picture():
            self.fits = False
        spare = max(0, room - picture_height)
        picture_top = below_title + air + _eight(spare * (0.5 if buttons else 0.35))
        if helping:
            self._put(helping, picture_top + picture_height + between)
        self.blocks.append(title)
        return buttons, Box(self.margin, picture_top, inner, max(8, picture_height))

    def _landscape(self, band_bottom: int, foot_top: int) -> tuple[list[Button], Box | None]:
        air = max(24, _eight(48 * self.tall))
        inner = self.width - 2 * self.margin
        top, bottom = band_bottom + air, foot_top - air
        if self.page.picture is Picture.NONE:
            return self._landscape_text(top, bottom, inner), None
        gutter = 64
        left = _eight(inner * (0.54 if self.page.picture is Picture.CAMERA else 0.46))
        x = self.margin + left + gutter
        wide = self.width - self.margin - x
        title = self._title(x, top, wide)
        helping = self._block(self.page.help, Type.BODY, "muted", x, 0, wide) if self.page.help else None
        text_bottom = title.box.bottom + (helping.box.height + 24 if helping else 0)
        buttons = self._stack(self._rows(wide), x, wide, text_bottom + air, bottom)
        if not buttons:
            text_height = text_bottom - top
            title = self._move(title, top + max(0, (bottom - top - text_height) // 2 - air))
            self.fits &= text_bottom <= bottom
        self.blocks.append(title)
        if helping:
            self._put(helping, title.box.bottom + 24)
        return buttons, Box(self.margin, top, left, bottom - top)

    def _landscape_text(self, top: int, bottom: int, inner: int) -> list[Button]:
        """A text to read on the left and what to press on the right; a list has two columns under its question."""
        people = [action for action in self.page.actions if action.weight is Weight.CHOICE]
        if people:
            title = self._block(self.page.title, Type.TITLE, "ink", self.margin, top, inner, bold=True)
            self.blocks.append(title)
            y = title.box.bottom
            if self.page.help:
                helping = self._block(self.page.help, Type.SMALL, "muted", self.margin, y + 8, inner)
                self.blocks.append(helping)
                y = helping.box.bottom
            actions = self.page.actions
            pairs = [tuple(actions[at : at + 2]) for at in range(0, len(actions), 2)]
            rows = [pair if len(pair) == 2 else (pair[0],) for pair in pairs]
            return self._stack(rows, self.margin, inner, y + 16, bottom)
        gutter = 64
        right = _eight(inner * 0.36)
        left = inner - right - gutter
        title = self._block(self.page.title, Type.TITLE, "ink", self.margin, top, inner, bold=True)
        helping = self._block(self.page.help, Type.SMALL, "muted", self.margin, title.box.bottom + 24, left)
        self.blocks.extend((title, helping))
        self.fits &= helping.box.bottom <= bottom
        x = self.margin + left + gutter
        return self._stack(self._rows(right), x, right, title.box.bottom + 24, bottom)

    def _move(self, block: Block, y: int) -> Block:
        box = Box(block.box.x, y, block.box.width, block.box.height)
        return Block(block.lines, block.size, block.bold, block.colour, box, block.align)

    def _put(self, block: Block, y: int) -> None:
        self.blocks.append(self._move(block, y))
