"""Where a kiosk stands, as it says itself; what an auditor asks of the trail is found without reading all of it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0036_notes_for_the_desk"),
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
        migrations.AddField(
            model_name="terminal",
            name="place",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="terminal",
            name="desk",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["act", "number"], name="console_by_act"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["who", "number"], name="console_by_who"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["at"], name="console_by_hour"),
        ),
    ]
