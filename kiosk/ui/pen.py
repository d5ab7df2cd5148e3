"""Our line drawings (``assets/drawings/*.svg``) as smooth pixels at any size: one weight of line, our colours.

Reads the small part of SVG that the drawings use: line, polyline, polygon, rect, circle, ellipse, path (M L H V C Q A
Z) and groups moved by ``translate``. The group with the id ``moving`` is a layer of its own, so that it can teach a
gesture; what follows it stands before it.
"""

import math
import re
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from kiosk.ui.look import CALM, Theme

DRAWINGS = files("assets") / "drawings"
STROKE = 6.0
_TOKENS = {
    str(getattr(CALM, name)).upper(): name
    for name in ("paper", "mist", "line", "ink", "muted", "primary", "ok", "wait", "stop")
}
_NUMBER = re.compile(r"[MLHVCQAZmlhvcqaz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "A": 7}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """One outline: a line, a surface, or both."""

    points: tuple[Point, ...]
    stroke: str  # the name of a token, "" for none
    fill: str
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing's layers: what stands behind, what moves from ``start`` to its place, what stands before it."""

    width: float
    height: float
    standing: tuple[Shape, ...]
    moving: tuple[Shape, ...]
    before: tuple[Shape, ...]
    start: Point


def read_drawing(name: str) -> Drawing:
    """Read one of our own drawings by its name."""
    root = ElementTree.fromstring((DRAWINGS / f"{name}.svg").read_bytes())  # noqa: S314 - our own file
    _x, _y, width, height = (float(part) for part in root.attrib["viewBox"].split())
    standing: list[Shape] = []
    moving: list[Shape] = []
    before: list[Shape] = []
    start = (0.0, 0.0)
    for child in root:
        if child.get("id") == "moving":
            start = (float(child.get("data-from-x", "0")), float(child.get("data-from-y", "0")))
            _gather(child, (0.0, 0.0), dict(root.attrib), moving)
        else:
            _gather(child, (0.0, 0.0), dict(root.attrib), before if moving else standing)
    return Drawing(width, height, tuple(standing), tuple(moving), tuple(before), start)


def _gather(element: ElementTree.Element, offset: Point, inherited: dict[str, str], out: list[Shape]) -> None:
    kept = {key: value for key, value in inherited.items() if key in ("stroke", "fill", "stroke-width")}
    style = {**kept, **element.attrib}
    moved = re.match(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", element.get("transform", ""))
    if moved:
        offset = (offset[0] + float(moved[1]), offset[1] + float(moved[2]))
    tag = element.tag.rpartition("}")[2]
    if tag == "g":
        for child in element:
            _gather(child, offset, style, out)
        return
    stroke, fill = (_TOKENS.get(style.get(kind, "none").upper(), "") for kind in ("stroke", "fill"))
    width = float(style.get("stroke-width", STROKE))
    for points in _outlines(tag, element.attrib):
        out.append(Shape(tuple((x + offset[0], y + offset[1]) for x, y in points), stroke, fill, width))


def _outlines(tag: str, attributes: dict[str, str]) -> list[list[Point]]:
    def number(key: str, default: float = 0.0) -> float:
        return float(attributes.get(key, default))

    if tag == "path":
        return _path(attributes["d"])
    if tag == "line":
        return [[(number("x1"), number("y1")), (number("x2"), number("y2"))]]
    if tag in ("polyline", "polygon"):
        flat = [float(part) for part in re.split(r"[ ,]+", attributes["points"].strip())]
        points = list(zip(flat[::2], flat[1::2], strict=True))
        return [points + points[:1] if tag == "polygon" else points]
    if tag in ("circle", "ellipse"):
        rx, ry = (number("r"), number("r")) if tag == "circle" else (number("rx"), number("ry"))
        turns = np.linspace(0, 2 * math.pi, 65)
        return [[(number("cx") + rx * math.cos(t), number("cy") + ry * math.sin(t)) for t in turns]]
    if tag == "rect":
        x, y, w, h, r = (number(key) for key in ("x", "y", "width", "height", "rx"))
        points = []
        for cx, cy, begin in (
            (x + w - r, y + h - r, 0),
            (x + r, y + h - r, 1),
            (x + r, y + r, 2),
            (x + w - r, y + r, 3),
        ):
            for step in range(9 if r else 1):
                turn = (begin + step / 8) * math.pi / 2
                points.append((cx + r * math.cos(turn), cy + r * math.sin(turn)))
        return [[*points, points[0]]]
    return []


def _path(text: str) -> list[list[Point]]:
    tokens = _NUMBER.findall(text)
    outlines: list[list[Point]] = []
    at, here, command = 0, (0.0, 0.0), "M"
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
            if command in "Zz":
                outlines[-1].append(outlines[-1][0])
                here = outlines[-1][0]
                continue
        count = _ARGUMENTS[command.upper()]
        values = [float(part) for part in tokens[at : at + count]]
        at += count
        dx, dy = here if command.islower() else (0.0, 0.0)
        kind = command.upper()
        if kind == "M":
            here = (values[0] + dx, values[1] + dy)
            outlines.append([here])
            command = "l" if command == "m" else "L"
            continue
        points = _segment(kind, values, here, (dx, dy))
        outlines[-1].extend(points)
        here = points[-1]
    return outlines


def _segment(kind: str, values: list[float], here: Point, delta: Point) -> list[Point]:
    dx, dy = delta
    if kind == "H":
        return [(values[0] + dx, here[1])]
    if kind == "V":
        return [(here[0], values[0] + dy)]
    if kind == "A":
        return _arc(here, values[0], values[1], bool(values[3]), bool(values[4]), (values[5] + dx, values[6] + dy))
    ends = [(values[n] + dx, values[n + 1] + dy) for n in range(0, len(values), 2)]
    if kind == "L":
        return ends
    controls = [here, *ends]
    degree = len(controls) - 1
    curve = []
    for step in range(1, 25):
        t = step / 24
        parts = [math.comb(degree, k) * t**k * (1 - t) ** (degree - k) for k in range(degree + 1)]
        curve.append(
            (
                sum(p * c[0] for p, c in zip(parts, controls, strict=True)),
                sum(p * c[1] for p, c in zip(parts, controls, strict=True)),
            )
        )
    return curve


def _arc(start: Point, rx: float, ry: float, large: bool, sweep: bool, end: Point) -> list[Point]:
    """Follow an elliptical arc without rotation (SVG 1.1, F.6.5)."""
    x1, y1 = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    grow = math.sqrt(max(1.0, (x1 / rx) ** 2 + (y1 / ry) ** 2))
    rx, ry = rx * grow, ry * grow
    above = rx**2 * ry**2 - rx**2 * y1**2 - ry**2 * x1**2
    factor = math.sqrt(max(0.0, above / (rx**2 * y1**2 + ry**2 * x1**2))) * (-1 if large == sweep else 1)
    cx, cy = factor * rx * y1 / ry, -factor * ry * x1 / rx
    first = math.atan2((y1 - cy) / ry, (x1 - cx) / rx)
    last = math.atan2((-y1 - cy) / ry, (-x1 - cx) / rx)
    if sweep and last < first:
        last += 2 * math.pi
    if not sweep and last > first:
        last -= 2 * math.pi
    mx, my = (start[0] + end[0]) / 2 + cx, (start[1] + end[1]) / 2 + cy
    steps = max(4, int(abs(last - first) * 10))
    turns = [first + (last - first) * n / steps for n in range(1, steps + 1)]
    return [(mx + rx * math.cos(t), my + ry * math.sin(t)) for t in turns]


def paint(shapes: tuple[Shape, ...], theme: Theme, scale: float, width: int, height: int, least: float = 4.0) -> bytes:
    """Paint outlines as RGBA rows from the top; smooth edges, round ends."""
    colour = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32)
    for shape in shapes:
        points = np.array(shape.points, np.float32) * scale
        if shape.fill:
            _over(colour, alpha, _filled(points, width, height), _rgb(theme, shape.fill))
        if shape.stroke:
            thick = max(least, shape.width * min(1.0, scale))
            _over(colour, alpha, _stroked(points, thick, width, height), _rgb(theme, shape.stroke))
    image = np.concatenate((colour, alpha[..., None]), axis=2)
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8).tobytes()


