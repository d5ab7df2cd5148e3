"""Small things that a standard asks for (``deploy/guides/asvs.md``) and no other test of the pages sees."""

import io
import json
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kiosk import journal
from kiosk.console.config import ServerSettings
from tests.console.conftest import empty
from tests.console.staff import add, at_desk, browser, get, half_a_minute_later, idle_for, post, sign_in


@pytest.fixture(autouse=True)
def one_console(sqlite: ServerSettings) -> Iterator[None]:
    """On one database: what is asked here is asked of no table."""
    with empty(sqlite):
        yield


def test_cookies_are_for_this_site_alone_and_for_no_script() -> None:
    client = at_desk()
    page = get(client, "/mot-de-passe/")
    assert page.status_code == 200
    assert {"__Host-console", "__Host-form"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert name.startswith("__Host-")
        assert cookie["secure"] and cookie["httponly"]
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Strict", "/", "")


def test_headers_are_on_every_answer_and_no_other_origin_is_let_in() -> None:
    add()
    client = sign_in()
    for path in ("/connexion/", "/file/", "/nowhere/", "/intake/version"):
        answer = client.get(path, secure=True, headers={"Origin": "https://elsewhere.example"})
        assert answer["Strict-Transport-Security"] == "max-age=31536000"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer
    assert client.generic("TRACE", "/connexion/", secure=True).status_code == 405


def test_a_password_may_be_anything_long_that_is_not_common() -> None:
    for good in ("é" * 64, "quatre mots sans rapport aucun", "☕ café crème ☕ 12", "A1!" * 40):
        validate_password(good)
    for bad in ("onze lettre", "qwertyuiop123", "justinbieber", "123456789abc"):
        with pytest.raises(ValidationError):
            validate_password(bad)


def test_a_password_is_not_made_of_the_words_that_anybody_here_would_try() -> None:
    from kiosk.console.models import Staff

    camille = Staff(username="camille.dubreuil")
    for bad in ("Centre-Hospitalier-2026!", "borne accueil 123", "Hôpital-Patient-9", "Dubreuil.Camille.42"):
        with pytest.raises(ValidationError, match="ajoutez d’autres mots"):
            validate_password(bad, camille)
    validate_password("centre du village sous la neige", camille)


def test_what_is_typed_as_a_password_is_not_shown_and_may_be_pasted() -> None:
    for page in (get(browser(), "/connexion/"), get(at_desk(), "/mot-de-passe/")):
        fields = [
            one for one in re.findall(r"<input[^>]*>", page.content.decode()) if "password" in one or "current" in one
        ]
        assert fields
        for field in fields:
            assert 'type="password"' in field and "onpaste" not in field and 'autocomplete="off"' not in field
            longest = re.search(r'maxlength="(\d+)"', field)
            assert longest is None or int(longest[1]) >= 128


def test_a_page_that_a_role_does_not_have_is_refused_and_that_is_written_down() -> None:
    client, said = at_desk(), io.StringIO()
    journal.write_to(said)
    for path in ("/comptes/", "/vigilance/"):
        assert get(client, path).status_code == 403
    lines = [json.loads(one) for one in said.getvalue().splitlines()]
    assert [one["page"] for one in lines if one["happening"] == "page-refused"] == ["accounts", "vigilance"]
    assert "lea" not in said.getvalue()


def test_of_more_sessions_than_desks_the_one_left_longest_ago_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.staff import sessions

    monkeypatch.setattr(sessions, "MOST_OPEN", 2)
    add()
    first = sign_in()
    half_a_minute_later()
    second = sign_in()
    idle_for(first, 60)
    assert get(second, "/file/").status_code == 200
    half_a_minute_later()
    third = sign_in()
    assert get(first, "/file/").status_code == 302
    assert get(second, "/file/").status_code == get(third, "/file/").status_code == 200


def test_wrong_passwords_sent_all_at_once_count_each() -> None:
    """As many threads read the session before any of them has written it: each finds as few tries in it."""
    client = at_desk()
    before = dict(client.session.items())
    for _ in range(5):
        post(client, "/mot-de-passe/", current="wrong", wanted="another long phrase", again="another long phrase")
        if client.session.session_key:
            session = client.session
            session.clear()
            session.update(before)
            session.save()
    assert get(client, "/file/")["Location"] == "/connexion/"
