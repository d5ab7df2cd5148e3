"""Who writes at the same moment goes through together; nobody is undone by another."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError

from kiosk.console import turnstile
from kiosk.console.turnstile import Turnstile
from tests.demo.processes import wait_until


class Ledger:
    """What was begun, kept and undone, in place of a database."""

    def __init__(self) -> None:
        self.depth = threading.local()
        self.written: list[str] = []
        self.kept: list[list[str]] = []
        self.fails_at_end = 0

    @contextmanager
    def atomic(self) -> Iterator[None]:
        outer = not getattr(self.depth, "inside", False)
        self.depth.inside = True
        mark = len(self.written)
        try:
            yield
            if outer and self.fails_at_end:
                self.fails_at_end -= 1
                raise OperationalError
        except BaseException:
            del self.written[mark:]
            raise
        else:
            if outer:
                self.kept.append(self.written[mark:])
        finally:
            self.depth.inside = not outer


@pytest.fixture()
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    ledger = Ledger()
    monkeypatch.setattr(turnstile.transaction, "atomic", ledger.atomic)
    return ledger


def _behind_a_slow_one(ledger: Ledger, writes: dict[str, Callable[[], None]]) -> dict[str, BaseException | None]:
    """The first writer holds the door until all the others wait behind, last key first; gives what each was told."""
    gate, go = Turnstile(ledger.atomic), threading.Event()
    told: dict[str, BaseException | None] = {}

    def come(name: str, write: Callable[[], None]) -> None:
        try:
            gate.go_through(UUID(bytes=name.ljust(16).encode()), write, lambda: ledger.written.append(f"{name} signs"))
            told[name] = None
        except (IntegrityError, OperationalError) as trouble:
            told[name] = trouble

    def slow() -> None:
        ledger.written.append("slow")
        assert go.wait(20)

    threads = [threading.Thread(target=come, args=("slow", slow))]
    threads[0].start()
    wait_until(lambda: "slow" in ledger.written, 20, "the first writer")
    for number, (name, write) in enumerate(reversed(writes.items()), 1):
        threads.append(threading.Thread(target=come, args=(name, write)))
        threads[-1].start()
        wait_until(lambda number=number: len(gate._waiting) == number, 20, "another behind")
    go.set()
    for thread in threads:
        thread.join(20)
    return told


def _writes(ledger: Ledger, *names: str) -> dict[str, Callable[[], None]]:
    return {name: lambda name=name: ledger.written.append(name) for name in names}


def test_those_who_wait_go_through_in_one_transaction_by_key_and_sign_last(ledger: Ledger) -> None:
    told = _behind_a_slow_one(ledger, _writes(ledger, "a", "b", "c"))
    assert ledger.kept[0] == ["slow", "slow signs"]
    assert ledger.kept[1][:3] == ["a", "b", "c"]
    assert sorted(ledger.kept[1][3:]) == ["a signs", "b signs", "c signs"]
    assert len(ledger.kept) == 2
    assert set(told.values()) == {None}


def test_one_that_is_refused_is_told_so_and_the_others_are_kept(ledger: Ledger) -> None:
    def again() -> None:
        ledger.written.append("again")
        raise IntegrityError

    told = _behind_a_slow_one(ledger, {**_writes(ledger, "a"), "again": again, **_writes(ledger, "b")})
    assert len(ledger.kept) == 2
    assert ledger.kept[0] == ["slow", "slow signs"]
    assert ledger.kept[1][:2] == ["a", "b"]
    assert sorted(ledger.kept[1][2:]) == ["a signs", "b signs"]
    assert isinstance(told["again"], IntegrityError)
    assert (told["a"], told["b"]) == (None, None)


def test_when_all_are_undone_together_each_of_the_others_tries_alone(ledger: Ledger) -> None:
    failures = [1]

    def sick() -> None:
        ledger.fails_at_end = failures.pop() if failures else 0
        ledger.written.append("sick")

    told = _behind_a_slow_one(ledger, {"sick": sick, **_writes(ledger, "a", "b")})
    kept = [name for name, trouble in told.items() if trouble is None]
    assert len(kept) == 3  # but whoever carried the others
    assert sorted(ledger.kept) == sorted([name, f"{name} signs"] for name in kept)


def test_one_refused_beside_others_and_then_kept_alone_is_not_told_that_it_was_refused(ledger: Ledger) -> None:
    refusals = [IntegrityError()]

    def first_refused() -> None:
        if refusals:
            ledger.fails_at_end = 1
            raise refusals.pop()
        ledger.written.append("b")

    told = _behind_a_slow_one(ledger, {**_writes(ledger, "a"), "b": first_refused, **_writes(ledger, "c")})
    kept = [name for name, trouble in told.items() if trouble is None]
    assert sorted(ledger.kept) == sorted([name, f"{name} signs"] for name in kept)
    assert not any(isinstance(trouble, IntegrityError) for trouble in told.values())
