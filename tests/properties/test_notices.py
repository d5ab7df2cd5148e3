"""A console with one rule taken away: the properties see it, in a sequence of a few acts."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kiosk.console import audit
from tests.properties import acts
from tests.properties.ground import Ground
from tests.properties.story import DAY, Story

pytestmark = pytest.mark.long


class _Forgetful:
    """The audit trail, but for what is refused."""

    def __getattr__(self, name: str) -> Any:
        return getattr(audit, name)

    def record_all(self, _done: Sequence[audit.Done]) -> None:
        return


def _doubt_twice(story: Story) -> None:
    story.come("v1", "zoe")
    for who in ("lea", "nora"):
        story.take(who, "v1")
        story.press(who, "v1", "decision/doubt/")


def _leave(story: Story) -> None:
    story.come("v1", "zoe")
    story.wait(2 * DAY)
    story.do(acts.Purge())


def _come_and_be_taken(story: Story) -> None:
    story.come("v1", "zoe")
    story.take("lea", "v1")


def _alter_behind(story: Story) -> None:
    from django.db import connection

    story.come("v1", "zoe")
    with sqlite3.connect(connection.settings_dict["NAME"]) as file:
        file.execute("UPDATE console_arrival SET reported = 'x'")
    file.close()
    story.end()


WITHOUT = {
    "p08": ("kiosk.console.identities.refusing.audit", _Forgetful(), _doubt_twice),
    "p19": ("kiosk.console.records.erasing.carry_out", lambda: False, _leave),
    "p21": ("kiosk.console.witness.brought.contradiction", lambda _head, _by: None, _come_and_be_taken),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_what_is_taken_away_is_noticed(ground: Ground, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    where, instead, play = WITHOUT[name]
    _holds(ground, play)
    monkeypatch.setattr(where, instead)
    with pytest.raises(AssertionError, match=f"name='{name}_"):
        _holds(ground, play)


def test_what_no_statement_of_the_console_wrote_is_noticed(ground: Ground) -> None:
    with pytest.raises(AssertionError, match="no statement was heard"):
        _alter_behind(Story(ground))


def _holds(ground: Ground, play: Callable[[Story], None]) -> None:
    story = Story(ground)
    play(story)
    story.end()
