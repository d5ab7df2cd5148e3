"""Lines of text of nearly equal length: nothing is cut, and no word stands alone when it can be helped."""

from collections.abc import Callable, Sequence

Width = Callable[[str], float]


def wrap(text: str, width: float, measure: Width) -> tuple[str, ...]:
    """Break a text into lines no wider than ``width``, evenly; explicit line ends are kept."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        words = _pieces(paragraph, width, measure)
        filled = _fill(words, width, measure)
        short = len(filled) <= 3 and "\n" not in text
        lines.extend(_even(words, filled, width, measure) if short else _kept(words, filled, width, measure))
    return tuple(lines)


def _pieces(paragraph: str, width: float, measure: Width) -> list[str]:
    """Split at spaces; a word wider than the line is broken, after a hyphen when there is one."""
    pieces: list[str] = []
    for word in paragraph.split(" "):
        rest = word
        while rest and measure(rest) > width:
            cut = max(1, next((n for n in range(len(rest) - 1, 0, -1) if measure(rest[:n]) <= width), 1))
            hyphen = rest.rfind("-", 0, cut) + 1
            cut = hyphen or cut
            pieces.append(rest[:cut])
            rest = rest[cut:]
        if rest:
            pieces.append(rest)
    return pieces


def _fill(words: Sequence[str], width: float, measure: Width) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else ""
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def _even(words: Sequence[str], filled: list[str], width: float, measure: Width) -> list[str]:
    """Narrow the lines as far as their number allows."""
    if len(filled) == 1:
        return filled
    best, low, high = filled, width / 2, width
    for _round in range(7):
        middle = (low + high) / 2
        lines = _fill(words, middle, measure)
        if len(lines) == len(filled) and all(measure(line) <= width for line in lines):
            best, high = lines, middle
        else:
            low = middle
    return best


def _kept(words: Sequence[str], filled: list[str], width: float, measure: Width) -> list[str]:
    """Leave a long text filled, but no last line so short that it looks forgotten."""
    for part in (1.0, 0.95, 0.9, 0.85, 0.8, 0.75):
        lines = _fill(words, width * part, measure)
        if len(lines) != len(filled):
            break
        if measure(lines[-1]) >= 0.3 * width and all(measure(line) <= width for line in lines):
            return lines
    return filled
