"""A console in a process of its own, as it runs at a site: its folder, its certificate, its kiosks."""

import base64
import http.client
import json
import secrets
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.core.checkin import codec
from kiosk.core.checkin.recognition import question_about
from kiosk.core.checkin.value import CheckIn
from kiosk.sealing import generate_recipient, intake_message, save_recipient, seal, sign, signer_public_pem
from tests.console import warm
from tests.console.arrivals import SIGNER
from tests.console.tables import copy_files
from tests.demo import enrolling
from tests.demo.processes import ROOT, Child
from tests.people import Person

STARTS_WITHIN = 60.0
COMMAND = [sys.executable, "-c", "from kiosk.cli import main; main()"]


class ServedConsole:
    """One console of a test; may be killed and started again on the same folder. ``is_new``: it makes its tables."""

    def __init__(self, folder: Path, database: str = "", *, is_new: bool = False) -> None:
        self.folder = folder
        self.config = folder / "kiosk.toml"
        self.command = COMMAND
        self.recipient = generate_recipient()
        self.database = database
        self._make()
        if not is_new:
            self._fill()
        self.child: Child | None = None
        self.url = ""

    @classmethod
    def beside(cls, other: "ServedConsole") -> "ServedConsole":
        """Another console of the same site: same keys, same database, its own port."""
        twin = cls.__new__(cls)
        twin.__dict__.update(other.__dict__)
        twin.child, twin.url = None, ""
        return twin

    def start(self) -> None:
        scratch = self.folder / "tmp"  # what it leaves in its temporary folder is found there
        scratch.mkdir(exist_ok=True)
        self.child = self._begun("console", {"TMPDIR": str(scratch)})
        self.url = str(self.child.first_line(STARTS_WITHIN)["url"])

    def worker(self) -> Child:
        """A worker of this console's, at work."""
        worker = self._begun("worker", {})
        worker.first_line(STARTS_WITHIN)
        return worker

    def _begun(self, name: str, environment: dict[str, str]) -> Child:
        words, log = [name, "--config", str(self.config)], self.folder / f"{name}.log"
        if self.command is COMMAND:
            return Child(name, words, log, environment, warm.begun)
        return Child(name, [*self.command, *words], log, environment)

    def stop(self) -> int:
        assert self.child is not None
        return self.child.end(30)

    def kill(self) -> None:
        assert self.child is not None
        self.child.kill()

    def run(self, *words: str, said: str = "", command: Sequence[str] = COMMAND) -> subprocess.CompletedProcess[str]:
        """One command of the console, and what is typed when it asks."""
        if command is COMMAND:
            return warm.run("kiosk.cli", *words, "--config", str(self.config), said=said)
        return subprocess.run(
            [*command, *words, "--config", str(self.config)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            input=said,
            check=False,
        )

    def add_staff(self, name: str, role: str = "host") -> dict[str, str]:
        """An account whose owner has enrolled; the console serves meanwhile."""
        done = self.run("console", "user", "add", name, "--role", role, "--json")
        assert done.returncode == 0, done.stderr
        said: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        secret = enrolling.enrol(self.visitor(), said["path"])
        return {"user": name, "role": role, "password": enrolling.PASSWORD, "totp_secret": secret}

    def visitor(self) -> enrolling.Visitor:
        """Somebody who trusts this console's certificate, signed in nowhere."""
        return enrolling.Visitor(self.url, self.folder / "console.pem")

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "console.pem"))

    def deliver(self, check_in: CheckIn, kiosk: str = "borne-1", *, at: datetime | None = None) -> int:
        """Send one check-in as a kiosk does; 0 when nobody answered."""
        path = f"/intake/check-ins/{check_in.key}"
        body = seal(codec.to_bytes(check_in), self.recipient.public_key, f"check-in:{check_in.key}".encode())
        return self.put(path, body, kiosk, at=at)

    def ask_whether_known(self, person: Person) -> int:
        """As a kiosk does before somebody takes the short path."""
        question = question_about(person.beneficiary(), secrets.token_bytes(16), secrets.token_bytes(32))
        assert question is not None
        body = seal(question.to_bytes(), self.recipient.public_key, b"recognition:borne-1")
        return self.put("/intake/recognition", body, method="POST")

    def open(self, asked: urllib.request.Request | str, seconds: float) -> http.client.HTTPResponse:
        """Ask for a page, or send a request, as somebody who trusts this console's certificate."""
        request = self.url + asked if isinstance(asked, str) else asked
        return urllib.request.urlopen(request, context=self.context(), timeout=seconds)  # noqa: S310 - our own console

    def put(
        self, path: str, body: bytes, kiosk: str = "borne-1", *, method: str = "PUT", at: datetime | None = None
    ) -> int:
        return self.said(path, body, kiosk, method=method, at=at)[0]

    def said(
        self, path: str, body: bytes, kiosk: str = "borne-1", *, method: str = "POST", at: datetime | None = None
    ) -> tuple[int, bytes]:
        """One signed request: its number, 0 when nobody answered, and what was said."""
        sent_at = (at or datetime.now(UTC)).isoformat()
        signature = sign(intake_message(path, kiosk, sent_at, body), SIGNER)
        request = urllib.request.Request(  # noqa: S310 - our own console
            self.url.rstrip("/") + path,
            body,
            {
                "Content-Type": "application/octet-stream",
                "X-Kiosk": kiosk,
                "X-Sent-At": sent_at,
                "X-Signature": base64.b64encode(signature).decode(),
            },
            method=method,
        )
        try:
            with self.open(request, 30) as answer:
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, b""
        except OSError:
            return 0, b""

    def _fill(self) -> None:
        """Its tables, for SQLite; of PostgreSQL the database that was given may have them (``with_tables``)."""
        if not self.database:
            copy_files(self.folder / "data")

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _certificate(self.folder)
        (self.folder / "passphrase").write_text("for tests only")
        (self.folder / "secret").write_bytes(secrets.token_bytes(64))
        save_recipient(self.recipient, self.folder / "structure.key", b"for tests only")
        for name in ("console.key", "structure.key", "passphrase", "secret"):
            (self.folder / name).chmod(0o600)
        (self.folder / "borne-1.pem").write_bytes(signer_public_pem(SIGNER))
        self.config.write_text(
            "\n".join(
                (
                    'mode = "demo"',
                    "[server]",
                    'structure = "Centre hospitalier de Saint-Exemple"',
                    'data_dir = "data"',
                    "port = 0",
                    "trust_kiosk_answers = true",
                    f"database = {json.dumps(self.database)}",
                    'certificate = "console.pem"',
                    'key = "console.key"',
                    'recipient_key = "structure.key"',
                    'passphrase_file = "passphrase"',
                    'secret_key_file = "secret"',
                    "[server.kiosks]",
                    'borne-1 = "borne-1.pem"',
                )
            )
        )


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(_loopback())]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "console.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "console.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _loopback():
    import ipaddress

    return ipaddress.ip_address("127.0.0.1")


def writings(text: str) -> set[bytes]:
    """How a text may lie about: several encodings, base64 at each of the three offsets, hexadecimal."""
    found = set()
    for raw in (text.encode(), text.lower().encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw)
            found.add(coded[(0, 2, 3)[shift] : len(coded) - 4])
    return {writing for writing in found if len(writing) >= 5}
