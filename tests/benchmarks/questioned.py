"""A served console that asks INSi's simulator for its kiosks: how the benches of questions start it and look at it."""

import base64
import http.client
import json
import socket
import sqlite3
import ssl
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import requests

from kiosk.core.checkin.question import RECEIVED, Question, question_by_card
from kiosk.insi.simulated.testpki import make_pki
from kiosk.sealing import intake_message, seal, sign
from tests.benchmarks.processor import seconds_of
from tests.console.arrivals import SIGNER
from tests.console.postgres import Postgres, running
from tests.console.served import STARTS_WITHIN, ServedConsole
from tests.demo.processes import Child, kiosk_command
from tests.people import DOMINIQUE, TOUSSAINT, ZOE, Person

PEOPLE = (ZOE, DOMINIQUE, TOUSSAINT)


Row = dict[str, str | None]
DATABASES = ("sqlite", "postgresql")


class Questioned:
    """One console, its worker, and INSi's simulator; its database and its keys' own on SQLite, or where it is told."""

    def __init__(
        self, folder: Path, kiosks: int, *, insi_seconds: float, processes: int, databases: tuple[str, str] = ("", "")
    ) -> None:
        self.console = ServedConsole(folder / "console", databases[0])
        self.kiosks = [f"borne-{number + 1}" for number in range(kiosks)]
        self._folder = folder
        self._keys_database = databases[1]
        self.insi = self._start_insi(insi_seconds, processes)
        self.worker: Child | None = None
        self.postgres: Postgres | None = None

    def used(self) -> dict[str, float]:
        """Processor seconds that each part of the site has used so far; who asks is ``generator``."""
        children = {"console": self.console.child, "worker": self.worker, "INSi": self.insi}
        leaders = {name: child.pid for name, child in children.items() if child is not None}
        if self.postgres is not None:
            leaders["PostgreSQL"] = self.postgres.leader
        return {name: seconds_of(pid) for name, pid in leaders.items()} | {"generator": time.process_time()}

    def start(self) -> None:
        self.console.start()
        self.start_worker()

    def start_worker(self) -> None:
        self.worker = self.console.worker()

    def kill_worker(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.start_worker()

    def close(self) -> None:
        for child in (self.worker, self.console.child, self.insi):
            if child is not None and child.is_running:
                child.end(30)

    def rows(self) -> dict[str, Row]:
        """What the database holds of every question, by its key."""
        columns = ("state", "received_at", "asked_at", "visit_id")
        found = self._asked("SELECT key, state, received_at, asked_at, visit_id FROM console_question")
        return {str(uuid.UUID(str(key))): dict(zip(columns, said, strict=True)) for key, *said in found}

    def visits(self) -> dict[str, str]:
        """What the sources of every visit come to, by its key."""
        found = self._asked("SELECT key, reported FROM console_arrival")
        return {str(uuid.UUID(str(key))): str(reported) for key, reported in found}

    def _asked(self, question: LiteralString) -> list[tuple[str | None, ...]]:
        if self.console.database:
            with psycopg.connect(self.console.database, options="-c timezone=UTC") as database:
                found = database.execute(question).fetchall()
        else:
            with closing(sqlite3.connect(self.console.folder / "data" / "console.sqlite3", timeout=30)) as database:
                found = database.execute(question).fetchall()
        return [tuple(None if one is None else str(one) for one in row) for row in found]

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
        limits += f"\nkeys_database = {json.dumps(self._keys_database)}"
        more = [f'{kiosk} = "borne-1.pem"' for kiosk in self.kiosks[1:]]
        limits += "\nintake_per_minute = 100000\nintake_per_hour = 1000000"
        text = self.console.config.read_text().replace("port = 0", limits)
        text = text.replace("trust_kiosk_answers = true\n", "")  # several kiosks: the console asks by itself
        self.console.config.write_text("\n".join([text, *more, "[insi]", *lines]) + "\n")
        requests.post(str(said["control"]), json={"kind": "slow", "seconds": seconds}, timeout=10).raise_for_status()
        return insi


@contextmanager
def questioned(kind: str, kiosks: int, *, insi_seconds: float, processes: int) -> Iterator[Questioned]:
    """A site that runs, on one database or on the other, until the end of the block."""
    with ExitStack() as until:
        folder = Path(until.enter_context(tempfile.TemporaryDirectory(prefix="bench-questions-")))
        databases = ("", "")
        server = until.enter_context(running()) if kind == "postgresql" else None
        if server is not None:
            databases = server.url(), server.url()
        site = Questioned(folder, kiosks, insi_seconds=insi_seconds, processes=processes, databases=databases)
        site.postgres = server
        until.callback(site.close)
        site.start()
        yield site


@dataclass(slots=True)
class Sender:
    """One kiosk's kept connection."""

    console: ServedConsole
    kiosk: str
    _link: http.client.HTTPSConnection | None = field(default=None, init=False)

    def send(self, question: Question, body: bytes) -> bool:
        """The console has it."""
        try:
            link = self._connected()
            link.request("PUT", path_of(question), body, headers_of(self.kiosk, question, body))
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


@dataclass(slots=True)
class Ready:
    """One kiosk's kept connection for requests that were written before: sending one costs next to nothing."""

    console: ServedConsole
    kiosk: str
    _link: ssl.SSLSocket | None = field(default=None, init=False)

    def written(self, question: Question) -> bytes:
        """The whole request, sealed and signed now."""
        body, at = sealed(self.console, question), urlsplit(self.console.url)
        headers = headers_of(self.kiosk, question, body) | {"Host": at.netloc, "Content-Length": str(len(body))}
        lines = [f"PUT {path_of(question)} HTTP/1.1", *(f"{name}: {said}" for name, said in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def send(self, request: bytes) -> bool:
        """The console has it."""
        if self._link is None:
            at = urlsplit(self.console.url)
            peer = socket.create_connection((str(at.hostname), at.port), timeout=40)
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._link = self.console.context().wrap_socket(peer, server_hostname=at.hostname)
        self._link.sendall(request)
        answer = b""
        while not answer.endswith(RECEIVED):
            piece = self._link.recv(4096)
            if not piece:
                return False
            answer += piece
        return answer.startswith(b"HTTP/1.1 202 ")

    def hang_up(self) -> None:
        if self._link is not None:
            self._link.close()


def path_of(question: Question) -> str:
    return f"/intake/questions/{question.key}"


def headers_of(kiosk: str, question: Question, body: bytes) -> dict[str, str]:
    sent_at = datetime.now(UTC).isoformat()
    signature = base64.b64encode(sign(intake_message(path_of(question), kiosk, sent_at, body), SIGNER)).decode()
    told = {"X-Kiosk": kiosk, "X-Sent-At": sent_at, "X-Signature": signature}
    return {"Content-Type": "application/octet-stream", **told}


def question_about(person: Person) -> Question:
    question = question_by_card(str(uuid.uuid4()), person.beneficiary(), None, datetime.now(UTC).isoformat())
    assert question is not None
    return question


def sealed(console: ServedConsole, question: Question) -> bytes:
    return seal(question.to_bytes(), console.recipient.public_key, f"question:{question.key}".encode())
