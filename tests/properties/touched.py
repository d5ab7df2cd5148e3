"""What is heard while acts are carried out: which tables are written to, and what the one writer refuses."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

TABLE = re.compile(r"\bconsole_[a-z]+\b")
READS = ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN", "PRAGMA", "SET ")


class Touched:
    """Hears every statement. What is no plain reading touches each table that it names, also when it is rolled back."""

    def __init__(self) -> None:
        self._tables: set[str] = set()

    def taken(self) -> frozenset[str]:
        """The tables written to since this was asked last."""
        taken = frozenset(self._tables)
        self._tables.clear()
        return taken

    @contextmanager
    def heard(self) -> Iterator[None]:
        from django.db import connection

        with connection.execute_wrapper(self._hear):
            yield

    def _hear(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(READS):
            self._tables.update(TABLE.findall(sql))
        return execute(sql, params, many, context)


class Refusals:
    """What ``writer.record`` refused, whoever caught it: each is to be written down."""

    def __init__(self) -> None:
        self._codes: list[str] = []

    def taken(self) -> tuple[str, ...]:
        """Refused since this was asked last."""
        taken = tuple(self._codes)
        self._codes.clear()
        return taken

    @contextmanager
    def heard(self) -> Iterator[None]:
        from kiosk.console.register.writer import Refused

        make = Refused.__init__

        def heard(refused: Refused, refusal: Any, done: Any) -> None:
            make(refused, refusal, done)
            self._codes.append(refusal.value)

        Refused.__init__ = heard
        try:
            yield
        finally:
            Refused.__init__ = make
