"""A check-in of a kiosk newer than the console has a name of its own in the queue; how many deliveries were refused."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0007_doubtful_document"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="arrival",
            name="need",
            field=models.CharField(
                choices=[
                    ("ready", "Prêt à qualifier"),
                    ("differences", "Différences"),
                    ("doubtful-document", "Pièce à vérifier"),
                    ("no-document", "Sans pièce"),
                    ("doubtful-reading", "Pièce mal lue"),
                    ("partly-read", "Lecture incomplète"),
                    ("insi-pending", "INSi en attente"),
                    ("not-found", "INSi : personne"),
                    ("several", "INSi : plusieurs"),
                    ("configuration", "INSi à régler"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="terminal",
            name="parked",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
