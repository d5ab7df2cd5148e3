"""Fingerprints of visits lead to them with the site's secret alone; those of before are closed by ``upkeep.closing``.

A table of their own: of three million visits the former one has a hundred million rows, which an update does not touch.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from kiosk.console.models.fingerprints import Fingerprint, Link, RandomKey


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0033_places_closed"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="VisitIndex",
            fields=[
                ("id", RandomKey(primary_key=True, serialize=False)),
                ("visit", Link(db_index=True)),
                ("value", Fingerprint(db_index=True)),
            ],
        ),
        migrations.AlterField(
            "blindindex",
            "arrival",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="console.arrival"),
        ),
    ]
