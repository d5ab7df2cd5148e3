"""What was seen beside evidence that does not stand alone (a birth certificate's companion) has a column."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0013_recognitions"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="arrival",
            name="companion",
            field=models.CharField(blank=True, default="", max_length=8),
            preserve_default=False,
        ),
    ]
