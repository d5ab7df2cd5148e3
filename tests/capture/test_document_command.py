"""``kiosk document read``: one JSON line a file, exactly the promised fields, and exit codes a script can rely on."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kiosk.training.draw import draw
from tests.specimens.person import ZOE
from tests.specimens.photograph import photograph
from tests.specimens.seal import write_certificate

FIELDS = {"file", "quality", "corners", "kind", "mrz", "seal", "seconds"}


def read(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "kiosk.cli", "document", "read", *arguments],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def lines_of(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good card, its front, an empty table, a zone half painted over, and no picture at all."""
    place = tmp_path_factory.mktemp("pictures")
    card = photograph(draw(ZOE, "french-id-2021", "back", 4), "good", 4).picture
    cv2.imwrite(str(place / "card.jpg"), card, [cv2.IMWRITE_JPEG_QUALITY, 95])
    cv2.imwrite(str(place / "front.jpg"), photograph(draw(ZOE, "french-id-2021", "front", 4), "good", 4).picture)
    cv2.imwrite(str(place / "table.png"), np.full((720, 1280, 3), 44, np.uint8))
    spoiled = draw(ZOE, "french-id-2021", "back", 4)
    painted = spoiled.picture.copy()
    x0, y0, x1, y1 = spoiled.cell(2, 1)
    painted[y0:y1, x0 : x1 + 2 * (x1 - x0)] = 225
    cv2.imwrite(str(place / "painted.png"), cv2.copyMakeBorder(painted, 60, 60, 60, 60, cv2.BORDER_CONSTANT))
    (place / "words.jpg").write_text("no picture")
    return place


def test_a_card_is_read_with_every_promised_field(pictures: Path, tmp_path: Path) -> None:
    write_certificate(tmp_path, date(2021, 3, 8), date(2024, 3, 8))
    done = read("--json", "--trust", str(tmp_path), str(pictures / "card.jpg"))
    assert done.returncode == 0, done.stderr
    [facts] = lines_of(done)
    assert facts.keys() == FIELDS
    assert facts["kind"] == "french-id-2021"
    assert len(facts["corners"]) == 4
    assert {measure["verdict"] for measure in facts["quality"].values()} <= {"good", "poor"}
    assert facts["quality"]["light"]["verdict"] == "good"
    mrz = facts["mrz"]
    assert mrz.keys() == {"format", "lines", "fields", "checks", "doubtful", "accepted"}
    assert (mrz["format"], len(mrz["lines"]), mrz["doubtful"], mrz["accepted"]) == ("TD1", 3, [], True)
    assert mrz["fields"]["birth_name"] == "ADRUN"
    assert all(mrz["checks"].values())
    assert facts["seal"]["verdict"] == "genuine"
    assert facts["seal"]["fields"]["number"] == mrz["fields"]["document_number"]
    assert facts["seconds"] > 0


def test_each_outcome_has_its_code_and_the_worst_decides(pictures: Path) -> None:
    names = ("card.jpg", "front.jpg", "painted.png")
    done = read("--json", *(str(pictures / name) for name in names))
    card, front, painted = lines_of(done)
    assert done.returncode == 5
    assert card["seal"]["verdict"] == "not-verified"
    assert (front["mrz"], front["corners"] is None) == (None, False)
    assert painted["mrz"]["accepted"] is False
    assert painted["mrz"]["doubtful"]
    assert read("--json", str(pictures / "front.jpg")).returncode == 4


def test_no_document_is_three_and_says_so_in_french(pictures: Path) -> None:
    done = read(str(pictures / "table.png"), str(pictures / "words.jpg"))
    assert done.returncode == 3
    assert "table.png : aucun document" in done.stdout
    assert "words.jpg : ce n'est pas une image lisible" in done.stdout
    unreadable = read("--json", str(pictures / "words.jpg"), str(pictures / "nowhere.jpg"))
    assert unreadable.returncode == 3
    assert all(facts.keys() == FIELDS | {"error"} for facts in lines_of(unreadable))
