"""Pictures as people bring them: copies, web pictures, phones, bent pages, SPECIMEN across; read, or honestly not."""

import random
from collections.abc import Iterator
from datetime import date

import cv2
import numpy as np
import pytest

from kiosk.capture.bend import Bend, fit_bent
from kiosk.capture.reader import DocumentReader
from tests.specimens.draw import draw, random_print
from tests.specimens.person import KINDS, somebody
from tests.specimens.photograph import Photo
from tests.specimens.wild import wild_photo

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
