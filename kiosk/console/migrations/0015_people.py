"""Whom earlier versions decided about become persons; nothing of what was decided is lost."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kiosk.console.register import migrating


def carry_over(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """In one transaction: killed in the middle, it begins again."""
    migrating.people(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0014_reported"),
    ]

    operations: ClassVar = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
