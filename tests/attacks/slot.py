"""A card reader that a test reaches into from outside the kiosk's process: a plug-in, as a site would bring one.

``card.reader`` is the path of the socket it takes its orders from: "insert NAME", "pull", "unplug", "plug".
"""

import socket
import threading
from pathlib import Path

from hardware.cards.card_file import load
from hardware.cards.memory import MemoryReader

DRIVER = "slot-of-tests"


def install(folder: Path) -> None:
    """Make the folder one that names the driver, for a process that has it on its path."""
    metadata = folder / "slot_of_tests-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: slot-of-tests\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[kiosk.card_readers]\n{DRIVER} = tests.attacks.slot:made\n")


def order(place: Path, said: str) -> None:
    """Have the reader at this place do something; it is done when this returns."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(str(place))
        line.sendall(said.encode() + b"\n")
        assert line.recv(16) == b"done\n", said


def made(place: str) -> MemoryReader:
    """What the entry point names: a card that was in when the kiosk died is still in."""
    reader, kept = MemoryReader(), Path(place).with_suffix(".card")
    if kept.exists():
        reader.insert(load(kept.read_text()))
    server = socket.socket(socket.AF_UNIX)
    Path(place).unlink(missing_ok=True)
    server.bind(place)
    server.listen()
    threading.Thread(target=_serve, args=(server, reader, kept), daemon=True).start()
    return reader


def _serve(server: socket.socket, reader: MemoryReader, kept: Path) -> None:
    while True:
        line, _ = server.accept()
        with line, line.makefile("rb") as orders:
            match orders.readline().decode().split():
                case ["insert", name]:
                    reader.insert(load(name))
                    kept.write_text(name)
                case ["pull"]:
                    reader.pull()
                    kept.unlink(missing_ok=True)
                case ["unplug"]:
                    reader.unplug()
                case ["plug"]:
                    reader.plug()
            line.sendall(b"done\n")
