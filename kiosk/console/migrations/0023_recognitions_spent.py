"""A check-in by the short path is looked up for a question that its kiosk asked before, once each."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0022_phones_shown"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="recognition",
            name="is_spent",
            field=models.BooleanField(default=False),
        ),
    ]
