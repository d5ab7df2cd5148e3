"""The database brought up to date before serving, and the kiosks of the configuration enrolled."""

from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from kiosk.console.config import ServerSettings
from kiosk.console.keystore.router import KEYS
from kiosk.console.terminals.enrolment import enrol
from kiosk.console.upkeep import keys


def bring_up_to_date(server: ServerSettings) -> None:
    """Create or migrate the tables, found the keys' store; enrol the kiosks the configuration names. KeysMissing."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("migrate", KEYS, database=KEYS, interactive=False, verbosity=0)
    keys.known_store(timezone.now())
    for name, path in server.kiosks.items():
        enrol(name, path.read_text(), who="configuration")
    connections.close_all()
