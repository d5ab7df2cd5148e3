"""Rows written otherwise by the console itself, for a test: they still prove themselves."""

from typing import Any

from django.db.models import QuerySet


def rewrite(rows: QuerySet[Any], **columns: object) -> None:
    """Write these columns of each row, as the console would."""
    for row in rows:
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(update_fields=list(columns))


def behind(rows: QuerySet[Any], **columns: object) -> int:
    """Write these columns behind the console's back, as who has the database's password does."""
    return QuerySet(rows.model, query=rows.query).update(**columns)
