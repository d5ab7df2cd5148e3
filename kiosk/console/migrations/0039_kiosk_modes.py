"""In which mode a kiosk runs, as it says itself: people that are invented come from none to a production."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0038_need_words"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="terminal",
            name="mode",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
    ]
