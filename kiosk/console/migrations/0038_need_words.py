"""What became of a question to INSi is called by what it means for staff."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0037_kiosk_places"),
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
                    ("not-found", "INSi : introuvable"),
                    ("several", "INSi : plusieurs réponses"),
                    ("configuration", "INSi : en panne"),
                ],
                max_length=20,
            ),
        ),
    ]
