"""The question whether the console knows a card's person: sealed, signed, answered in a closed box."""

import os
from collections.abc import Callable

from kiosk.core.checkin.recognition import KEY_BYTES, NONCE_BYTES, BadAnswer, question_about, read_answer
from kiosk.core.sources.card import Beneficiary
from kiosk.storage.delivery import ConsoleLink

PATH = "/intake/recognition"
ANSWERED = "answered"

Seal = Callable[[bytes, bytes], bytes]  # plain, context -> sealed for the structure
OpenBox = Callable[[bytes, bytes, bytes], bytes | None]  # box, key, context -> what is in it; None: it does not open


class ConsoleAcquaintance:
    """Asks the console over a link of its own: a question waits behind no delivery."""

    def __init__(self, link: ConsoleLink, kiosk: str, seal: Seal, open_box: OpenBox) -> None:
        self._link = link
        self._kiosk = kiosk
        self._seal = seal
        self._open_box = open_box

    def knows(self, person: Beneficiary, deadline: float) -> tuple[bool, str]:
        """Whether the console knows and has qualified this person; no, when it does not say so in time."""
        question = question_about(person, os.urandom(NONCE_BYTES), os.urandom(KEY_BYTES))
        if question is None:
            return False, "not-asked"
        sealed = self._seal(question.to_bytes(), f"recognition:{self._kiosk}".encode("ascii"))
        box, code = self._link.ask(PATH, sealed, deadline)
        if not box:
            return False, code
        said = self._open_box(box, question.key, b"recognised:" + question.nonce)
        try:
            return (said is not None and read_answer(said)), ANSWERED if said is not None else "nonsense"
        except BadAnswer:
            return False, "nonsense"
