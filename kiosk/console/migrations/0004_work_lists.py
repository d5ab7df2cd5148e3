"""The unit's work lists: look-alikes, campaigns of verification; what staff wants INSi asked again with."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0003_kiosks_invited"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("before", models.DateField()),
                ("total", models.PositiveIntegerField()),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Pair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("likeness", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("possible", "Doublon possible"),
                            ("merged", "Fusionnés"),
                            ("apart", "Deux personnes"),
                        ],
                        default="possible",
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(blank=True, max_length=20)),
                ("differences", models.CharField(blank=True, max_length=200)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="arrival",
            name="differences",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="arrival",
            name="likened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="arrival",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="console.arrival"
            ),
        ),
        migrations.AddField(
            model_name="arrival",
            name="verified_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="sealed",
            name="criteria",
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(
                condition=models.Q(("likened_at", None)), fields=["received_at"], name="console_not_yet_likened"
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="started_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pair",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pair",
            name="first",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="console.arrival"
            ),
        ),
        migrations.AddField(
            model_name="pair",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="console.arrival"
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="arrival",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="console.arrival"
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="verifications", to="console.campaign"
            ),
        ),
        migrations.AddIndex(
            model_name="pair",
            index=models.Index(fields=["state", "found_at"], name="console_pai_state_ceb6eb_idx"),
        ),
        migrations.AddConstraint(
            model_name="pair",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="console_one_pair"),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(fields=["next_at"], name="console_ver_next_at_20101c_idx"),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(fields=["verdict", "done_at"], name="console_ver_verdict_0ad62f_idx"),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.UniqueConstraint(fields=("campaign", "arrival"), name="console_once_a_campaign"),
        ),
    ]
