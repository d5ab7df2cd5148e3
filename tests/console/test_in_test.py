"""The test environment: answers may be injected there, so every page says which environment it is; nowhere else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import get_resolver

from kiosk.console.config import ServerSettings, read_server_settings
from kiosk.console.views.sheet import INVENTED
from kiosk.settings import BadSettings
from tests.console.staff import add, browser, get, sign_in

pytestmark = pytest.mark.long  # plays page after page

EXTENDS = re.compile(r"\{% extends .console/(base|_narrow).html. %\}")
SAYS_SO = "Environnement de test"
TRAINING = '<aside class="in-training" aria-label="Formation">Formation : personnes inventées</aside>'
TEMPLATES = Path(__file__).parents[2] / "kiosk/console/templates/console"


def _pages() -> Iterator[str]:
    """Every whole page that an address without anything in it gives to an officer or an administrator, or to nobody."""
    paths = [f"/{pattern.pattern}" for pattern in get_resolver().url_patterns if "<" not in str(pattern.pattern)]
    add("lea", "officer")
    add("max", "administrator")
    for client in (browser(), sign_in("lea"), sign_in("max")):
        for path in paths:
            if "quitter" in path or "deconnexion" in path:
                continue
            response = get(client, path)
            if response.status_code == 200 and b"<html" in response.content:
                yield response.content.decode()


@pytest.mark.parametrize("mode", ["test", "training", "demo", "production"])
def test_every_page_of_the_test_environment_says_so(
    console: ServerSettings, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(django_settings, "KIOSK", console.model_copy(update={"mode": mode}))
    pages = list(_pages())
    assert len(pages) > 8
    assert [SAYS_SO in page for page in pages] == [mode == "test"] * len(pages)
    assert ['<aside class="in-test"' in page for page in pages] == [mode == "test"] * len(pages), (
        "a place of its own, read out"
    )
    assert [TRAINING in page for page in pages] == [mode == "training"] * len(pages)


def test_no_page_is_written_without_what_all_pages_say() -> None:
    whole = [path for path in TEMPLATES.glob("*.html") if not path.name.startswith("_") or path.name == "_narrow.html"]
    apart = [path.name for path in whole if not EXTENDS.match(path.read_text(encoding="utf-8"))]
    assert sorted(apart) == ["base.html", "sheet_paper.html"]
    assert "{{ invented }}" in (TEMPLATES / "sheet_paper.html").read_text(encoding="utf-8")
    assert set(INVENTED) == {"test", "training"}


@pytest.mark.parametrize(("mode", "refused"), [("production", True), ("demo", True), ("test", False)])
def test_a_console_has_answers_injected_in_the_test_environment_only(
    tmp_path: Path, mode: str, *, refused: bool
) -> None:
    file = tmp_path / "console.toml"
    file.write_text(
        f'mode = "{mode}"\n[insi]\nendpoint = "https://insi.example/lps"\n'
        'certificate = "c.p12"\nca = "ca.pem"\nidam = "1"\n'
        '[[insi.injected]]\nbirth_name = "HOUILLES"\nanswer = "01"\n'
        '[server]\ndata_dir = "data"\ncertificate = "c.pem"\nkey = "k.pem"\nrecipient_key = "r.key"\n'
        'passphrase_file = "p"\nsecret_key_file = "s"\n'
    )
    if refused:
        with pytest.raises(BadSettings, match="qu'en essai"):
            read_server_settings(file)
    else:
        section = read_server_settings(file).insi
        assert section is not None
        assert [each.birth_name for each in section.injected] == ["HOUILLES"]
