"""What a verification asked INSi, and was answered, is kept; one of a single identity is no campaign."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0020_told_before"),
    ]

    operations: ClassVar = [
        migrations.AddField(model_name="verification", name="calls", field=models.BinaryField(default=bytes)),
        migrations.AlterField(model_name="campaign", name="before", field=models.DateField(null=True)),
    ]
