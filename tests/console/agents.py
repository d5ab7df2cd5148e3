"""Members of staff at desks of their own, each in a thread: they call next until nobody waits.

``python -m tests.console.agents CONFIG NAME…``: prints the keys of those called, one a line.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def main(config: Path, names: list[str]) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(config))
    from kiosk.console.arrivals import queue
    from kiosk.console.models import Staff

    def work(name: str) -> list[str]:
        staff = Staff.objects.get(username=name)
        called = []
        while (arrival := queue.call_next(staff)) is not None:
            called.append(str(arrival.pk))
        return called

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(len(names)) as desks:
        for called in desks.map(work, names):
            print("\n".join(called))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
