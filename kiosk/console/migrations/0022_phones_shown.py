"""An attestation of an appli carte Vitale counts once, also for two who bring it at the same moment."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0021_verified_calls"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PhoneShown",
            fields=[
                ("mark", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
