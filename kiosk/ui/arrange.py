"""Where everything stands on a screen of any size, on a grid of 8.

Pure: the width of a text is asked from outside. When a screen is too small for its text, the picture gives way first,
then the text size, never the text.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.core.turn.screens import Touch
from kiosk.ui.look import SIZES, Type
from kiosk.ui.page import Action, Page, Picture, Weight
from kiosk.ui.plan import Arrangement, Block, Box, Button, pitch, tall
from kiosk.ui.words import typeset
from kiosk.ui.wrap import wrap

LEAST_TARGET = 96  # 24 mm at 4 px a millimetre; 20 mm are enough (Colle & Hiszem 2004)
LEAST_GAP = 16
ICON, ICON_GAP = 44, 16
REACH = 0.4  # in portrait, what is pressed lies below this part of the height: a seated person reaches it

_LEAST_PICTURE = {Picture.NONE: 0, Picture.DRAWING: 200, Picture.ORNAMENT: 200, Picture.CAMERA: 300, Picture.CARD: 200}
_MOST_PICTURE = {Picture.NONE: 0, Picture.DRAWING: 720, Picture.ORNAMENT: 720, Picture.CAMERA: 760, Picture.CARD: 560}
_KEEPS_PICTURE = 0.85  # below this part of the text size, an ornament gives its room to the words

Measure = Callable[[str, int, bool], float]  # text, size, bold → width
_Rows = list[tuple[Action, ...]]
_Body = tuple[list[Button], Box | None]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page is laid out in: the window, whose kiosk it is, the letters, the text size asked for."""

    width: int
    height: int
    structure: str
    measure: Measure
    text: float = 1.0


def arrange(page: Page, frame: Frame) -> Arrangement:
    """Lay a page out at the largest text size, up to the one asked for, at which everything fits."""
    steps = [round(step / 20, 2) for step in range(round(frame.text * 20), 9, -1)]
    kept = [step for step in steps if step >= frame.text * _KEEPS_PICTURE]
    tries = [(page, step) for step in steps]
    if page.picture is Picture.ORNAMENT:
        plain = replace(page, picture=Picture.NONE)
        tries = [(page, step) for step in kept] + [(plain, step) for step in steps]
    ask = frame.measure
    known: dict[tuple[str, int, bool], float] = {}  # for this page only: its words are a person's

    def measure(text: str, size: int, bold: bool) -> float:
        key = (text, size, bold)
        if key not in known:
            known[key] = ask(text, size, bold)
        return known[key]

    frame = replace(frame, measure=measure)
    made = _Layout(page, frame, frame.text).made()
    for tried, step in tries:
        if made.fits:
            break
        made = _Layout(tried, frame, step).made()
    return made


