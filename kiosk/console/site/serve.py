"""Serves the console over HTTPS: gunicorn with its asyncio worker, its own certificate, TLS 1.2 at least."""

import gc
import json
import ssl
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.template.loader import render_to_string
from django.urls import get_resolver, reverse
from gunicorn.app.base import BaseApplication

from kiosk import journal
from kiosk.console.config import ServerSettings
from kiosk.console.identities import communes
from kiosk.console.questions import pool
from kiosk.console.records import structure
from kiosk.console.site.environ import Answer
from kiosk.console.site.gate import Gate, answer
from kiosk.console.site.patient import BACKLOG, PatientWorker
from kiosk.console.upkeep import asked, glancing, insi_now
from kiosk.lean import keep_lean


class Served(BaseApplication):
    """One console process under gunicorn's eye; nothing is written that says who asked for what."""

    def __init__(self, server: ServerSettings, announce: Callable[[str], None]) -> None:
        self.server = server
        self._announce = announce
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._wanted().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        application = get_wsgi_application()
        get_resolver().url_patterns  # noqa: B018 - every page's module is read now, not before the first request
        structure.keys()
        communes.matching("Paris")  # the table is read now, not before the first patient
        gate = Gate(application, self.server, reverse("sign-in"), _crowded(self.server))
        gc.freeze()  # what stays for ever is not looked through again and again
        return gate

    def _wanted(self) -> dict[str, Any]:
        server = self.server
        return {
            "bind": f"{server.host}:{server.port}",
            "worker_class": PatientWorker,
            "workers": server.processes,
            "asgi_lifespan": "off",
            "asgi_loop": "asyncio",
            "backlog": BACKLOG,
            "timeout": 60,
            "graceful_timeout": 15,
            "keepalive": 15,
            "max_requests": 0,
            "certfile": str(server.certificate),
            "keyfile": str(server.key),
            "ssl_context": _tls,
            "limit_request_line": 2048,
            "limit_request_fields": 60,
            "forwarded_allow_ips": "",
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "critical",
            "control_socket_disable": True,
            "proc_name": "kiosk-console",
            "worker_tmp_dir": "/dev/shm",  # noqa: S108 - in memory: its sign of life never waits for a busy disk
            "post_worker_init": self._ready,
            "worker_exit": _leave,
        }

    def _ready(self, worker: PatientWorker) -> None:
        port = worker.sockets[0].getsockname()[1]
        host = self.server.host if ":" not in self.server.host else f"[{self.server.host}]"
        journal.record(journal.Happening.STARTED, port=port)
        glancing.start()
        insi_now.start(self.server)
        insi = asked.asker_of(self.server)
        if insi is not None:
            pool.start(asked.stepper(insi), self.server.questions_at_once)
        if worker.age == 1:  # the first of them; one that replaces another says nothing
            self._announce(f"https://{host}:{port}/")


def _crowded(server: ServerSettings) -> Answer:
    """For who signs in while more guess than are listened to: made now, so that it takes nobody's time then."""
    page = render_to_string("console/crowded.html", {"structure": server.structure}).encode()
    policy = b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'"
    headers = ((b"content-security-policy", policy), (b"x-frame-options", b"DENY"))
    return answer(HTTPStatus.TOO_MANY_REQUESTS, b"text/html; charset=utf-8", page, *headers)


def _leave(_server: object, _worker: object) -> None:
    """What waits to be asked is due in the table; what is being asked is finished."""
    glancing.stop()
    insi_now.stop()
    pool.stop()


def _tls(_config: object, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def announce_json(url: str) -> None:
    sys.stdout.write(json.dumps({"ready": True, "url": url}) + "\n")
    sys.stdout.flush()


def run(server: ServerSettings, announce: Callable[[str], None] = announce_json) -> None:
    """Serve until told to stop (SIGTERM): requests under way are finished first."""
    keep_lean(heaps=2, large=512 * 1024, kept=1024 * 1024)  # a check-in's parts are taken from pages that are there
    arguments, sys.argv = sys.argv, sys.argv[:1]
    try:
        Served(server, announce).run()
    finally:
        sys.argv = arguments
