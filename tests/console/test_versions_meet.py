"""A delivery one version of the console refused is brought to the next one, once: real consoles, a real outbox.

The older console is today's with another version, which does not know today's format of check-ins.
"""

import json
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk import __version__
from kiosk.core.checkin.codec import to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.sealing import RecipientPrivateKey, generate_recipient, intake_message, seal, sign
from kiosk.storage.acquaintance import ConsoleAcquaintance
from kiosk.storage.delivery import ConsoleLink, Delivered, Parked, Reply, deliver_waiting
from kiosk.storage.outbox import Outbox
from tests.console.arrivals import SIGNER, check_in_of
from tests.console.inherited import InheritedConsole, link_of
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, ZOE
from tests.test_commands import kiosk

OLDER = (
    "import kiosk; kiosk.__version__ = {version!r}; from kiosk.core.checkin import codec; codec.VERSION = 99; "
    "from kiosk.cli import main; main()"
)
NOT_ASKED_YET = """
import django
ready = django.setup
def setup(**said):
    ready(**said)
    from ninja import NinjaAPI
    NinjaAPI.post = lambda *_, **__: lambda asked: asked
django.setup = setup
from kiosk.cli import main
main()
"""  # a console of before kiosks asked whom it knows: it has no such address
CONFIG = """
mode = "demo"
[kiosk]
data_dir = "."
[sealing]
structure_key = "none.pem"
kiosk_key = "none.key"
[console]
url = "https://127.0.0.1:9/"
ca = "none.pem"
"""


@pytest.fixture
def console(tmp_path: Path) -> Iterator[InheritedConsole]:
    made = InheritedConsole(tmp_path / "console")
    yield made
    if made.child is not None and made.child.is_running:
        made.stop()


def _start_older(console: ServedConsole, version: str) -> None:
    current, console.command = console.command, [sys.executable, "-c", OLDER.format(version=version)]
    console.start()
    console.command = current


def _put(outbox: Outbox, check_in: CheckIn, structure: RecipientPrivateKey) -> None:
    context = f"check-in:{check_in.key}".encode()
    outbox.put(check_in.key, seal(to_bytes(check_in), structure.public_key, context), check_in.arrived_at)


def _errands(outbox: Outbox, link: ConsoleLink, rounds: int = 3) -> list[Delivered | Parked]:
    """As the courier runs them: deliveries, then a heartbeat."""
    happened: list[Delivered | Parked] = []
    for _ in range(rounds):
        one, trouble = deliver_waiting(outbox, link, time.monotonic, lambda: False)
        assert trouble == ""
        happened += one
        assert link.put_heartbeat({"version": __version__, "parked": outbox.counts()[1]})[0] is Reply.TAKEN
    return happened


def test_what_an_older_console_refused_reaches_the_one_that_follows_it(
    console: InheritedConsole, tmp_path: Path
) -> None:
    path = tmp_path / "outbox.db"
    outbox, zoe, stranger = Outbox(path), check_in_of(ZOE), check_in_of(DOMINIQUE)
    _put(outbox, zoe, console.recipient)
    _put(outbox, stranger, generate_recipient())  # no console of this structure will ever open it
    _start_older(console, "0.0.8")
    link = link_of(console)
    refused = [Parked(zoe.key, "http-422"), Parked(stranger.key, "http-422")]
    assert _errands(outbox, link) == refused
    outbox.close()  # the kiosk is restarted: it asks neither again
    outbox = Outbox(path)
    assert _errands(outbox, link_of(console)) == []
    console.stop()
    _start_older(console, "0.0.9")
    link = link_of(console)
    assert _errands(outbox, link) == refused  # once: it may have understood
    console.stop()
    console.start()
    link = link_of(console)
    happened = _errands(outbox, link)
    assert [type(one) for one in happened] == [Delivered, Parked]
    assert (happened[0].key, happened[1].key) == (zoe.key, stranger.key)
    [left] = outbox.everything()
    assert (left.key, left.parked, left.refused_by) == (stranger.key, "http-422", ("0.0.8", "0.0.9", __version__))
    assert console.opened()["arrivals"][zoe.key]["stage"] == "waiting"


def test_a_console_that_was_never_asked_whom_it_knows_sends_everybody_the_whole_way(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console")
    console.command = [sys.executable, "-c", NOT_ASKED_YET]
    console.start()
    try:
        assert _acquaintance(console).knows(ZOE.beneficiary(), 20.0) == (False, "http-404")
        beat = json.dumps({"version": __version__, "asked": 1, "asked_seconds": 60}).encode()
        assert console.put("/intake/heartbeat", beat) == 200
    finally:
        console.stop()


def _acquaintance(console: ServedConsole) -> ConsoleAcquaintance:
    def signed(path: str, sent_at: str, body: bytes) -> str:
        return b64encode(sign(intake_message(path, "borne-1", sent_at, body), SIGNER)).decode()

    def opened(*_: bytes) -> bytes | None:
        raise AssertionError("an answer came")

    now = datetime.now(UTC).isoformat
    link = ConsoleLink(console.url, console.folder / "console.pem", "borne-1", signed, now)
    structure = console.recipient.public_key
    return ConsoleAcquaintance(link, "borne-1", lambda plain, context: seal(plain, structure, context), opened)


def test_a_new_patient_is_delivered_before_what_was_refused(console: InheritedConsole, tmp_path: Path) -> None:
    outbox, refused, fresh = Outbox(tmp_path / "outbox.db"), check_in_of(DOMINIQUE), check_in_of(ZOE)
    _put(outbox, refused, console.recipient)
    outbox.park(refused.key, "http-422", "0.0.9")
    _put(outbox, fresh, console.recipient)
    console.start()
    assert [one.key for one in _errands(outbox, link_of(console))] == [fresh.key, refused.key]


def test_the_technician_sees_what_was_refused_and_has_it_tried_again(console: InheritedConsole, tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(CONFIG)
    outbox, zoe, dominique = Outbox(tmp_path / "outbox.db"), check_in_of(ZOE), check_in_of(DOMINIQUE)
    for one in (zoe, dominique):
        _put(outbox, one, console.recipient)
        outbox.park(one.key, "http-422", __version__)  # by this very version, whose keys were incomplete then
    console.start()
    link = link_of(console)
    assert _errands(outbox, link) == []
    listed = kiosk("outbox", "list", "--config", str(config))
    assert listed.returncode == 0, listed.stderr
    assert (
        f"{zoe.key}  {zoe.arrived_at}" in listed.stdout
        and f"refusée (http-422) par la console {__version__}" in listed.stdout
    )
    assert "En attente : 0, refusées par la console : 2." in listed.stdout
    assert "ADRUN" not in listed.stdout
    assert kiosk("outbox", "retry", zoe.key, "--config", str(config)).stdout == "Remises en attente : 1.\n"
    assert [one.key for one in _errands(outbox, link)] == [zoe.key]
    told = json.loads(kiosk("outbox", "list", "--json", "--config", str(config)).stdout)
    assert (told["waiting"], told["parked"]) == (0, 1)
    assert told["check_ins"][0]["refused_by"] == [__version__]
    assert json.loads(kiosk("outbox", "retry", "--json", "--config", str(config)).stdout) == {"retried": 1}
    assert [one.key for one in _errands(outbox, link)] == [dominique.key]
    unknown = kiosk("outbox", "retry", zoe.key, "--config", str(config))
    assert (unknown.returncode, unknown.stdout) == (3, "")
    assert "kiosk outbox list" in unknown.stderr
    assert kiosk("outbox", "list", "--config", str(config)).stdout == "En attente : 0, refusées par la console : 0.\n"
