"""A visit no longer says who somebody is: these columns became facts of persons."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

MOVED = ("attributes", "evidence", "evidence_on", "companion", "merged_into", "verified_at")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0015_people"),
    ]

    operations: ClassVar = [
        *(migrations.RemoveField(model_name="arrival", name=name) for name in MOVED),
        migrations.RemoveField(model_name="sealed", name="observed"),
        migrations.DeleteModel(name="Pair"),
        migrations.RemoveField(model_name="verification", name="arrival"),
        migrations.AlterField(
            model_name="verification",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="verifications", to="console.person"
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.UniqueConstraint(fields=("campaign", "person"), name="console_once_a_campaign"),
        ),
    ]
