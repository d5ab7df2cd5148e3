"""Attacks in number: the intake against its description, and how long a refusal at the door takes.

Goals: schemathesis finds nothing in a thousand cases of each operation, well and badly formed; the median time to
refuse an account that exists, one that does not and one that is closed is the same within a tenth.
"""

import importlib
import os
import statistics
import subprocess
import sys
import time

from tests.console.rewritten import rewrite

EXAMPLES = "1000"
TRIES = 40
GOAL = 0.10


def main() -> int:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/console/test_schema.py", "-q", "--timeout", "3000"],
        env={**os.environ, "SCHEMA_EXAMPLES": EXAMPLES},
        check=False,
    )
    spread = _refusals()
    print(f"refusals at the door: medians differ by {spread:.1%} (goal: at most {GOAL:.0%})")
    return int(done.returncode != 0 or spread > GOAL)


def _refusals() -> float:
    from django.conf import settings
    from django.test import Client

    importlib.import_module("tests.console.conftest")  # sets Django up
    from kiosk.console.models import Staff
    from kiosk.console.upkeep.database import bring_up_to_date
    from tests.console.staff import add

    bring_up_to_date(settings.KIOSK)
    for name in ("here", "closed"):
        add(name)
    rewrite(Staff.objects.filter(username="closed"), is_active=False)
    times: dict[str, list[float]] = {"here": [], "nobody": [], "closed": []}
    client = Client()
    for number in range(TRIES):
        for name, found in times.items():
            began = time.perf_counter()
            said = {"username": name, "password": f"wrong {number}", "code": "123456"}
            client.post("/connexion/", said, secure=True, REMOTE_ADDR=f"10.0.{number}.1")  # no lock-out yet
            found.append(time.perf_counter() - began)
    medians = [statistics.median(found) for found in times.values()]
    for name, median in zip(times, medians, strict=True):
        print(f"  {name:7} {median * 1000:.1f} ms")
    return max(medians) / min(medians) - 1


if __name__ == "__main__":
    sys.exit(main())
