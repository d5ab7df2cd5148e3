"""What a kiosk asks of its console about a person opens for the structure alone, and what comes back for it alone."""

import pytest

from kiosk import sealing
from kiosk.core.checkin.recognition import answer_to_bytes, read_question
from kiosk.storage.acquaintance import PATH, ConsoleAcquaintance
from tests.people import LEO, ZOE

STRUCTURE = sealing.generate_recipient()


class Link:
    """A console that answers what it is told to, to who asks."""

    def __init__(self, answers: bytes | None = None, code: str = "http-200", key: bytes = b"") -> None:
        self._answers, self._code, self._key = answers, code, key
        self.asked: list[tuple[str, bytes, float]] = []

    def ask(self, path: str, body: bytes, seconds: float) -> tuple[bytes, str]:
        self.asked.append((path, body, seconds))
        if self._answers is None:
            return b"", self._code
        question = read_question(sealing.open_sealed(body, STRUCTURE, b"recognition:hall-1"))
        return sealing.lock(self._answers, self._key or question.key, b"recognised:" + question.nonce), self._code


def _asked(link: Link) -> ConsoleAcquaintance:
    def open_box(box: bytes, key: bytes, context: bytes) -> bytes | None:
        try:
            return sealing.unlock(box, key, context)
        except sealing.CannotOpen:
            return None

    return ConsoleAcquaintance(
        link, "hall-1", lambda plain, context: sealing.seal(plain, STRUCTURE.public_key, context), open_box
    )


@pytest.mark.parametrize("known", [True, False])
def test_what_the_console_says_in_its_box_is_believed(known: bool) -> None:
    link = Link(answer_to_bytes(known))
    assert _asked(link).knows(ZOE.beneficiary(), 1.5) == (known, "answered")
    [(path, body, seconds)] = link.asked
    assert (path, seconds) == (PATH, 1.5)
    assert ZOE.number.encode() not in body


def test_no_two_questions_about_a_person_are_alike_or_of_another_length() -> None:
    link = Link(answer_to_bytes(True))
    console = _asked(link)
    for _ in range(2):
        console.knows(ZOE.beneficiary(), 1.5)
    first, second = (
        read_question(sealing.open_sealed(body, STRUCTURE, b"recognition:hall-1")) for _, body, _ in link.asked
    )
    assert first.nonce != second.nonce and first.key != second.key
    assert len({len(body) for _, body, _ in link.asked}) == 1


@pytest.mark.parametrize(
    ("link", "code"),
    [
        (Link(code="http-404"), "http-404"),
        (Link(code="late"), "late"),
        (Link(answer_to_bytes(True), key=bytes(32)), "nonsense"),
        (Link(b"{}"), "nonsense"),
        (Link(b""), "nonsense"),
    ],
    ids=["an older console", "late", "another's box", "no answer", "nothing"],
)
def test_whatever_is_no_answer_to_this_question_is_a_no(link: Link, code: str) -> None:
    assert _asked(link).knows(ZOE.beneficiary(), 1.5) == (False, code)


def test_of_whom_the_card_says_too_little_nobody_is_asked() -> None:
    link = Link(answer_to_bytes(True))
    assert _asked(link).knows(LEO.beneficiary(), 1.5) == (False, "not-asked")
    assert link.asked == []
