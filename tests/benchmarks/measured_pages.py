"""What one checkout's console spends on its pages and on intake; run by ``bench_paired``, also within older checkouts.

So it uses only what those have too. Each line that is said to it is a name: it does that often, and says how many
milliseconds of processor each took.
"""

import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

WAITING = 40
PICTURE = 300_000  # bytes
AFTER = 3  # of each turn, that do not count
MOST = {"intake_per_minute": 100_000, "intake_per_hour": 1_000_000, "intake_mb_per_minute": 100_000}

Round = Callable[[], float]  # gives milliseconds of processor
TICKETS = itertools.count(1)


def limits() -> dict[str, int]:
    """What kiosks may bring, raised: as far as this checkout measures it."""
    from kiosk.console.config import ServerSettings

    return {name: most for name, most in MOST.items() if name in ServerSettings.model_fields}


def in_this_process() -> dict[str, Round]:
    from django.conf import settings

    from tests.console import conftest, staff
    from tests.console.arrivals import arrive, enrol
    from tests.people import ZOE

    conftest.make_sqlite()
    settings.KIOSK = settings.KIOSK.model_copy(update=limits())
    enrol()
    shown = [arrive(ZOE, ticket=f"N{next(TICKETS)}").key for _ in range(WAITING)][-1]
    client = staff.at_desk("marc", "officer")

    def page(path: str) -> Round:
        def one() -> float:
            began = time.process_time()
            answer = client.get(path, secure=True)
            took = 1000 * (time.process_time() - began)
            assert answer.status_code == 200
            return took

        return one

    return {
        "queue page": page("/file/"),
        "queue again": page("/file/lignes/"),
        "one identity": page(f"/arrivees/{shown}/"),
        "intake": _taken_in,
    }


def _taken_in() -> float:
    from kiosk.core.sources.document import DocumentPicture, Side
    from tests.console.arrivals import TINY_JPEG, check_in_of, put, sealed
    from tests.people import ZOE

    picture = DocumentPicture(Side.FIRST, TINY_JPEG[:-2] + os.urandom(PICTURE) + b"\xff\xd9")
    check_in = check_in_of(ZOE, ticket=f"N{next(TICKETS)}", pictures=(picture,))
    body = sealed(check_in)
    began = time.process_time()
    answer = put(f"/intake/check-ins/{check_in.key}", body)
    took = 1000 * (time.process_time() - began)
    assert answer.status_code == 201
    return took


@contextmanager
def served(folder: Path) -> Iterator[Round]:
    """Intake over HTTPS: what the console's processes spend on each, the sender's own time not counted."""
    import base64
    import http.client
    import ssl
    from urllib.parse import urlsplit

    from kiosk.core.checkin import codec
    from kiosk.core.sources.document import DocumentPicture, Side
    from kiosk.sealing import intake_message, seal, sign
    from tests.benchmarks.processor import seconds_of
    from tests.console.arrivals import SIGNER, TINY_JPEG, check_in_of
    from tests.console.served import ServedConsole
    from tests.people import ZOE

    console = ServedConsole(folder)
    console.command = list(console.command)  # begun by itself: nothing of the tests' stays behind
    raised = "\n".join(f"{name} = {most}" for name, most in limits().items())
    console.config.write_text(console.config.read_text().replace("port = 0", f"port = 0\n{raised}"))
    console.start()
    at = urlsplit(console.url)
    context = ssl.create_default_context(cafile=str(folder / "console.pem"))
    link = http.client.HTTPSConnection(str(at.hostname), at.port, timeout=60, context=context)
    many = 20

    def one() -> float:
        assert console.child is not None
        prepared = []
        for _ in range(many):
            picture = DocumentPicture(Side.FIRST, TINY_JPEG[:-2] + os.urandom(PICTURE) + b"\xff\xd9")
            check_in = check_in_of(ZOE, ticket=f"N{next(TICKETS)}", pictures=(picture,))
            path, sent_at = f"/intake/check-ins/{check_in.key}", datetime.now(UTC).isoformat()
            body = seal(codec.to_bytes(check_in), console.recipient.public_key, f"check-in:{check_in.key}".encode())
            signature = base64.b64encode(sign(intake_message(path, "borne-1", sent_at, body), SIGNER)).decode()
            said = {"X-Kiosk": "borne-1", "X-Sent-At": sent_at, "X-Signature": signature}
            prepared.append((path, body, {**said, "Content-Type": "application/octet-stream"}))
        link.close()  # those of before may have been closed meanwhile
        began = seconds_of(console.child.pid)
        for path, body, headers in prepared:
            link.request("PUT", path, body, headers)
            answer = link.getresponse()
            answer.read()
            assert answer.status == 201
        return 1000 * (seconds_of(console.child.pid) - began) / many

    try:
        yield one
    finally:
        link.close()
        console.stop()


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="bench-paired-") as folder,
        served(Path(folder) / "console") as over_https,
    ):
        rounds = {**in_this_process(), "intake served": over_https}
        print(json.dumps(list(rounds)), flush=True)
        for line in sys.stdin:
            name, many = json.loads(line)
            for _ in range(0 if name == "intake served" else AFTER):
                rounds[name]()
            print(json.dumps([rounds[name]() for _ in range(many)]), flush=True)


main()
