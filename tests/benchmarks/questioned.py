"""A served console that asks INSi's simulator for its kiosks: how the benches of questions start it and look at it."""

import base64
import http.client
import json
import sqlite3
import ssl
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import requests

from kiosk.core.checkin.question import RECEIVED, Question, question_by_card
from kiosk.insi.simulated.testpki import make_pki
from kiosk.sealing import intake_message, seal, sign
from tests.console.arrivals import SIGNER
from tests.console.served import COMMAND, STARTS_WITHIN, ServedConsole
from tests.demo.processes import Child, kiosk_command
from tests.people import DOMINIQUE, TOUSSAINT, ZOE, Person

PEOPLE = (ZOE, DOMINIQUE, TOUSSAINT)


class Questioned:
    """One console on SQLite, its worker, and INSi's simulator."""

    def __init__(self, folder: Path, kiosks: int, *, insi_seconds: float, processes: int) -> None:
        self.console = ServedConsole(folder / "console")
        self.kiosks = [f"borne-{number + 1}" for number in range(kiosks)]
        self._folder = folder
        self._insi = self._start_insi(insi_seconds, processes)
        self._worker: Child | None = None

    def start(self) -> None:
        self.console.start()
        self.start_worker()

    def start_worker(self) -> None:
        command = [*COMMAND, "worker", "--config", str(self.console.config)]
        self._worker = Child("worker", command, self._folder / "worker.log")
        self._worker.first_line(STARTS_WITHIN)

    def kill_worker(self) -> None:
        assert self._worker is not None
        self._worker.kill()
        self.start_worker()

    def close(self) -> None:
        for child in (self._worker, self.console.child, self._insi):
            if child is not None and child.is_running:
                child.end(30)

    def rows(self) -> dict[str, dict[str, str | None]]:
        """What the database holds of every question, by its key."""
        columns = ("key", "state", "received_at", "asked_at", "visit_id")
        with closing(sqlite3.connect(self.console.folder / "data" / "console.sqlite3", timeout=30)) as database:
            found = database.execute(
                "SELECT key, state, received_at, asked_at, visit_id FROM console_question"
            ).fetchall()
        return {str(uuid.UUID(one[0])): dict(zip(columns, one, strict=True)) for one in found}

    def visits(self) -> dict[str, str]:
        """What the sources of every visit come to, by its key."""
        with closing(sqlite3.connect(self.console.folder / "data" / "console.sqlite3", timeout=30)) as database:
            found = database.execute("SELECT key, reported FROM console_arrival").fetchall()
        return {str(uuid.UUID(key)): str(reported) for key, reported in found}

    def _start_insi(self, seconds: float, processes: int) -> Child:
        pki = make_pki(self._folder / "pki")
        command = kiosk_command("simulate", "insi", "--pki", str(self._folder / "pki"), "--people", "0", "--port", "0")
        insi = Child("insi", command, self._folder / "insi.log")
        said = insi.first_line(STARTS_WITHIN)
        section = {
            "endpoint": str(said["endpoint"]),
            "certificate": str(pki.client_p12),
            "password_file": str(pki.password_file),
            "ca": str(pki.ca),
            "idam": str(said["idam"]),
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in section.items()]
        limits = f"port = 0\nprocesses = {processes}\nquestions_per_minute = 1000\nquestions_per_hour = 10000"
        more = [f'{kiosk} = "borne-1.pem"' for kiosk in self.kiosks[1:]]
        text = self.console.config.read_text().replace("port = 0", limits + "\nintake_per_minute = 100000")
        text = text.replace("trust_kiosk_answers = true\n", "")  # several kiosks: the console asks by itself
        self.console.config.write_text("\n".join([text, *more, "[insi]", *lines]) + "\n")
        requests.post(str(said["control"]), json={"kind": "slow", "seconds": seconds}, timeout=10).raise_for_status()
        return insi


@dataclass(slots=True)
class Sender:
    """One kiosk's kept connection."""

    console: ServedConsole
    kiosk: str
    _link: http.client.HTTPSConnection | None = field(default=None, init=False)

    def send(self, question: Question, body: bytes) -> bool:
        """The console has it."""
        path, sent_at = f"/intake/questions/{question.key}", datetime.now(UTC).isoformat()
        signature = base64.b64encode(sign(intake_message(path, self.kiosk, sent_at, body), SIGNER)).decode()
        headers = {"X-Kiosk": self.kiosk, "X-Sent-At": sent_at, "X-Signature": signature}
        try:
            link = self._connected()
            link.request("PUT", path, body, {"Content-Type": "application/octet-stream", **headers})
            answer = link.getresponse()
            return (answer.status, answer.read()) == (202, RECEIVED)
        except (http.client.HTTPException, OSError):
            self.hang_up()
            return False

    def hang_up(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None

    def _connected(self) -> http.client.HTTPSConnection:
        if self._link is None:
            at = urlsplit(self.console.url)
            context = ssl.create_default_context(cafile=str(self.console.folder / "console.pem"))
            self._link = http.client.HTTPSConnection(str(at.hostname), at.port, timeout=40, context=context)
        return self._link


def question_about(person: Person) -> Question:
    question = question_by_card(str(uuid.uuid4()), person.beneficiary(), None, datetime.now(UTC).isoformat())
    assert question is not None
    return question


def sealed(console: ServedConsole, question: Question) -> bytes:
    return seal(question.to_bytes(), console.recipient.public_key, f"question:{question.key}".encode())
