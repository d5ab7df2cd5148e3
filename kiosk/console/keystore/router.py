"""Which database a table stands in: the keys in theirs, everything else in the console's."""

from typing import Any

KEYS = "keys"  # the name of the keys' database, and of their tables' application


class KeysApart:
    """Django asks this before it reads, writes or migrates."""

    def db_for_read(self, model: Any, **_: Any) -> str | None:
        return KEYS if model._meta.app_label == KEYS else None

    def db_for_write(self, model: Any, **_: Any) -> str | None:
        return KEYS if model._meta.app_label == KEYS else None

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        return (db == KEYS) == (app_label == KEYS)
