"""Calls that may never return, given a deadline."""

import threading

import pytest

from hardware.cards.patience import Patience, TookTooLong


def test_a_call_answers_its_result_or_raises_its_error() -> None:
    patience = Patience("test")
    assert patience.call(10, divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        patience.call(10, divmod, 7, 0)
    assert patience.call(10, divmod, 7, 3) == (2, 1)
    patience.close(10)


def test_a_call_that_takes_too_long_is_given_up_undone_and_tidied_after() -> None:
    patience = Patience("test")
    may_end, tidied = threading.Event(), threading.Event()
    undone: list[str] = []

    def slow() -> str:
        may_end.wait(30)
        return "late"

    with pytest.raises(TookTooLong):
        patience.call(0.01, slow, undo=undone.append)
    assert patience.is_stuck
    patience.afterwards(tidied.set)
    patience.close(0)
    assert not tidied.is_set()
    may_end.set()
    assert tidied.wait(10)
    assert undone == ["late"]
    assert not patience.is_stuck


def test_a_result_in_time_is_not_undone() -> None:
    patience = Patience("test")
    undone: list[str] = []
    assert patience.call(10, str, 5, undo=undone.append) == "5"
    patience.close(10)
    assert undone == []


def test_no_thread_is_left_once_closed() -> None:
    before = threading.active_count()
    patience = Patience("test")
    patience.call(10, len, "abc")
    patience.close(10)
    assert threading.active_count() == before
