"""Draws one side of a specimen, flat, at 12 px a millimetre, with SPÉCIMEN across."""

import functools
import random
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.training.holder import SpecimenPerson, zone_of
from kiosk.training.seal import seal_picture, seal_text, sealed_holder

Picture = NDArray[np.uint8]
PX = 12  # pixels a millimetre
PITCH = 2.54  # mm between two OCR-B characters
STEP = 6.35  # mm between two lines
ID1, ID2_FRENCH, PASSPORT_PAGE = (85.6, 54.0), (105.0, 74.0), (125.0, 88.0)
_INTER = Path("/usr/share/fonts/opentype/inter")
_OCRB = Path(str(files("assets") / "typeface"))


@dataclass(frozen=True)
class Flat:
    """One side: its picture, its size in millimetres and the lines it bears ("" when the zone is on the other side)."""

    picture: Picture
    size: tuple[float, float]
    lines: tuple[str, ...]
    kind: str
    side: str  # "front", "back"
    zone_at: tuple[float, float, float] = (0.0, 0.0, STEP)  # left of the first cell, last base line, distance (mm)

    def cell(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Pixels of one character: left, top, right, bottom."""
        left, bottom, step = self.zone_at
        x, base = left + column * PITCH, bottom - (len(self.lines) - 1 - row) * step
        return round(x * PX), round((base - 2.9) * PX), round((x + PITCH) * PX), round((base + 0.5) * PX)


@dataclass(frozen=True)
class Print:
    """How the zone was printed: cut of OCR-B, weight, breadth, slant of the press, ink."""

    font: str = "OCRB.otf"
    weight: int = 0  # -1 thin, 0, 1 fat
    height: float = 2.45  # mm, of a capital
    ink: tuple[int, int, int] = (24, 22, 26)
    step: float = STEP
    breadth: float = 1.0  # of a character, to the font's own
    slant: float = 0.0  # to the right, of a character's height


_SLANTED = {"OCRBL.otf": 0.21}  # a cut that leans: set upright before a press leans it again


def random_print(rng: random.Random) -> Print:
    """Several cuts, weights and breadths, so that nothing is tuned to one font."""
    return Print(
        font=rng.choice(("OCRB.otf", "OCRBS.otf", "OCRBL.otf")),
        breadth=rng.choice((0.94, 1.0, 1.0, 1.05)),
        slant=rng.choice((-0.04, 0.0, 0.0, 0.0, 0.04, 0.09)),
        weight=rng.choice((-1, 0, 0, 0, 1, 1)),
        height=rng.uniform(2.3, 2.6),
        ink=(rng.randint(10, 60), rng.randint(10, 60), rng.randint(10, 60)),
        step=rng.uniform(6.1, 6.5),
    )


@functools.cache
def _face(path: str) -> cv2.FontFace:
    face = cv2.FontFace(path)
    if not face.getName():
        raise FileNotFoundError(path)
    return face


def text(
    picture: Picture,
    where: tuple[float, float],
    words: str,
    height: float,
    *,
    bold: bool = False,
    ink: tuple[int, int, int] = (60, 40, 30),
) -> None:
    """Write in Inter; where and height in millimetres."""
    face = _face(str(_INTER / ("Inter-Bold.otf" if bold else "Inter-Medium.otf")))
    cv2.putText(picture, words, (round(where[0] * PX), round(where[1] * PX)), ink, face, round(height * PX * 1.35))


@functools.cache
def _glyph(font: str, character: str, cap: int, weight: int, breadth: float, slant: float) -> Picture:
    """One character as coverage (0 to 255), in a cell of 2 pitches; drawn large and reduced."""
    size = round(cap * 3 / 0.72)
    cell = np.zeros((cap * 6, cap * 6), np.uint8)
    bgr = cv2.cvtColor(cell, cv2.COLOR_GRAY2BGR)
    face = _face(str(_OCRB / font))
    advance = cv2.getTextSize((0, 0), character, (0, 0), face, size)
    left = (cap * 6 - advance[2]) // 2 - advance[0]
    cv2.putText(bgr, character, (left, cap * 9 // 2), (255, 255, 255), face, size)
    cell = bgr[:, :, 0]
    if weight:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, cap // 9) | 1,) * 2)
        cell = cv2.dilate(cell, kernel) if weight > 0 else cv2.erode(cell, kernel)
    lean = slant - _SLANTED.get(font, 0.0)
    if breadth != 1.0 or lean:
        middle, half = cap * 3, cap * 3
        matrix = np.array([[breadth, -lean, middle * (1 - breadth) + lean * (cap * 4)], [0, 1.0, 0]])
        cell = cv2.warpAffine(cell, matrix, (2 * half, 2 * half), flags=cv2.INTER_LINEAR)
    return cv2.resize(cell, (cap * 2, cap * 2), interpolation=cv2.INTER_AREA)


def zone(picture: Picture, left: float, bottom: float, lines: tuple[str, ...], how: Print) -> None:
    """Print the zone: ``left`` is the left of the first cell, ``bottom`` the base line of the last line (mm)."""
    cap = round(how.height * PX)
    ink = np.array(how.ink, np.float32)
    for row, line in enumerate(lines):
        base = (bottom - (len(lines) - 1 - row) * how.step) * PX
        for column, character in enumerate(line):
            cover = _glyph(how.font, character, cap, how.weight, how.breadth, how.slant)
            x = round((left + (column + 0.5) * PITCH) * PX - cap)
            y = round(base - cap * 1.5)
            y1, x1 = y + cover.shape[0], x + cover.shape[1]
            crop_x, crop_y = max(0, -x), 0
            under = picture[max(0, y) : y1, max(0, x) : x1]
            over = (
                cover[crop_y : crop_y + under.shape[0], crop_x : crop_x + under.shape[1], None].astype(np.float32) / 255
            )
            under[:] = (under * (1 - over) + ink * over).astype(np.uint8)


def background(size: tuple[float, float], rng: random.Random, tint: tuple[int, int, int]) -> Picture:
    """Waves of pale colour."""
    width, height = round(size[0] * PX), round(size[1] * PX)
    y, x = np.mgrid[0 : height // 3 + 1, 0 : width // 3 + 1].astype(np.float32)
    wave = np.zeros_like(x)
    for _ in range(3):
        wave += np.sin(
            (x * rng.uniform(-0.2, 0.2) + y * rng.uniform(-0.3, 0.3)) + 4 * np.sin(x * rng.uniform(0.005, 0.03))
        )
    base = np.array(tint, np.float32)[None, None]
    pale = base + wave[..., None] * np.array([5, 4, 6], np.float32)
    large = cv2.resize(np.clip(pale, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    for _ in range(6):
        points = np.stack(
            [np.linspace(0, width, 60), height * rng.random() + 30 * np.sin(np.linspace(0, rng.uniform(3, 14), 60))], 1
        )
        cv2.polylines(large, [points.astype(np.int32)], False, [int(c) - 22 for c in tint], 1, cv2.LINE_AA)
    return large


def portrait(picture: Picture, box: tuple[float, float, float, float], rng: random.Random) -> None:
    """A drawn face that is nobody's; ``box``: left, top, width, height in millimetres."""
    x0, y0, w, h = (round(v * PX) for v in box)
    area = np.full((h, w, 3), (206, 204, 200), np.uint8)
    tone = rng.choice(((140, 170, 215), (120, 150, 200), (80, 110, 160), (60, 80, 120)))
    hair = rng.choice(((30, 30, 40), (40, 60, 90), (60, 100, 150), (150, 150, 150)))
    middle = (w // 2, round(h * 0.46))
    cv2.ellipse(
        area, (w // 2, round(h * 1.05)), (round(w * 0.48), round(h * 0.28)), 0, 0, 360, (90, 60, 50), -1, cv2.LINE_AA
    )
    cv2.rectangle(
        area, (round(w * 0.4), round(h * 0.6)), (round(w * 0.6), round(h * 0.82)), [int(c * 0.88) for c in tone], -1
    )
    cv2.ellipse(
        area, (middle[0], round(h * 0.38)), (round(w * 0.32), round(h * 0.28)), 0, 0, 360, hair, -1, cv2.LINE_AA
    )
    cv2.ellipse(area, middle, (round(w * 0.26), round(h * 0.27)), 0, 0, 360, tone, -1, cv2.LINE_AA)
    for side in (-1, 1):
        eye = (middle[0] + side * round(w * 0.1), round(h * 0.43))
        cv2.ellipse(area, eye, (round(w * 0.045), round(h * 0.018)), 0, 0, 360, (240, 240, 240), -1, cv2.LINE_AA)
        cv2.circle(area, eye, max(2, round(w * 0.02)), (40, 40, 40), -1, cv2.LINE_AA)
        cv2.ellipse(
            area,
            (eye[0], eye[1] - round(h * 0.04)),
            (round(w * 0.06), round(h * 0.012)),
            0,
            180,
            360,
            hair,
            -1,
            cv2.LINE_AA,
        )
    cv2.line(
        area,
        (middle[0], round(h * 0.45)),
        (middle[0] - w // 40, round(h * 0.54)),
        [int(c * 0.75) for c in tone],
        3,
        cv2.LINE_AA,
    )
    cv2.ellipse(
        area,
        (middle[0], round(h * 0.61)),
        (round(w * 0.08), round(h * 0.015)),
        0,
        0,
        360,
        (90, 90, 170),
        -1,
        cv2.LINE_AA,
    )
    picture[y0 : y0 + h, x0 : x0 + w] = cv2.GaussianBlur(area, (0, 0), 2)


def _specimen(picture: Picture, size: tuple[float, float]) -> None:
    over = picture.copy()
    text(over, (size[0] * 0.42, size[1] * 0.52), "SPÉCIMEN", size[1] * 0.085, bold=True, ink=(60, 60, 190))
    cv2.addWeighted(over, 0.55, picture, 0.45, 0, picture)


def _facts(picture: Picture, person: SpecimenPerson, left: float, top: float, step: float) -> None:
    day = f"{person.birth_date[8:]} {person.birth_date[5:7]} {person.birth_date[:4]}"
    rows = (
        ("NOM / Surname", person.surname + (f"   (usage : {person.name_in_use})" if person.name_in_use else "")),
        ("Prénoms / Given names", ", ".join(person.given_names).title()),
        ("SEXE / Sex    NATIONALITÉ    DATE DE NAISS.", f"{person.sex}     FRA     {day}"),
        ("LIEU DE NAISSANCE / Place of birth", person.birth_place),
    )
    for index, (label, value) in enumerate(rows):
        y = top + index * step
        text(picture, (left, y), label, 1.25, ink=(110, 90, 80))
        room = picture.shape[1] / PX - left - 2
        text(picture, (left, y + step * 0.48), value, min(2.0, room / max(1, len(value)) / 0.95), bold=True)


def draw(
    person: SpecimenPerson,
    kind: str,
    side: str = "",
    seed: int = 0,
    how: Print | None = None,
    sealing: Callable[[SpecimenPerson, str], str] = seal_text,
) -> Flat:
    """Draw one side; ``side`` "" is the one that bears the zone. ``sealing``: what its visible seal says."""
    rng = random.Random(f"{kind}-{seed}")
    _, lines = zone_of(person, kind, rng)
    how = how or Print()
    one_sided = kind in ("passport", "french-id-1988")
    side = side or ("front" if one_sided else "back")
    size = {"passport": PASSPORT_PAGE, "french-id-1988": ID2_FRENCH}.get(kind, ID1)
    if kind == "european-id" and len(lines) == 2:
        size = (105.0, 74.0)
    at = (0.0, 0.0, how.step)
    tint = rng.choice(((236, 226, 214), (226, 232, 222), (220, 226, 238), (238, 232, 236)))
    picture = background(size, rng, tint)
    height = size[1]
    face = random.Random(person.surname + person.birth_date)
    if kind == "passport":
        text(picture, (6, 8), "PASSEPORT / PASSPORT    RÉPUBLIQUE FANTAISIE", 2.6, bold=True, ink=(110, 50, 40))
        portrait(picture, (6, 16, 33, 43), face)
        _facts(picture, person, 44, 18, 10)
        _specimen(picture, size)
        at = (6 + rng.uniform(-0.5, 0.5), height - 6.2, how.step)
    elif kind == "french-id-1988":
        text(picture, (7, 7), "RÉPUBLIQUE FANTAISIE   CARTE NATIONALE D'IDENTITÉ", 2.2, bold=True, ink=(130, 60, 40))
        portrait(picture, (7, 12, 29, 38), face)
        _facts(picture, person, 40, 15, 9)
        _specimen(picture, size)
        at = (6.5, height - 6.5, how.step)
    elif side == "front":
        title = "TITRE DE SÉJOUR" if kind == "residence-permit" else "CARTE NATIONALE D'IDENTITÉ"
        text(picture, (24, 6), title, 2.0, bold=True, ink=(140, 60, 40))
        portrait(picture, (5, 12, 27, 35), face)
        _facts(picture, person, 35, 14, 9.2)
        _specimen(picture, size)
    else:
        text(picture, (33, 6), "ADRESSE / Address", 1.25, ink=(110, 90, 80))
        text(picture, (33, 9.5), "1 RUE DE LA FANTAISIE", 1.7, bold=True)
        text(picture, (33, 13), "TAILLE / Height 1,70 m   DÉLIVRÉ LE 01 01 2024", 1.5)
        if kind == "french-id-2021":
            _seal(picture, sealing(sealed_holder(person), lines[0][5:14]))
        _specimen(picture, size)
        at = (5 + rng.uniform(-0.5, 0.5), height - 5.2, how.step)
    bears = side == "back" or one_sided
    if bears:
        zone(picture, at[0], at[1], lines, how)
    return Flat(picture, size, lines if bears else (), kind, side, at)


def _seal(picture: Picture, said: str) -> None:
    """The visible seal of the card of 2021, signed by the test authority; other cards have none."""
    x, y, px = 9 * PX, 8 * PX, round(12.2 * PX)
    block = seal_picture(said, px)
    picture[y - 12 : y + px + 12, x - 12 : x + px + 12] = 245
    picture[y : y + px, x : x + px] = block[..., None]
