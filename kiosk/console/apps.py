"""The console as one Django application."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ConsoleConfig(AppConfig):
    name = "kiosk.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(_refuse_to_forget_pages, dispatch_uid="console.sqlite")


def _refuse_to_forget_pages(connection: Any, **_: Any) -> None:
    """SQLite writes zeros over what is deleted: a purged record is gone from the file too."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
