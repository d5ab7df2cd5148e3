"""Between the event loop and Django's threads: a request comes to a thread whole, and its answer leaves without one.

Not Django's own ASGI handler: it gives each request a new thread, so a new connection to the database, and writes what
is sent to a temporary file.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from kiosk.console.config import ServerSettings
from kiosk.console.site.door import host_of
from kiosk.console.site.environ import Answer, Application, Message, answered
from kiosk.console.site.sending import Gone, Receive, Sending, TooMuch
from kiosk.console.site.turns import Crowded, Turns
from kiosk.console.staff import known_browsers

Send = Callable[[Message], Awaitable[None]]

FROM_KIOSKS = "/intake/"
LONGEST_FORM = 256 * 1024
LONGEST_SENT = 9 * 1024 * 1024  # by a kiosk; of what is longer the page is given nothing, and says so
ALL_TOGETHER = 48 * 1024 * 1024  # of what is being sent, in one process
WAITING, WAITING_EACH = 512, 64  # for a thread; of them from one place
GUESSES = 1  # passwords are looked at one by one (``hashing``)
GUESSES_WAITING, GUESSES_EACH, GUESS_WITHIN = 16, 2, 0.4  # seconds
KNOWN_WAITING, KNOWN_WITHIN = 64, 20.0  # seconds, of browsers that have signed in before: at eight a whole house's do
AGAIN_AFTER = b"2"  # seconds, to who is told that there are too many


class Gate:
    """The console as gunicorn's asyncio worker calls it."""

    def __init__(self, application: Application, server: ServerSettings, guessed_at: str, crowded: Answer) -> None:
        """``guessed_at``: the page where passwords are; ``crowded``: what is said there when too many do."""
        self._application = application
        self._threads = ThreadPoolExecutor(server.threads, thread_name_prefix="page")
        self._turns = Turns(server.threads, waiting=WAITING, each=WAITING_EACH, seconds=server.request_seconds)
        self._guesses = Turns(GUESSES, waiting=GUESSES_WAITING, each=GUESSES_EACH, seconds=GUESS_WITHIN)
        self._known = Turns(GUESSES, waiting=KNOWN_WAITING, each=KNOWN_WAITING, seconds=KNOWN_WITHIN)
        self._guessed_at, self._crowded = guessed_at, crowded
        self._sending = Sending(ALL_TOGETHER)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except Gone:
            return
        finally:
            self._sending.done()
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Message, receive: Receive) -> Answer:
        place, length, is_kiosks = host_of(scope["client"]), _length(scope), scope["path"].startswith(FROM_KIOSKS)
        if length > LONGEST_FORM and not is_kiosks:
            return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large")
        is_guess = scope["method"] == "POST" and scope["path"] == self._guessed_at
        doors = [self._door_of(scope)] if is_guess else []
        try:
            body = await self._sending.whole(receive, place) if 0 < length <= LONGEST_SENT else b""
            return await self._in_turn(scope, body, place, [*doors, self._turns])
        except Crowded:
            return self._crowded if is_guess else refusal(HTTPStatus.TOO_MANY_REQUESTS, "too-many")
        except TooMuch:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "too-many")

    def _door_of(self, scope: Message) -> Turns:
        """Whoever guesses keeps others who guess waiting, but nobody whose browser has signed in here before."""
        cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
        return self._known if known_browsers.has_signed_in(cookies) else self._guesses

    async def _in_turn(self, scope: Message, body: bytes, place: str, needed: list[Turns]) -> Answer:
        """Who asked may leave meanwhile: what a thread has begun it ends, and only then is it another's turn."""
        taken: list[Turns] = []
        try:
            for turns in needed:
                await turns.take(place)
                taken.append(turns)
        except BaseException:
            _give(taken)
            raise
        self._sending.keep()
        called = asyncio.get_running_loop().run_in_executor(self._threads, answered, self._application, scope, body)
        called.add_done_callback(lambda _: _give(taken))
        return await asyncio.shield(called)


def refusal(status: HTTPStatus, word: str) -> Answer:
    """Short, and made without a thread; a kiosk reads the number, as before."""
    body = json.dumps({"outcome": word, "reason": ""}).encode()
    return answer(status, b"application/json", body)


def answer(status: HTTPStatus, content_type: bytes, body: bytes, *more: tuple[bytes, bytes]) -> Answer:
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"retry-after", AGAIN_AFTER),
        (b"strict-transport-security", b"max-age=31536000"),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Answer(status, [*headers, *more], body)


def _give(taken: list[Turns]) -> None:
    for turns in taken:
        turns.give()


def _length(scope: Message) -> int:
    """What is said to come; a body that says no length is not read, as WSGI has none."""
    said = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(said[0]) if said and len(said[0]) < 12 else LONGEST_SENT + 1 if said else 0
