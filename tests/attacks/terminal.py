"""A running kiosk of its own, with what it hangs on in the test's hands: console, slot, disk."""

import json
import os
import re
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

from kiosk import sealing
from kiosk.app.card_desk import SETTLING_SECONDS
from kiosk.insi.simulated.testpki import TestPki, make_pki
from tests.attacks import slot
from tests.demo.patient import Eyes
from tests.demo.processes import ROOT, Child, kiosk_command, wait_until

DRIP_SECONDS = 0.05  # between two bytes


class PlayedConsole:
    """A console over TLS; each errand is answered as told: a number, words, "drip" (byte by byte) or "silent"."""

    def __init__(self, pki: TestPki) -> None:
        self.answers: dict[str, int | str | bytes] = {}  # by errand: "check-ins", "calls" …, or by path; else 200
        self.heard: list[tuple[float, str, bytes]] = []  # when, which errand, its body
        self.paths: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pki.console_certificate, pki.console_key)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._stopping = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._stopping.set()
        self._listening.close()

    def bodies(self, errand: str) -> list[bytes]:
        return [body for _, what, body in self.heard if what == errand]

    def devices(self) -> dict[str, str]:
        """As the newest heartbeat says they are."""
        beats = self.bodies("heartbeat")
        said: dict[str, str] = json.loads(beats[-1])["devices"] if beats else {}
        return said

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(plain,), daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        try:
            plain.settimeout(60.0)
            with self._context.wrap_socket(plain, server_side=True) as peer:
                while self._answer(peer):
                    pass
        except OSError:
            return  # the kiosk had waited long enough

    def _answer(self, peer: ssl.SSLSocket) -> bool:
        request = _request(peer)
        if request is None:
            return False
        path, body = request
        errand = path.rstrip("/").split("/")[2] if path != "/" else ""
        self.heard.append((time.monotonic(), errand, body))
        self.paths.append(path)
        match self.answers.get(path, self.answers.get(errand, 200)):
            case "drip":
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100_000:
                    if self._stopping.wait(DRIP_SECONDS):
                        return False
                    peer.sendall(bytes([byte]))
            case "silent":
                self._stopping.wait(60)
                return False
            case bytes() as said:
                peer.sendall(b"HTTP/1.1 200 So\r\nContent-Length: %d\r\n\r\n" % len(said) + said)
            case status:
                peer.sendall(f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n".encode())
        return True


def _request(peer: ssl.SSLSocket) -> tuple[str, bytes] | None:
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += (part := peer.recv(65536))
        if not part:
            return None
    head, _, body = heard.partition(b"\r\n\r\n")
    lengths = re.findall(rb"(?i)content-length: (\d+)", head)
    while len(body) < sum(int(one) for one in lengths):
        body += peer.recv(65536)
    return head.split()[1].decode(), body


class Terminal:
    """The kiosk, started as its unit starts it, without a screen: pressed and seen through its control port."""

    def __init__(self, folder: Path, *, insi: str = "") -> None:
        self.folder = folder
        self.data = folder / "data"
        self.place = folder / "slot"
        self.config = folder / "kiosk.toml"
        folder.mkdir(parents=True, exist_ok=True)
        self.pki = make_pki(folder / "pki")
        self.console = PlayedConsole(self.pki)
        slot.install(folder / "plug-ins")
        (folder / "structure.pub").write_bytes(sealing.generate_recipient().public_key.to_pem())
        sealing.save_signer(sealing.generate_signer(), folder / "kiosk.pem")
        self.config.write_text(self.written(insi))
        self.process: Child | None = None
        self._eyes: Eyes | None = None
        self.ready_at = 0.0

    def written(self, insi: str = "") -> str:
        """Its settings file."""
        return f"""mode = "demo"
{insi}
[kiosk]
name = "hall-1"
structure = "Hôpital de l'Exemple"
desk = "3"
data_dir = "data"
window = "window"
control = "control.sock"

[card]
driver = "{slot.DRIVER}"
reader = "{self.place}"

[camera]
driver = "film"
film = "tray.avi"

[sealing]
structure_key = "structure.pub"
kiosk_key = "kiosk.pem"

[console]
url = "https://127.0.0.1:{self.console.port}"
ca = "pki/ca.pem"
"""

    def start(self, *, frail: str = "") -> None:
        """``frail``: the one of the walks, whose disk fills when told."""
        command = kiosk_command("run", "--config", str(self.config), "--no-window")
        if frail:
            command = [sys.executable, "-m", "tests.walks.frail_kiosk", str(self.config), frail]
        path = os.pathsep.join((str(self.folder / "plug-ins"), str(ROOT)))
        self.process = Child("kiosk", command, self.folder / "kiosk.log", {"PYTHONPATH": path})
        wait_until(self._listens, 60, f"the first screen; see {self.process.log}")
        self._eyes = Eyes(self.folder / "control.sock")
        self.ready_at = time.monotonic()

    def _listens(self) -> bool:
        assert self.process is not None and self.process.is_running, "the kiosk ended at once"
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.folder / "control.sock")) == 0 and self.place.exists()

    @property
    def running(self) -> Child:
        assert self.process is not None, "start comes first"
        return self.process

    @property
    def eyes(self) -> Eyes:
        assert self._eyes is not None, "start comes first"
        return self._eyes

    def slot(self, said: str) -> None:
        slot.order(self.place, said)
        if said == "plug":
            self.ready_at = time.monotonic()

    def settle(self) -> None:
        """Wait until what is put into the reader counts as seen coming."""
        time.sleep(max(0.0, self.ready_at + SETTLING_SECONDS + 0.2 - time.monotonic()))

    def press(self, *touches: tuple[str, str]) -> None:
        """Each screen, and what is pressed on it."""
        for screen, touch in touches:
            self.eyes.wait_for(screen)
            self.eyes.say(touch)

    def journal(self, happening: str = "") -> list[dict[str, object]]:
        path = self.data / "journal.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [line for line in lines if not happening or line["happening"] == happening]

    def end(self) -> float:
        """Ask it to end; answers how many seconds it took."""
        if self._eyes is not None:
            self._eyes.close()
        started = time.monotonic()
        self.running.end()
        return time.monotonic() - started

    def kill(self) -> None:
        self.eyes.close()
        self.running.kill()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.is_running:
            self.process.kill()
        self.console.close()
