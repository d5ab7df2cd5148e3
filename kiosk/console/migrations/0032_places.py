"""Columns that say where a visit was may be closed: a kiosk is a name there, and no reference any more.

What is there is closed by the next one.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kiosk.console.models.places import LETTERS, ClosedBytes, ClosedText

_WIDER = "ALTER TABLE {} ALTER COLUMN {} TYPE varchar({})"
_TEXTS = (("console_arrival", "desk"), ("console_arrival", "ticket"), ("console_staff", "desk"))


def widen(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite keeps a text however long; it would copy the whole table to say so."""
    if schema_editor.connection.vendor == "postgresql":
        for table, column in _TEXTS:
            schema_editor.execute(_WIDER.format(table, column, LETTERS))


def _at(since: str) -> ClosedText:
    return ClosedText(since=since, db_column="terminal_id")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0031_visits_proven"),
    ]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(widen, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField("arrival", "desk", ClosedText(since="received_at", blank=True)),
                migrations.AlterField("arrival", "ticket", ClosedText(since="received_at")),
                migrations.AlterField("arrival", "signature", ClosedBytes(since="received_at")),
                migrations.AlterField("arrival", "signer", ClosedBytes(since="received_at", default=bytes)),
                migrations.AlterField("staff", "desk", ClosedText(blank=True)),
            ],
        ),
        migrations.RemoveIndex("arrival", "console_arr_termina_a35745_idx"),
        migrations.RemoveIndex("question", "console_question_lately"),
        migrations.RemoveIndex("recognition", "console_asked_lately"),
        migrations.RemoveConstraint("recognition", "console_asked_once"),
        migrations.AlterField("arrival", "terminal", _at("received_at")),
        migrations.AlterField("question", "terminal", _at("received_at")),
        migrations.AlterField("recognition", "terminal", _at("asked_at")),
        *(migrations.RenameField(name, "terminal", "terminal_id") for name in ("arrival", "question", "recognition")),
        migrations.AlterField("arrival", "terminal_id", ClosedText(since="received_at")),
        migrations.AlterField("question", "terminal_id", ClosedText(since="received_at")),
        migrations.AlterField("recognition", "terminal_id", ClosedText(since="asked_at")),
        migrations.AlterField("recognition", "nonce", models.BinaryField(max_length=16, unique=True)),
        migrations.AddIndex(
            "arrival", models.Index(fields=["terminal_id", "received_at"], name="console_arr_termina_a35745_idx")
        ),
        migrations.AddIndex(
            "question", models.Index(fields=["terminal_id", "received_at"], name="console_question_lately")
        ),
        migrations.AddIndex(
            "recognition", models.Index(fields=["terminal_id", "asked_at"], name="console_asked_lately")
        ),
    ]
