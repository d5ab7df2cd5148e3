"""In the console's own database: which keys are its, and which are to be destroyed."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("keys", "0001_initial"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="KnownStore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store", models.UUIDField()),
                ("locked_up_to", models.UUIDField(null=True)),
                ("locked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["asked_at"], name="keys_to_be_destroyed"
                    )
                ],
            },
        ),
    ]
