"""By what the inside of a check-in is known is closed too: where no picture is in it, who guesses it would know it so.

In memory it is what it was, so what is proven of visits still is. As the one before the last closes, in pieces.
"""

from importlib import import_module
from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kiosk.console.models.places import ClosedBytes

_places: Any = import_module("kiosk.console.migrations.0033_places_closed")


def close(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    visits = apps.get_model("console", "Arrival")
    _places.close_all(visits, [visits._meta.get_field("plain")], schema_editor.connection)
    _places.forget(visits._meta.db_table, schema_editor.connection)


class Migration(migrations.Migration):
    atomic = False  # a million visits fill no log

    dependencies: ClassVar = [
        ("console", "0034_visit_indexes"),
    ]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("arrival", "plain", ClosedBytes(since="received_at", default=bytes)),
            ]
        ),
        migrations.RunPython(close, migrations.RunPython.noop),
    ]
