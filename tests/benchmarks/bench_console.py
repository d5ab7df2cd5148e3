"""How the console holds with a hundred thousand identities, and how many check-ins a second it takes in.

``python -m tests.benchmarks.bench_console [postgresql://…] [many]``: by default SQLite and 100 000.
"""

import base64
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

FEW = 1_000
GOAL_RATIO = 2.0
GOAL_INTAKE = 50.0  # a second
DELIVERIES = 200
ROUNDS = 15


def main() -> int:
    url = next((word for word in sys.argv[1:] if word.startswith("postgres")), "")
    many = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1_000_000 if url else 100_000)
    os.environ["CONSOLE_TEST_DATABASE"] = url
    from tests.console import conftest
    from tests.console.arrivals import arrive, enrol
    from tests.console.staff import at_desk
    from tests.people import ZOE

    from django.conf import settings  # isort: skip # set up by conftest

    from kiosk.console.upkeep import bring_up_to_date

    assert conftest.FOLDER.is_dir()
    bring_up_to_date(settings.KIOSK)
    enrol()
    shown = arrive(ZOE).key
    client = at_desk("marc", "officer")
    what = {
        "queue page": lambda: client.get("/file/", secure=True),
        "prior search": lambda: client.post("/recherche/", {"born": "31/12/1975", "name": "ADR"}, secure=True),
        "one identity": lambda: client.get(f"/arrivees/{shown}/", secure=True),
    }
    _store(FEW)
    before = {name: _median(one) for name, one in what.items()}
    _store(many - FEW)
    missed = False
    for name, one in what.items():
        after = _median(one)
        ratio = after / before[name]
        missed |= ratio > GOAL_RATIO
        print(f"{name}: {before[name] * 1000:.1f} ms with {FEW}, {after * 1000:.1f} ms with {many}, × {ratio:.2f}")
    rate, processor = _intake_rate()
    print(f"intake, one picture of 300 kB, one thread: {rate:.0f} a second, {processor:.1f} ms of processor each")
    return 1 if missed or rate < GOAL_INTAKE else 0


def _median(one: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = one()
        took.append(time.perf_counter() - began)
        assert answer.status_code == 200  # type: ignore[attr-defined]
    return statistics.median(took)


def _store(count: int) -> None:
    """So many people who came over the last years, decided, each with the fingerprints of a search."""
    from django.utils import timezone

    from kiosk.console import vault
    from kiosk.console.models import Arrival, BlindIndex, Sealed

    now = timezone.now()
    done = 0
    while done < count:
        batch = min(2_000, count - done)
        arrivals = [
            Arrival(
                key=uuid.uuid4(),
                terminal_id="borne-1",
                digest=b"",
                sent_at="",
                signature=b"",
                received_at=now - timedelta(days=1),
                arrived_at=now - timedelta(minutes=done + n),
                decided_at=now,
                ticket=f"A{n % 100}",
                need="ready",
                stage="done",
                status="QUALIFIED",
            )
            for n in range(batch)
        ]
        Arrival.objects.bulk_create(arrivals)
        Sealed.objects.bulk_create(Sealed(arrival=one, check_in=os.urandom(600)) for one in arrivals)
        indexes = []
        for n, one in enumerate(arrivals):
            born = f"19{(done + n) % 100:02d}-{(done + n) % 12 + 1:02d}-{(done + n) % 28 + 1:02d}"
            letters = "".join(chr(65 + (done + n) // 26**power % 26) for power in range(3))
            values = [("date", born), ("date-name", f"{born} {letters}"), ("date-given", f"{born} {letters}")]
            indexes += [BlindIndex(arrival=one, value=vault.blind(kind, text)) for kind, text in values]
        BlindIndex.objects.bulk_create(indexes, batch_size=5_000)
        done += batch


def _intake_rate() -> tuple[float, float]:
    from kiosk.console import taking_in
    from kiosk.core.document import DocumentPicture, Side
    from kiosk.sealing import intake_message, sign
    from tests.console.arrivals import SIGNER, TINY_JPEG, check_in_of, sealed
    from tests.people import ZOE

    picture = DocumentPicture(Side.FIRST, TINY_JPEG[:-2] + os.urandom(300_000) + b"\xff\xd9")
    requests = []
    for _ in range(DELIVERIES):
        check_in = check_in_of(ZOE, pictures=(picture,))
        path, body, at = f"/intake/check-ins/{check_in.key}", sealed(check_in), datetime.now(UTC).isoformat()
        signature = base64.b64encode(sign(intake_message(path, "borne-1", at, body), SIGNER)).decode()
        requests.append((uuid.UUID(check_in.key), taking_in.Request(path, "borne-1", at, signature, body)))
    began, worked = time.perf_counter(), time.process_time()
    for key, request in requests:
        assert taking_in.take_in(key, request) == taking_in.Outcome.TAKEN_IN
    return DELIVERIES / (time.perf_counter() - began), 1000 * (time.process_time() - worked) / DELIVERIES


if __name__ == "__main__":
    sys.exit(main())
