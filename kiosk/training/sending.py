"""Invented check-ins sent to a console as an enrolled kiosk sends them: signed, sealed, over HTTPS, INSi asked there.

They go to an address of their own, which production refuses. A console that is busy is asked again for a while.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from kiosk.app.back_office import Place
from kiosk.core.checkin.codec import to_bytes
from kiosk.core.turn.ports import Brought, Questions
from kiosk.storage.delivery import ConsoleLink, Reply
from kiosk.training.case import Case, Cast
from kiosk.training.visits import NOT_ASKED, THROUGH_CONSOLE, Visit, visit_of

ADDRESS = "/intake/invented"
ASK_SECONDS, QUESTION_SECONDS = 10.0, 4.0
_PATIENCE, _PAUSE = 90.0, 3.0  # seconds for which one check-in is tried again, and between two tries
_QUESTIONS_A_MINUTE = 15  # fewer than a console takes from one kiosk; the others its worker asks by itself

Seal = Callable[[bytes, bytes], bytes]  # plain, context -> sealed


class NotSent(Exception):
    """The console takes no more; a code: ``http-…``, or why nothing came back."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One invented person waits at the console."""

    case: Case
    ticket: str
    key: str


@dataclass(frozen=True, slots=True)
class Terminal:
    """What sends: an enrolled kiosk's way to its console, its place, its numbers and its clock."""

    link: ConsoleLink
    questions: Questions
    seal: Seal
    place: Place
    next_ticket: Callable[[], str]
    now: Callable[[], datetime]
    pause: Callable[[float], None]

    def mode(self) -> str:
        """In which mode the console is, which says that invented people may come. NotSent when they may not."""
        said, code = self.link.ask(ADDRESS, b"{}", ASK_SECONDS)
        if not said:
            raise NotSent(code)
        return said.decode("ascii", "replace")

    def send(self, casts: Iterable[Cast], every: float = 0.0) -> Iterator[Arrived]:
        """Send them, one after the other. NotSent when one does not get through."""
        asked: deque[datetime] = deque(maxlen=_QUESTIONS_A_MINUTE)
        for cast in casts:
            visit = visit_of(cast, self.now(), seed=int(cast.person.number[-8:]))
            for _ in range(cast.case.visits):
                yield self._one(visit, asked)
                self.pause(every)

    def _one(self, visit: Visit, asked: deque[datetime]) -> Arrived:
        question = self._ask(visit, asked)
        is_askable = visit.beneficiary is not None or visit.traits is not None
        key, ticket = str(uuid4()), self.next_ticket()
        insi = THROUGH_CONSOLE if is_askable else NOT_ASKED
        check_in = visit.check_in(key, ticket, self.place, self.now(), insi, question)
        sealed = self.seal(to_bytes(check_in), f"check-in:{key}".encode("ascii"))
        waited = 0.0
        while True:
            reply, code = self.link.put(f"{ADDRESS}/{key}", sealed, "application/octet-stream")
            if reply is Reply.TAKEN:
                return Arrived(visit.cast.case, ticket, key)
            if reply is Reply.NEVER or waited >= _PATIENCE or code in ("http-403", "http-404"):
                raise NotSent(code)
            self.pause(_PAUSE)
            waited += _PAUSE

    def _ask(self, visit: Visit, asked: deque[datetime]) -> str:
        """Have the console ask INSi, as a kiosk does meanwhile; "" where it did not take the question."""
        now = self.now()
        if len(asked) == asked.maxlen and (now - asked[0]).total_seconds() < 60:
            return ""
        key, read_at = str(uuid4()), now.isoformat(timespec="seconds")
        if visit.beneficiary is not None:
            sealed = self.questions.by_card(key, visit.beneficiary, visit.insured, read_at)
        else:
            sealed = self.questions.by_document(key, visit.traits, read_at) if visit.traits is not None else b""
        if not sealed:
            return ""
        asked.append(now)
        brought, _ = self.questions.bring(key, sealed, QUESTION_SECONDS)
        return key if brought is Brought.RECEIVED else ""
