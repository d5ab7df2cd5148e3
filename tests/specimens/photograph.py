"""Photographs a flat specimen: pose, light, lens and noise, with known truth (conditions of the benchmark)."""

import math
import random
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.training.draw import Flat, Picture, text

CONDITIONS = [
    *("scan", "good", "perspective", "rotated", "upside", "defocus", "motion"),
    *("lowlight", "glare", "jpeg", "shadow", "busy", "small", "combo"),
]


@dataclass(frozen=True)
class Pose:
    """Where the document lies: centre (fractions of the frame), width (fraction), turn and tilts in degrees."""

    x: float = 0.5
    y: float = 0.5
    width: float = 0.7
    turn: float = 0.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0


@dataclass(frozen=True)
class Photo:
    picture: Picture
    corners: NDArray[np.float32]  # 4 x 2: top left, top right, bottom right, bottom left of the document
    lines: tuple[str, ...]
    kind: str
    condition: str


def corners_of(flat: Flat, pose: Pose, frame: tuple[int, int]) -> NDArray[np.float32]:
    """Project the document's corners by a pinhole camera above the tray."""
    width, height = flat.size
    scale = frame[0] * pose.width / width
    angle, a, b = (math.radians(v) for v in (pose.turn, pose.tilt_x, pose.tilt_y))
    points = np.array([[-width, -height, 0], [width, -height, 0], [width, height, 0], [-width, height, 0]]) / 2
    turn = np.array([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0], [0, 0, 1]])
    lean = np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])
    side = np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
    spun = points @ (turn @ lean @ side).T
    distance = 3.0 * width
    flattened = spun[:, :2] * (distance / (distance - spun[:, 2:]))
    centre = np.array([frame[0] * pose.x, frame[1] * pose.y])
    return (flattened * scale + centre).astype(np.float32)


