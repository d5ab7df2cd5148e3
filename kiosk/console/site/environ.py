"""A request of the event loop (ASGI) as Django's threads read it (WSGI), and what they answer, whole."""

import sys
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

Message = MutableMapping[str, Any]
Application = Callable[..., Iterable[bytes]]
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, whole."""

    status: int
    headers: Headers
    body: bytes


def answered(application: Application, scope: Message, body: bytes) -> Answer:
    """Have the application answer, on this thread."""
    began: list[tuple[int, Headers]] = []

    def start(status: str, headers: list[tuple[str, str]], _trouble: object = None) -> None:
        coded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        began.append((int(status.split(" ", 1)[0]), coded))

    parts: Any = application(_environ(scope, body), start)
    try:
        whole = b"".join(parts)
    finally:
        parts.close()  # a request's connections to the database rest from here on
    return Answer(*began[-1], whole)


def _environ(scope: Message, body: bytes) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for coded, value in scope["headers"]:
        name = coded.decode("latin-1").upper().replace("-", "_")
        name = name if name in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{name}"
        said = value.decode("latin-1")
        environ[name] = f"{environ[name]},{said}" if name in environ else said
    return environ
