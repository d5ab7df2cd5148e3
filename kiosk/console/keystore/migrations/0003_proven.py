"""The store's keys, and what is to be erased, prove themselves. What is there: ``upkeep.taking_over``."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("keys", "0002_known_to_the_console"),
    ]

    operations: ClassVar = [
        migrations.AddField(name, "proof", models.BinaryField(default=bytes, max_length=37))
        for name in ("erasure", "knownstore", "storekey")
    ]
