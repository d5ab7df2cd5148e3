"""Pictures as people bring them, beside the kiosk's own camera: photocopies, web pictures, phones, scanned spreads.

Nothing here imitates a genuine security feature; it only makes the zone as hard to find and to read as it is on real
documents: printed over a pattern, under a laminate, worn, tiny in a large picture, on its side.
"""

import random
from dataclasses import replace

import cv2
import numpy as np

from kiosk.training.draw import PX, Flat, Picture, text
from tests.specimens.photograph import (
    Photo,
    Pose,
    add_glare,
    add_noise,
    blur_motion,
    busy_ground,
    jpeg,
    place,
)

WILDS = (
    "copy", "fax", "web", "tiny", "spread", "upright24", "table12", "sideways", "guilloche", "laminate", "worn", "cast",
    "hand", "engraved", "crop", "curved", "overprint", "uneven", "stretched", "thumbnail",
)  # fmt: skip


def over_pattern(flat: Flat, rng: random.Random) -> Flat:
    """Fine coloured curves through the whole side, the zone included; the ink stays the darkest."""
    picture = flat.picture.astype(np.int16)
    height, width = picture.shape[:2]
    curves = np.zeros((height, width), np.uint8)
    for _ in range(rng.randint(14, 30)):
        x = np.linspace(0, width, 160)
        y = rng.uniform(-0.1, 1.1) * height + rng.uniform(10, 90) * np.sin(x / rng.uniform(30, 150) + rng.uniform(0, 6))
        cv2.polylines(curves, [np.stack([x, y], 1).astype(np.int32)], False, 255, rng.choice((1, 2, 2, 3)), cv2.LINE_AA)
    strength = np.array([rng.randint(20, 75) for _ in range(3)])
    return replace(
        flat, picture=np.clip(picture - (curves[..., None] / 255 * strength).astype(np.int16), 0, 255).astype(np.uint8)
    )


