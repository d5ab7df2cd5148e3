"""The console as one Django application."""

import sys
from typing import Any

from django.apps import AppConfig
from django.core.signals import got_request_exception
from django.db.backends.signals import connection_created

from kiosk import journal


class ConsoleConfig(AppConfig):
    name = "kiosk.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(_refuse_to_forget_pages, dispatch_uid="console.sqlite")
        got_request_exception.connect(_record_bug, dispatch_uid="console.bug")


def _record_bug(**_: Any) -> None:
    """A page that broke: class, file and line; never the message."""
    trouble = sys.exc_info()[1]
    if trouble is not None:
        journal.record_bug(trouble)


def _refuse_to_forget_pages(connection: Any, **_: Any) -> None:
    """SQLite writes zeros over what is deleted: a purged record is gone from the file too."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
