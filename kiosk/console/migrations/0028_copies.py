"""What staff see of a document is a copy made anew, kept with our proof: what the kiosk signed is opened by no page."""

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0027_guesses"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Copy",
            fields=[
                ("proof", models.BinaryField(default=bytes, editable=False, max_length=37)),
                ("key", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("place", models.PositiveSmallIntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("body", models.BinaryField()),
                (
                    "arrival",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="copies", to="console.arrival"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="copy",
            constraint=models.UniqueConstraint(fields=("arrival", "place"), name="console_copy_once"),
        ),
    ]
