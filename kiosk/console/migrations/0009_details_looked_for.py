"""What is looked for in an act's details has columns, computed by the database: the chained text stays as it is.

Django cannot add a computed column to a table of SQLite that holds rows, but SQLite can, when it is computed as it is
read; PostgreSQL keeps it. Neither fires the triggers that let the trail only grow: no row is rewritten by hand.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kiosk.console.models.audit import Detail

NAMES = ("right", "before", "after", "reason")


def add(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in NAMES:
            computed = f"GENERATED ALWAYS AS (json_extract(\"details\", '$.{name}')) VIRTUAL"
            schema_editor.execute(f'ALTER TABLE console_auditentry ADD COLUMN "{name}" text {computed}')
        return
    columns = (
        f'ADD COLUMN "{name}" text GENERATED ALWAYS AS (("details"::jsonb ->> \'{name}\')) STORED' for name in NAMES
    )
    schema_editor.execute("ALTER TABLE console_auditentry " + ", ".join(columns))  # all at once: one rewriting


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in NAMES:
        schema_editor.execute(f'ALTER TABLE console_auditentry DROP COLUMN "{name}"')


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0008_partly_read"),
    ]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, remove)],
            state_operations=[
                migrations.AddField(
                    model_name="auditentry",
                    name=name,
                    field=models.GeneratedField(
                        db_persist=True, expression=Detail(name), output_field=models.TextField()
                    ),
                )
                for name in NAMES
            ],
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("right__isnull", False)), fields=["who", "right", "at"], name="console_by_right"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("before__isnull", False)), fields=["before", "at"], name="console_by_before"
            ),
        ),
    ]
