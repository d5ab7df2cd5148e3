"""What the doctor says of the certificates that visible seals are verified with."""

import os
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from kiosk import doctor
from kiosk.settings import Settings
from tests.specimens.seal import write_certificate


def said(place: Path | None) -> doctor.Diagnosis:
    settings = SimpleNamespace(
        mode="demo", camera=SimpleNamespace(seal_certificates=place, seal_authorities=None, seal_revocations=None)
    )
    (verdict,) = doctor._seals(cast(Settings, settings))
    return verdict


def test_a_site_without_certificates_is_told_that_seals_are_not_verified() -> None:
    verdict = said(None)
    assert verdict.level is doctor.Level.OK
    assert "pas vérifiés" in verdict.what


def test_a_folder_without_a_usable_certificate_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "FR05-0001.pem").write_text("nothing")
    for place in (tmp_path, tmp_path / "nowhere"):
        assert said(place).level is doctor.Level.WARNING


def test_the_age_of_the_list_is_shown_and_an_old_one_is_to_be_renewed(tmp_path: Path) -> None:
    path = write_certificate(tmp_path, date(2021, 3, 8), date(2024, 3, 8))
    fresh = said(tmp_path)
    assert (fresh.level, "1 certificat" in fresh.what) == (doctor.Level.OK, True)
    long_ago = time.time() - 500 * 86_400
    os.utime(path, (long_ago, long_ago))
    old = said(tmp_path)
    assert (old.level, "500 jours" in old.what) == (doctor.Level.WARNING, True)
