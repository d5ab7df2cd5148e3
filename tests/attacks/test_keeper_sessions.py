"""Who keeps the database puts back what was over, or empties what was counted: the process that knows it opens nothing.

The row of an ended session, that of an authenticator whose code was used, and the counts of guesses.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from kiosk.console.models import Authenticator, Guess, Session
from kiosk.console.staff import guesses, session_store
from kiosk.console.witness import findings
from tests.console.conftest import console, postgresql, sqlite
from tests.console.rewritten import behind
from tests.console.staff import PASSWORD, add, browser, code_of, get, post, sign_in

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


def tries(code: str, *, name: str = "lea", password: str = PASSWORD, **more: str) -> int:
    said = {"username": name, "password": password, "code": code}
    return int(browser().post("/connexion/", said, secure=True, **more).status_code)


def test_a_code_that_was_used_opens_nothing_more_though_its_row_of_before_is_put_back() -> None:
    add("lea")
    before = Authenticator.objects.filter(user__username="lea").values().get()
    code = code_of("lea")
    assert tries(code) == 302
    behind(Authenticator.objects.filter(pk=before["id"]), **before)
    Guess.objects.all().delete()
    assert tries(code) == 403
    assert [one.code for one in findings.unseen()] == ["older"]
    assert tries(code_of("lea", steps=1)) == 302  # its owner's next one


def test_who_knows_a_password_guesses_no_more_codes_though_the_counts_are_emptied() -> None:
    add("lea")
    before = Authenticator.objects.filter(user__username="lea").values().get()
    answers = []
    for number in range(40):
        answers.append(tries("000000", REMOTE_ADDR=f"192.0.2.{number % 10}"))
        Guess.objects.all().delete()
        behind(Authenticator.objects.filter(pk=before["id"]), **before)
    assert answers == [403] * guesses.AT_ACCOUNT + [429] * 20


def test_who_was_right_or_was_given_new_secrets_is_not_kept_out_by_what_a_process_remembers() -> None:
    add("lea")
    for step in range(2):
        assert [tries("000000") for _ in range(guesses.AT_ACCOUNT_FROM_ADDRESS - 1)] == [403] * 4
        Authenticator.objects.get(user__username="lea").throttle_reset()
        assert tries(code_of("lea", steps=step)) == 302
    for number in range(20):
        tries("000000", REMOTE_ADDR=f"192.0.2.{number}")
    assert tries("000000", REMOTE_ADDR="192.0.2.99") == 429
    guesses.forget("lea")
    assert tries("000000", REMOTE_ADDR="192.0.2.99") == 403


def test_what_a_process_remembers_of_guesses_has_a_measure_and_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    own, now = guesses._Own(), timezone.now()
    monkeypatch.setattr(guesses, "REMEMBERED", 3)
    assert [own.count(about, now) for about in ("a", "a", "b", "c", "d")] == [1, 2, 1, 1, 1]
    assert [own.of(about, now) for about in "abcd"] == [0, 1, 1, 1]
    later = now + guesses.WITHIN + timedelta(seconds=1)
    assert (own.of("d", later), own.count("d", later)) == (0, 1)


def test_what_a_process_remembers_of_ended_sessions_has_a_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_store, "_MOST_ENDED", 3)
    monkeypatch.setattr(session_store, "_ended", {})
    session_store.end(f"{number:040}" for number in range(10))
    assert [*session_store._ended] == [f"{number:040}" for number in range(7, 10)]
