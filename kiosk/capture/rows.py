"""The lines of a machine-readable zone: marks at equal steps, chained, joined where broken, their columns numbered."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kiosk.capture.marks import Floats

LEAST_CHAIN = 5
_NEIGHBOURS = 10


@dataclass(slots=True)
class Row:
    points: Floats  # n x 2, along the line
    columns: NDArray[np.int64]  # n, from 0, holes allowed


def directions(blobs: Floats) -> list[tuple[Floats, NDArray[np.int64]]]:
    """Let equally spaced triplets vote for a step; give the best steps with the links (pairs of blobs) that make it."""
    centre = blobs[:, :2]
    count = len(centre)
    near = min(_NEIGHBOURS, count - 1)
    z = (centre[:, 0] + 1j * centre[:, 1]).astype(np.complex64)
    far = np.abs(z[:, None] - z[None, :])
    np.fill_diagonal(far, np.inf)
    neighbours = np.argpartition(far, near - 1, axis=1)[:, :near]
    offset = centre[neighbours] - centre[:, None, :]  # n, k, 2
    length = np.hypot(offset[..., 0], offset[..., 1])
    size = np.maximum(blobs[:, 2], blobs[:, 3])
    ratio = length / size[:, None]
    usable = (ratio > 0.55) & (ratio < 2.0) & (length > 4)
    other = size[neighbours] / size[:, None]
    usable &= (other > 0.45) & (other < 2.2)
    first, second = np.triu_indices(near, 1)
    gap = np.hypot(*np.moveaxis(offset[:, first] + offset[:, second], 2, 0))
    mean = (length[:, first] + length[:, second]) / 2
    good = usable[:, first] & usable[:, second] & (gap < 0.24 * mean)
    who, which = np.nonzero(good)
    if len(who) < LEAST_CHAIN:
        return []
    a, b = neighbours[who, first[which]], neighbours[who, second[which]]
    step = (centre[a] - centre[b]) / 2
    step[step[:, 0] < 0] *= -1
    angle = np.degrees(np.arctan2(step[:, 1], step[:, 0])) % 180
    pitch = np.log2(np.hypot(step[:, 0], step[:, 1]))
    bins = (60, 40)
    at = (np.minimum((angle / 3).astype(int), 59), np.clip(((pitch - 1.5) / 0.15).astype(int), 0, 39))
    votes = np.zeros(bins)
    np.add.at(votes, at, 1.0)
    padded = np.pad(np.concatenate([votes[-1:], votes, votes[:1]]), ((0, 0), (1, 1)))
    smooth = sum((padded[i : i + 60, j : j + 40] for i in range(3) for j in range(3)), np.zeros(bins))
    found: list[tuple[Floats, NDArray[np.int64]]] = []
    for _ in range(3):
        peak = np.unravel_index(int(np.argmax(smooth)), bins)
        if smooth[peak] < 2 * LEAST_CHAIN:
            break
        turn = np.abs((angle - (peak[0] + 0.5) * 3 + 90) % 180 - 90)
        inside = (turn < 9) & (np.abs(pitch - (1.5 + (peak[1] + 0.5) * 0.15)) < 0.38)
        links = np.concatenate([np.stack([who, a], 1)[inside], np.stack([who, b], 1)[inside]])
        mean_turn = np.radians((peak[0] + 0.5) * 3 + np.median((angle[inside] - (peak[0] + 0.5) * 3 + 90) % 180 - 90))
        long = 2 ** np.median(pitch[inside])
        found.append((np.array([np.cos(mean_turn), np.sin(mean_turn)]) * long, links))
        around = np.abs((np.arange(60) - peak[0] + 30) % 60 - 30) <= 2
        smooth[np.ix_(around, np.abs(np.arange(40) - peak[1]) <= 2)] = 0
    return found


def _components(count: int, links: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in links.tolist():
        parent[root(a)] = root(b)
    groups: dict[int, list[int]] = {}
    for node in {int(n) for n in links.ravel()}:
        groups.setdefault(root(node), []).append(node)
    return [np.array(group) for group in groups.values() if len(group) >= 3]


def row_groups(blobs: Floats, step: Floats, links: NDArray[np.int64]) -> list[list[Row]]:
    """Chain linked blobs into lines, join broken lines, and give the likely pairs and triples of lines."""
    pitch = float(np.hypot(*step))
    along = step / pitch
    across = np.array([-along[1], along[0]])
    chains = []
    for members in _components(len(blobs), links):
        points = blobs[members, :2]
        chains.append(points[np.argsort(points @ along)])
    chains = sorted(chains, key=len, reverse=True)[:30]
    lines = _joined(chains, along, across, pitch)
    rows = [row for row in (_columns_of(points, along, pitch) for points in lines) if row is not None]
    rows = sorted(rows, key=lambda row: -len(row.points))[:8]
    rows.sort(key=lambda row: float(np.median(row.points @ across)))
    groups: list[tuple[int, list[Row]]] = []
    for size in (3, 2):
        for chosen in combinations(rows, size):
            if _stand_together(chosen, along, across, pitch):
                groups.append((sum(len(row.points) for row in chosen), list(chosen)))
    groups.sort(key=lambda group: -group[0])
    return [group for _, group in groups[:4]]


def _joined(chains: list[Floats], along: Floats, across: Floats, pitch: float) -> list[Floats]:
    """Join the pieces of one line: glare or a stain had broken it."""
    lines: list[Floats] = []
    fits: list[tuple[float, float, float, float]] = []  # slope, level, start, end
    for chain in chains:
        at, level_at = chain @ along, chain @ across
        middle, height = float(at.mean()), float(level_at.mean())
        for index, (slope, level, start, end) in enumerate(fits):
            gap = max(start - float(at[-1]), float(at[0]) - end)
            if abs(height - (slope * middle + level)) < 0.45 * pitch and 0.4 * pitch < gap < 14 * pitch:
                joined = np.concatenate([lines[index], chain])
                lines[index] = joined[np.argsort(joined @ along)]
                fits[index] = (
                    *straight_line(lines[index] @ along, lines[index] @ across),
                    min(start, at[0]),
                    max(end, at[-1]),
                )
                break
        else:
            if len(chain) >= LEAST_CHAIN:
                lines.append(chain)
                fits.append((*straight_line(at, level_at), float(at[0]), float(at[-1])))
    return lines


def _median(values: Floats) -> float:
    """The middle value: numpy's own median takes five times as long on few values."""
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def straight_line(x: Floats, y: Floats) -> tuple[float, float]:
    """A straight line through points, without being drawn by the odd one (Theil-Sen on halves)."""
    half = len(x) // 2
    if half == 0:
        return 0.0, _median(y)
    run = x[-half:] - x[:half]
    slope = _median((y[-half:] - y[:half]) / np.where(np.abs(run) < 1e-6, 1e-6, run))
    return slope, _median(y - slope * x)


