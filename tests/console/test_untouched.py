"""The document's picture from the camera to staff: straightened, and beside it as the camera saw it."""

import cv2
import numpy as np
import pytest

from kiosk.capture.session import CaptureSession
from kiosk.capture.shot import MOST_BYTES
from kiosk.core.sources.document import DocumentPicture, Side
from tests.console.arrivals import TINY_JPEG, arrive, check_in_of, deliver, enrol
from tests.console.staff import at_desk, get
from tests.people import ZOE
from tests.specimens.stage import Stage, flat_of

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]  # plays page after page


def _shot_of(side: Side, drawn: str) -> DocumentPicture:
    stage = Stage(flat_of("french-id-2021", drawn, 6), 6)
    session = CaptureSession(side)
    session.feed(stage.grain.on(stage.lying()), 0.0)
    shot = session.take_now()
    assert shot is not None
    return shot.kept()


def _opened(jpeg: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture


def test_both_sides_reach_staff_straightened_at_300_dpi_and_as_they_were_seen() -> None:
    from kiosk.console.models import Arrival, AuditEntry
    from kiosk.console.records import vault

    enrol()
    sent = (_shot_of(Side.FIRST, "back"), _shot_of(Side.SECOND, "front"))
    check_in = arrive(ZOE, pictures=sent)
    kept = vault.open_arrival(Arrival.objects.get()).pictures
    assert kept == sent
    for picture in kept:
        assert len(picture.jpeg) <= MOST_BYTES and len(picture.untouched) <= MOST_BYTES
        assert _opened(picture.jpeg).shape[1] / 85.6 * 25.4 >= 300
        seen = _opened(picture.untouched)
        assert 0.7 * 1280 < seen.shape[1] < 1280  # the part that shows the card, in the camera's own pixels
    client = at_desk("ines", "officer")
    path = f"/arrivees/{check_in.key}/pieces/1/"
    assert f"{path}?brute" in get(client, f"/arrivees/{check_in.key}/").content.decode()
    straight, untouched = _opened(get(client, path).content), _opened(get(client, f"{path}?brute").content)
    assert straight.shape != untouched.shape
    assert AuditEntry.objects.filter(act="picture-seen", about=check_in.key).count() == 2


def test_a_picture_kept_without_its_untouched_part_offers_none() -> None:
    enrol()
    check_in = arrive(ZOE, pictures=(DocumentPicture(Side.FIRST, TINY_JPEG),))
    client = at_desk("ines", "officer")
    assert "?brute" not in get(client, f"/arrivees/{check_in.key}/").content.decode()
    assert get(client, f"/arrivees/{check_in.key}/pieces/0/?brute").status_code == 404


def test_an_untouched_part_that_is_no_picture_is_refused() -> None:
    enrol()
    pictures = (DocumentPicture(Side.FIRST, TINY_JPEG, b"\x89PNG"),)
    assert deliver(check_in_of(ZOE, pictures=pictures)).status_code == 422
