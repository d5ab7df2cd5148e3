"""Who looks and when stands in the served copy itself, in every part of it and never across what is compared."""

import io
import random
import struct
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageChops

from kiosk.console.identities.watermark import LONGEST, CannotShow, marked
from kiosk.console.pictures.child import plain
from kiosk.training import draw, papers
from kiosk.training.case import Case, Read
from kiosk.training.cases import CASES, cast
from tests.console.arrivals import TINY_JPEG, arrive, enrol
from tests.console.staff import at_desk, get
from tests.people import ZOE
from tests.specimens.photograph import busy_ground

pytestmark = pytest.mark.long  # reads pictures

WORDS = "lea · 22/11/2026 14 h 05"
SEEN = 16  # of 255: a pixel that the mark has changed, and no JPEG alone


def _jpeg(size: tuple[int, int] = (1500, 950), colour: str = "#b9c7d6", **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **saved)
    return out.getvalue()


def _opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def _apart(one: bytes, other: bytes) -> NDArray[np.uint8]:
    """By how much each pixel of one differs from the other's."""
    return np.asarray(ImageChops.difference(_opened(one), _opened(other))).max(axis=2)


def _ninths(picture: NDArray[np.generic]) -> list[NDArray[np.generic]]:
    return [part for row in np.array_split(picture, 3) for part in np.array_split(row, 3, axis=1)]


@pytest.mark.parametrize("colour", ["#b9c7d6", "#101820", "#ffffff"])
def test_no_ninth_of_the_picture_is_without_the_mark_on_any_ground(colour: str) -> None:
    before = _jpeg(colour=colour)
    assert all(part.any() for part in _ninths(_apart(before, marked(before, WORDS)) >= SEEN))


def _of_each_kind() -> list[Case]:
    """Of the training's cases one for each kind of document and each way in which it was read."""
    shown = {(case.paper.kind, case.paper.read): case for case in CASES if case.paper is not None}
    return list(shown.values())


@pytest.mark.parametrize("words", [WORDS, "marie-christine.lefebvre · 22/11/2026 14 h 05"])
@pytest.mark.parametrize("case", _of_each_kind(), ids=lambda case: f"{case.paper.kind}-{case.paper.read.value}")
def test_it_crosses_neither_face_nor_print_of_a_document_and_is_whole_in_every_ninth(
    case: Case, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grounds: list[NDArray[np.uint8]] = []

    def keeping(size: tuple[float, float], rng: random.Random, tint: tuple[int, int, int]) -> NDArray[np.uint8]:
        grounds.append(ground(size, rng, tint))
        return grounds[-1].copy()

    ground = draw.background
    monkeypatch.setattr(draw, "background", keeping)
    shown = papers.paper_of(cast(case), date(2026, 11, 22))
    assert shown is not None and case.paper is not None
    for picture, empty in zip(shown[1], grounds, strict=True):
        before = plain(picture.jpeg)
        bare = np.asarray(Image.fromarray(empty[:, :, ::-1]).resize(_opened(before).size)).astype(int)
        printed = np.abs(np.asarray(_opened(before)) - bare).max(axis=2) > (60 if case.paper.read is Read.NOT else 30)
        is_marked = _apart(before, marked(before, words)) >= SEEN
        assert printed.mean() > 0.05
        assert not (is_marked & printed).any()
        assert all(part.any() for part in _ninths(is_marked))
        height, width = is_marked.shape
        assert (
            not is_marked[[height // 3, height * 2 // 3]].any() and not is_marked[:, [width // 3, width * 2 // 3]].any()
        )


def test_where_print_is_everywhere_it_is_pale_and_in_every_ninth_all_the_same() -> None:
    everywhere = Image.fromarray(busy_ground((1500, 950), random.Random(3)))
    grain = Image.effect_noise(everywhere.size, 90).convert("RGB")
    out = io.BytesIO()
    Image.blend(everywhere, grain, 0.5).save(out, "JPEG", quality=95)
    before = plain(out.getvalue())
    apart = _apart(before, marked(before, WORDS))
    assert all(np.count_nonzero(part) > 200 for part in _ninths(apart >= SEEN))
    assert (apart >= SEEN).mean() < 0.02


def test_the_document_under_the_mark_can_still_be_read() -> None:
    before = _jpeg()
    differs = ImageChops.difference(_opened(before), _opened(marked(before, WORDS))).convert("L")
    touched = sum(differs.histogram()[12:])
    assert touched < differs.width * differs.height * 0.04
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
