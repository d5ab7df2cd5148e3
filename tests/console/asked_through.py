"""Questions as kiosks send them, and an INSi that answers as a test says and remembers what it was asked."""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kiosk.core.checkin.question import Question, question_by_card, question_by_document
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import BY_CARD, Exchange, InsAnswer, InsNotFound, InsRefused, InsSeveral, InsUnreachable
from kiosk.insi.names import BY_TRAITS
from kiosk.sealing import seal
from tests.console.arrivals import check_in_of, deliver, found, mrz_of, put
from tests.people import Person

THROUGH = InsUnreachable("through-console")


@dataclass
class FakeInsi:
    """INSi at the test's word: an answer, or what it does, by card and by traits."""

    card: InsAnswer | Callable[[], InsAnswer]
    traits: InsAnswer | Callable[[], InsAnswer] = field(default_factory=lambda: InsUnreachable("timeout"))
    asked: list[object] = field(default_factory=list)
    card_seconds: list[float | None] = field(default_factory=list)  # that each search was given

    def look_for(
        self,
        person: Beneficiary | None,
        insured: Beneficiary | None,
        traits: Traits | None,
        earlier: Sequence[Exchange],
        card_seconds: float | None = None,
    ) -> InsAnswer:
        """As the client does: card, then document; what answered before is not asked again."""
        self.card_seconds.append(card_seconds)
        card: InsAnswer | None = None
        if person is not None:
            is_known = any(one.operation == BY_CARD and one.code != "timeout" for one in earlier)
            card = self._said(self.card) if is_known else self._answer(self.card, BY_CARD, (person, insured))
            if traits is None or not isinstance(card, InsNotFound | InsSeveral | InsRefused):
                return card
        assert traits is not None
        then = self._answer(self.traits, BY_TRAITS, traits)
        return replace(then, exchanges=((card.exchanges if card is not None else ()) + then.exchanges))

    def _answer(self, said: Any, operation: str, asked: object) -> InsAnswer:
        self.asked.append(asked)
        answer = self._said(said)
        code = "timeout" if isinstance(answer, InsUnreachable) else "00"
        now = datetime.now(UTC).isoformat()
        call = Exchange(operation, f"uuid:{len(self.asked)}", now, 300, code, b"<question/>", b"<answer/>")
        return replace(answer, exchanges=(call,))

    def _said(self, said: Any) -> InsAnswer:
        answer: InsAnswer = said() if callable(said) else said
        return answer


def knowing(person: Person) -> FakeInsi:
    """INSi that finds this person, whatever it is asked."""
    return FakeInsi(found(person), found(person))


def by_card(person: Person, **changes: str) -> Question:
    beneficiary = replace(person.beneficiary(), **changes)
    question = question_by_card(str(uuid.uuid4()), beneficiary, None, datetime.now(UTC).isoformat())
    assert question is not None
    return question


def by_document(person: Person) -> Question:
    question = question_by_document(str(uuid.uuid4()), mrz_of(person).traits, datetime.now(UTC).isoformat())
    assert question is not None
    return question


def sealed(question: Question, key: str = "") -> bytes:
    from kiosk.console.records import vault

    context = f"question:{key or question.key}".encode()
    return seal(question.to_bytes(), vault.keys().current.public_key, context)


def send(question: Question, *, body: bytes | None = None, key: str = "", **said: Any) -> Any:
    """The question as its kiosk sends it."""
    path = f"/intake/questions/{key or question.key}"
    return put(path, sealed(question) if body is None else body, **said)


def asked(person: Person, question: Question | None = None, **said: Any) -> Question:
    """A question about this person, received by the console."""
    question = question or by_card(person)
    answer = send(question, **said)
    assert (answer.status_code, answer.content) == (202, b'{"outcome": "received"}')
    return question


def naming(question: Question, person: Person, **changes: object) -> CheckIn:
    """The check-in that rests on this question."""
    return check_in_of(person, THROUGH, question=question.key, **changes)


def due_now() -> None:
    """Time has passed: leases are over, and what waits is due."""
    from kiosk.console.models import Question as Row

    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    Row.objects.exclude(leased_until=None).update(leased_until=long_ago)
    Row.objects.exclude(next_at=None).update(next_at=long_ago)


def answered(insi: FakeInsi) -> int:
    """The worker does all that is due; gives how much."""
    from kiosk.console.upkeep import asked as upkeep

    due_now()
    count = 0
    while upkeep.once(insi):
        count += 1
        assert count < 50
    return count


def row_of(question: Question) -> Any:
    from kiosk.console.models import Question as Row

    return Row.objects.get(pk=UUID(question.key))


def came(check_in: CheckIn) -> Any:
    from kiosk.console.models import Arrival

    answer = deliver(check_in)
    assert answer.status_code == 201, answer.content
    return Arrival.objects.select_related("sealed", "person").get(pk=check_in.key)


def said_to(arrival: Any) -> InsAnswer:
    """INSi's answer that counts for this visit."""
    from kiosk.console.models import Arrival
    from kiosk.console.register import visits

    return visits.opened(Arrival.objects.select_related("sealed", "person__absorbed_by").get(pk=arrival.pk)).insi


def trail(act: str) -> list[dict[str, Any]]:
    """What these acts say, with the kiosk as it is called."""
    from kiosk.console.models import AuditEntry, places

    told = [json.loads(one.details) for one in AuditEntry.objects.filter(act=act).order_by("number")]
    return [one | {"kiosk": places.opened("terminal_id", one["kiosk"])} if "kiosk" in one else one for one in told]
