"""A simulated INSi (simulateur du téléservice): HTTPS, mutual TLS, as strict as the real one, as rude as wished.

It says in every answer's header that it is a simulator. For demonstrations and tests only.
"""

import functools
import json
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lxml import etree

from kiosk.insi.names import BY_CARD, SIMULATOR_HEADER
from kiosk.insi.simulated import answers
from kiosk.insi.simulated.population import DOWN, Person, Population
from kiosk.insi.simulated.rules import RefusedError, Rules
from kiosk.insi.simulated.vouching import Doorkeeper, OfCertificates, Shown

PATH = "/lps"
TEST_IDAM = "TEST00000001"
_LARGEST_REQUEST = 1 << 20

KINDS = (
    *("normal", "none", "several", "several-until-place", "several-until-names", "fault", "http", "slow", "silent"),
    *("dribble", "dribble-headers", "truncated", "html", "empty", "gzip", "gzip-bomb", "huge", "dtd", "entities"),
    *("broken-utf8", "reset", "endless-headers", "redirect", "wrong-length"),
)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the simulator answers, until told otherwise or ``times`` times."""

    kind: str = "normal"
    style: str = "plain"  # one of simulated_answers.STYLES, or "every": each in turn
    seconds: float = 0.0  # slow: wait so long before answering; dribble: between two bytes
    subcode: str = "siram_40"  # fault
    code: str = "insi_102"  # fault
    status: int = 503  # http
    retry_after: str = ""  # http: a Retry-After header
    times: int = 0  # 0: until changed

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.style not in (*answers.STYLES, "every"):
            raise ValueError("unknown behaviour")


class Simulator:
    """One simulated service; ``running`` serves it until the block ends."""

    def __init__(
        self,
        certificate: Path,
        key: Path,
        ca: Path,
        population: Population | None = None,
        *,
        idam: str = TEST_IDAM,
        host: str = "127.0.0.1",
        port: int = 0,
        behaviour: Behaviour | None = None,
        doorkeeper: Doorkeeper | None = None,
    ) -> None:
        self.population = population or Population()
        doorkeeper = doorkeeper or OfCertificates()  # one way of calling a host, as the real ones
        self._rules = Rules(idam, doorkeeper)
        self._lock = threading.Lock()
        self._behaviour = behaviour or Behaviour()
        self._left = self._behaviour.times
        self._answered = 0
        self.released = threading.Event()  # set: whoever is being kept waiting is let go
        self._context = _server_context(certificate, key, ca, must_show=doorkeeper.wants_certificate)
        self._server = _Server((host, port), self._context, self)
        self._control = ThreadingHTTPServer(("127.0.0.1", 0), _control_handler(self))
        self._control.daemon_threads = True

    @property
    def endpoint(self) -> str:
        """Where to call."""
        return f"https://localhost:{self._server.server_address[1]}{PATH}"

    @property
    def control(self) -> str:
        """Where behaviours are chosen."""
        return f"http://127.0.0.1:{self._control.server_address[1]}/"

    @property
    def answered(self) -> int:
        """How many calls came so far."""
        return self._answered

    @property
    def present(self) -> Behaviour:
        """How it behaves now."""
        return self._behaviour

    def behave(self, behaviour: Behaviour) -> None:
        """Behave so from the next call on; who is kept waiting by the last behaviour is let go."""
        with self._lock:
            self._behaviour = behaviour
            self._left = behaviour.times
            self.released.set()
            self.released = threading.Event()

    @contextmanager
    def running(self) -> Iterator["Simulator"]:
        """Serve in the background; everything is stopped at the end of the block."""
        threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            for server in (self._server, self._control)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.released.set()
            for server in (self._server, self._control):
                server.shutdown()
                server.server_close()
            for thread in threads:
                thread.join()

    def next_behaviour(self) -> tuple[Behaviour, threading.Event]:
        """Take the behaviour of one call."""
        with self._lock:
            self._answered += 1
            behaviour = self._behaviour
            if behaviour.times:
                self._left -= 1
                if self._left <= 0:
                    self._behaviour = Behaviour(style=behaviour.style)
            return behaviour, self.released

    def answer(self, body: bytes, content_type: str, shown: Shown, behaviour: Behaviour) -> tuple[int, bytes]:
        """Answer one request as the service would: HTTP status and envelope."""
        try:
            operation, message_id, element = self._rules.accept(body, content_type, shown)
        except RefusedError as refused:
            return 500, answers.fault(refused.subcode, refused.code, refused.text, refused.message_id)
        found = self._find(operation, element)
        if behaviour.kind != "fault" and any(person.behaviour == DOWN for person in found):
            behaviour = Behaviour("fault")
        if behaviour.kind == "fault":
            sender = not behaviour.subcode.startswith("siram_4")
            text = "Service indisponible" if not sender else "Demande refusee"
            return 500, answers.fault(behaviour.subcode, behaviour.code, text, message_id, sender=sender)
        code = {0: "01", 1: "00"}.get(len(found), "02")
        place = _text(element, "LieuNaissance")
        if behaviour.kind == "none":
            code = "01"
        elif (
            behaviour.kind == "several"
            or (behaviour.kind == "several-until-place" and not place)
            or (behaviour.kind == "several-until-names" and " " not in _text(element, "Prenom"))
        ):
            code = "02" if found else "01"
        style = behaviour.style
        if style == "every":
            style = answers.STYLES[self._answered % len(answers.STYLES)]
        return 200, answers.result(code, found[0] if code == "00" else None, message_id, style)

    def _find(self, operation: str, element: etree._Element) -> list[Person]:
        if operation == BY_CARD:
            return self.population.by_card(
                _text(element, "MatriculeIndividu", "NumIdentifiant"),
                _text(element, "MatriculeOD", "NumIdentifiant"),
                _text(element, "DateNaissance"),
                _text(element, "RangNaissance"),
                _text(element, "NomNaissance"),
            )
        given_names = " ".join(child.text or "" for child in element if etree.QName(child).localname == "Prenom")
        return self.population.by_traits(
            *(_text(element, "NomNaissance"), given_names, _text(element, "Sexe"), _text(element, "DateNaissance")),
            _text(element, "LieuNaissance"),
        )


def _text(element: etree._Element, *path: str) -> str:
    namespace = etree.QName(element).namespace
    return element.findtext("/".join(f"{{{namespace}}}{name}" for name in path)) or ""


@functools.cache
def gzip_bomb() -> bytes:
    """Pack 100 MB into a tenth of one; once, for it takes a while."""
    packed = zlib.compressobj(wbits=31)
    return b"".join([packed.compress(b" " * 1_000_000) for _ in range(100)]) + packed.flush()


def _server_context(certificate: Path, key: Path, ca: Path, *, must_show: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED if must_show else ssl.CERT_OPTIONAL
    context.load_verify_locations(ca)
    context.load_cert_chain(certificate, key)
    return context


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext, simulator: Simulator) -> None:
        self.simulator = simulator
        self._context = context
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept; the handshake is left to the caller's own thread."""
        peer, address = self.socket.accept()
        peer.settimeout(120)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tls = self._context.wrap_socket(peer, server_side=True, do_handshake_on_connect=False)
        self._open.add(tls)
        return tls, address

    def shutdown_request(self, request: Any) -> None:
        """Hang up."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up or shows no certificate is none of our business."""

    def server_close(self) -> None:
        """Stop listening and drop every connection: no thread is left behind."""
        super().server_close()
        for each in list(self._open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(each)  # already gone


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SimulateurINSi"
    sys_version = ""
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        """Shake hands first: without a good client certificate nothing is read."""
        self.request.do_handshake()
        super().setup()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests hold traits: nothing is written down."""

    def end_headers(self) -> None:
        """Say in every answer what this is."""
        self.send_header(SIMULATOR_HEADER, "INSi simule - aucune donnee reelle")
        super().end_headers()

    def do_POST(self) -> None:
        """Take one call and answer it, well or badly."""
        length = self.headers.get("Content-Length", "")
        if self.path != PATH or not length.isdigit() or int(length) > _LARGEST_REQUEST:
            self._send(404, "text/html", b"<html><body>Not found</body></html>")
            return
        body = self.rfile.read(int(length))
        simulator = self.server.simulator
        behaviour, released = simulator.next_behaviour()
        if behaviour.seconds and behaviour.kind not in ("dribble", "dribble-headers"):
            released.wait(behaviour.seconds)
        status, answer = simulator.answer(body, self.headers.get("Content-Type", ""), self._shown(), behaviour)
        self._behave(behaviour, released, status, answer)

    def _behave(self, behaviour: Behaviour, released: threading.Event, status: int, answer: bytes) -> None:
        soap = "application/soap+xml; charset=utf-8"
        match behaviour.kind:
            case "silent":
                released.wait(300)
                self.close_connection = True
            case "reset":
                self.close_connection = True
            case "http":
                extra = {"Retry-After": behaviour.retry_after} if behaviour.retry_after else {}
                self._send(behaviour.status, "text/html", b"<html>Indisponible</html>", **extra)
            case "html":
                self._send(200, "text/html", b"<!doctype html><html><p>Portail captif</p></html>")
            case "empty":
                self._send(200, soap, b"")
            case "redirect":
                self._send(302, "text/html", b"", Location="https://127.0.0.1:1/ailleurs")
            case "truncated":
                self._send(status, soap, answer[: len(answer) * 2 // 3])
            case "wrong-length":
                self._send(status, soap, answer[: len(answer) // 2], **{"Content-Length": str(len(answer))})
                self.close_connection = True
            case "gzip":
                packed = zlib.compressobj(wbits=31)
                self._send(status, soap, packed.compress(answer) + packed.flush(), **{"Content-Encoding": "gzip"})
            case "gzip-bomb":
                self._send(200, soap, gzip_bomb(), **{"Content-Encoding": "gzip"})
            case "huge":
                self._send(200, soap, b"<a>" + b" " * 50_000_000 + b"</a>")
            case "dtd":
                self._send(200, soap, answer.replace(b"?>", b'?><!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">', 1))
            case "entities":
                bomb = b'?><!DOCTYPE a [<!ENTITY e "ha"><!ENTITY f "&e;&e;&e;&e;"><!ENTITY g SYSTEM "/etc/passwd">]>'
                self._send(200, soap, answer.replace(b"?>", bomb, 1).replace(b"OK", b"&f;&g;"))
            case "broken-utf8":
                self._send(200, soap, answer.replace(b"NomNaissance>", b"NomNaissance>\xc3\x28\xff", 1))
            case "dribble" | "dribble-headers" | "endless-headers":
                self._dribble(behaviour, released, answer)
            case _:
                self._send(status, soap, answer)

    def _dribble(self, behaviour: Behaviour, released: threading.Event, answer: bytes) -> None:
        """One byte at a time, each soon enough for a naive time-out."""
        self.close_connection = True
        self.wfile.flush()
        head = f"HTTP/1.1 200 OK\r\n{SIMULATOR_HEADER}: oui\r\n".encode()
        if behaviour.kind == "dribble":
            self.request.sendall(head + f"Content-Length: {len(answer)}\r\n\r\n".encode())
            slowly = answer
        elif behaviour.kind == "dribble-headers":
            slowly = head + b"X-Long: " + b"a" * 5000
        else:
            self.request.sendall(head + b"".join(b"X-%d: a\r\n" % index for index in range(5000)))
            return
        until = time.monotonic() + 300
        for index in range(len(slowly)):
            if released.wait(behaviour.seconds or 1.0) or time.monotonic() > until:
                return
            self.request.sendall(slowly[index : index + 1])

    def _shown(self) -> Shown:
        shown = self.request.getpeercert() or {}
        subject = {name: value for part in shown.get("subject", ()) for name, value in part}
        issuer = {name: value for part in shown.get("issuer", ()) for name, value in part}
        names = subject.get("commonName", ""), subject.get("organizationalUnitName", ""), issuer.get("commonName", "")
        return Shown(*names, bearer=self.headers.get("Authorization", "").removeprefix("Bearer "))

    def _send(self, status: int, content_type: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _control_handler(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    """The control page: GET tells, POST (JSON, the fields of Behaviour) changes. Reachable from this machine alone."""

    class Control(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing to write down."""

        def do_GET(self) -> None:
            """Tell the present behaviour and the ones there are."""
            told = {"simulator": True, "endpoint": simulator.endpoint, "people": len(simulator.population)}
            told |= {"answered": simulator.answered, "behaviour": asdict(simulator.present)}
            told |= {"kinds": list(KINDS), "styles": [*answers.STYLES, "every"]}
            self._say(200, told)

        def do_POST(self) -> None:
            """Change the behaviour."""
            length = self.headers.get("Content-Length", "")
            try:
                wanted = json.loads(self.rfile.read(min(int(length), 10_000)))
                types = {field.name: field.type for field in fields(Behaviour)}
                if not isinstance(wanted, dict) or any(type(value) is not types[key] for key, value in wanted.items()):
                    raise ValueError("not a behaviour")
                simulator.behave(Behaviour(**wanted))
            except (ValueError, KeyError, TypeError):
                self._say(400, {"error": "expected a JSON object with fields of a behaviour"})
                return
            self._say(200, {"behaviour": asdict(simulator.present)})

        def _say(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header(SIMULATOR_HEADER, "oui")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Control
