"""What may stand between us and INSi: a structure's proxy, and a gateway that wants the certificate late."""

import base64
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.insi.simulated.testpki import TestPki
from tests.insi.envelopes import FOUND

USER, PASSWORD = "borne", "un mot : de passe é"


class ProxyServer:
    """A proxy of the loopback that asks for a user and a password, and keeps what it was asked."""

    def __init__(self, reply: bytes = b"") -> None:
        self.asked: list[bytes] = []
        self.reply = reply  # said instead of opening a tunnel
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        for each in [self._server, *self._open]:
            with suppress(OSError):  # gone by itself
                each.shutdown(socket.SHUT_RDWR)  # whoever still listens there hears its end
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._server.accept()
            except OSError:
                return
            self._open.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with suppress(OSError):  # one side has gone, or this server has stopped
            self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = peer.recv(4096)
            if not piece:
                return  # whoever called has hung up
            head += piece
        self.asked.append(head)
        if self.reply:
            peer.sendall(self.reply)
            return
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode())
        if b"Proxy-Authorization: Basic " + expected + b"\r\n" not in head:
            peer.sendall(b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n')
            return
        host, port = head.split(b" ")[1].decode().rsplit(":", 1)
        onward = socket.create_connection((host, int(port)))
        self._open.append(onward)
        peer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=_copy, args=(onward, peer), daemon=True).start()
        _copy(peer, onward)


def _copy(here: socket.socket, there: socket.socket) -> None:
    try:
        while piece := here.recv(65536):
            there.sendall(piece)
        there.shutdown(socket.SHUT_WR)
    except OSError:
        here.close()


@contextmanager
def proxy_server(reply: bytes = b"") -> Iterator[ProxyServer]:
    server = ProxyServer(reply)
    try:
        yield server
    finally:
        server.stop()


ANSWER = (
    f"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nContent-Length: {len(FOUND.encode())}\r\n\r\n{FOUND}"
)


@contextmanager
def renegotiating(pki: TestPki, ca: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """OpenSSL's own server: reads the request without a certificate, then asks for one by renegotiation (TLS 1.2).

    Yields where to call, and what the server wrote down, whole when the block ends.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["openssl", "s_server", "-tls1_2", "-accept", f"127.0.0.1:{port}", "-naccept", "1", "-state"]
    command += ["-cert", str(pki.insi_certificate), "-key", str(pki.insi_key), "-CAfile", str(ca or pki.ca)]
    command += ["-verify_return_error", "-no_resumption_on_reneg"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    gateway = _Gateway(server)
    try:
        gateway.hear_until("ACCEPT")
        play = threading.Thread(target=gateway.play, daemon=True)
        play.start()
        yield f"https://localhost:{port}/lps", gateway.said
        with suppress(BrokenPipeError):  # it has ended by itself
            gateway.tell("Q\n")  # our side keeps the connection: without this it would wait for more
        play.join(20)
    finally:
        server.kill()
        server.wait()


class _Gateway:
    def __init__(self, server: "subprocess.Popen[bytes]") -> None:
        assert server.stdin is not None and server.stdout is not None
        self._in, self._out = server.stdin, server.stdout.fileno()
        self.said: list[str] = []

    def hear_until(self, *words: str) -> None:
        """Keep what the server writes, up to one of these words or its end."""
        heard = ""
        while not any(word in heard for word in words) and (piece := os.read(self._out, 65536)):
            heard += piece.decode(errors="replace")
        self.said.append(heard)

    def tell(self, text: str) -> None:
        self._in.write(text.encode())
        self._in.flush()

    def play(self) -> None:
        """Read up to the envelope's end, ask for the certificate, answer once it was shown."""
        self.hear_until(":Envelope>")
        self.tell("R\n")  # renegotiate, and ask for the client's certificate
        self.hear_until("read finished", "ERROR", "alert")
        self.tell(ANSWER)
        self.hear_until("never said: up to the end")


class LateServer:
    """A TLS 1.3 server of Python's own that asks for the certificate once the request has come."""

    def __init__(self, pki: TestPki) -> None:
        self.shown: list[object] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(pki.insi_certificate, pki.insi_key)
        context.load_verify_locations(pki.ca)
        context.post_handshake_auth = True
        context.verify_mode = ssl.CERT_REQUIRED
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"https://localhost:{self._listening.getsockname()[1]}/lps"
        self._thread = threading.Thread(target=self._serve, args=(context,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._thread.join(20)
        self._listening.close()

    def _serve(self, context: ssl.SSLContext) -> None:
        peer, _ = self._listening.accept()
        with context.wrap_socket(peer, server_side=True) as tls:
            said = b""
            while b"Envelope>" not in said:
                said += tls.recv(65536)
            self.shown.append(tls.getpeercert())
            tls.verify_client_post_handshake()
            tls.settimeout(1.0)
            with suppress(TimeoutError):
                tls.recv(1)  # the certificate is read here; a client in its right mind says nothing else
            self.shown.append(tls.getpeercert())
            tls.sendall(ANSWER.encode())