def _columns_of(points: Floats, along: Floats, pitch: float) -> Row | None:
    """Number the glyphs of a line: each gap is a whole number of steps, and the step changes slowly (perspective)."""
    at = points @ along
    gap = np.diff(at)
    single = (gap > 0.7 * pitch) & (gap < 1.35 * pitch)
    if single.sum() < 3:
        return None
    middle = (at[1:] + at[:-1]) / 2
    slope, level = 0.0, float(np.median(gap[single]))
    if single.sum() >= 8:
        slope, level = straight_line(middle[single], gap[single])
        if abs(slope) * (at[-1] - at[0]) > 0.7 * pitch:
            slope, level = 0.0, float(np.median(gap[single]))
    columns = [0]
    kept = [0]
    last = 0
    for index in range(1, len(at)):
        local = max(0.5 * pitch, slope * (at[index] + at[last]) / 2 + level)
        exact = (at[index] - at[last]) / local
        jump = round(exact)
        if jump == 0 or (abs(exact - jump) > 0.32 and jump < 4):
            continue  # half of a broken glyph, or two that the blur joined
        columns.append(columns[-1] + jump)
        kept.append(index)
        last = index
    if len(kept) < LEAST_CHAIN or columns[-1] > 60:
        return None
    return Row(points[kept], np.array(columns))


def _stand_together(rows: tuple[Row, ...], along: Floats, across: Floats, pitch: float) -> bool:
    """Two or three lines of one zone: equal distance, the same extent."""
    centre = np.mean([(row.points[0] + row.points[-1]) @ along / 2 for row in rows])
    levels = []
    for row in rows:
        slope, level = straight_line(row.points @ along, row.points @ across)
        levels.append(slope * centre + level)
    gaps = np.diff(levels)
    if np.any(gaps < 1.4 * pitch) or np.any(gaps > 4.2 * pitch) or gaps.max() > 1.35 * gaps.min():
        return False
    starts = [float(row.points[0] @ along) for row in rows]
    ends = [float(row.points[-1] @ along) for row in rows]
    overlap = min(ends) - max(starts)
    return overlap > 0.35 * (max(ends) - min(starts)) and max(ends) - min(starts) > 18 * pitch


def first_column(row: Row, longest: Row, target: int) -> int:
    """Which column of the longest line a line's first glyph stands under: perpendicular, then by its ends."""
    if row is longest:
        return 0
    base = longest.points
    along = (base[-1] - base[0]) / max(float(np.hypot(*(base[-1] - base[0]))), 1e-6)
    under = (row.points[0] - base[0]) @ along
    positions = (base - base[0]) @ along
    square = float(np.interp(under, positions, longest.columns.astype(np.float64)))
    pitch = (positions[-1] - positions[0]) / max(target, 1)
    if under < positions[0]:
        square = under / pitch
    if under > positions[-1]:
        square = target + (under - positions[-1]) / pitch
    span = int(row.columns[-1])
    options = range(round(square) - 3, round(square) + 4)

    def cost(shift: int) -> float:
        left, right = abs(shift), abs(shift + span - target)
        return min(left, 2.5) + min(right, 2.5) + 0.35 * abs(shift - square)

    return min(options, key=cost)
