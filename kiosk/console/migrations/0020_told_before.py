"""What kiosks alone had said INSi answered counts for nothing any more, of before as of today."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kiosk.console.identities import told_before


def withdraw(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    told_before.withdraw(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0019_questions"),
    ]

    operations: ClassVar = [migrations.RunPython(withdraw, migrations.RunPython.noop)]
