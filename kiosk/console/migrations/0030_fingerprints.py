"""What somebody is found by may be closed with the current secret's key: in the database nothing changes."""

from typing import ClassVar

from django.db import migrations

from kiosk.console.models.fingerprints import Fingerprint

COLUMNS = (("blindindex", "value"), ("personindex", "value"), ("holding", "value"), ("nationalidentity", "fingerprint"))
MORE = {"blindindex": {"db_index": True}, "personindex": {"db_index": True}, "nationalidentity": {"unique": True}}


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("console", "0029_accounts_proven"),
    ]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(model, name, Fingerprint(**MORE.get(model, {}))) for model, name in COLUMNS
            ]
        )
    ]
