"""Accounts, their factors, sessions, emergencies and kiosks prove themselves.

Those that are there are proven by ``upkeep.taking_over``. Sessions have a table of their own: at the update everybody
signs in again.
"""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROVEN = ("authenticator", "emergency", "nationalidentity", "securitykey", "staff", "terminal")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0028_copies"),
    ]

    operations: ClassVar = [
        *(migrations.AddField(name, "proof", models.BinaryField(default=bytes, max_length=37)) for name in PROVEN),
        migrations.AddField("staff", "at_act", models.BigIntegerField(default=0)),
        migrations.AddField("staff", "factors", models.TextField(blank=True)),
        migrations.AddField("terminal", "at_act", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("proof", models.BinaryField(default=bytes, max_length=37)),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
    ]
