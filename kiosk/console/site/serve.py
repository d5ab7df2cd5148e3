"""Serves the console over HTTPS: gunicorn with threads, its own certificate, TLS 1.2 at least."""

import contextlib
import gc
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from kiosk import journal
from kiosk.console.config import ServerSettings
from kiosk.console.identities import comparing
from kiosk.console.questions import pool
from kiosk.console.records import structure
from kiosk.console.upkeep import asked, insi_now


class PatientWorker(ThreadWorker):
    """gunicorn's threads, with a deadline: who sends a request drop by drop does not keep a thread for ever."""

    def init_process(self) -> None:
        if not isinstance(self.app, Served):
            raise TypeError("a patient worker serves the console and nothing else")
        self._deadlines: dict[TConn, float] = {}
        self._within = float(self.app.server.request_seconds)
        threading.Thread(target=self._watch, name="deadlines", daemon=True).start()
        super().init_process()

    def handle(self, conn: TConn) -> bool:
        self._deadlines[conn] = time.monotonic() + self._within
        try:
            return super().handle(conn)
        finally:
            self._deadlines.pop(conn, None)

    def _watch(self) -> None:
        while not threading.Event().wait(0.5):
            now = time.monotonic()
            for conn, deadline in list(self._deadlines.items()):
                if now > deadline:
                    with contextlib.suppress(OSError):  # gone by itself meanwhile
                        socket.socket.shutdown(conn.sock, socket.SHUT_RDWR)  # the reading thread wakes up and leaves


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
        comparing.places()  # read now, not before the first patient
        gc.freeze()  # what stays for ever is not looked through again and again
        return application

    def _wanted(self) -> dict[str, Any]:
        server = self.server
        return {
            "bind": f"{server.host}:{server.port}",
            "worker_class": PatientWorker,
            "workers": server.processes,
            "threads": server.threads,
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
        insi_now.start(self.server)
        insi = asked.asker_of(self.server)
        if insi is not None:
            pool.start(asked.stepper(insi), self.server.questions_at_once)
        if worker.age == 1:  # the first of them; one that replaces another says nothing
            self._announce(f"https://{host}:{port}/")


def _leave(_server: object, _worker: object) -> None:
    """What waits to be asked is due in the table; what is being asked is finished."""
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
    arguments, sys.argv = sys.argv, sys.argv[:1]
    try:
        Served(server, announce).run()
    finally:
        sys.argv = arguments
