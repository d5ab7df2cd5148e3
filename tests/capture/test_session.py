"""Films before the session: the picture takes itself when it is good, and the person is told one calm thing."""

import random
from dataclasses import replace

import cv2
import numpy as np
import pytest

from kiosk.capture.picture import decode
from kiosk.capture.preview import to_rgb_bytes
from kiosk.capture.session import CaptureSession, CaptureSettings, Seen
from kiosk.capture.shot import MOST_BYTES, Shot
from kiosk.core.sources.document import Guidance, Side
from kiosk.training.draw import draw
from tests.specimens.film import FRAME, frames
from tests.specimens.person import ZOE
from tests.specimens.photograph import Pose, place, tray

pytestmark = pytest.mark.long  # reads pictures

EMPTY = tray(FRAME, random.Random(5))


def play(session: CaptureSession, pictures: list[np.ndarray], start: float = 0.0) -> list[Seen]:
    seen = []
    for index, picture in enumerate(pictures):
        seen.append(session.feed(picture, start + index / 25))
        if seen[-1].shot is not None:
            break
    return seen


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        ("french-id-2021", "front"),
        ("french-id-2021", "back"),
        ("french-id-1988", ""),
        ("passport", ""),
        ("residence-permit", ""),
    ],
)
def test_a_document_laid_in_the_tray_is_taken_by_itself(kind: str, side: str) -> None:
    film = list(frames(draw(ZOE, kind, side, 3), 3))
    seen = play(CaptureSession(Side.FIRST), film)
    assert seen[0].guidance is Guidance.NO_DOCUMENT
    shot = seen[-1].shot
    assert isinstance(shot, Shot)
    rest = 6 + round(0.9 * 25)  # frames before the document lies still
    assert rest < len(seen) <= rest + round(1.5 * 25)
    assert len(shot.jpeg) <= MOST_BYTES
    picture = decode(shot.jpeg)
    assert picture is not None
    assert picture.shape[1] / (85.6 if shot.is_card else 125.0) * 25.4 >= 300


def test_an_empty_tray_is_never_taken() -> None:
    seen = play(CaptureSession(Side.FIRST), [EMPTY] * 40)
    assert all(each.shot is None and each.guidance is Guidance.NO_DOCUMENT for each in seen)


def test_a_blank_sheet_is_never_taken() -> None:
    sheet = EMPTY.copy()
    cv2.rectangle(sheet, (240, 100), (1040, 620), (225, 228, 226), -1)
    seen = play(CaptureSession(Side.FIRST), [sheet] * 40)
    assert all(each.shot is None for each in seen)


def test_a_moving_document_is_not_taken() -> None:
    flat = draw(ZOE, "french-id-2021", seed=2)
    film = [place(flat, Pose(x=0.5 + 0.02 * (-1) ** i, width=0.66), EMPTY)[0] for i in range(40)]
    seen = play(CaptureSession(Side.FIRST), film)
    assert all(each.shot is None for each in seen)
    assert seen[-1].guidance is Guidance.HOLD_STILL


def test_a_document_too_far_is_asked_to_come_closer() -> None:
    film = [place(draw(ZOE, "french-id-2021", seed=2), Pose(width=0.3), EMPTY)[0]] * 30
    seen = play(CaptureSession(Side.FIRST), film)
    assert seen[-1].guidance is Guidance.CLOSER
    assert all(each.shot is None for each in seen)


def test_a_document_cut_by_the_border_is_asked_to_the_middle() -> None:
    film = [place(draw(ZOE, "french-id-2021", seed=2), Pose(x=0.25, width=0.66), EMPTY)[0]] * 30
    seen = play(CaptureSession(Side.FIRST), film)
    assert seen[-1].guidance is Guidance.CENTER
    assert all(each.shot is None for each in seen)


def test_the_same_side_shown_twice_is_asked_to_be_turned_over() -> None:
    back = list(frames(draw(ZOE, "french-id-2021", "back", 3), 3))
    seen = play(CaptureSession(Side.SECOND, first_had_zone=True), back)
    assert seen[-1].shot is None
    assert seen[-1].guidance is Guidance.TURN_OVER
    front = list(frames(draw(ZOE, "french-id-2021", "front", 3), 3))
    assert play(CaptureSession(Side.SECOND, first_had_zone=True), front)[-1].shot is not None


def test_the_manual_button_always_gives_a_picture_once_something_was_seen() -> None:
    session = CaptureSession(Side.FIRST)
    assert session.take_now() is None
    session.feed(EMPTY, 0.0)
    assert session.take_now() is not None


@pytest.mark.parametrize("side", ["front", "back"])
def test_an_upside_down_document_is_kept_the_right_way_up(side: str) -> None:
    flat = draw(ZOE, "french-id-2021", side, seed=2)
    taken = []
    for turn in (0.0, 180.0):
        session = CaptureSession(Side.FIRST)
        session.feed(place(flat, Pose(width=0.66, turn=turn), EMPTY)[0], 0.0)
        shot = session.take_now()
        assert shot is not None
        taken.append(shot.picture.astype(np.float32))
    assert np.abs(taken[0] - taken[1]).mean() < np.abs(taken[0] - taken[1][::-1, ::-1]).mean() / 2


def test_the_preview_has_the_size_asked_for() -> None:
    assert len(to_rgb_bytes(EMPTY, 952, 660)) == 952 * 660 * 3
    quad = np.array([[10, 10], [900, 10], [900, 600], [10, 600]], np.float32)
    assert to_rgb_bytes(EMPTY, 320, 320, quad) != to_rgb_bytes(EMPTY, 320, 320)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"GIF89a" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\x00\x00\x00" + bytes(50),
        b"\xff\xd8" + b"\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + bytes(40),
    ],
    ids=["empty", "cut", "gif", "svg", "huge-png", "huge-jpeg"],
)
def test_a_hostile_picture_is_refused(data: bytes) -> None:
    assert decode(data) is None


def test_of_an_open_passport_only_the_page_with_the_zone_is_kept() -> None:
    page = draw(ZOE, "passport", seed=2)
    other = np.full_like(page.picture, 215)
    both = replace(page, picture=np.vstack([other, page.picture]), size=(125.0, 176.0))
    lying = place(both, Pose(width=0.36), EMPTY)[0]
    session = CaptureSession(Side.FIRST, CaptureSettings(least_width=0.3))
    session.feed(lying, 0.0)
    shot = session.take_now()
    assert shot is not None
    assert not shot.is_card
    upper, lower = shot.picture[: shot.picture.shape[0] // 2], shot.picture[shot.picture.shape[0] // 2 :]
    assert float(upper.std()) > 20  # the portrait, not the empty page
    assert float(lower[-200:].std()) > 20  # the zone at its foot
