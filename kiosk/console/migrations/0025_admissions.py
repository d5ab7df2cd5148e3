"""What one asks for an account, and another agrees to; the owner enrols by a link that serves once."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0024_invitations_proven"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Admission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("proof", models.BinaryField(default=bytes, editable=False, max_length=37)),
                ("kind", models.CharField(max_length=10)),
                ("asked_by", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField()),
                ("agreed_by", models.CharField(blank=True, max_length=60)),
                ("until", models.DateTimeField()),
                ("code", models.BinaryField(default=bytes, max_length=16)),
                ("link", models.BinaryField(default=bytes, max_length=16)),
                ("national", models.BinaryField(default=bytes, max_length=16)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admissions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
