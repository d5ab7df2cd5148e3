"""From "next patient" to a dossier that can be read, by key in Chromium: forty wait, a million people are stored.

``python -m tests.benchmarks.bench_next [how many [folder]]``: a PostgreSQL server of its own, or the databases of that
folder, which are filled the first time and kept. Each time the patient is decided about before the next is called;
copies of documents are made while they wait, as the worker makes them. Ready is: the next one's traits stand there, and
the picture of the document is drawn.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.kept import Consoles
    from tests.console.browsing import Desk
    from tests.console.served import ServedConsole

MANY = 1_000_000
WAITING = 40
CALLS = 60
UNCOUNTED = 3
GOAL = 0.3  # seconds, 95 in 100
DECIDED = (
    ("1", "input[value=CN]:checked"),
    ("c", "input[name=said]:checked"),
    ("b", "input[name=seen]:checked"),
    ("q", ".status-QUALIFIED"),
)
READY = """ticket => document.querySelector(".head .ticket")?.textContent === ticket
  && document.querySelector("dl.compare") !== null
  && [...document.querySelectorAll("#pictures img")].filter(one => one.offsetParent).every(one => one.complete)"""


def main() -> int:
    words = sys.argv[1:]
    many = int(words[0]) if words else MANY
    if len(words) > 1:
        return _measured(Path(words[1]).resolve(), many)
    with tempfile.TemporaryDirectory(prefix="bench-next-") as folder:
        return _measured(Path(folder), many)


def _measured(folder: Path, many: int) -> int:
    from tests.benchmarks import kept
    from tests.console.browsing import Desk, chromium

    consoles = kept.filled(folder, True, many)
    with consoles.served(), tempfile.TemporaryDirectory(prefix="bench-next-") as own:
        consoles.bring_up_to_date()
        served, tickets = _served(consoles, Path(own)), _waiting()
        served.start()
        try:
            with chromium() as browser:
                desk = Desk(served, browser, "host")
                desk.sign_in()
                spent = _called(desk, tickets)
        finally:
            served.stop()
    slow = statistics.quantiles(spent, n=20)[-1]
    print(
        f"next patient ready to read: {1000 * statistics.median(spent):.0f} ms, {1000 * slow:.0f} ms of 95 in 100 "
        f"(goal {1000 * GOAL:.0f}), {len(spent)} calls, {WAITING} waiting, {many} people stored"
    )
    return 1 if slow > GOAL else 0


def _served(consoles: "Consoles", own: Path) -> "ServedConsole":
    """The console of the many in a process of its own, with the fixtures' keys."""
    from django.conf import settings

    from tests.console.served import ServedConsole
    from tests.fixtures import keys

    consoles.take("many")
    served = ServedConsole(own, settings.KIOSK.database)
    served.recipient = keys.STRUCTURE
    site = consoles.folder / "many"
    said = served.config.read_text().replace(
        'data_dir = "data"',
        f"data_dir = {json.dumps(str(site / 'data'))}\nkeys_database = {json.dumps(settings.KIOSK.keys_database)}",
    )
    for name in ("passphrase", "secret", "structure.key"):
        (site / name).chmod(0o600)
        said = said.replace(f'"{name}"', json.dumps(str(site / name)))
    served.config.write_text(said)
    return served


def _waiting() -> list[str]:
    """The tickets of those who wait, in the order in which they are called."""
    from django.utils.timezone import localdate

    from kiosk.console.models import Arrival, Stage
    from kiosk.console.upkeep import picturing
    from kiosk.training.cases import CASES, cast
    from kiosk.training.papers import paper_of
    from tests.benchmarks.newcomers import arrived

    shown = paper_of(cast(CASES[0]), localdate())
    assert shown is not None
    waiting = Arrival.objects.filter(stage=Stage.WAITING).order_by("received_at")
    for _check_in in arrived(max(WAITING + CALLS + UNCOUNTED - waiting.count(), 0), pictures=shown[1]):
        pass
    while picturing.once():
        pass
    return [one.ticket for one in waiting]


def _called(desk: "Desk", tickets: list[str]) -> list[float]:
    """Seconds of each call."""
    spent = []
    for ticket in tickets[: CALLS + UNCOUNTED]:
        began = time.perf_counter()
        desk.page.keyboard.press("s")
        desk.page.wait_for_function(READY, arg=ticket)
        spent.append(time.perf_counter() - began)
        for key, then in DECIDED:
            desk.page.keyboard.press(key)
            desk.page.locator(then).first.wait_for()
    return spent[UNCOUNTED:]


if __name__ == "__main__":
    sys.exit(main())
