"""Photographs of specimens read whole: found, read, proposed; or honestly not read."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.capture.reader import DocumentReader
from kiosk.capture.session import CaptureSession
from kiosk.core.sources.document import DocumentKind, SealVerdict, Side
from kiosk.documents.cev_trust import load_signers
from kiosk.training.draw import draw
from kiosk.training.holder import KINDS, SpecimenPerson
from tests.specimens.person import ZOE
from tests.specimens.photograph import photograph, tray
from tests.specimens.seal import write_certificate

pytestmark = pytest.mark.long  # picture after picture
TODAY = date(2026, 11, 21)
EXPECTED = {
    "french-id-2021": (DocumentKind.FRENCH_ID_2021, True),
    "french-id-1988": (DocumentKind.FRENCH_ID_1988, False),
    "passport": (DocumentKind.PASSPORT, False),
    "residence-permit": (DocumentKind.RESIDENCE_PERMIT, True),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    made = DocumentReader()
    yield made
    made.close()


@pytest.mark.parametrize("kind", sorted(EXPECTED))
@pytest.mark.parametrize("condition", ["good", "upside"])
def test_a_good_photograph_is_read_with_certainty(reader: DocumentReader, kind: str, condition: str) -> None:
    photo = photograph(draw(ZOE, kind, seed=4), condition, 4)
    reading = reader.read(photo.picture, TODAY)
    assert reading.mrz is not None
    assert reading.mrz.lines == photo.lines
    assert reading.mrz.accepted
    assert (reading.kind, reading.has_second_side) == EXPECTED[kind]
    assert reading.mrz.traits.birth_name == "ADRUN"


@pytest.mark.parametrize(("kind", "seed"), [("residence-permit", 7), ("french-id-2021", 5), ("european-id", 20)])
def test_a_turned_photograph_is_certain_to_its_last_character(reader: DocumentReader, kind: str, seed: int) -> None:
    photo = photograph(draw(ZOE, kind, seed=seed), "rotated", seed)
    reading = reader.read(photo.picture, TODAY)
    assert reading.mrz is not None and reading.mrz.lines == photo.lines
    assert reading.mrz.accepted, reading.mrz.doubtful


def test_the_seal_of_the_card_of_2021_is_read_verified_and_compared(reader: DocumentReader, tmp_path: Path) -> None:
    write_certificate(tmp_path, date(2021, 3, 8), date(2024, 3, 8))
    photo = photograph(draw(ZOE, "french-id-2021", seed=4), "good", 4)
    reading = reader.read(photo.picture, TODAY, load_signers(tmp_path))
    assert reading.seal is not None
    assert reading.seal.verdict is SealVerdict.GENUINE  # its signer has expired since
    assert dict(reading.seal.fields)["birth_name"] == "ADRUN"
    assert (reading.seal.is_compared, reading.seal.contradictions) == (True, ())
    assert reading.validity is not None
    assert reading.mrz is not None
    assert reading.validity.until == reading.mrz.expiry


def test_the_recognisers_leave_nothing_in_the_home_and_have_no_diary_to_send(tmp_path: Path) -> None:
    """By itself onnxruntime numbers the machine and tells its maker what it is used for."""
    script = """
        import numpy
        from kiosk.capture.recognise import PpOcr, TesseractMrz
        for recogniser in (PpOcr(), TesseractMrz()):
            recogniser.read(numpy.full((48, 320), 200, numpy.uint8), 20)
    """
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env=environment, check=True, timeout=100)
    assert list(tmp_path.iterdir()) == []


def test_a_large_buffer_is_given_back_to_the_system_also_after_others_of_its_size() -> None:
    """By itself the allocator keeps such buffers after the first, and two readers' leave holes between them."""
    script = """
import ctypes
from kiosk.capture.reader import DocumentReader
DocumentReader().close()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
class Use(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd".split() + list("abcde")]
libc.mallinfo2.restype = Use
for _ in range(3):
    before = libc.mallinfo2().hblkhd
    taken = libc.malloc(31 * 1024 * 1024)  # at 32 it always has pages of its own
    print(libc.mallinfo2().hblkhd - before >= 31 * 1024 * 1024)
    libc.free(taken)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split() == ["True"] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_busy_table_does_not_hide_the_zone(reader: DocumentReader, kind: str) -> None:
    photo = photograph(draw(ZOE, kind, seed=8), "combo", 8)
    reading = reader.read(photo.picture, TODAY)
    assert reading.mrz is not None
    assert reading.mrz.lines == photo.lines


def test_an_o_in_a_name_is_not_read_as_a_zero(reader: DocumentReader) -> None:
    nobody = SpecimenPerson("BOZON", ("OSCAR", "OTTO"), "1980-01-08", "M")
    photo = photograph(draw(nobody, "french-id-2021", seed=2), "good", 2)
    mrz = reader.read(photo.picture, TODAY).mrz
    assert mrz is not None
    assert mrz.traits.birth_name == "BOZON"
    assert mrz.traits.given_names == ("OSCAR", "OTTO")


def test_a_name_painted_over_is_never_accepted(reader: DocumentReader) -> None:
    flat = draw(ZOE, "french-id-2021", seed=3)
    picture = flat.picture.copy()
    picture[-110:-40, 80:200] = (120, 120, 120)
    scan = cv2.copyMakeBorder(picture, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(40, 40, 40))
    mrz = reader.read(scan, TODAY).mrz
    assert mrz is None or not mrz.accepted


@pytest.mark.parametrize("letter", "RB")
def test_a_letter_cut_so_that_it_resembles_another_is_never_accepted(reader: DocumentReader, letter: str) -> None:
    """An R without its right part is an F to both recognisers, and no check digit covers a name."""
    nobody = SpecimenPerson("DURAND", ("MARBE",), "1980-01-08", "F")
    flat = draw(nobody, "residence-permit", seed=3)
    picture = flat.picture.copy()
    x0, y0, x1, y1 = flat.cell(2, flat.lines[2].rindex(letter))
    picture[y0:y1, x1 - (x1 - x0) * 2 // 5 : x1] = picture[y0 - 4 : y0, x0:x1].mean(axis=(0, 1))
    scan = cv2.copyMakeBorder(picture, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(40, 40, 40))
    mrz = reader.read(scan, TODAY).mrz
    assert mrz is None or not mrz.accepted or mrz.lines == flat.lines


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((720, 1280, 3), np.uint8),
        np.full((720, 1280, 3), 255, np.uint8),
        np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8),
        np.zeros((16, 16, 3), np.uint8),
        draw(ZOE, "french-id-2021", "front").picture,
    ],
    ids=["black", "white", "noise", "tiny", "front"],
)
def test_a_picture_without_a_zone_gives_no_reading(reader: DocumentReader, picture: np.ndarray) -> None:
    reading = reader.read(picture, TODAY)
    assert reading.mrz is None
    assert reading.kind is DocumentKind.UNKNOWN


def test_the_front_of_a_card_asks_for_its_other_side(reader: DocumentReader) -> None:
    session = CaptureSession(Side.FIRST)
    front = photograph(draw(ZOE, "french-id-2021", "front"), "good", 1, (1280, 720)).picture
    session.feed(front, 0.0)
    shot = session.take_now()
    assert shot is not None
    assert reader.read(shot, TODAY).has_second_side


def test_an_empty_tray_is_read_as_nothing(reader: DocumentReader) -> None:
    import random

    assert reader.read(tray((1280, 720), random.Random(1)), TODAY).mrz is None