def place(flat: Flat, pose: Pose, ground: Picture) -> tuple[Picture, NDArray[np.float32]]:
    """Lay the document on the ground, with round corners and a soft shadow."""
    frame = (ground.shape[1], ground.shape[0])
    corners = corners_of(flat, pose, frame)
    picture = flat.picture
    reduction = np.linalg.norm(corners[1] - corners[0]) / picture.shape[1]
    if reduction < 0.6:  # the lens averages: reduce first, against aliasing
        picture = cv2.resize(picture, None, fx=reduction * 1.4, fy=reduction * 1.4, interpolation=cv2.INTER_AREA)
    h, w = picture.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    radius = max(2, round(3.0 / flat.size[0] * w)) if flat.kind != "passport" else 2
    cv2.rectangle(mask, (radius, 0), (w - radius, h), 255, -1)
    cv2.rectangle(mask, (0, radius), (w, h - radius), 255, -1)
    for centre in ((radius, radius), (w - radius, radius), (radius, h - radius), (w - radius, h - radius)):
        cv2.circle(mask, centre, radius, 255, -1)
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    bounds = cv2.boundingRect(corners)
    x0, y0 = max(0, bounds[0] - 2), max(0, bounds[1] - 2)
    x1, y1 = min(frame[0], bounds[0] + bounds[2] + 2), min(frame[1], bounds[1] + bounds[3] + 2)
    result = ground.copy()
    if x1 <= x0 or y1 <= y0:
        return result, corners
    shift = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]], np.float64) @ matrix
    warped = cv2.warpPerspective(picture, shift, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    cover = cv2.warpPerspective(mask, shift, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    area = result[y0:y1, x0:x1]
    cv2.copyTo(warped, (cover > 127).astype(np.uint8), area)
    return result, corners


def tray(frame: tuple[int, int], rng: random.Random) -> Picture:
    """The kiosk's own surface: matt and dark."""
    grain = np.random.default_rng(rng.getrandbits(32)).normal(0, 3, (frame[1] // 2, frame[0] // 2, 1))
    colour = np.array([rng.randint(36, 52)] * 3, np.float32) + np.array([4, 1, 0], np.float32)
    small = np.clip(colour + grain, 0, 255).astype(np.uint8)
    return cv2.resize(small, frame, interpolation=cv2.INTER_LINEAR)


def busy_ground(frame: tuple[int, int], rng: random.Random) -> Picture:
    """A table full of things: texture, words, lines, boxes."""
    noise = np.random.default_rng(rng.getrandbits(32)).integers(60, 220, (9, 16, 3)).astype(np.uint8)
    ground = cv2.resize(noise, frame, interpolation=cv2.INTER_CUBIC)
    for _ in range(40):
        a = (rng.randrange(frame[0]), rng.randrange(frame[1]))
        b = (rng.randrange(frame[0]), rng.randrange(frame[1]))
        colour = tuple(rng.randrange(256) for _ in range(3))
        if rng.random() < 0.5:
            cv2.line(ground, a, b, colour, rng.randint(1, 6), cv2.LINE_AA)
        else:
            cv2.rectangle(
                ground, a, (a[0] + rng.randint(20, 200), a[1] + rng.randint(20, 120)), colour, rng.choice((-1, 2))
            )
    for _ in range(25):
        words = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz ABCDEFGH") for _ in range(rng.randint(6, 30)))
        where = (rng.uniform(0, frame[0] / 12), rng.uniform(2, frame[1] / 12))
        text(
            ground,
            where,
            words,
            rng.uniform(1.4, 3.0),
            bold=rng.random() < 0.5,
            ink=tuple(rng.randrange(120) for _ in range(3)),
        )
    return ground


def blur_motion(picture: Picture, length: float, angle: float) -> Picture:
    size = int(length) | 1
    kernel = np.zeros((size, size), np.float32)
    middle = size / 2
    along = (math.cos(angle) * length / 2, math.sin(angle) * length / 2)
    cv2.line(
        kernel,
        (round(middle - along[0]), round(middle - along[1])),
        (round(middle + along[0]), round(middle + along[1])),
        1.0,
        1,
        cv2.LINE_AA,
    )
    return cv2.filter2D(picture, -1, kernel / max(kernel.sum(), 1e-6))


def add_noise(picture: Picture, sigma: float, rng: random.Random) -> Picture:
    noise = np.empty(picture.shape, np.int16)
    cv2.setRNGSeed(rng.getrandbits(31))
    cv2.randn(noise, (0, 0, 0), (sigma, sigma, sigma))
    return cv2.add(picture, noise, dtype=cv2.CV_8U)


def add_glare(
    picture: Picture, centre: tuple[float, float], size: tuple[float, float], strength: float, angle: float
) -> Picture:
    """A bright ellipse of this length and breadth, with soft edges."""
    light = np.zeros(picture.shape[:2], np.float32)
    cv2.ellipse(
        light,
        (round(centre[0]), round(centre[1])),
        (round(size[0] / 2), round(size[1] / 2)),
        angle,
        0,
        360,
        strength,
        -1,
    )
    light = cv2.GaussianBlur(light, (0, 0), max(4.0, size[1] / 8))
    return np.clip(picture.astype(np.float32) + light[..., None], 0, 255).astype(np.uint8)


def add_shadow(
    picture: Picture, corners: NDArray[np.float32], rng: random.Random, light: float, soft: float
) -> Picture:
    """A shadow's edge that crosses the zone."""
    h, w = picture.shape[:2]
    start = corners[3] + (corners[2] - corners[3]) * rng.uniform(0.25, 0.75)
    angle = rng.uniform(0.6, 2.5)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    away = (x - start[0]) * math.sin(angle) - (y - start[1]) * math.cos(angle)
    factor = light + (1 - light) / (1 + np.exp(-np.clip(away / soft, -30, 30)))
    return (picture * factor[..., None]).astype(np.uint8)


def jpeg(picture: Picture, quality: int) -> Picture:
    decoded = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded


def photograph(flat: Flat, condition: str, seed: int, frame: tuple[int, int] = (1920, 1080)) -> Photo:
    """Take one photograph of a side under a named condition."""
    rng = random.Random(f"{flat.kind}-{condition}-{seed}")
    if condition == "scan":
        wanted = 300 / 25.4 / 12
        small = cv2.resize(flat.picture, None, fx=wanted, fy=wanted, interpolation=cv2.INTER_AREA)
        h, w = small.shape[:2]
        white = np.full((h + 80, w + 80, 3), 250, np.uint8)
        white[40 : 40 + h, 40 : 40 + w] = small
        edge = np.array([[40, 40], [40 + w, 40], [40 + w, 40 + h], [40, 40 + h]], np.float32)
        return Photo(jpeg(white, 92), edge, flat.lines, flat.kind, condition)
    pose = Pose(
        x=0.5 + rng.uniform(-0.03, 0.03),
        y=0.5 + rng.uniform(-0.03, 0.03),
        width=rng.uniform(0.66, 0.80),
        turn=rng.uniform(-3, 3),
        tilt_x=rng.uniform(-5, 5),
        tilt_y=rng.uniform(-5, 5),
    )
    tallest = 0.88 * frame[1] / (frame[0] * flat.size[1] / flat.size[0])
    pose = replace(pose, width=min(pose.width, tallest))
    sign = rng.choice((-1, 1))
    match condition:
        case "perspective":
            pose = replace(pose, tilt_x=sign * rng.uniform(15, 30), tilt_y=rng.choice((-1, 1)) * rng.uniform(10, 25))
        case "rotated":
            pose = replace(pose, turn=sign * rng.uniform(10, 35), width=min(pose.width, tallest * 0.75))
        case "upside":
            pose = replace(pose, turn=180 + rng.uniform(-5, 5))
        case "small":
            pose = replace(pose, width=rng.uniform(0.38, 0.45))
        case "combo":
            tilts = (sign * rng.uniform(8, 15), rng.choice((-1, 1)) * rng.uniform(8, 15))
            pose = replace(
                pose, turn=rng.uniform(-8, 8), tilt_x=tilts[0], tilt_y=tilts[1], width=min(pose.width, tallest * 0.9)
            )
    ground = busy_ground(frame, rng) if condition in ("busy", "combo") else tray(frame, rng)
    picture, corners = place(flat, pose, ground)
    if condition == "busy":
        thumb = corners[1] if rng.random() < 0.5 else corners[0]
        cv2.ellipse(
            picture, (round(thumb[0]), round(thumb[1])), (70, 110), rng.uniform(0, 90), 0, 360, (130, 160, 215), -1
        )
    if condition == "shadow":
        picture = add_shadow(picture, corners, rng, rng.uniform(0.35, 0.55), 8)
    if condition == "combo":
        picture = add_shadow(picture, corners, rng, rng.uniform(0.5, 0.7), 60)
    if condition == "glare":
        spot = corners[3] * 0.5 + corners[2] * 0.5 + (corners[2] - corners[3]) * rng.uniform(-0.35, 0.35)
        spot = spot + (corners[0] - corners[3]) * rng.uniform(0.08, 0.32)
        spots = [spot]
        if rng.random() < 0.5:
            spots.append(corners[0] * 0.5 + corners[2] * 0.5)
        for where in spots:
            size = (rng.uniform(60, 170), rng.uniform(35, 90))
            picture = add_glare(picture, (where[0], where[1]), size, rng.uniform(130, 235), rng.uniform(0, 180))
    blur = (
        rng.uniform(1.6, 2.6)
        if condition == "defocus"
        else rng.uniform(0.8, 1.3)
        if condition == "combo"
        else rng.uniform(0.3, 0.6)
    )
    picture = cv2.GaussianBlur(picture, (0, 0), blur)
    if condition == "motion":
        picture = blur_motion(picture, rng.uniform(7, 13), rng.uniform(0, math.pi))
    if condition == "lowlight":
        exposure = rng.uniform(0.12, 0.25)
        draws = np.random.default_rng(rng.getrandbits(32))
        dim = picture.astype(np.float32) * exposure
        shot = dim + draws.normal(0, 1, dim.shape).astype(np.float32) * np.sqrt(np.maximum(dim, 0) * 0.35 + 1.0)
        picture = np.clip(shot * (0.62 / exposure), 0, 255).astype(np.uint8)
    else:
        picture = add_noise(picture, 6 if condition == "combo" else 2, rng)
    quality = rng.randint(18, 30) if condition == "jpeg" else 60 if condition == "combo" else 90
    return Photo(jpeg(picture, quality), corners, flat.lines, flat.kind, condition)
