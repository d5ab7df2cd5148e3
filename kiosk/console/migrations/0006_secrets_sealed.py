"""Secrets of the second factor that stood in clear are sealed with the structure's key."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kiosk.console.staff import second_factor

FORMER = "otp_totp_totpdevice"  # django-otp's own table: secrets in clear


def seal_former_secrets(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What stood in clear is sealed, and its table goes; SQLite writes zeros over it (secure_delete)."""
    connection = schema_editor.connection
    if FORMER not in connection.introspection.table_names():
        return
    authenticator = apps.get_model("console", "Authenticator")
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, name, confirmed, key, drift, last_t FROM otp_totp_totpdevice ORDER BY id")
        for staff, name, confirmed, key, drift, last_t in cursor.fetchall():
            authenticator.objects.create(
                user_id=staff,
                name=name,
                confirmed=bool(confirmed),
                sealed_key=second_factor.seal_key(staff, bytes.fromhex(key)),
                drift=drift,
                last_t=last_t,
            )
        cursor.execute("UPDATE otp_totp_totpdevice SET key = ''")
        cursor.execute("DROP TABLE otp_totp_totpdevice")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'otp_totp'")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("console", "0005_second_factors")]

    operations: ClassVar = [migrations.RunPython(seal_former_secrets, migrations.RunPython.noop)]
