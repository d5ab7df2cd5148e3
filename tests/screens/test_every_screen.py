"""Every screen at every size: drawn whole, within reach, aligned, in French."""

import struct
from typing import Any

import pytest

from kiosk.ui.samples import SAMPLES
from tests.demo.screen import VirtualDisplay
from tests.screens.conftest import Hall, draw

SIZES = [(1080, 1920, 1.0), (1280, 800, 1.0), (800, 1280, 1.0), (1080, 1920, 1.5), (1280, 800, 1.5)]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}-text{size[2]}")
def hall(request: pytest.FixtureRequest, display: VirtualDisplay) -> Hall:
    return draw(display, *request.param)


def targets(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in page["items"] if item["touch"]]


def gap(one: list[int], other: list[int]) -> int:
    """Distance between two boxes; negative when they overlap."""
    across = max(other[0] - one[0] - one[2], one[0] - other[0] - other[2])
    down = max(other[1] - one[1] - one[3], one[1] - other[1] - other[3])
    return max(across, down)


def test_every_screen_is_drawn_at_its_size(hall: Hall) -> None:
    assert [page["label"] for page in hall.pages] == [label for label, _screen in SAMPLES]
    for page in hall.pages if hall.text == 1.0 else ():
        head = (hall.folder / f"{page['label']}.png").read_bytes()[:24]
        assert struct.unpack(">II", head[16:24]) == (hall.width, hall.height)


def test_no_text_is_cut_and_none_leaves_its_box(hall: Hall) -> None:
    assert [page["label"] for page in hall.pages if not page["whole"]] == []


def test_everything_lies_within_the_window(hall: Hall) -> None:
    for page in hall.pages:
        for item in page["items"]:
            x, y, width, height = item["box"]
            assert x >= 24 and y >= 16 and x + width <= hall.width - 24 and y + height <= hall.height - 16, page[
                "label"
            ]


def test_no_text_lies_on_a_picture_or_on_another_text(hall: Hall) -> None:
    for page in hall.pages:
        boxes = [item["box"] for item in page["items"]]
        for index, box in enumerate(boxes):
            assert all(gap(box, other) >= 0 for other in boxes[index + 1 :]), page["label"]


def test_every_target_is_24_mm_and_stands_apart(hall: Hall) -> None:
    for page in hall.pages:
        boxes = [item["box"] for item in targets(page)]
        for index, box in enumerate(boxes):
            assert min(box[2], box[3]) >= 96, page["label"]
            assert all(gap(box, other) >= 16 for other in boxes[index + 1 :]), page["label"]


def test_a_seated_person_reaches_everything_on_the_tall_screen(hall: Hall) -> None:
    if (hall.height, hall.text) != (1920, 1.0):  # smaller screens are within reach as a whole
        assert hall.height <= 1280 or hall.text > 1
        return
    for page in hall.pages:
        assert all(item["box"][1] >= 0.4 * hall.height for item in targets(page)), page["label"]


def test_back_help_and_stop_are_always_at_the_same_place(hall: Hall) -> None:
    places: dict[str, set[tuple[int, ...]]] = {}
    for page in hall.pages:
        for item in page["items"]:
            if item["kind"] == "foot":
                places.setdefault(item["touch"], set()).add(tuple(item["box"]))
    comfort = {"text-size": 1, "contrast": 1}
    assert {touch: len(boxes) for touch, boxes in places.items()} == {"back": 1, "help": 1, "stop": 1, **comfort}


def test_no_button_posts_what_another_posts(hall: Hall) -> None:
    for page in hall.pages:
        touches = [item["touch"] for item in targets(page)]
        assert len(touches) == len(set(touches)), page["label"]


def test_the_picture_is_large_enough_to_teach(hall: Hall) -> None:
    for page in hall.pages:
        for item in page["items"]:
            if item["kind"] == "picture" and "information" not in page["label"]:
                assert min(item["box"][2:]) >= 200, page["label"]
