"""The patient's sheet as PDF: one page whatever stands on it, nothing fetched, bounded; and all of them as pictures."""

import re
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from kiosk.console.identities import comparing, sheet_due, sheets
from kiosk.console.identities.sheet_due import Cause
from kiosk.console.printing import child, process
from kiosk.console.views.sheet import style
from kiosk.core.checkin.stated import Witness, best
from kiosk.core.languages import LANGUAGES, Language
from tests.console.browsing import chromium
from tests.console.sheet_cases import visit
from tests.console.test_sheets import CONTACT

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "sheets"
A4 = {"width": 794, "height": 1123}  # at 96 to the inch
pytestmark = [pytest.mark.long, pytest.mark.starts]


def page_of(cause: Cause, language: Language, **changes: Any) -> str:
    """The sheet's HTML, as the PDF is made of it."""
    check_in = visit(cause)
    arrival = SimpleNamespace(
        status="PROVISIONAL", attributes="", reason="", ticket="A125", arrived_at=datetime(2026, 11, 30, 9, tzinfo=UTC)
    )
    standing = sheet_due.standing(arrival, check_in, comparing.compared(check_in), None)
    insi, card = best(check_in, (Witness.INSI,)), best(check_in, (Witness.CARD,))
    document = sheet_due.document_of(check_in, None)
    made = sheets.sheet(
        sheets.Filling(standing, insi, card, document, check_in.document_kind, is_french=True), language.code
    )
    assert made is not None and made.cause is cause
    said = {
        "language": language,
        "structure": settings.KIOSK.structure,
        "arrival": arrival,
        "style": style(),
        "sheet": replace(made, **changes),
        "contact": CONTACT,
        "arrived": arrival.arrived_at,
    }
    with override(language.code):
        return render_to_string("console/sheet_paper.html", said)


def inside(pdf: bytes) -> bytes:
    """The PDF with what it holds closed together (object streams) opened."""
    opened = [pdf]
    for start in re.finditer(rb"stream\r?\n", pdf):
        with suppress(zlib.error):
            opened.append(zlib.decompressobj().decompress(pdf[start.end() :]))
    return b"\n".join(opened)


def pages_in(pdf: bytes) -> int:
    return len(re.findall(rb"/Type ?/Page\b", inside(pdf)))


def test_each_sheet_is_one_page_of_pdf_in_its_own_letters() -> None:
    for cause, code in ((Cause.DOCUMENT, "ar"), (Cause.REFERENCE, "fr"), (Cause.CARD, "es")):
        pdf = process.pdf_of(page_of(cause, LANGUAGES[code]))
        assert pdf.startswith(b"%PDF-") and pages_in(pdf) == 1 and len(pdf) < process.MOST_MADE
        fonts = {name.decode() for name in re.findall(rb"/BaseFont ?/[A-Z]{6}\+([A-Za-z-]+)", inside(pdf))}
        assert any("Arabic" in name for name in fonts) is (code == "ar") and any("Inter" in name for name in fonts)


def test_the_longest_sheet_stays_one_page() -> None:
    name = ("MARIE-ANTOINETTE " * 6)[:100].strip()
    names = [sheets.SheetLine(label, "les mots sont dans un autre ordre", name, name) for label in ("Nom", "Prénoms")]
    others = [sheets.SheetLine(label, "le lieu est différent") for label in ("Date", "Sexe", "Lieu de naissance")]
    html = page_of(Cause.DOCUMENT, LANGUAGES["en"], lines=(*names, *others))
    assert html.count(name) == 4 and pages_in(process.pdf_of(html)) == 1


@pytest.mark.parametrize("place", ["file:///etc/passwd", "http://127.0.0.1:1/", "data:text/css,*{}"])
def test_a_page_that_points_anywhere_is_not_set(place: str) -> None:
    with pytest.raises(process.CannotPrint):
        process.pdf_of(f'<link rel="stylesheet" href="{place}"><p>A125</p>')


def test_a_page_too_long_is_not_even_begun() -> None:
    with pytest.raises(process.CannotPrint):
        process.pdf_of("x" * (process.MOST_BYTES + 1))


def test_a_page_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "SECONDS", 0.01)
    with pytest.raises(process.CannotPrint):
        process.pdf_of("<p>A125</p>")


def test_the_process_counts_its_memory_and_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    set_so: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(child.resource, "setrlimit", set_so.__setitem__)
    child.limit()
    assert set_so[child.resource.RLIMIT_AS] == (child.MEMORY,) * 2
    assert set_so[child.resource.RLIMIT_CPU] == (child.SECONDS,) * 2


def test_every_sheet_in_every_language_fits_and_is_pictured() -> None:
    """In ``build/sheets``, to be looked at: one picture each, and all of them on one sheet."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        page = browser.new_page(viewport=A4)
        page.emulate_media(media="print")
        for cause in Cause:
            for language in LANGUAGES.values():
                page.set_content(page_of(cause, language))
                fits = "document.documentElement.scrollWidth <= window.innerWidth"
                assert page.evaluate(fits), (cause, language.code)
                assert pages_in(page.pdf(format="A4", prefer_css_page_size=True)) == 1, (cause, language.code)
                page.screenshot(path=PICTURES / f"{cause}-{language.code}.png", full_page=True)
        names = [f"{cause}-{code}.png" for cause in Cause for code in LANGUAGES]
        shown = "".join(f'<img src="{(PICTURES / name).as_uri()}">' for name in names)
        style_of = "<style>img { width: 370px; margin: 4px; border: 1px solid }</style>"
        (PICTURES / "all.html").write_text(style_of + shown)
        page.goto((PICTURES / "all.html").as_uri())
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1960, "height": 1100})
        page.screenshot(path=PICTURES / "all.png", full_page=True)
        page.close()
    assert len(list(PICTURES.glob("*-*.png"))) >= len(Cause) * len(LANGUAGES)
