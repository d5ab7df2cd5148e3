"""``python -m tests.console.alike CONFIG A1,A2 A3,A4,A5``: who came with these tickets are groups of look-alikes."""

import sys
from itertools import pairwise
from pathlib import Path


def main(config: Path, sets: list[list[str]]) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(config))
    from kiosk.console.arrivals import queue
    from kiosk.console.identities import attaching, deciding
    from kiosk.console.identities.choices import Action, Choice
    from kiosk.console.models import Arrival, Role, Staff
    from kiosk.console.register import pairs
    from kiosk.console.vigilance.look_alikes import WORKER

    staff = Staff.objects.create(username="guichet", password="!", role=Role.OFFICER)
    came = {one.ticket: one.pk for one in Arrival.objects.all()}
    for tickets in sets:
        for ticket in tickets:
            queue.take(came[ticket], staff)
            attaching.say_new(came[ticket], staff)
            deciding.decide(came[ticket], staff, Choice(Action.HOMONYM))
        people = [Arrival.objects.get(pk=came[ticket]).person for ticket in tickets]
        for nth, (one, other) in enumerate(pairwise(people)):
            pairs.propose(one, other, 97 - nth, WORKER)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [one.split(",") for one in sys.argv[2:]])
