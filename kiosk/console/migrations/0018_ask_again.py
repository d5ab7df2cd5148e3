"""INSi's answer was set aside with a decision: that it must be asked again has a name in the queue."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0017_presence"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="arrival",
            name="need",
            field=models.CharField(
                choices=[
                    ("ready", "Prêt à qualifier"),
                    ("presence", "Présence à vérifier"),
                    ("differences", "Différences"),
                    ("odd-answer", "Réponse INSi à vérifier"),
                    ("doubtful-document", "Pièce à vérifier"),
                    ("no-document", "Sans pièce"),
                    ("doubtful-reading", "Pièce mal lue"),
                    ("partly-read", "Lecture incomplète"),
                    ("insi-pending", "INSi en attente"),
                    ("ask-again", "INSi à interroger"),
                    ("not-found", "INSi : personne"),
                    ("several", "INSi : plusieurs"),
                    ("configuration", "INSi à régler"),
                ],
                max_length=20,
            ),
        ),
    ]
