"""What was seen of the trail from outside, and what was found not to be as it was written."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0010_odd_answer"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=20)),
                ("by", models.CharField(blank=True, max_length=80)),
                ("evidence", models.CharField(blank=True, max_length=300)),
                ("found_at", models.DateTimeField(db_index=True)),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Witness",
            fields=[
                ("by", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("head", models.CharField(blank=True, max_length=300)),
                ("brought_at", models.DateTimeField(null=True)),
                ("refused", models.PositiveBigIntegerField(default=0)),
            ],
        ),
    ]