def _rgb(theme: Theme, token: str) -> NDArray[np.float32]:
    code = str(getattr(theme, token))
    return np.array([int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)], np.float32)


def _over(
    colour: NDArray[np.float32], alpha: NDArray[np.float32], cover: NDArray[np.float32], rgb: NDArray[np.float32]
) -> None:
    rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    if not rows.size:
        return
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    on, under = cover[part], alpha[part]
    total = on + under * (1 - on)
    share = (on / np.maximum(total, 1e-6))[..., None]
    colour[part] = rgb * share + colour[part] * (1 - share)
    alpha[part] = total


def _stroked(points: NDArray[np.float32], thick: float, width: int, height: int) -> NDArray[np.float32]:
    cover = np.zeros((height, width), np.float32)
    reach = thick / 2 + 1
    for (x0, y0), (x1, y1) in pairwise(points):
        left, right = max(0, int(min(x0, x1) - reach)), min(width, int(max(x0, x1) + reach) + 2)
        top, bottom = max(0, int(min(y0, y1) - reach)), min(height, int(max(y0, y1) + reach) + 2)
        if left >= right or top >= bottom:
            continue
        px = np.arange(left, right, dtype=np.float32)[None, :] + 0.5 - x0
        py = np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5 - y0
        dx, dy = x1 - x0, y1 - y0
        along = np.clip((px * dx + py * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
        distance = np.hypot(px - along * dx, py - along * dy)
        part = cover[top:bottom, left:right]
        np.maximum(part, np.clip(thick / 2 + 0.5 - distance, 0, 1), out=part)
    return cover


def _filled(points: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """Surface of a simple outline: exact along a row, four samples down each pixel."""
    steps = np.zeros((height, width + 2), np.float32)
    for (x0, y0), (x1, y1) in pairwise(points):
        if y0 == y1:
            continue
        way = 0.25 if y1 > y0 else -0.25
        first, last = (math.ceil(min(max(y, 0), height) * 4 - 0.5) for y in sorted((y0, y1)))
        samples = np.arange(first, last)
        xs = np.clip(x0 + ((samples + 0.5) / 4 - y0) * (x1 - x0) / (y1 - y0), 0, width)
        whole = np.floor(xs).astype(int)
        part = xs - whole
        np.add.at(steps, (samples // 4, whole), way * (1 - part))
        np.add.at(steps, (samples // 4, whole + 1), way * part)
    return np.minimum(np.abs(np.cumsum(steps, axis=1)[:, :width]), 1)
