"""A document whose seal is false, or says otherwise than its zone, has a name of its own in the queue."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0006_secrets_sealed"),
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
                    ("insi-pending", "INSi en attente"),
                    ("not-found", "INSi : personne"),
                    ("several", "INSi : plusieurs"),
                    ("configuration", "INSi à régler"),
                ],
                max_length=20,
            ),
        ),
    ]
