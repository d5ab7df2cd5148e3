"""A witness on another machine, as a site may write one: keeps what it is told, answers with the line before."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Afar:
    """What it was told, in its order, and where it stands."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.url = ""


@contextmanager
def witness(folder: Path) -> Iterator[Afar]:
    """One with the certificate and key of this folder."""
    afar = Afar()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer()
            afar.lines.append(self.rfile.read(int(self.headers["Content-Length"])).decode("ascii").strip())

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            said = (afar.lines[-1] if afar.lines else "").encode("ascii")
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_words: object) -> None:
            """Nothing to standard error."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "console.pem", folder / "console.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    afar.url = f"https://localhost:{server.server_port}/heads"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield afar
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
