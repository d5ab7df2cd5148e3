"""A kiosk in demonstration at a console in production, and the reverse: both as a site runs them, over HTTPS.

Seen before: its simulated people stood in the real queue. Now it rests and keeps what it has, says why, and works again
as soon as both are of one mode.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk import wiring
from kiosk.app.back_office import Place, assemble
from kiosk.app.courier import Courier
from kiosk.core.checkin import codec
from kiosk.sealing import save_signer, seal
from kiosk.settings import load
from kiosk.storage.delivery import OTHER_MODE, Delivered, Parked, Reply, deliver_waiting
from kiosk.storage.outbox import Outbox
from tests.app.test_back_office import NOW, order
from tests.attacks.terminal import Terminal
from tests.console import warm
from tests.console.arrivals import SIGNER
from tests.console.served import ServedConsole
from tests.demo.processes import wait_until

pytestmark = [pytest.mark.starts, pytest.mark.timeout(180)]
SENTENCE = "mode : de la borne et de la console, une seule est en production"


class Site:
    """A console that is served, and a running kiosk that it knows."""

    def __init__(self, folder: Path) -> None:
        self.console = ServedConsole(folder / "site")
        self.kiosk = Terminal(folder / "hall")
        (self.kiosk.folder / "structure.pub").write_bytes(self.console.recipient.public_key.to_pem())
        save_signer(SIGNER, self.kiosk.folder / "kiosk.pem")
        self.kiosk.data.mkdir()

    def serves(self, mode: str) -> None:
        """Have the console run in this mode; at the same address as before, once it has one."""
        port = self.console.url.rstrip("/").rpartition(":")[2] or "0"
        lines = [one for one in self.console.config.read_text().splitlines() if not one.startswith(("mode", "port"))]
        said = "\n".join([f'mode = "{mode}"', *lines]).replace("[server]", f"[server]\nport = {port}", 1)
        self.console.config.write_text(said)
        self.console.start()
        written = self.kiosk.written().replace('"hall-1"', '"borne-1"').replace('"pki/ca.pem"', '"../site/console.pem"')
        address = f"https://127.0.0.1:{self.kiosk.console.port}"
        self.kiosk.config.write_text(written.replace(address, self.console.url.rstrip("/")))

    def keeps(self, mode: str) -> str:
        """A check-in waits at the kiosk, taken when it was in this mode."""
        key = str(uuid4())
        check_in = assemble(order(pictures=()), key, "A1", Place("borne-1", "3", "A", mode), NOW)
        sealed = seal(codec.to_bytes(check_in), self.console.recipient.public_key, f"check-in:{key}".encode())
        with closing(Outbox(self.kiosk.data / "outbox.db")) as outbox:
            outbox.put(key, sealed, NOW.isoformat())
        return key

    def kept(self) -> tuple[int, int]:
        with closing(Outbox(self.kiosk.data / "outbox.db")) as outbox:
            return outbox.counts()

    def arrived(self) -> int:
        with closing(sqlite3.connect(self.console.folder / "data" / "console.sqlite3")) as database:
            return int(database.execute("SELECT count(*) FROM console_arrival").fetchone()[0])

    def says(self) -> str:
        return self.kiosk.running.log.read_text()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    with made.kiosk:
        yield made
    if made.console.child is not None and made.console.child.is_running:
        made.console.stop()


def test_a_kiosk_in_demonstration_rests_before_a_production_and_works_before_a_demonstration(site: Site) -> None:
    site.keeps("demo")
    site.serves("production")
    site.kiosk.start()
    site.kiosk.eyes.wait_for("out_of_order")
    wait_until(lambda: SENTENCE in site.says(), 10, "why it rests, in the kiosk's log")
    assert (site.arrived(), site.kept()) == (0, (1, 0))
    told = warm.run("kiosk.cli", "doctor", "--config", str(site.kiosk.config))
    assert "borne : demo ; console : production" in told.stdout and "La borne n'accueille personne" in told.stdout
    site.console.stop()
    site.serves("demo")
    site.kiosk.eyes.wait_for("welcome", seconds=90)
    wait_until(lambda: site.arrived() == 1, 30, "what was kept, at the console of its mode")


def test_who_was_taken_in_demonstration_is_set_aside_at_a_production_and_keeps_nobody_waiting(site: Site) -> None:
    invented = site.keeps("demo")
    real = site.keeps("production")
    site.serves("production")
    link = wiring.console_link(load(site.kiosk.config))
    with closing(Outbox(site.kiosk.data / "outbox.db")) as outbox:
        happened, trouble = deliver_waiting(outbox, link, time.monotonic, lambda: False)
    assert (happened[0], trouble) == (Parked(invented, OTHER_MODE), "")
    assert isinstance(happened[1], Delivered) and happened[1].key == real
    assert (site.arrived(), site.kept()) == (1, (0, 1))


def test_a_kiosk_in_production_is_told_by_a_demonstration_and_keeps_its_patients(site: Site) -> None:
    site.keeps("production")
    site.serves("demo")
    link = wiring.console_link(load(site.kiosk.config))
    assert link.put_heartbeat({"mode": "production"}) == (Reply.NEVER, OTHER_MODE)
    assert link.ask_mode(10) == "demo"
    with closing(Outbox(site.kiosk.data / "outbox.db")) as outbox:
        courier = Courier(outbox, link, "3", dict, lambda: {"mode": "production"})
        courier.start()
        try:
            wait_until(lambda: courier.is_refused, 20, "that this console takes nobody of production")
        finally:
            courier.stop()
    assert (site.arrived(), site.kept()) == (0, (1, 0))
