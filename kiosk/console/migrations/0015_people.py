"""Whom earlier versions decided about become persons; nothing of what was decided is lost."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0014_reported"),
    ]

    operations: ClassVar = []
