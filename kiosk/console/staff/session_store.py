"""Where sessions are kept: under a keyed fingerprint of the browser's own key, proven as a whole.

A copy of a row, or the row of another put under one's own name, opens nothing; who reads the table learns no key that a
browser could show. A process remembers the sessions that it ended: the row of one, put back, opens nothing there.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as _OfDjango
from django.utils import timezone

from kiosk.console import keyring
from kiosk.console.models import Session, Staff
from kiosk.console.witness import findings

_LETTERS = 40  # what Django's column holds
_MOST_ENDED = 20_000  # that one process remembers, the latest: some days'
_ended: dict[str, None] = {}


class SessionStore(_OfDjango):
    """Django's sessions in the database, in a table that proves itself."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        found = Session.objects.filter(session_key=self._kept_as, expire_date__gt=timezone.now()).first()
        if found is not None and found.session_key in _ended:
            findings.note([findings.Found("older", found.as_found())])
            found = None
        if found is None or not found.is_proven:
            self._session_key = None
            return {}
        return dict(self.decode(found.session_data))

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=kept_as(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        staff = data.get(SESSION_KEY)
        return Session(
            session_key=self._kept_as,
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            staff_id=Staff._meta.pk.to_python(staff) if staff is not None else None,
        )

    def delete(self, session_key: str | None = None) -> None:
        shown = session_key if session_key is not None else self.session_key
        if shown is not None:
            end([kept_as(shown)])

    @property
    def _kept_as(self) -> str:
        return kept_as(self.session_key or "")


def end(keys: Iterable[str]) -> None:
    """End the sessions that the table calls so."""
    ended = dict.fromkeys(keys)
    Session.objects.filter(pk__in=[*ended]).delete()
    _ended.update(ended)
    while len(_ended) > _MOST_ENDED:
        _ended.pop(next(iter(_ended)))


def kept_as(session_key: str) -> str:
    """What the table calls the session that a browser shows this key of; of itself it opens nothing."""
    return keyring.proof("session", (session_key,)).hex()[-_LETTERS:]
