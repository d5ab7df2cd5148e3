"""An answer of INSi to be looked at has a name of its own in the queue; one after a decision is kept beside."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0009_details_looked_for"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="arrival",
            name="need",
            field=models.CharField(
                choices=[
                    ("ready", "Prêt à qualifier"),
                    ("differences", "Différences"),
                    ("odd-answer", "Réponse INSi à vérifier"),
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
            model_name="sealed",
            name="observed",
            field=models.BinaryField(default=bytes),
        ),
    ]
