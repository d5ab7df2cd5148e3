"""What kiosks ask INSi through the console, until the check-in that names it has taken the answer."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0018_ask_again"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("sent_at", models.CharField(max_length=40)),
                ("signature", models.BinaryField(max_length=64)),
                ("received_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("body", models.BinaryField(default=bytes)),
                ("answer", models.BinaryField(default=bytes)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("answered", "Answered"),
                            ("taken", "Taken"),
                            ("dropped", "Dropped"),
                            ("late", "Late"),
                            ("too-many", "Too Many"),
                        ],
                        max_length=10,
                    ),
                ),
                ("by_document", models.BooleanField(default=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                (
                    "terminal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="console.terminal"
                    ),
                ),
                (
                    "visit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_before",
                        to="console.arrival",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "next_at"], name="console_question_due"),
                    models.Index(fields=["terminal", "received_at"], name="console_question_lately"),
                    models.Index(fields=["received_at"], name="console_question_old"),
                ],
            },
        ),
    ]
