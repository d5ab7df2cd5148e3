"""What a kiosk does that none does is told; a number is one person's at a desk; who waits stands in our own order."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0025_admissions"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="terminal",
            name="exceeded",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="arrival",
            name="bare",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="arrival",
            name="ticket_mark",
            field=models.BinaryField(max_length=16, null=True, unique=True),
        ),
        migrations.RemoveIndex(
            model_name="arrival",
            name="console_arr_stage_8f27bb_idx",
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(fields=["stage", "received_at"], name="console_stage_received"),
        ),
    ]
