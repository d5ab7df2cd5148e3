"""One member of staff at a desk of their own, in a process of its own: calls next until nobody waits.

``python -m tests.console.agents CONFIG NAME``: prints the keys of those called, one a line.
"""

import sys
from pathlib import Path


def main(config: Path, name: str) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.django_settings import configure

    configure(read_server_settings(config))
    from kiosk.console import queue
    from kiosk.console.models import Staff

    staff = Staff.objects.get(username=name)
    print("ready", flush=True)
    sys.stdin.readline()
    while (arrival := queue.call_next(staff)) is not None:
        print(arrival.pk, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
