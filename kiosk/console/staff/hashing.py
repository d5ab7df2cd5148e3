"""Passwords are hashed two at a time on this machine: each takes 100 MiB, and all the processors there are."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 2


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Wait for a place. The kernel frees it when a process dies, and counts those of all processes together."""
    places = [(settings.KIOSK.data_dir / f"hashing-{number}").open("ab") for number in range(AT_ONCE)]
    try:
        if not any(_is_free(place.fileno()) for place in places):
            fcntl.flock(places[0], fcntl.LOCK_EX)
        yield
    finally:
        for place in places:
            place.close()


def _is_free(place: int) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Argon2(Argon2PasswordHasher):
    """Django's, in its turn."""

    def encode(self, password: str, salt: str) -> str:
        with _one_of_few():
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with _one_of_few():
            return bool(super().verify(password, encoded))
