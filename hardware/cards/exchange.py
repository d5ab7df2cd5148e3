"""What every T=0 card may answer before it answers: more bytes waiting, another length wanted (ISO 7816-3, 7816-4).

A card that never stops saying so is cut off: every loop here has a bound.
"""

from collections.abc import Callable

from hardware.cards.base import CardExchangeFailed

LONGEST_ANSWER = 256  # a short APDU brings no more than this
MOST_STEPS = 12  # GET RESPONSE and corrected lengths for one command

_MORE_WAITING = 0x61
_WRONG_LENGTH = 0x6C


def exchange(send: Callable[[bytes], bytes], command: bytes) -> bytes:
    """Send one command and collect its whole answer, status bytes last, whatever the card asks for in between.

    ``send`` is one exchange with the card. CardExchangeFailed when the card answers no status or never ends.
    """
    collected = b""
    current = command
    corrected = False
    for _ in range(MOST_STEPS):
        answer = send(current)
        if len(answer) < 2:
            raise CardExchangeFailed("an answer without status bytes")
        data, first, second = answer[:-2], answer[-2], answer[-1]
        if len(data) > LONGEST_ANSWER or len(collected) + len(data) > LONGEST_ANSWER:
            raise CardExchangeFailed("an answer longer than was asked for")
        if first == _WRONG_LENGTH and not corrected and _ends_in_expected_length(current):
            current = current[:-1] + bytes([second])
            corrected = True
            continue
        collected += data
        if first != _MORE_WAITING:
            return collected + answer[-2:]
        current = bytes([command[0] & 0x03, 0xC0, 0x00, 0x00, second])
        corrected = False
    raise CardExchangeFailed("a card that never ends its answer")


def _ends_in_expected_length(command: bytes) -> bool:
    """Say whether the last byte is Le: without data (case 2) or after them (case 4). Else it is data, left alone."""
    return len(command) == 5 or (len(command) > 5 and len(command) == 5 + command[4] + 1)
