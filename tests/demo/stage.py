"""The stage: everything a walk needs, made in one directory, started in order, ended in order."""

import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from hardware.appli.simulated import SimulatedPhoneReader
from hardware.cards.service import CardService, ensure_card_service
from hardware.cards.simulated_process import SimulatedCardProcess
from kiosk import sealing
from kiosk.app.card_desk import SETTLING_SECONDS
from kiosk.insi.simulated.testpki import make_pki
from tests.cards.stack import one_at_a_time
from tests.demo import enrolling
from tests.demo.phones import STRUCTURE, shown_by
from tests.demo.processes import ROOT, Begin, Child, StageTrouble, begun, kiosk_command, wait_until
from tests.people import Person
from tests.specimens.film import make_film
from tests.specimens.person import ZOE, ZOE_ELSEWHERE

PORTRAIT = (1080, 1920)
LANDSCAPE = (1280, 800)
FILMS = {
    "id-front": (ZOE, "french-id-2021", "front"),
    "id-back": (ZOE, "french-id-2021", "back"),
    "old-id": (ZOE, "french-id-1988", "front"),
    "passport": (ZOE_ELSEWHERE, "passport", ""),  # prints another place of birth: not to be qualified with
}


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff of the demonstration, with what their authenticator needs."""

    name: str
    password: str
    totp_secret: str


class Stage:
    """A kiosk, a console with its worker, an INSi simulator, a card and a tray; all real but the devices.

    ``terminal`` is the kiosk's disk, as it stands in a public hall; what is beside it is the server's.
    """

    def __init__(
        self,
        directory: Path,
        *,
        insi_people: int = 0,
        films: Path | None = None,
        desk: str = "3",
        size: tuple[int, int] = PORTRAIT,
        short_path: bool = False,
        phones: bool = False,
        begin: Begin = begun,
    ) -> None:
        self.directory = directory
        self.terminal = directory / "terminal"
        self.data = self.terminal / "data"
        self.kiosk_config = self.terminal / "kiosk.toml"
        self.console_data = directory / "console"
        self.config = directory / "console.toml"
        self.tray = directory / "tray.avi"
        self.control = directory / "control.sock"
        self._phone = SimulatedPhoneReader(directory / "phones" / "shown")
        self.films = films or directory / "films"
        self._desk = desk
        self._size = size
        self._short_path = short_path
        self._phones = phones
        self._begin = begin
        self._insi_people = insi_people
        self._open = ExitStack()
        self.console_url = ""
        self.kiosk: Child | None = None
        self.console: Child | None = None
        self.insi: Child | None = None
        self.worker: Child | None = None
        self.card: SimulatedCardProcess | None = None
        self._card_in = False
        self._reader_at = 0.0
        self.card_service: CardService | None = None
        shutil.rmtree(directory, ignore_errors=True)
        self.terminal.mkdir(parents=True, mode=0o700)

    # --- set-up ------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make keys, certificates, films and the configuration; nothing of it is worth anything elsewhere."""
        self._pki = make_pki(self.directory / "pki")
        passphrase = secrets.token_urlsafe(24).encode()
        self._write("structure.pass", passphrase)
        recipient = sealing.generate_recipient()
        sealing.save_recipient(recipient, self.directory / "structure.pem", passphrase)
        self._write("terminal/structure.pub", recipient.public_key.to_pem())
        self._write("terminal/console-ca.pem", self._pki.ca.read_bytes())
        signer = sealing.generate_signer()
        sealing.save_signer(signer, self.terminal / "kiosk.pem")
        self._write("kiosk.pub", sealing.signer_public_pem(signer))
        self._write("secret.key", secrets.token_bytes(48))
        self._issuer = sealing.generate_signer()
        for folder in ("issuers", "phones"):
            (self.directory / folder).mkdir()
        self._write("issuers/stage.pem", sealing.signer_public_pem(self._issuer))
        self.make_films()

    def make_films(self) -> None:
        """Draw the films once; they are the same for every walk."""
        self.films.mkdir(parents=True, exist_ok=True)
        for name, (holder, kind, side) in FILMS.items():
            path = self._film(name)
            if not path.exists():
                part = path.with_suffix(".part.avi")
                make_film(holder, kind, side, part)
                part.replace(path)

    def _film(self, name: str) -> Path:
        """Where a film is kept, with what its holder's document prints: one drawn otherwise is not this one."""
        return self.films / f"{name}-{FILMS[name][0].birth_place.lower()}.avi"

    def start_services(self) -> None:
        """Start INSi's simulator, the console and its worker; enrol the kiosk."""
        self.start_insi()
        self._console_port = free_port()
        self.write_config()
        self.start_console()
        self.start_worker()

    def start_insi(self, port: int = 0) -> None:
        command = kiosk_command(
            "simulate", "insi", "--pki", str(self.directory / "pki"), "--people", str(self._insi_people),
            "--port", str(port),
        )  # fmt: skip
        self.insi = self._child("insi", command)
        said = self.insi.first_line(30)
        self.insi_endpoint = str(said["endpoint"])
        self.insi_control = str(said["control"])
        self._idam = str(said["idam"])

    def start_console(self) -> None:
        self.console = self._child("console", kiosk_command("console", "--config", str(self.config)))
        self.console_url = str(self.console.first_line(60)["url"]).rstrip("/")

    def start_worker(self) -> None:
        self.worker = self._child("worker", kiosk_command("worker", "--config", str(self.config)))
        self.worker.first_line(60)

    def start_card_reader(self) -> None:
        """The card service with the virtual reader, and the simulated card's process, out of the slot."""
        self._open.enter_context(one_at_a_time())
        self.card_service = ensure_card_service()
        self._open.callback(self.card_service.stop)
        self.card = self._open.enter_context(SimulatedCardProcess())

    def start_kiosk(
        self, *, display: str = "", window: bool = True, frail: str = "", begin: Begin | None = None
    ) -> Child:
        """Start the terminal; ``frail`` starts the one of the tests, which dies or fills its disk where it is told.

        ``begin``: otherwise than the stage's other processes.
        """
        arguments = ["run", "--config", str(self.kiosk_config)] + ([] if window else ["--no-window"])
        command = kiosk_command(*arguments)
        if frail:
            command = [sys.executable, "-m", "tests.walks.frail_kiosk", str(self.kiosk_config), frail]
        self.kiosk = self._child("kiosk", command, {"DISPLAY": display} if display else None, begin)
        kiosk = self.kiosk
        wait_until(lambda: self.can_listen() or not kiosk.is_running, 40, f"the kiosk's first screen; see {kiosk.log}")
        if not kiosk.is_running:
            raise StageTrouble(f"the kiosk ended at once; see {kiosk.log}")
        self.reader_came()
        return kiosk

    def can_listen(self) -> bool:
        """Whether the kiosk listens on its control port."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.control))
            except OSError:
                return False
        return True

    def add_account(self, name: str = "anne.martin", role: str = "host") -> Account:
        command = kiosk_command("console", "user", "add", name, "--role", role, "--json", "--config", str(self.config))
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode != 0:
            raise StageTrouble(f"no account could be made: {done.stderr.strip()}")
        said = json.loads(done.stdout.splitlines()[-1])
        secret = enrolling.enrol(enrolling.Visitor(self.console_url, self._pki.ca), said["path"])
        return Account(name, enrolling.PASSWORD, secret)

    # --- what happens in front of the kiosk ----------------------------------------------------------------------

    def insert_card(self, card: str) -> None:
        """Put in the card of this sample; one that is in comes out first."""
        assert self.card is not None, "start_card_reader comes first"
        self.pull_card()
        time.sleep(
            max(0.0, self._reader_at + SETTLING_SECONDS + 0.2 - time.monotonic())
        )  # before, it would be a card that was found
        self.card.insert(card)
        self._card_in = True

    def reader_came(self) -> None:
        """The kiosk has just found its reader."""
        self._reader_at = time.monotonic()

    def pull_card(self) -> None:
        """Take the card out, if one is in."""
        if self.card is not None and self._card_in:
            self.card.pull()
        self._card_in = False

    def show_phone(self, *people: Person) -> None:
        """Hold a phone with these people's appli carte Vitale before its reader, the holder first."""
        self._phone.show(shown_by(people, self._issuer))

    def take_phone(self) -> None:
        self._phone.take_away()

    def show_document(self, film: str) -> None:
        """Put a document in the tray: its film starts in front of the camera."""
        link = self.tray.with_suffix(".new")
        link.unlink(missing_ok=True)
        link.symlink_to(self._film(film))
        link.replace(self.tray)

    def break_camera(self) -> None:
        """The camera gives nothing any more: what it should film is no film."""
        (self.directory / "broken.avi").write_bytes(b"no film")
        link = self.tray.with_suffix(".new")
        link.unlink(missing_ok=True)
        link.symlink_to(self.directory / "broken.avi")
        link.replace(self.tray)

    def clear_tray(self) -> None:
        self.tray.unlink(missing_ok=True)

    def journal(self) -> list[dict[str, object]]:
        """What the kiosk's journal says."""
        path = self.data / "journal.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    # --- configuration -------------------------------------------------------------------------------------------

    def write_config(self) -> None:
        self.kiosk_config.write_text(self._kiosk_section())
        self.config.write_text(self._server_section())

    def _kiosk_section(self) -> str:
        """What the kiosk is told: nothing of INSi, which the console asks."""
        return f"""mode = "demo"

[kiosk]
name = "hall-1"
structure = "Hôpital de l'Exemple"
desk = "{self._desk}"
data_dir = "{self.data}"
window = "window"
width = {self._size[0]}
height = {self._size[1]}
control = "{self.control}"
short_path = {str(self._short_path).lower()}

[camera]
driver = "film"
film = "{self.tray}"

[sealing]
structure_key = "structure.pub"
kiosk_key = "kiosk.pem"

[console]
url = "https://127.0.0.1:{self._console_port}"
ca = "console-ca.pem"
{self._appli_section() if self._phones else ""}"""

    def _appli_section(self) -> str:
        return f"""
[appli]
driver = "simulated"
file = "{self.directory / "phones" / "shown"}"
"""

    def _server_section(self) -> str:
        pki = self._pki
        return f"""mode = "demo"

[insi]
endpoint = "{self.insi_endpoint}"
certificate = "{pki.client_p12}"
password_file = "{pki.password_file}"
ca = "{pki.ca}"
idam = "{self._idam}"

[server]
structure = "Hôpital de l'Exemple"
data_dir = "{self.console_data}"
host = "127.0.0.1"
port = {self._console_port}
certificate = "{pki.console_certificate}"
key = "{pki.console_key}"
recipient_key = "structure.pem"
passphrase_file = "structure.pass"
secret_key_file = "secret.key"
contact = {{ place = "Bureau des entrées, hall principal", phone = "01 00 00 00 00" }}
desks = ["1", "2", "3"]

[server.appli]
verifier = "simulated"
issuers = "issuers"
structure = "{STRUCTURE}"

[server.kiosks]
hall-1 = "kiosk.pub"
"""

    def _write(self, name: str, data: bytes) -> None:
        path = self.directory / name
        path.touch(mode=0o600)
        path.write_bytes(data)

    def _child(
        self, name: str, command: list[str], environment: dict[str, str] | None = None, begin: Begin | None = None
    ) -> Child:
        scratch = self.directory / "tmp"  # what a process leaves in its temporary folder is found there
        scratch.mkdir(mode=0o700, exist_ok=True)
        given = {"TMPDIR": str(scratch), **(environment or {})}
        child = Child(name, command, self.directory / f"{name}.log", given, begin or self._begin)
        self._open.callback(child.end)
        return child

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
