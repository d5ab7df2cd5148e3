"""Guesses at the door are counted by the console itself; what django-axes kept of them, names and addresses, goes."""

from typing import ClassVar

from django.db import migrations, models

_KEPT = ("axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0026_kiosks_exceeding"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Guess",
            fields=[
                ("about", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("since", models.DateTimeField(db_index=True)),
            ],
        ),
        *(migrations.RunSQL(f"DROP TABLE IF EXISTS {table}", migrations.RunSQL.noop) for table in _KEPT),
        migrations.RunSQL("DELETE FROM django_migrations WHERE app = 'axes'", migrations.RunSQL.noop),
    ]
