"""Whether the time of an answer tells who is known: a kiosk asks a served console about people it knows or not.

Half of the questions are about each, in random order, over HTTPS, with the kiosk's own code. From the two samples of
times the best that who listens could do is computed (area under the curve: 0.5 is guessing).
``python -m tests.benchmarks.bench_recognition``.
"""

import base64
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from kiosk import sealing
from kiosk.core.checkin.recognition import ANSWER_SECONDS
from kiosk.storage.acquaintance import ANSWERED, ConsoleAcquaintance
from kiosk.storage.delivery import ConsoleLink
from tests.console.arrivals import SIGNER
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, ZOE, Person

QUESTIONS = 400
KIOSKS = 2  # at once: as many as one process of the console lets wait
GUESSING = 0.09  # from 0.5: three standard errors of the area for samples of this size
SIZES: set[int] = set()
_HERE = threading.local()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bench-recognition-") as folder:
        console = ServedConsole(Path(folder) / "console")
        limits = "port = 0\nrecognitions_per_minute = 1000\nrecognitions_per_hour = 10000"
        console.config.write_text(console.config.read_text().replace("port = 0", limits))
        console.start()
        subprocess.run([sys.executable, "-m", "tests.console.acquainted", str(console.config)], check=True)
        asked = [ZOE, DOMINIQUE] * (QUESTIONS // 2)
        random.Random(7).shuffle(asked)
        with ThreadPoolExecutor(KIOSKS) as kiosks:
            answers = list(kiosks.map(lambda person: _asked(console, person), asked))
        assert console.stop() == 0
    return 0 if _told(asked, answers) else 1


def _asked(console: ServedConsole, person: Person) -> tuple[bool, str, float]:
    """What was answered, how it went, and after how many milliseconds."""
    if not hasattr(_HERE, "asks"):
        _HERE.asks = _acquaintance(console)
        _HERE.asks.knows(person.beneficiary(), 5.0)  # the connection is made
    began = time.perf_counter()
    knows, code = _HERE.asks.knows(person.beneficiary(), 5.0)
    return knows, code, 1000 * (time.perf_counter() - began)


def _told(asked: list[Person], answers: list[tuple[bool, str, float]]) -> bool:
    pairs = list(zip(asked, answers, strict=True))
    late = sum(1 for _, (_, code, _) in pairs if code != ANSWERED)
    in_time = [(person, knows, took) for person, (knows, _, took) in pairs if knows or took < 1900 * ANSWER_SECONDS]
    wrong = sum(1 for person, knows, _ in in_time if knows is not (person is ZOE))
    known = [took for person, _, took in in_time if person is ZOE]
    unknown = [took for person, _, took in in_time if person is not ZOE]
    area = _area(known, unknown)
    for name, times in (("known", known), ("unknown", unknown)):
        cut = statistics.quantiles(times, n=20)
        print(
            f"{name}: {len(times)} answers, {min(times):.1f} ms at least, median {statistics.median(times):.1f},"
            f" 5 % under {cut[0]:.1f}, 5 % over {cut[-1]:.1f}"
        )
    print(
        f"who listens tells them apart with {area:.3f} (0.5: guessing; goal within {GUESSING} of it);"
        f" sizes of answers {sorted(SIZES)}; not answered {late}, wrong {wrong}, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    is_early = min(*known, *unknown) < 1000 * ANSWER_SECONDS
    return abs(area - 0.5) <= GUESSING and len(SIZES) == 1 and not wrong and not late and not is_early


def _area(some: list[float], others: list[float]) -> float:
    """How often one of these is greater than one of those, ties counted half."""
    greater = sum(1.0 if one > other else 0.5 if one == other else 0.0 for one in some for other in others)
    return greater / (len(some) * len(others))


def _acquaintance(console: ServedConsole) -> ConsoleAcquaintance:
    def signed(path: str, sent_at: str, body: bytes) -> str:
        return base64.b64encode(sealing.sign(sealing.intake_message(path, "borne-1", sent_at, body), SIGNER)).decode()

    def open_box(box: bytes, key: bytes, context: bytes) -> bytes | None:
        SIZES.add(len(box))
        return sealing.unlock(box, key, context)

    link = ConsoleLink(
        console.url, console.folder / "console.pem", "borne-1", signed, lambda: datetime.now(UTC).isoformat()
    )
    return ConsoleAcquaintance(
        link, "borne-1", lambda plain, context: sealing.seal(plain, console.recipient.public_key, context), open_box
    )


if __name__ == "__main__":
    sys.exit(main())
