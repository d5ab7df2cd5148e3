"""Who looks and when stands in the served copy itself, all over it; what is no picture is not shown."""

import io
import struct

import pytest
from PIL import Image, ImageChops

from kiosk.console.identities.watermark import LONGEST, CannotShow, marked
from tests.console.arrivals import TINY_JPEG, arrive, enrol
from tests.console.staff import at_desk, get
from tests.people import ZOE

pytestmark = pytest.mark.long  # reads pictures

WORDS = "lea · 22/11/2026 14 h 05"


def _jpeg(size: tuple[int, int] = (1500, 950), colour: str = "#b9c7d6", **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **saved)
    return out.getvalue()


def _opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg)).convert("RGB")


@pytest.mark.parametrize("colour", ["#b9c7d6", "#101820", "#ffffff"])
def test_no_third_of_the_picture_is_without_the_mark_on_any_ground(colour: str) -> None:
    before = _jpeg(colour=colour)
    differs = ImageChops.difference(_opened(before), _opened(marked(before, WORDS))).convert("L")
    width, height = differs.size
    for column in range(3):
        for row in range(3):
            part = differs.crop(
                (width * column // 3, height * row // 3, width * (column + 1) // 3, height * (row + 1) // 3)
            )
            assert part.getextrema()[1] >= 18, (column, row)


def test_the_document_under_the_mark_can_still_be_read() -> None:
    before = _jpeg()
    differs = ImageChops.difference(_opened(before), _opened(marked(before, WORDS))).convert("L")
    touched = sum(differs.histogram()[12:])
    assert touched < differs.width * differs.height * 0.15
    assert differs.getextrema()[1] < 80


def test_other_words_make_another_picture_and_the_same_ones_the_same() -> None:
    before = _jpeg()
    assert marked(before, WORDS) == marked(before, WORDS)
    assert marked(before, WORDS) != marked(before, "marc · 22/11/2026 14 h 06")


def test_what_the_file_said_beside_the_picture_is_not_passed_on() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken in the hall"
    before = _jpeg(exif=exif.tobytes(), comment=b"secret")
    assert b"taken in the hall" in before
    after = marked(before, WORDS)
    assert b"taken in the hall" not in after and b"secret" not in after


def test_a_large_picture_is_reduced_and_a_single_pixel_survives() -> None:
    assert max(_opened(marked(_jpeg((5000, 3000)), WORDS)).size) == LONGEST
    assert _opened(marked(TINY_JPEG, WORDS)).size == (1, 1)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xff\xd8\xff\xe0\0\x10JFIF"])
def test_what_is_no_jpeg_is_not_shown(data: bytes) -> None:
    with pytest.raises(CannotShow):
        marked(data, WORDS)


def test_a_picture_that_would_unfold_into_gigabytes_is_not_opened() -> None:
    modest = _jpeg((64, 64))
    at = modest.index(b"\xff\xc0")
    bomb = modest[: at + 5] + struct.pack(">HH", 60_000, 60_000) + modest[at + 9 :]
    with pytest.raises(CannotShow):
        marked(bomb, WORDS)


@pytest.mark.usefixtures("console")
def test_the_served_copy_is_marked_and_the_kept_one_is_not() -> None:
    from dataclasses import replace

    from kiosk.console.models import Arrival, AuditEntry
    from kiosk.console.records import vault
    from kiosk.core.sources.document import DocumentPicture, Side

    enrol()
    kept = _jpeg((300, 200))
    check_in = arrive(ZOE, pictures=(DocumentPicture(Side.FIRST, kept), DocumentPicture(Side.SECOND, kept[:200])))
    client = at_desk("ines", "officer")
    shown = get(client, f"/arrivees/{check_in.key}/pieces/0/").content
    assert _opened(shown).size == (300, 200) and shown != kept
    half = get(client, f"/arrivees/{check_in.key}/pieces/1/").content
    assert _opened(half).size == (900, 560)  # half a file: words in its place
    assert "image illisible" in get(client, f"/arrivees/{check_in.key}/").content.decode()
    assert AuditEntry.objects.filter(act="picture-seen").count() == 2
    assert replace(vault.open_arrival(Arrival.objects.get()).pictures[0]).jpeg == kept
