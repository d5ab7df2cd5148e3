"""Which database a table stands in: the keys in theirs, everything else in the console's."""

from typing import Any

KEYS = "keys"  # the name of the keys' database, and of the application of their tables
_APART = {"storekey", "subjectkey"}


class KeysApart:
    """Django asks this before it reads, writes or migrates."""

    def db_for_read(self, model: Any, **_: Any) -> str | None:
        return KEYS if _stands_apart(model._meta.app_label, model._meta.model_name) else None

    def db_for_write(self, model: Any, **_: Any) -> str | None:
        return KEYS if _stands_apart(model._meta.app_label, model._meta.model_name) else None

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_: Any) -> bool:
        return (db == KEYS) == _stands_apart(app_label, model_name)


def _stands_apart(app_label: str, model_name: str | None) -> bool:
    return app_label == KEYS and model_name in _APART
