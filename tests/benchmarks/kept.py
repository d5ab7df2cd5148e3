"""Two consoles of a bench side by side, one with few people and one with very many, in a folder that may be kept.

``python -m tests.benchmarks.kept FOLDER sqlite|postgresql HOW_MANY``: filled ahead, or while nobody measures. What is
there already is not filled again; its keys are the fixtures', which are published.
"""

import gc
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FEW = 1_000
# Of a server that is filled, and begun again when the power fails: nothing is waited for, what is new is not logged.
FILLING = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"),
    *("shared_buffers=2GB", "maintenance_work_mem=1GB", "max_wal_size=8GB", "checkpoint_timeout=1h", "autovacuum=off"),
)


class Consoles:
    """``few`` and ``many``, each with databases and a folder of its own; one of them is this process's console."""

    def __init__(self, folder: Path, is_postgresql: bool) -> None:
        self.folder, self.is_postgresql = folder, is_postgresql
        self._urls: dict[str, tuple[str, str]] = {}

    @contextmanager
    def served(self, *settings: str) -> Iterator[None]:
        """While their server runs; PostgreSQL's own settings but for these."""
        from django.db import connections

        from tests.console.postgres import Postgres

        if not self.is_postgresql:
            yield
            return
        self.folder.chmod(0o755)
        server = Postgres(self.folder / "server", *settings)
        is_new = not (self.folder / "server").exists()
        server.start()
        try:
            for name in ("few", "many"):
                self._urls[name] = (
                    server.named(name, is_new=is_new),
                    server.named(f"{name}_keys", is_new=is_new),
                )
            yield
        finally:
            connections.close_all()
            server.stop("fast")

    def take(self, name: str) -> None:
        """From here on this process's console is that one."""
        from django.conf import settings

        from kiosk.console import keyring
        from tests.console import conftest
        from tests.fixtures import keys

        site = self.folder / name
        keys.lay_out(site)
        (site / "data" / "keys").mkdir(parents=True, exist_ok=True)
        settings.KEYRING = (keyring.Secret(keys.SECRET),)
        settings.KIOSK.passphrase_file.write_bytes(keys.PASSPHRASE)
        server = conftest.settings_with(*self._urls.get(name, ("", "")))
        where = {"data_dir": site / "data", "recipient_key": site / "structure.key"}
        conftest.take(server.model_copy(update=where | {"intake_per_minute": 100_000, "intake_per_hour": 1_000_000}))

    def bring_up_to_date(self) -> None:
        """Migrated to what is measured now; our kiosk's key is another in each process."""
        from django.conf import settings

        from kiosk.console.upkeep.database import bring_up_to_date
        from tests.console.arrivals import enrol

        for name in ("few", "many"):
            self.take(name)
            bring_up_to_date(settings.KIOSK)
            enrol()
            if self.is_postgresql:
                _read_through()
        gc.freeze()  # as a console that is served does


def _read_through() -> None:
    """Have in memory what a console at work has there: its indexes, and who is known (7 GB for a million).

    Without this the first to come after the server began wait for the disk, and the few do not.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        cursor.execute(_WARM)


_WARM = """SELECT sum(pg_prewarm(what.oid, 'read')) FROM pg_class what
JOIN pg_namespace space ON space.oid = relnamespace WHERE nspname = 'public'
AND (relkind = 'i' OR relname IN ('console_person', 'console_personindex', 'console_holding'))"""


def filled(folder: Path, is_postgresql: bool, many: int) -> Consoles:
    """The consoles of this folder, filled unless they are already."""
    from tests.console import conftest  # noqa: F401 - sets Django up

    folder.mkdir(parents=True, exist_ok=True)
    consoles, said = Consoles(folder, is_postgresql), folder / "filled.json"
    if said.exists():
        assert json.loads(said.read_text()) == {"few": FEW, "many": many}, "another register is in this folder"
        return consoles
    from tests.benchmarks.stored import Register

    with consoles.served(*FILLING):
        consoles.bring_up_to_date()
        for name, count in (("few", FEW), ("many", many)):
            consoles.take(name)
            began, worked = time.perf_counter(), time.process_time()
            Register().store(0, count)
            took = f"{time.perf_counter() - began:.0f} s, of our own processor {time.process_time() - worked:.0f} s"
            print(f"{count} people put in: {took}", flush=True)
    said.write_text(json.dumps({"few": FEW, "many": many}))
    return consoles


if __name__ == "__main__":
    filled(Path(sys.argv[1]).resolve(), sys.argv[2] == "postgresql", int(sys.argv[3]))