def worn(flat: Flat, rng: random.Random) -> Flat:
    """Ink rubbed off in patches and scratches."""
    picture = flat.picture.astype(np.float32)
    height, width = picture.shape[:2]
    patches = np.random.default_rng(rng.getrandbits(32)).random((height // 12, width // 12)).astype(np.float32)
    faded = cv2.GaussianBlur(cv2.resize(patches, (width, height), interpolation=cv2.INTER_LINEAR), (0, 0), 5)
    share = np.clip((faded - 0.5) * 3.5, 0, rng.uniform(0.35, 0.6))[..., None]
    paper = cv2.morphologyEx(flat.picture, cv2.MORPH_CLOSE, np.ones((35, 35), np.uint8)).astype(np.float32)
    mixed = (picture * (1 - share) + paper * share).astype(np.uint8)
    for _ in range(rng.randint(2, 8)):
        ends = [(rng.randrange(width), rng.randrange(height)) for _ in range(2)]
        cv2.line(mixed, *ends, (225, 228, 230), rng.choice((1, 1, 2)), cv2.LINE_AA)
    return replace(flat, picture=mixed)


def engraved(flat: Flat, rng: random.Random) -> Flat:
    """Laser-engraved: grey rather than black, a little grainy, on a coloured card."""
    picture = flat.picture.astype(np.float32)
    lift = rng.uniform(0.4, 0.58)
    grain = np.random.default_rng(rng.getrandbits(32)).normal(0, 9, picture.shape[:2]).astype(np.float32)
    tint = np.array([rng.uniform(0.72, 1.0) for _ in range(3)], np.float32)
    mixed = (255 - (255 - picture) * (1 - lift)) * tint + cv2.GaussianBlur(grain, (0, 0), 1)[..., None]
    return replace(flat, picture=np.clip(mixed, 0, 255).astype(np.uint8))


def overprinted(flat: Flat, rng: random.Random) -> Flat:
    """SPECIMEN in large letters across the zone, as issuers print it on what they publish."""
    left, bottom, _ = flat.zone_at
    over = flat.picture.copy()
    ink = rng.choice(((60, 60, 200), (150, 150, 150), (200, 90, 60), (90, 160, 90)))
    for _ in range(rng.choice((1, 1, 2))):
        where = (left + rng.uniform(0, 40), bottom + rng.uniform(-12, 2))
        text(over, where, "SPECIMEN", rng.uniform(4, 9), bold=True, ink=ink)
    share = rng.uniform(0.25, 0.55)
    return replace(flat, picture=cv2.addWeighted(over, share, flat.picture, 1 - share, 0))


def curved(flat: Flat, rng: random.Random) -> Flat:
    """A page that bends towards its spine or its free edge: lines are bows, steps are not equal."""
    height, width = flat.picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bow = rng.uniform(0.004, 0.014) * width * rng.choice((-1, 1))
    shift = 0.012 * rng.uniform(-1, 1) * width
    phase = (x / width - rng.uniform(0.2, 0.8)) * 2
    warped = cv2.remap(
        flat.picture,
        x + shift * np.sin(np.pi * x / width),
        y + bow * phase**2,
        cv2.INTER_CUBIC,
        None,
        cv2.BORDER_REPLICATE,
    )
    return replace(flat, picture=warped)


def uneven(flat: Flat, rng: random.Random) -> Flat:
    """Every character a little off its place, as a worn press sets it."""
    picture = flat.picture.copy()
    for row, line in enumerate(flat.lines):
        for column in range(len(line)):
            x0, y0, x1, y1 = flat.cell(row, column)
            if y0 < 8 or x0 < 8 or y1 + 8 > picture.shape[0] or x1 + 8 > picture.shape[1]:
                continue
            dx, dy = round(rng.gauss(0, 1.1)), round(rng.gauss(0, 1.3))
            picture[y0:y1, x0:x1] = flat.picture[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
    return replace(flat, picture=picture)


def stretched(flat: Flat, rng: random.Random) -> Flat:
    """A picture whose height and width were changed apart, and leaning a little."""
    height, width = flat.picture.shape[:2]
    across, down, lean = rng.uniform(0.85, 1.15), rng.uniform(0.85, 1.15), rng.uniform(-0.12, 0.12)
    matrix = np.array([[across, lean, max(0.0, -lean * height)], [0, down, 0]])
    size = (round(width * across + abs(lean) * height), round(height * down))
    return replace(
        flat, picture=cv2.warpAffine(flat.picture, matrix, size, flags=cv2.INTER_AREA, borderValue=(90, 90, 90))
    )


def _on(ground: Picture, flat: Flat, pose: Pose, condition: str) -> Photo:
    picture, corners = place(flat, pose, ground)
    return Photo(picture, corners, flat.lines, flat.kind, condition)


def _page(flat: Flat, rng: random.Random, dots: float) -> Picture:
    """An A4 sheet of a flat-bed scanner with the side somewhere on it; a passport lies open, both pages."""
    height, width = round(297 / 25.4 * dots), round(210 / 25.4 * dots)
    sheet = np.full((height, width, 3), rng.randint(236, 254), np.uint8)
    if flat.kind == "passport":
        other = Flat(np.full_like(flat.picture, 226), flat.size, (), "passport", "front")
        for row in range(9):
            words = "".join(rng.choice("ABCDEFGHILMNOPRSTU     ") for _ in range(34))
            text(other.picture, (8, 12 + 8 * row), words, 2.2, ink=(120, 110, 100))
        flat = replace(
            flat, picture=np.concatenate([other.picture, flat.picture]), size=(flat.size[0], flat.size[1] * 2)
        )
    scale = dots / 25.4 / PX
    small = cv2.resize(flat.picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    h, w = small.shape[:2]
    x, y = rng.randint(10, max(11, width - w - 10)), rng.randint(10, max(11, height - h - 10))
    sheet[y : y + h, x : x + w] = small
    return sheet


def _thumbnail(picture: Picture, rng: random.Random) -> Picture:
    """A side as small, soft and coarse as web pages keep it; some enlarged again, which brings nothing back."""
    wanted = rng.choice((6.5, 8.0, 10.0, 14.0)) / (2.54 * PX)
    small = cv2.resize(picture, None, fx=wanted, fy=wanted, interpolation=cv2.INTER_AREA)
    soft = rng.choice((0.0, 0.5, 0.8))
    small = cv2.GaussianBlur(small, (0, 0), soft) if soft else small
    if rng.random() < 0.3:
        small = cv2.resize(small, None, fx=1.7, fy=1.7, interpolation=cv2.INTER_CUBIC)
    return jpeg(small, rng.choice((35, 50, 65, 85)))


def wild_photo(flat: Flat, condition: str, seed: int) -> Photo:
    """Take one picture of a side in one of the ways of ``WILDS``; ``corners`` are only known where it was placed."""
    rng = random.Random(f"{flat.kind}-{condition}-{seed}")
    nowhere = np.zeros((4, 2), np.float32)

    def photo(picture: Picture) -> Photo:
        return Photo(picture, nowhere, flat.lines, flat.kind, condition)

    pose = Pose(
        width=rng.uniform(0.55, 0.8), turn=rng.uniform(-6, 6), tilt_x=rng.uniform(-8, 8), tilt_y=rng.uniform(-8, 8)
    )
    frame = (1920, 1440)
    match condition:
        case "copy":
            sheet = cv2.cvtColor(_page(flat, rng, 200), cv2.COLOR_BGR2GRAY)
            sheet = cv2.GaussianBlur(sheet, (0, 0), 0.7)
            hard = np.clip((sheet.astype(np.float32) - rng.uniform(110, 150)) * rng.uniform(2.5, 6) + 128, 0, 255)
            return photo(jpeg(cv2.cvtColor(hard.astype(np.uint8), cv2.COLOR_GRAY2BGR), 70))
        case "fax":
            sheet = cv2.cvtColor(_page(flat, rng, 200), cv2.COLOR_BGR2GRAY)
            bilevel = np.where(cv2.GaussianBlur(sheet, (0, 0), 0.5) > rng.uniform(115, 150), 255, 0).astype(np.uint8)
            return photo(cv2.cvtColor(bilevel, cv2.COLOR_GRAY2BGR))
        case "web":
            wanted = rng.uniform(620, 1000) / flat.picture.shape[1]
            return photo(
                jpeg(
                    cv2.resize(flat.picture, None, fx=wanted, fy=wanted, interpolation=cv2.INTER_AREA),
                    rng.randint(45, 80),
                )
            )
        case "thumbnail":
            return photo(_thumbnail(rng.choice((over_pattern, engraved, overprinted))(flat, rng).picture, rng))
        case "tiny":
            pitch = rng.uniform(6.0, 9.0)  # pixels a character
            wanted = pitch / (2.54 * PX)
            return photo(jpeg(cv2.resize(flat.picture, None, fx=wanted, fy=wanted, interpolation=cv2.INTER_AREA), 75))
        case "spread":
            return photo(jpeg(_page(flat, rng, rng.choice((150, 200, 300))), 80))
        case "upright24":
            ground = busy_ground((4000, 6000), rng)
            shot = _on(ground, flat, replace(pose, width=rng.uniform(0.45, 0.9)), condition)
            picture = add_noise(cv2.GaussianBlur(shot.picture, (0, 0), rng.uniform(1.0, 2.0)), 4, rng)
            return replace(shot, picture=jpeg(picture, 85))
        case "table12":
            ground = busy_ground((4000, 3000), rng)
            small = Pose(rng.uniform(0.3, 0.7), rng.uniform(0.35, 0.65), rng.uniform(0.25, 0.4), rng.uniform(-20, 20))
            shot = _on(ground, flat, small, condition)
            picture = add_noise(cv2.GaussianBlur(shot.picture, (0, 0), rng.uniform(0.6, 1.2)), 4, rng)
            return replace(shot, picture=jpeg(picture, 85))
        case "sideways":
            turned = replace(pose, width=0.5, turn=rng.choice((90, 270)) + rng.uniform(-5, 5))
            shot = _on(busy_ground(frame, rng), flat, turned, condition)
            return replace(shot, picture=jpeg(add_noise(shot.picture, 3, rng), 85))
        case "guilloche":
            flat = over_pattern(flat, rng)
        case "worn":
            flat = worn(flat, rng)
        case "engraved":
            flat = engraved(over_pattern(flat, rng) if rng.random() < 0.5 else flat, rng)
        case "overprint":
            flat = overprinted(flat, rng)
        case "curved":
            flat = curved(flat, rng)
        case "uneven":
            flat = uneven(flat, rng)
        case "stretched":
            wanted = rng.uniform(0.45, 0.8)
            picture = stretched(flat, rng).picture
            return photo(jpeg(cv2.resize(picture, None, fx=wanted, fy=wanted, interpolation=cv2.INTER_AREA), 75))
        case "crop":
            _, bottom, step = flat.zone_at
            top = round((bottom - step * len(flat.lines) - rng.uniform(0, 3)) * PX)
            band = flat.picture[max(0, top) :, :]
            wanted = rng.uniform(0.5, 0.9)
            return photo(jpeg(cv2.resize(band, None, fx=wanted, fy=wanted, interpolation=cv2.INTER_AREA), 70))
    shot = _on(busy_ground(frame, rng), flat, pose, condition)
    picture = shot.picture
    if condition == "laminate":
        for _ in range(rng.randint(3, 6)):
            where = shot.corners.mean(axis=0) + np.array([rng.uniform(-500, 500), rng.uniform(-300, 300)])
            size = (rng.uniform(200, 700), rng.uniform(12, 40))
            picture = add_glare(picture, (where[0], where[1]), size, rng.uniform(30, 90), rng.uniform(0, 180))
    if condition == "cast":
        gain = np.array([rng.uniform(0.45, 1.0) for _ in range(3)])
        picture = np.clip(picture * gain, 0, 255).astype(np.uint8)
    if condition == "hand":
        for index in (0, 1, 2, 3):
            if rng.random() < 0.6:
                edge = shot.corners[index] * 0.9 + shot.corners.mean(axis=0) * 0.1
                outside = shot.corners[index] + (shot.corners[index] - shot.corners.mean(axis=0)) * 0.05
                where = edge if index < 2 else outside
                cv2.ellipse(
                    picture,
                    (round(where[0]), round(where[1])),
                    (60, 100),
                    rng.uniform(0, 180),
                    0,
                    360,
                    (120, 155, 215),
                    -1,
                )
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.1))
    if rng.random() < 0.3:
        picture = blur_motion(picture, rng.uniform(3, 5), rng.uniform(0, 3))
    return replace(shot, picture=jpeg(add_noise(picture, 4, rng), rng.randint(55, 85)))
