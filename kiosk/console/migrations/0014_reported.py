"""What a visit's sources come to is a machine's word, reported; what is established is the person's."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0014_inspections"),
    ]

    operations: ClassVar = [
        migrations.RenameField(model_name="arrival", old_name="status", new_name="reported"),
        migrations.AddField(
            model_name="verification",
            name="answer",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(model_name="arrival", name="is_new", field=models.BooleanField(default=False)),
        migrations.RemoveConstraint(model_name="verification", name="console_once_a_campaign"),
    ]
