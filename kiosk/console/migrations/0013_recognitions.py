"""Kiosks ask whether a card's person is known: when, which question once, and how often by the kiosk's own count."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0012_register"),
    ]

    operations: ClassVar = [
        migrations.AddField(model_name="terminal", name="asked", field=models.PositiveIntegerField(null=True)),
        migrations.AddField(model_name="terminal", name="asked_seconds", field=models.PositiveIntegerField(default=0)),
        migrations.CreateModel(
            name="Recognition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.BinaryField(max_length=16)),
                ("asked_at", models.DateTimeField()),
                ("is_too_many", models.BooleanField(default=False)),
                (
                    "terminal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="console.terminal"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["terminal", "asked_at"], name="console_asked_lately")],
                "constraints": [models.UniqueConstraint(fields=("terminal", "nonce"), name="console_asked_once")],
            },
        ),
    ]
