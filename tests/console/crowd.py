"""``python -m tests.console.crowd CONFIG PATIENTS AGENTS``: a full waiting room, and the staff to empty it."""

import json
import sys
import uuid
from datetime import timedelta
from pathlib import Path


def main(config: Path, patients: int, agents: int) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(config))
    from django.utils import timezone

    from kiosk.console.models import Arrival, Role, Staff

    now = timezone.now()
    waiting = [
        Arrival(
            key=uuid.uuid4(),
            terminal_id="borne-1",
            digest=b"",
            sent_at="",
            signature=b"",
            received_at=now,
            arrived_at=now - timedelta(seconds=patients - n),
            ticket=f"N{n}",
            need="ready",
            reported="RETRIEVED",
        )
        for n in range(patients)
    ]
    Arrival.objects.bulk_create(waiting, batch_size=500)
    names = [f"agent-{n}" for n in range(agents)]
    for name in names:
        Staff.objects.create(username=name, password="!", role=Role.HOST)
    print(json.dumps([[str(one.key) for one in waiting], names]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
