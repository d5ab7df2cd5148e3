"""Whether, and when, the unit left a note for the desk about a visit; what it says stands sealed beside."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0035_insides_closed"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="arrival",
            name="noted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(
                condition=models.Q(noted_at__isnull=False), fields=["person", "noted_at"], name="console_noted"
            ),
        ),
    ]
