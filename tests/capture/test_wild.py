"""Pictures as people bring them: copies, web pictures, phones, bent pages, SPECIMEN across; read, or honestly not."""

import random
from collections.abc import Iterator
from datetime import date

import cv2
import numpy as np
import pytest

from kiosk.capture import decide
from kiosk.capture import reader as reading
from kiosk.capture.bend import Bend, fit_bent
from kiosk.capture.reader import DocumentReader
from kiosk.training.draw import PX, draw, random_print
from kiosk.training.holder import KINDS
from tests.specimens.person import somebody
from tests.specimens.photograph import Photo, jpeg
from tests.specimens.wild import over_pattern, wild_photo

pytestmark = pytest.mark.long  # reads pictures

TODAY = date(2026, 11, 21)
READ = (
    "copy", "fax", "web", "tiny", "spread", "sideways", "guilloche", "laminate", "cast", "hand", "engraved", "crop",
    "curved", "overprint", "uneven", "stretched",
)  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    made = DocumentReader()
    yield made
    made.close()


def some(condition: str, seed: int) -> Photo:
    rng = random.Random(seed)
    one = rng.getrandbits(40)
    return wild_photo(draw(somebody(rng), KINDS[seed % len(KINDS)], "", one, random_print(rng)), condition, one)


@pytest.mark.parametrize(("seed", "condition"), list(enumerate(READ, start=40)))
def test_what_people_bring_is_read(reader: DocumentReader, seed: int, condition: str) -> None:
    photo = some(condition, seed)
    mrz = reader.read(photo.picture, TODAY).mrz
    assert mrz is not None
    assert mrz.lines == photo.lines


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_a_worn_zone_is_never_accepted_wrongly(reader: DocumentReader, seed: int) -> None:
    photo = some("worn", seed)
    mrz = reader.read(photo.picture, TODAY).mrz
    assert mrz is None or not mrz.accepted or mrz.lines == photo.lines


_SEEN = 697398476613  # a specimen that was accepted with a 6 for the G of its number


@pytest.mark.parametrize("guard", ["neither", "second character", "soft edges"])
def test_a_g_that_both_take_for_a_6_is_never_accepted(
    reader: DocumentReader, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """Small, soft and enlarged again: the letter's opening closes, and no check digit tells a G from a 6."""
    rng = random.Random(_SEEN)
    flat = draw(somebody(rng), "european-id", "", _SEEN, random_print(rng))
    rng.randrange(4)
    picture = over_pattern(flat, rng).picture
    small = cv2.resize(picture, None, fx=8 / (2.54 * PX), fy=8 / (2.54 * PX), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(small, (0, 0), 0.8)
    shown = jpeg(cv2.resize(soft, None, fx=1.7, fy=1.7, interpolation=cv2.INTER_CUBIC), 65)
    if guard != "second character":
        monkeypatch.setattr(decide, "_RIVAL", 2.0)
    if guard != "soft edges":
        monkeypatch.setattr(reading, "_LEAST_SLOPE", 0.0)
    mrz = reader.read(shown, TODAY).mrz
    assert mrz is not None
    assert mrz.lines == (flat.lines[0], flat.lines[1].replace("G", "6"))
    assert mrz.accepted is (guard == "neither")


def test_too_small_a_print_is_read_and_never_certain(reader: DocumentReader) -> None:
    for pitch, is_certain in ((12.0, True), (6.7, False)):
        flat = draw(somebody(random.Random(5)), "passport", seed=5)
        factor = pitch / (2.54 * PX)
        mrz = reader.read(cv2.resize(flat.picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), TODAY).mrz
        assert mrz is not None
        assert (mrz.lines, mrz.accepted) == (flat.lines, is_certain)


def test_a_bent_page_is_followed_whichever_way_it_is_counted() -> None:
    cells = np.array([[column, row] for row in range(2) for column in range(44)], np.float64)
    along = 0.3 * np.sin(cells[:, 0] / 20)
    across = 0.9 * ((cells[:, 0] - 20) / 22) ** 2
    plane = np.array([[20.0, 1, 100], [2, 50, 200], [1e-4, 0, 1]])
    pixels = cv2.perspectiveTransform((cells + np.stack([along, across], 1))[None], plane)[0]
    fitted = fit_bent(cells, pixels)
    assert fitted is not None
    matrix, bend, inside = fitted
    assert inside.all()

    def seen(matrix: np.ndarray, bend: Bend, places: np.ndarray) -> np.ndarray:
        return cv2.perspectiveTransform(bend.bent(places)[None], matrix)[0]

    assert np.abs(seen(matrix, bend, cells) - pixels).max() < 2.0
    back = bend.straight(cv2.perspectiveTransform(pixels[None], np.linalg.inv(matrix))[0])
    assert np.abs(back - cells).max() < 0.1
    moved = matrix @ np.array([[1, 0, 3], [0, 1, 0], [0, 0, 1.0]])
    assert np.allclose(seen(moved, bend.moved(3), cells[3:44] - [3, 0]), seen(matrix, bend, cells[3:44]))
    turned = matrix @ np.array([[-1, 0, 43], [0, -1, 1], [0, 0, 1.0]])
    assert np.allclose(seen(turned, bend.turned(44), [43, 1] - cells), seen(matrix, bend, cells))


def test_glyphs_that_stand_nowhere_in_particular_make_no_bend() -> None:
    rng = np.random.default_rng(3)
    cells = np.array([[column, row] for row in range(2) for column in range(36)], np.float64)
    assert fit_bent(cells[:10], cells[:10] * 20) is None
    fitted = fit_bent(cells, rng.uniform(0, 1000, (72, 2)))
    assert fitted is None or fitted[2].mean() < 0.6
