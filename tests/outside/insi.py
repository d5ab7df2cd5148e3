"""INSi, slow for some people and away for others: ``python -m tests.outside.insi PKI``. Who is slow is theirs alone.

The kiosk's side knows nothing of it: only a listener who finds a difference could say who they were.
"""

import json
import sys
import threading
import time
import zlib
from pathlib import Path

from kiosk.insi.simulated.population import Person, Population, generated
from kiosk.insi.simulated.simulator import TEST_IDAM, Behaviour, Simulator
from kiosk.insi.simulated.testpki import make_pki
from kiosk.insi.simulated.vouching import Shown

PEOPLE, SEED = 400, 16
QUICK, SLOW = 0.3, 8.0


def people() -> list[Person]:
    return list(generated(PEOPLE, SEED))


def delay_of(name: str) -> float | None:
    """How long INSi takes for people of this name; None: it is away."""
    return (QUICK, QUICK, SLOW, None)[zlib.crc32(name.encode()) % 4]


class Unequal(Simulator):
    """Answers everybody rightly, and not everybody alike."""

    def __init__(self, *words: Path, slow: float) -> None:
        super().__init__(*words, Population(people()))
        self._names = {one.number.encode(): one.birth_name for one in people()}
        self._slow = slow

    def answer(self, body: bytes, content_type: str, shown: Shown, behaviour: Behaviour) -> tuple[int, bytes]:
        name = next((name for number, name in self._names.items() if number in body or name.encode() in body), "")
        delay = delay_of(name)
        if delay is None:
            behaviour = Behaviour("fault", subcode="siram_40")
        time.sleep(self._slow if delay == SLOW else QUICK)
        return super().answer(body, content_type, shown, behaviour)


def main() -> None:
    pki = make_pki(Path(sys.argv[1]))
    slow = float(sys.argv[2]) if len(sys.argv) > 2 else SLOW
    with Unequal(pki.insi_certificate, pki.insi_key, pki.ca, slow=slow).running() as insi:
        said = {
            "endpoint": insi.endpoint, "certificate": str(pki.client_p12), "password_file": str(pki.password_file),
            "ca": str(pki.ca), "idam": TEST_IDAM,
        }  # fmt: skip
        print(json.dumps(said), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
