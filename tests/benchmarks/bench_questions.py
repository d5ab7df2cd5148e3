"""How long INSi's answer takes beyond INSi's own time when kiosks ask through the console.

Twenty kiosks send fifty questions a second to a served console, each question sealed and signed before; INSi's
simulator takes 300 ms. Counted from the moment a kiosk sends to the moment the answer is written by the console.
``python -m tests.benchmarks.bench_questions [sqlite|postgresql] [seconds]``.
"""

import os
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from tests.benchmarks.questioned import DATABASES, PEOPLE, Questioned, Ready, question_about, questioned
from tests.demo.processes import wait_until

KIOSKS, RATE, SECONDS = 20, 50, 20
INSI_MS, GOAL_MS = 300.0, 400.0
SETTLES_WITHIN = 120.0

Prepared = tuple[str, bytes]  # a question's key, and the whole request


def main() -> int:
    words = sys.argv[1:]
    seconds = next((int(word) for word in words if word.isdigit()), SECONDS)
    kinds = [word for word in words if word in DATABASES] or DATABASES
    return max(_measured(kind, seconds) for kind in kinds)


def _measured(kind: str, seconds: int) -> int:
    with questioned(kind, KIOSKS, insi_seconds=INSI_MS / 1000, processes=2) as site:
        kiosks = [Ready(site.console, kiosk) for kiosk in site.kiosks]
        prepared = [_prepared(kiosk, RATE * seconds // KIOSKS + 1) for kiosk in kiosks]
        for kiosk, waiting in zip(kiosks, prepared, strict=True):
            assert kiosk.send(waiting.pop()[1])  # the connection is made, the client is ready
        wait_until(lambda: _is_settled(site), SETTLES_WITHIN, "every answer")
        before = site.used()
        sent = _ask(kiosks, prepared)
        wait_until(lambda: _is_settled(site), SETTLES_WITHIN, "every answer")
        each = {name: 1000 * (used - before[name]) / len(sent) for name, used in site.used().items()}
        late = sorted(_beyond(site, sent))
    p99 = late[int(0.99 * len(late))]
    beyond = f"median {statistics.median(late):.0f} ms, longest {late[-1]:.0f} ms, goal {GOAL_MS:.0f}"
    spent = ", ".join(f"{name} {ms:.1f}" for name, ms in each.items())
    print(
        f"questions on {kind}: {len(late)} answered, none lost; p99 {p99:.0f} ms beyond INSi's own time ({beyond});"
        f" ms of processor each: {spent}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return 1 if p99 >= GOAL_MS else 0


def _ask(kiosks: list[Ready], prepared: list[list[Prepared]]) -> dict[str, float]:
    """All kiosks ask at their pace; gives when each question was sent."""
    sent: dict[str, float] = {}
    together = threading.Barrier(KIOSKS)

    def one(number: int, kiosk: Ready) -> None:
        together.wait(60)
        begins = time.monotonic() + number / RATE
        for count, (key, request) in enumerate(prepared[number]):
            time.sleep(max(0.0, begins + count * KIOSKS / RATE - time.monotonic()))
            sent[key] = time.time()
            assert kiosk.send(request)
        kiosk.hang_up()

    with ThreadPoolExecutor(KIOSKS) as threads:
        list(threads.map(one, range(KIOSKS), kiosks))
    return sent


def _prepared(kiosk: Ready, many: int) -> list[Prepared]:
    questions = [question_about(PEOPLE[number % len(PEOPLE)]) for number in range(many)]
    return [(question.key, kiosk.written(question)) for question in questions]


def _is_settled(site: Questioned) -> bool:
    return all(row["state"] == "answered" for row in site.rows().values())


def _beyond(site: Questioned, sent: dict[str, float]) -> list[float]:
    """Milliseconds from sending to the answer kept, without INSi's own."""
    rows = site.rows()
    assert sent.keys() <= rows.keys()
    at = {key: datetime.fromisoformat(str(rows[key]["asked_at"])).replace(tzinfo=UTC).timestamp() for key in sent}
    return [1000 * (at[key] - began) - INSI_MS for key, began in sent.items()]


if __name__ == "__main__":
    sys.exit(main())
