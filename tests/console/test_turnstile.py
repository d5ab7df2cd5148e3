"""Who comes at the same moment goes through together; nobody is undone by another."""

import threading
from collections.abc import Sequence

from django.db import IntegrityError, OperationalError

from kiosk.console.records.turnstile import Turnstile
from tests.demo.processes import wait_until


class Ledger:
    """What was kept, transaction by transaction, in place of a database."""

    def __init__(self, *refused: str) -> None:
        self.kept: list[list[str]] = []
        self.refused = refused
        self.fails_with_several: Exception | None = None
        self.first_is_inside, self.go = threading.Event(), threading.Event()

    def keep(self, things: Sequence[str]) -> None:
        if "slow" in things:
            self.first_is_inside.set()
            assert self.go.wait(20)
        if self.fails_with_several is not None and len(things) > 1:
            raise self.fails_with_several
        if set(things) & set(self.refused):
            raise IntegrityError
        self.kept.append(list(things))


def _behind_a_slow_one(ledger: Ledger, *names: str) -> dict[str, Exception | None]:
    """The first holds the door until all the others wait behind; gives what each was told."""
    gate = Turnstile(ledger.keep)
    told: dict[str, Exception | None] = {}

    def come(name: str) -> None:
        try:
            gate.go_through(name)
            told[name] = None
        except (IntegrityError, OperationalError) as trouble:
            told[name] = trouble

    threads = [threading.Thread(target=come, args=("slow",))]
    threads[0].start()
    assert ledger.first_is_inside.wait(20)
    for number, name in enumerate(names, 1):
        threads.append(threading.Thread(target=come, args=(name,)))
        threads[-1].start()
        wait_until(lambda number=number: len(gate._waiting) == number, 20, "another behind")
    ledger.go.set()
    for thread in threads:
        thread.join(20)
    return told


def test_those_who_wait_go_through_in_one_transaction() -> None:
    ledger = Ledger()
    told = _behind_a_slow_one(ledger, "a", "b", "c")
    assert ledger.kept == [["slow"], ["a", "b", "c"]]
    assert told == dict.fromkeys(("slow", "a", "b", "c"))


def test_one_that_is_refused_is_told_so_and_the_others_are_kept_once() -> None:
    ledger = Ledger("again")
    told = _behind_a_slow_one(ledger, "a", "again", "b")
    assert sorted(ledger.kept) == [["a"], ["b"], ["slow"]]
    assert isinstance(told.pop("again"), IntegrityError)
    assert told == dict.fromkeys(("slow", "a", "b"))


def test_one_refused_beside_others_and_then_kept_alone_is_not_told_that_it_was_refused() -> None:
    ledger = Ledger()
    ledger.fails_with_several = IntegrityError()
    told = _behind_a_slow_one(ledger, "a", "b", "c")
    assert sorted(ledger.kept) == [["a"], ["b"], ["c"], ["slow"]]
    assert told == dict.fromkeys(("slow", "a", "b", "c"))


def test_when_the_database_fails_all_of_them_nobody_is_told_kept_who_is_not() -> None:
    ledger = Ledger()
    ledger.fails_with_several = OperationalError()
    told = _behind_a_slow_one(ledger, "a", "b", "c")
    kept = sorted(name for name, trouble in told.items() if trouble is None)
    assert sorted(ledger.kept) == [[name] for name in kept]
    assert len(kept) == 3  # but whoever carried the others
    assert sum(isinstance(trouble, OperationalError) for trouble in told.values()) == 1
