"""Migrations whose states are worked out once a process: that, and not the database, is what takes seconds each time.

Each operation is carried out on the database as ever, between the states of then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

_STATES: dict[tuple[object, ...], list[ProjectState]] = {}


@contextmanager
def states_remembered() -> Iterator[None]:
    """Meanwhile a migration that began with the same models as another time goes through the same states."""
    with patch.object(Migration, "apply", _apply):
        yield


def _apply(self: Migration, before: ProjectState, schema_editor: Any, collect_sql: bool = False) -> ProjectState:
    begun_with = (self.app_label, self.name, *sorted(before.models))
    states = _STATES.setdefault(begun_with, [before])
    for place, operation in enumerate(self.operations, start=1):
        if place == len(states):
            after = states[-1].clone()
            operation.state_forwards(self.app_label, after)
            states.append(after)
        operation.database_forwards(self.app_label, schema_editor, states[place - 1], states[place])
    return states[-1].clone()
