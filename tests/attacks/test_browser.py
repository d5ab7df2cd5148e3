"""Whoever has the browser of somebody signed in visit what they like: over every address that the console has."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.console import test_access
from tests.console.arrivals import enrol
from tests.console.conftest import ON_SQLITE, console, postgresql, sqlite
from tests.console.staff import add, sign_in

__all__ = ["console", "postgresql", "sqlite"]  # fixtures
pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long, ON_SQLITE]

# That they looked, and when; and the copy of a document's picture, made when it is first shown.
OF_LOOKING = {"console_auditentry", "console_audithead", "console_session", "console_copy"}
ENDING = ("sign-out", "lock", "unlock", "unlock-key")
EACH_ROLE = pytest.mark.parametrize("role", sorted(test_access.ALL))
_WRITES = re.compile(
    r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|ALTER TABLE|DROP TABLE)\s+"?(\w+)', re.IGNORECASE
)
SAID = "langue=fr&acte=x&agent=x&numero=A12&avant=9&dossier=x&q=a&page=2&said=merge&kept=first&remove=1&desk=4"


@pytest.fixture()
def everywhere() -> dict[str, str]:
    enrol()
    return test_access._addresses()


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written to meanwhile."""
    tables: set[str] = set()

    def note(execute: Any, sql: str, said: Any, many: bool, context: Any) -> Any:
        if (writes := _WRITES.match(sql)) is not None:
            tables.add(writes[1])
        return execute(sql, said, many, context)

    with connection.execute_wrapper(note):
        yield tables


def _strict(role: str) -> Client:
    """Somebody signed in, whose browser sends its cookies whatever page asks: forms count all the same."""
    add("someone", role)
    client = Client(enforce_csrf_checks=True)
    client.cookies = sign_in("someone", client=Client()).cookies
    return client


@EACH_ROLE
def test_a_mere_visit_changes_nothing_but_that_somebody_looked(everywhere: dict[str, str], role: str) -> None:
    client = _strict(role)
    assert client.get("/mon-compte/", secure=True).status_code == 200
    for name, path in everywhere.items():
        for method in ("GET", "HEAD", "OPTIONS"):
            for more in ("", f"?{SAID}"):
                with written() as tables:
                    answer = client.generic(method, path + more, secure=True)
                assert answer.status_code < 500, (name, method)
                assert tables <= OF_LOOKING, (name, method)
                assert "no-store" in answer["Cache-Control"], name
                assert answer["X-Content-Type-Options"] == "nosniff", name
                assert answer["X-Frame-Options"] == "DENY", name
                assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], name


@EACH_ROLE
def test_no_form_of_another_site_does_anything(everywhere: dict[str, str], role: str) -> None:
    client, token = _strict(role), "x" * 64
    for name in (*(set(everywhere) - set(ENDING)), *ENDING):
        for kind, said in (
            ("application/x-www-form-urlencoded", f"csrfmiddlewaretoken={token}&{SAID}"),
            ("text/plain", f'{{"csrfmiddlewaretoken": "{token}"}}'),
            ("application/json", "{}"),
        ):
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                headers = {"Origin": "https://elsewhere.example", "X-CSRFToken": token}
                with written() as tables:
                    answer = client.generic(method, everywhere[name], said, kind, secure=True, headers=headers)
                assert (answer.status_code, tables) == (403, set()), (name, method, kind)
                assert "no-store" in answer["Cache-Control"], name


def test_the_cookies_of_a_session_are_for_this_site_and_no_script() -> None:
    add("someone")
    client = Client()
    cookies = dict(client.get("/connexion/", secure=True).cookies)
    cookies |= dict(sign_in("someone", client=client).cookies)
    assert {"__Host-console", "__Host-form"} <= set(cookies)
    for name, cookie in cookies.items():
        assert name.startswith("__Host-"), name
        said = (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"])
        assert said == (True, True, "Strict", "/", ""), name
