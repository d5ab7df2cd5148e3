"""Who keeps the database puts the row of an ended session back: the process that ended it opens nothing by it."""

import pytest

from kiosk.console.models import Session
from kiosk.console.staff import session_store
from kiosk.console.witness import findings
from tests.console.conftest import console, postgresql, sqlite
from tests.console.staff import add, get, post, sign_in

__all__ = ["console", "postgresql", "sqlite"]  # fixtures
pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.tampers]


def test_a_session_that_was_ended_stays_ended_though_its_row_is_put_back() -> None:
    add("lea")
    client = sign_in("lea")
    cookie = client.cookies["__Host-console"].value
    [row] = Session.objects.all()
    post(client, "/quitter/")
    assert not Session.objects.filter(pk=row.pk).exists()
    Session.objects.bulk_create([row])
    client.cookies["__Host-console"] = cookie
    assert get(client, "/file/").status_code == 302
    assert [one.code for one in findings.unseen()] == ["older"]


def test_what_a_process_remembers_of_ended_sessions_has_a_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_store, "_MOST_ENDED", 3)
    monkeypatch.setattr(session_store, "_ended", {})
    session_store.end(f"{number:040}" for number in range(10))
    assert [*session_store._ended] == [f"{number:040}" for number in range(7, 10)]
