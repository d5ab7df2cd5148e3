"""The keys' own tables, in the keys' own database."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="StoreKey",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("store", models.UUIDField()),
                ("generation", models.PositiveIntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="SubjectKey",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("wrapped", models.BinaryField(max_length=60)),
                ("pending_since", models.DateTimeField(null=True)),
                (
                    "store_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="keys.storekey"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("pending_since__isnull", False)),
                        fields=["pending_since"],
                        name="keys_pending",
                    )
                ],
            },
        ),
    ]
