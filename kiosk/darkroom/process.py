"""``python -m kiosk.darkroom.process``: the process itself. The first message says which camera; then it answers.

It confines itself before it loads the first library that looks at a picture.
"""

import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from kiosk.darkroom import wire
from kiosk.darkroom.confine import confine

_IN, _OUT = 0, 1
_PACKAGES = ("assets", "hardware", "kiosk")
_SENDING = 30.0  # seconds for an answer to be taken; a kiosk that takes none for so long is gone


def _own_files(order: Mapping[str, Any]) -> list[Path]:
    """The interpreter, the libraries, our own packages, the folders of the seals' certificates."""
    loaded = [import_module(name) for name in _PACKAGES]  # named now: what lies beside them is out of reach later
    packages = [Path(one.__file__).parent for one in loaded if one.__file__]
    return [Path(sys.prefix), Path(sys.base_prefix), *packages, *(Path(one) for one in order["seals"] if one)]


def main() -> None:
    """Confine, say what holds, then answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # typed in a terminal it reaches the whole group: the kiosk ends it
    order, _ = wire.receive(_IN, 30.0)
    holds = confine(
        reads=_own_files(order),
        films_anything=order["driver"] == "film",
        starts_programs=order["driver"] == "libcamera",
    )
    answers = import_module("kiosk.darkroom.room").Darkroom(order).answers()
    wire.send(_OUT, {"holds": holds})
    while True:
        said, _ = wire.receive(_IN, None)
        told, pictures = answers[said["do"]](said)
        wire.send(_OUT, told, pictures, _SENDING)


if __name__ == "__main__":
    try:
        main()
    except wire.Broken:
        os._exit(0)  # the kiosk went; threads of the libraries would keep this process