def _eight(value: float) -> int:
    return int(value // 8) * 8


class _Layout:
    """One attempt at one text size."""

    def __init__(self, page: Page, frame: Frame, scale: float) -> None:
        self.page, self.frame, self.scale = page, frame, scale
        self.width, self.height = frame.width, frame.height
        self.portrait = self.height >= self.width
        self.tall = min(1.0, self.height / (1920 if self.portrait else 1080))
        self.margin = 64 if self.width >= 1000 else 40
        self.inner = self.width - 2 * self.margin
        self.air = max(24, _eight((56 if self.portrait else 40) * self.tall))
        self.blocks: list[Block] = []
        self.fits = True

    def made(self) -> Arrangement:
        band_bottom, dots = self._band()
        foot_top, feet = self._foot()
        buttons, picture = (self._portrait if self.portrait else self._landscape)(band_bottom, foot_top - self.air)
        everything = (*buttons, *feet)
        self.fits &= all(min(b.box.height, b.box.width) >= LEAST_TARGET for b in everything)
        return Arrangement(
            self.width, self.height, tuple(self.blocks), everything, picture, dots, self.scale, self.fits
        )

    # pieces

    def _size(self, kind: Type) -> int:
        small = self.width < 1000 or (not self.portrait and self.height < 1000)
        return round(SIZES[Type.LARGE if kind is Type.TITLE and small else kind] * self.scale)

    def _lines(self, text: str, size: int, bold: bool, width: int) -> tuple[str, ...]:
        return wrap(typeset(text), width, lambda piece: self.frame.measure(piece, size, bold))

    def _block(self, text: str, kind: Type, place: tuple[int, int, int], *, bold: bool = False) -> Block:
        """Set a text from a point, in a width; its height follows."""
        x, y, width = place
        size = self._size(kind)
        lines = self._lines(text, size, bold, width)
        return Block(lines, size, bold, "ink" if bold else "muted", Box(x, y, width, tall(lines, size)))

    def _title(self, x: int, y: int, width: int) -> Block:
        block = self._block(self.page.title, Type.TITLE, (x, y, width), bold=True)
        room = max(block.box.height, self.page.title_lines * block.pitch)
        block = replace(block, box=replace(block.box, height=room))
        self.blocks.append(block)
        return block

    def _help(self, x: int, y: int, width: int, kind: Type = Type.BODY) -> Block | None:
        return self._block(self.page.help, kind, (x, y, width)) if self.page.help else None

    def _put(self, block: Block | None, y: int) -> int:
        """Place a block, if there is one; answer where it ends."""
        if block is None:
            return y
        self.blocks.append(block.at(y))
        return y + block.box.height

    def _band(self) -> tuple[int, Box | None]:
        """The quiet band: whose kiosk this is, and how far the person has come."""
        small = round(SIZES[Type.SMALL] * min(self.frame.text, 1.25 if self.portrait else 1.0))
        top = max(24 if self.portrait else 16, _eight((56 if self.portrait else 24) * self.tall))
        step = self.page.step_text()
        step_width = int(self.frame.measure(step, small, True)) + 8 if step else 0
        room = self.inner - step_width - 48 * bool(step)
        lines = self._lines(self.frame.structure, small, False, room)[: 2 if self.portrait else 1]
        box = Box(self.margin, top, room, len(lines) * pitch(small))
        self.blocks.append(Block(lines, small, False, "muted", box))
        if not step:
            return box.bottom, None
        place = Box(self.width - self.margin - step_width, top, step_width, pitch(small))
        self.blocks.append(Block((step,), small, True, "ink", place, "right"))
        dots = Box(self.margin, box.bottom + max(8, _eight(16 * self.tall)), self.inner, 12)
        return dots.bottom, dots

    def _foot(self) -> tuple[int, list[Button]]:
        """Back, help and stop: always there, always at the same place; the place stays when they are not offered."""
        high = max(LEAST_TARGET, _eight(120 * self.tall))
        top = self.height - max(24, _eight((64 if self.portrait else 32) * self.tall)) - high
        gap = 24
        wide = (self.inner - 2 * gap) // 3
        size = round(SIZES[Type.SMALL] * self.frame.text)
        words = [typeset(action.text) for action in self.page.foot]
        while size > 24 and any(self.frame.measure(word, size, True) + ICON + ICON_GAP + 48 > wide for word in words):
            size -= 2
        places = {Touch.BACK: 0, Touch.HELP: 1, Touch.STOP: 2, Touch.TEXT_SIZE: 0, Touch.CONTRAST: 2}
        buttons = []
        for action, word in zip(self.page.foot, words, strict=True):
            x = self.margin + places[action.touch] * (wide + gap)
            room = int(self.frame.measure(word, size, True)) + 4
            start = x + (wide - ICON - ICON_GAP - room) // 2 + ICON + ICON_GAP  # icon and word, together in the middle
            text = Block((word,), size, True, "ink", Box(start, top, room, high))
            buttons.append(Button(action, Box(x, top, wide, high), text))
        return top, buttons

    # buttons

    def _buttons(self, placed: list[tuple[Action, Box]]) -> list[Button]:
        """Write on buttons, all at the same size: the largest at which each holds its words."""
        sizes = range(round(SIZES[Type.BODY] * self.frame.text), self._size(Type.BODY) - 1, -2)
        before = self.fits
        made: list[Button] = []
        for size in (*sizes, self._size(Type.BODY)):
            self.fits = before
            made = [self._button(action, box, size) for action, box in placed]
            if self.fits:
                break
        return made

    def _button(self, action: Action, box: Box, size: int) -> Button:
        side = 32 if box.width > 480 else 24
        inside = Box(box.x + side, box.y, box.width - 2 * side, box.height)
        detail = None
        if action.weight is Weight.CHOICE and action.detail:
            wide = int(self.frame.measure(action.detail, size, False)) + 8
            place = Box(inside.right - wide, box.y, wide, box.height)
            detail = Block((action.detail,), size, False, "muted", place, "right")
            inside = replace(inside, width=inside.width - wide - 24)
        bold = action.weight is not Weight.QUIET
        lines = self._lines(action.text, size, bold, inside.width)
        widest = max(self.frame.measure(line, size, bold) for line in lines)
        self.fits &= len(lines) * pitch(size) <= box.height - 8 and widest <= inside.width
        align = "left" if action.weight is Weight.CHOICE else "center"
        colour = "on_primary" if action.weight is Weight.MAIN else "ink"
        return Button(action, box, Block(lines, size, bold, colour, inside, align), detail)

    def _choices(self) -> list[Action]:
        return [action for action in self.page.actions if action.weight is Weight.CHOICE]

    def _others(self) -> list[Action]:
        return [action for action in self.page.actions if action.weight is not Weight.CHOICE]

    def _tall_button(self, rows: _Rows, widths: int) -> int:
        """Say how high a button wants to be: the design's height, or what its longest words need."""
        size = self._size(Type.BODY)
        wanted = _eight((144 if self.page.picture is Picture.CAMERA else 168) * max(self.tall, 0.62))
        year = int(self.frame.measure("0000", size, False)) + 32  # beside a person's name
        most = 1
        for row in rows:
            for action in row:
                room = widths // len(row) - 64 - (year if action.detail else 0)
                bold = action.weight is not Weight.QUIET
                most = max(most, len(self._lines(action.text, size, bold, room)))
        return max(LEAST_TARGET, wanted, _eight(most * pitch(size) + 24))

    def _stack(self, rows: _Rows, x: int, width: int, span: tuple[int, int]) -> list[Button]:
        """Buttons stacked, standing on the lower end of the span and no higher than its upper end."""
        if not rows:
            return []
        top, bottom = span
        gap = 24 if len(rows) <= 3 and self.tall > 0.7 else LEAST_GAP
        high = min(self._tall_button(rows, width), _eight((bottom - top - gap * (len(rows) - 1)) / len(rows)))
        y = bottom - len(rows) * high - gap * (len(rows) - 1)
        self.fits &= y >= top and high >= LEAST_TARGET
        placed = []
        for row in rows:
            wide = (width - gap * (len(row) - 1)) // len(row)
            for index, action in enumerate(row):
                placed.append((action, Box(x + index * (wide + gap), y, wide, high)))
            y += high + gap
        return self._buttons(placed)

    # the two shapes

    def _portrait(self, band_bottom: int, bottom: int) -> _Body:
        title = self._title(self.margin, max(band_bottom + self.air, _eight(248 * self.tall)), self.inner)
        helping = self._help(self.margin, 0, self.inner)
        reach = int(self.height * REACH) + 1
        under_title = title.box.bottom
        if self.page.picture is Picture.NONE:  # a text to read, or a list: title, help, buttons
            end = self._put(helping, under_title + 24) + self.air
            self.fits &= end <= bottom
            needed = (len(self.page.actions) + 1) * (LEAST_TARGET + LEAST_GAP)
            return self._list(max(reach, end) if bottom - reach > needed else end, bottom), None
        buttons = self._stack([(a,) for a in self.page.actions], self.margin, self.inner, (reach, bottom))
        end = (buttons[0].box.y if buttons else bottom) - self.air
        between = max(24, _eight(48 * self.tall)) if helping else 0
        room = end - (under_title + self.air) - (helping.box.height if helping else 0) - between
        high = min(_eight(room), _eight(_MOST_PICTURE[self.page.picture] * max(self.tall, 0.5)))
        self.fits &= high >= _LEAST_PICTURE[self.page.picture]
        spare = max(0, room - high)
        top = under_title + self.air + _eight(spare * (0.5 if buttons else 0.35))
        self._put(helping, top + high + between)
        return buttons, Box(self.margin, top, self.inner, max(8, high))

    def _list(self, top: int, bottom: int) -> list[Button]:
        """Choices from where the hand reaches, the other ways out at the bottom."""
        others = self._others()
        rows: _Rows = [(action,) for action in others]
        choices: _Rows = [(action,) for action in self._choices()]
        if choices and len(others) == 2 and len(choices) > 3:
            rows = [tuple(others)]
        if not choices:
            return self._stack(rows, self.margin, self.inner, (top, bottom))
        needed = len(choices) * (LEAST_TARGET + LEAST_GAP) + self.air
        below = self._stack(rows, self.margin, self.inner, (min(bottom, top + needed), bottom))
        end = below[0].box.y - LEAST_GAP if below else bottom
        above = self._stack(choices, self.margin, self.inner, (top, end))
        lift = max(0, above[0].box.y - top) // 2  # a short list stands in the middle of its room
        return [*self._buttons([(b.action, replace(b.box, y=b.box.y - lift)) for b in above]), *below]

    def _landscape(self, band_bottom: int, bottom: int) -> _Body:
        top = band_bottom + self.air
        if self.page.picture is Picture.NONE:
            return self._landscape_text(top, bottom), None
        gutter = 64
        left = _eight(self.inner * (0.52 if self.page.picture is Picture.CAMERA else 0.44))
        x = self.margin + left + gutter
        wide = self.width - self.margin - x
        title = self._title(x, top, wide)
        helping = self._help(x, 0, wide)
        end = title.box.bottom + (helping.box.height + 16 if helping else 0)
        if not self.page.actions:  # in the middle, a little above it
            lower = max(0, (bottom - end) // 2 - self.air)
            self.blocks[-1] = title = title.at(top + lower)
            self.fits &= end <= bottom
        end = self._put(helping, title.box.bottom + 16)
        buttons = self._stack([(a,) for a in self.page.actions], x, wide, (end + 24, bottom))
        return buttons, Box(self.margin, top, left, bottom - top)

    def _landscape_text(self, top: int, bottom: int) -> list[Button]:
        """What is asked on the left, what there is to press on the right; a list's ways out under the question."""
        gutter, people = 64, self._choices()
        right = _eight(self.inner * (0.6 if people else 0.36))
        left = self.inner - right - gutter
        x = self.margin + left + gutter
        title = self._title(self.margin, top, left if people else self.inner)
        end = self._put(self._help(self.margin, 0, left, Type.SMALL if people else Type.BODY), title.box.bottom + 16)
        self.fits &= end <= bottom
        if not people:
            return self._stack([(a,) for a in self.page.actions], x, right, (title.box.bottom + 24, bottom))
        above = self._stack([(a,) for a in people], x, right, (top, bottom))
        lift = above[0].box.y - top  # the first person stands beside the question
        above = self._buttons([(b.action, replace(b.box, y=b.box.y - lift)) for b in above])
        return [*above, *self._stack([(a,) for a in self._others()], self.margin, left, (end + 24, bottom))]
