"""How far the worker has come in reading everything again."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0013_companion"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("position", models.CharField(blank=True, max_length=120)),
                ("ran_at", models.DateTimeField(null=True)),
                ("whole_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
