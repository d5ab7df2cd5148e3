"""Visits, what is sealed of them, and the work about them prove themselves; a visit notes what was inside, by whom.

What is there is proven by ``upkeep.taking_over``.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PROVEN = (
    *("arrival", "call", "campaign", "finding", "inspection"),
    *("outbox", "question", "recognition", "verification", "witness"),
)
NOTED = {"signer": 32, "plain": 32, "indexed": 16}


def _proof() -> "models.BinaryField[bytes, bytes]":
    return models.BinaryField(default=bytes, max_length=37)


def beside_the_bodies(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite would copy the whole table, half a megabyte a visit, to add a column with a default."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("ALTER TABLE console_sealed ADD COLUMN proof BLOB NOT NULL DEFAULT X''")
        return
    field = _proof()
    field.set_attributes_from_name("proof")
    schema_editor.add_field(apps.get_model("console", "Sealed"), field)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0030_fingerprints"),
    ]

    operations: ClassVar = [
        *(migrations.AddField(name, "proof", _proof()) for name in PROVEN),
        *(
            migrations.AddField("arrival", name, models.BinaryField(default=bytes, max_length=longest))
            for name, longest in NOTED.items()
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(beside_the_bodies, migrations.RunPython.noop)],
            state_operations=[migrations.AddField("sealed", "proof", _proof())],
        ),
    ]
