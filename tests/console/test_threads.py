"""The console's own threads: few, their connections kept while there is work, none held open by who rests."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection

from kiosk import journal
from kiosk.console import threads
from kiosk.console.threads import Threads
from tests.demo.processes import wait_until

pytestmark = pytest.mark.usefixtures("console")


@pytest.fixture()
def one() -> Iterator[Threads]:
    alone = Threads(1, "test")
    yield alone
    alone.stop()


@pytest.fixture()
def bugs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    met: list[str] = []
    monkeypatch.setattr(journal, "record_bug", lambda trouble: met.append(type(trouble).__name__))
    return met


def _done(by: Threads, work: Any) -> Any:
    """What this work gives, done by a thread of theirs."""
    gives: list[Any] = []
    done = threading.Event()

    def whole() -> None:
        try:
            gives.append(work())
        finally:
            done.set()

    by.do(whole)
    assert done.wait(20)
    return gives[0] if gives else None


def _opened() -> Any:
    """This thread's own connection with the database, which answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    return connection.connection


def test_a_thread_keeps_its_connection_from_one_work_to_the_next(one: Threads) -> None:
    first = _done(one, _opened)
    assert _done(one, _opened) is first


def test_who_has_nothing_to_do_holds_no_database_open(one: Threads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "KEPT", 0.05)
    kept = []
    _done(one, lambda: kept.append((connection, _opened())) and None)
    [(mine, opened)] = kept
    wait_until(lambda: one._awake == 0, 20, "rest")
    assert _done(one, _opened) is not opened
    assert mine is connection


@pytest.mark.parametrize("kind", [LookupError, OperationalError])
def test_after_a_bug_or_trouble_with_the_database_connections_are_new_ones_and_what_waits_is_done(
    one: Threads, bugs: list[str], kind: type[Exception]
) -> None:
    begun, go = threading.Event(), threading.Event()
    opened = []

    def fails() -> None:
        opened.append(_opened())
        begun.set()
        assert go.wait(20)
        raise kind("of the test")

    one.do(fails)
    assert begun.wait(20)
    after = []
    behind = threading.Event()
    one.do(lambda: (after.append(_opened()), behind.set()))
    go.set()
    assert behind.wait(20)
    assert after[0] is not opened[0]
    wait_until(lambda: bugs == [kind.__name__], 20, "the journal")


def test_no_more_work_side_by_side_than_there_are_threads() -> None:
    three = Threads(3, "test")
    go, begun, done = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)

    def work() -> None:
        begun.release()
        assert go.wait(20)
        done.release()

    for _ in range(5):
        three.do(work)
    assert all(begun.acquire(timeout=20) for _ in range(3))
    assert not begun.acquire(timeout=0.1)
    go.set()
    assert all(done.acquire(timeout=20) for _ in range(5))
    three.stop()


def test_what_has_begun_is_finished_at_the_end_and_what_has_not_is_left(one: Threads) -> None:
    begun, go, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        assert go.wait(20)
        done.set()

    left: list[None] = []
    one.do(work)
    one.do(lambda: left.append(None))
    assert begun.wait(20)
    one.stop()
    one.do(lambda: left.append(None))
    go.set()
    assert done.wait(20)
    wait_until(lambda: one._awake == 0, 20, "the end")
    assert left == []
