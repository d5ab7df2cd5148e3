"""gunicorn's asyncio worker, patient with slow clients: none of them holds a thread, and each has a deadline."""

import asyncio
from asyncio import sslproto
from typing import Any

from gunicorn.asgi import protocol
from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers.gasgi import ASGIWorker

from kiosk import journal
from kiosk.console.config import ServerSettings
from kiosk.console.site.door import Address, Door

GREETING_WITHIN = 10.0  # seconds, of TLS
HEAD_WITHIN = 10.0  # from the greeting to the end of the first request's head; later ones have ``keepalive``
BACKLOG = 512

vars(protocol)["_CACHED_SERVER_HEADER"] = b""  # nobody need know what answers
sslproto.SSLProtocol.max_size = 32 * 1024  # of each connection's buffer, filled with zeros at once; a record has 16


class Talk(ASGIProtocol):
    """One connection. Who is too slow to ask, to send or to take the answer is hung up on."""

    worker: Any  # a ``PatientWorker``
    transport: asyncio.Transport
    _awaiting_request: bool
    _where: Address
    req_count: int

    def connection_made(self, transport: Any) -> None:
        self._deadline = self.worker.loop.call_later(HEAD_WITHIN, transport.abort)
        self._where = transport.get_extra_info("peername")
        self.worker.talks[self._where] = self
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        if self.worker.talks.get(self._where) is self:
            del self.worker.talks[self._where]
        super().connection_lost(exc)

    def leave_if_idle(self) -> bool:
        if self._awaiting_request:
            self.transport.abort()
        return self._awaiting_request

    def has_answered(self) -> bool:
        return self.req_count > 1

    async def _handle_http_request(self, *request: Any, **more: Any) -> bool:
        self._deadline.cancel()
        self._deadline = self.worker.loop.call_later(_settings(self.worker).request_seconds, self.transport.abort)
        parent: Any = super()  # its types are published without what a subclass needs
        try:
            return bool(await parent._handle_http_request(*request, **more))
        finally:
            self._deadline.cancel()

    def _is_websocket_upgrade(self, _request: object) -> bool:
        return False

    def _send_error_response(self, status: int, _message: str, extra_headers: Any = ()) -> None:
        parent: Any = super()
        parent._send_error_response(status, "", extra_headers)  # the message may repeat what was sent


class _Loop(asyncio.SelectorEventLoop):
    """The worker's, whose server has our door and speaks as we do."""

    def __init__(self, worker: "PatientWorker") -> None:
        super().__init__()
        self._worker = worker
        self.set_exception_handler(_record)

    async def create_server(self, *_: object, **said: Any) -> Any:
        settings = _settings(self._worker)
        leaves = self._worker.leaves
        said["sock"] = Door(said["sock"], settings.connections, settings.connections_each, leaves)
        said |= {"backlog": BACKLOG, "ssl_handshake_timeout": GREETING_WITHIN, "ssl_shutdown_timeout": 2.0}
        return await super().create_server(lambda: Talk(self._worker), **said)


def _record(_loop: asyncio.AbstractEventLoop, said: dict[str, Any]) -> None:
    """A client that speaks no TLS, or is gone, is nothing to write down; the rest is a bug."""
    trouble = said.get("exception")
    if isinstance(trouble, Exception) and not isinstance(trouble, OSError):
        journal.record_bug(trouble)


def _settings(worker: Any) -> ServerSettings:
    server: ServerSettings = worker.app.server  # of ``serve.Served``
    return server


class PatientWorker(ASGIWorker):
    """Serves the console (``serve.Served``) and nothing else."""

    def init_process(self) -> None:
        self.talks: dict[Address, Talk] = {}  # by where they come from
        super().init_process()

    def _setup_event_loop(self) -> None:
        self.loop = _Loop(self)
        asyncio.set_event_loop(self.loop)

    def leaves(self, where: Address) -> bool:
        """Whether who is there has had an answer, asks for nothing, and so is hung up on."""
        talk = self.talks.get(where)
        return talk is not None and talk.has_answered() and talk.leave_if_idle()

    async def _shutdown(self) -> None:
        """Requests under way are finished; who asks for nothing need not be waited for."""
        for talk in list(self.talks.values()):
            talk.leave_if_idle()
        parent: Any = super()
        await parent._shutdown()
