"""Invitations prove themselves. One of before the update does not: it lived an hour, and is made anew."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0023_recognitions_spent"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="invitation",
            name="proof",
            field=models.BinaryField(default=bytes, max_length=37),
        ),
    ]
