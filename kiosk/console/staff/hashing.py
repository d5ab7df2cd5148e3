"""Passwords are hashed one at a time on this machine, and after everything else.

One takes 64 MiB and all the processors there are, so two at once take twice the memory and end no sooner. Who guesses
at passwords must not keep patients waiting: the thread that hashes gives way to the others.
"""

import fcntl
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

GIVES_WAY = 10  # as ``nice`` counts


@cache
def _hashing() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="hashing", initializer=_give_way)


def _give_way() -> None:
    me = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, me, max(GIVES_WAY, os.getpriority(os.PRIO_PROCESS, me)))


def _in_turn(hashed: Callable[[], object]) -> object:
    """Beside other processes of this machine too: the kernel gives back the turn of one that dies."""
    with (settings.KIOSK.data_dir / "hashing").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return hashed()


class Argon2(Argon2PasswordHasher):
    """Django's, in its turn, with the second of the two recommended settings (RFC 9106, section 4)."""

    time_cost, memory_cost, parallelism = 3, 64 * 1024, 4

    def must_update(self, _encoded: str) -> bool:
        """Never by itself: an account is written by its acts alone. One of before opens as it was hashed."""
        return False

    def encode(self, password: str, salt: str) -> str:
        return str(_hashing().submit(_in_turn, lambda: super(Argon2, self).encode(password, salt)).result())

    def verify(self, password: str, encoded: str) -> bool:
        return bool(_hashing().submit(_in_turn, lambda: super(Argon2, self).verify(password, encoded)).result())
