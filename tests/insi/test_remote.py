"""INSi asked through the console: sealed for the structure, of one length, and nothing comes back but "received"."""

from uuid import uuid4

import pytest

from kiosk import sealing
from kiosk.core.checkin.question import QUESTION_BYTES, read_question
from kiosk.core.sources.card import Beneficiary
from kiosk.core.turn.ports import Brought
from kiosk.insi.remote import QuestionsThroughConsole
from tests.people import LEO, PIERRE_ALAIN, ZOE

STRUCTURE = sealing.generate_recipient()
AT = "2026-11-29T09:00:00+01:00"


class Link:
    def __init__(self, code: str = "http-202") -> None:
        self._code = code
        self.brought: list[tuple[str, bytes, float]] = []

    def bring(self, path: str, body: bytes, seconds: float) -> str:
        self.brought.append((path, body, seconds))
        return self._code


def through(link: Link) -> QuestionsThroughConsole:
    return QuestionsThroughConsole(link, lambda plain, context: sealing.seal(plain, STRUCTURE.public_key, context))


def test_a_question_opens_for_the_structure_alone_and_under_its_own_key() -> None:
    key, other = str(uuid4()), str(uuid4())
    sealed = through(Link()).by_card(key, LEO.beneficiary(), ZOE.beneficiary(), AT)
    question = read_question(sealing.open_sealed(sealed, STRUCTURE, f"question:{key}".encode()))
    assert (question.key, question.beneficiary, question.insured) == (key, LEO.beneficiary(), ZOE.beneficiary())
    assert question.read_at == AT
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(sealed, STRUCTURE, f"question:{other}".encode())


def test_a_card_or_a_document_short_names_or_long_the_question_has_one_length() -> None:
    questions = through(Link())
    sealed = [
        questions.by_card(str(uuid4()), ZOE.beneficiary(), None, AT),
        questions.by_card(str(uuid4()), LEO.beneficiary(), ZOE.beneficiary(), AT),
        questions.by_document(str(uuid4()), ZOE.traits(), AT),
        questions.by_document(str(uuid4()), PIERRE_ALAIN.traits(), AT),
    ]
    assert len({len(each) for each in sealed}) == 1
    assert len(sealed[0]) > QUESTION_BYTES


def test_of_whom_too_little_is_said_nobody_is_asked() -> None:
    questions = through(Link())
    assert questions.by_card(str(uuid4()), Beneficiary("ADRUN", "ZOE", "1975-12-31"), None, AT) == b""
    assert questions.by_card(str(uuid4()), ZOE.beneficiary(), None, "") == b"", "read at no known time"


@pytest.mark.parametrize(
    ("code", "brought"),
    [
        ("http-202", Brought.RECEIVED),
        *((code, Brought.LATER) for code in ("unreachable", "late", "tls", "nonsense", "http-500", "http-503")),
        *((f"http-{number}", Brought.NEVER) for number in (301, 401, 404, 413, 422, 429)),
        ("http-200", Brought.LATER),
    ],
)
def test_only_what_the_console_holds_is_received_and_a_refusal_is_not_tried_again(code: str, brought: Brought) -> None:
    link = Link(code)
    assert through(link).bring("k", b"sealed", 2.0) == (brought, code)
    assert link.brought == [("/intake/questions/k", b"sealed", 2.0)]
