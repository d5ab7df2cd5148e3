"""The database brought up to date before serving, and the kiosks of the configuration enrolled."""

from django.core.management import call_command
from django.db import connection

from kiosk.console.config import ServerSettings
from kiosk.console.terminals.enrolment import enrol


def bring_up_to_date(server: ServerSettings) -> None:
    """Create or migrate the tables; enrol the kiosks the configuration names."""
    call_command("migrate", interactive=False, verbosity=0)
    for name, path in server.kiosks.items():
        enrol(name, path.read_text(), who="configuration")
    connection.close()
