"""How many check-ins a second a served console takes in: HTTPS, kept connections, one picture of 300 kB each.

What is counted was acknowledged, and what is acknowledged is on the disk (SQLite's and PostgreSQL's own settings).
``python -m tests.benchmarks.bench_intake``: on SQLite, then on a PostgreSQL server of its own.
"""

import base64
import http.client
import json
import multiprocessing
import os
import ssl
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.core.checkin import codec
from kiosk.core.sources.document import DocumentPicture, Side
from kiosk.sealing import intake_message, seal, sign
from tests.benchmarks.processor import seconds_of
from tests.console.arrivals import SIGNER, TINY_JPEG, check_in_of
from tests.console.postgres import running
from tests.console.served import ServedConsole
from tests.people import ZOE

GOAL = 50.0  # a second
PICTURE = 300_000  # bytes
HALLS, KIOSKS_IN_A_HALL = 2, 6  # processes that send, kiosks in each
DELIVERIES = 600  # in one round
ROUNDS = 5

Prepared = tuple[str, bytes, dict[str, str]]  # path, body, headers


def main() -> int:
    missed = rate_on("SQLite", "")
    with running() as server:
        missed |= rate_on("PostgreSQL", server.url())
    return 1 if missed else 0


def rate_on(name: str, database: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as folder:
        console = ServedConsole(Path(folder) / "console", database)
        kiosks = [f"borne-{number + 1}" for number in range(HALLS * KIOSKS_IN_A_HALL)]
        more = "\n".join(f'{kiosk} = "borne-1.pem"' for kiosk in kiosks[1:])
        limit = f"port = 0\nprocesses = 2\nintake_per_minute = {100 * DELIVERIES}\nintake_per_hour = 1000000"
        console.config.write_text(console.config.read_text().replace("port = 0", limit) + f"\n{more}\n")
        console.start()
        assert console.child is not None
        rates = []
        began = seconds_of(console.child.pid)
        for _ in range(ROUNDS):
            rates.append(_deliver(console, kiosks))
        each = 1000 * (seconds_of(console.child.pid) - began) / (ROUNDS * DELIVERIES)
        verified = json.loads(console.run("console", "audit", "verify", "--json").stdout)
        assert verified == {"entries": ROUNDS * DELIVERIES + len(kiosks), "intact": True, "broken": []}, verified
        assert console.stop() == 0
    rate = statistics.median(rates)
    spread = f"rounds {min(rates):.0f} to {max(rates):.0f}, load {os.getloadavg()[0]:.1f}"
    print(
        f"intake on {name}: {rate:.0f} a second acknowledged, {each:.1f} ms of processor each ({spread};"
        f" goal {GOAL:.0f})",
        flush=True,
    )
    return rate < GOAL


def _deliver(console: ServedConsole, kiosks: list[str]) -> float:
    """All kiosks send at once, each on its own connection; gives how many a second were acknowledged."""
    fork = multiprocessing.get_context("fork")
    start, done = fork.Barrier(HALLS + 1), fork.Queue()
    halls = []
    for number in range(HALLS):
        mine = kiosks[number * KIOSKS_IN_A_HALL : (number + 1) * KIOSKS_IN_A_HALL]
        waiting = {kiosk: [_prepared(console, kiosk) for _ in range(DELIVERIES // len(kiosks))] for kiosk in mine}
        halls.append(fork.Process(target=_hall, args=(console, waiting, start, done), daemon=True))
        halls[-1].start()
    start.wait(60)
    began = time.perf_counter()
    for _ in halls:
        answers = done.get(timeout=100)
        assert set(answers) <= {200, 201}, set(answers)
    took = time.perf_counter() - began
    for hall in halls:
        hall.join(30)
    return DELIVERIES / took


def _hall(console: ServedConsole, waiting: dict[str, list[Prepared]], start: Barrier, done: "Queue[list[int]]") -> None:
    with ThreadPoolExecutor(len(waiting)) as kiosks:
        start.wait(60)
        answers = [
            answer for some in kiosks.map(lambda mine: _send(console, mine), waiting.values()) for answer in some
        ]
    done.put(answers)


def _send(console: ServedConsole, waiting: list[Prepared]) -> list[int]:
    at = urlsplit(console.url)
    context = ssl.create_default_context(cafile=str(console.folder / "console.pem"))
    link = http.client.HTTPSConnection(str(at.hostname), at.port, timeout=40, context=context)
    answers = []
    for path, body, headers in waiting:
        try:
            link.request("PUT", path, body, headers)
            answer = link.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):  # a kept connection was closed: again, as a kiosk does
            link.close()
            link.request("PUT", path, body, headers)
            answer = link.getresponse()
            answer.read()
        answers.append(answer.status)
    link.close()
    return answers


def _prepared(console: ServedConsole, kiosk: str) -> Prepared:
    picture = DocumentPicture(Side.FIRST, TINY_JPEG[:-2] + os.urandom(PICTURE) + b"\xff\xd9")
    check_in = check_in_of(ZOE, kiosk=kiosk, pictures=(picture,))
    path, sent_at = f"/intake/check-ins/{check_in.key}", datetime.now(UTC).isoformat()
    body = seal(codec.to_bytes(check_in), console.recipient.public_key, f"check-in:{check_in.key}".encode())
    signature = base64.b64encode(sign(intake_message(path, kiosk, sent_at, body), SIGNER)).decode()
    headers = {
        "Content-Type": "application/octet-stream",
        "X-Kiosk": kiosk,
        "X-Sent-At": sent_at,
        "X-Signature": signature,
    }
    return path, body, headers


if __name__ == "__main__":
    sys.exit(main())
