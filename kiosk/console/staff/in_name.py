"""What a member of staff may ask INSi in their own name: Pro Santé Connect's tokens, sealed in the session.

They are kept only where the settings ask for it, never in clear, as long as the session; no page, trail or journal
ever says one. They live minutes: the newer one is fetched when it is needed.
"""

import base64
import json
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kiosk.console.models import Staff
from kiosk.console.records import structure
from kiosk.console.staff import psc
from kiosk.console.staff.psc import Professional, Tokens, Trouble
from kiosk.sealing import CannotOpen

_KEPT = "in_name"
_SPARE = 30  # seconds a token must still be good for: a question takes some


class SessionOver(Exception):
    """Pro Santé Connect no longer vouches for this person: they sign in with it again."""


def keep(request: HttpRequest, staff: Staff, professional: Professional) -> None:
    """Keep what lets this person ask in their name, where the settings say they shall."""
    if _is_wanted() and professional.tokens is not None:
        _seal(request, staff, _written(professional))


def may_ask(request: HttpRequest) -> bool:
    """Whether what this person asks goes in their name: signed in with Pro Santé Connect, where the site wants it."""
    return _is_wanted() and request.session.get("means") == "psc"


def held(request: HttpRequest, staff: Staff) -> Professional:
    """Who asks, with a token that is good now. SessionOver."""
    try:
        professional = _read(_opened(request, staff))
    except (CannotOpen, ValueError, KeyError, TypeError):
        raise SessionOver from None
    tokens, section = professional.tokens, settings.KIOSK.psc
    if tokens is None or section is None:
        raise SessionOver
    if tokens.until - _SPARE > time.time():
        return professional
    if not tokens.refresh or tokens.refresh_until <= time.time():
        raise SessionOver
    try:
        renewed = psc.refreshed(section, tokens.refresh)
    except Trouble as trouble:
        psc.note(trouble.why)
        raise SessionOver from None
    later = psc.with_tokens(professional, renewed)
    _seal(request, staff, _written(later))
    return later


def _is_wanted() -> bool:
    return settings.KIOSK.desk_caller == "psc" and settings.KIOSK.psc is not None


def _written(professional: Professional) -> bytes:
    tokens = professional.tokens
    said: dict[str, Any] = {
        "id": professional.national_ids[0],
        "profession": professional.profession,
        "skills": professional.skills,
        "tokens": [tokens.access, tokens.until, tokens.refresh, tokens.refresh_until] if tokens is not None else None,
    }
    return json.dumps(said).encode()


def _read(written: bytes) -> Professional:
    said = json.loads(written)
    return Professional(
        *((said["id"],), "", frozenset(), ""),
        profession=said["profession"],
        skills=tuple(said["skills"]),
        tokens=Tokens(*said["tokens"]),
    )


def _seal(request: HttpRequest, staff: Staff, written: bytes) -> None:
    sealed = structure.seal_body(written, structure.context_of("in-name", staff.pk))
    request.session[_KEPT] = base64.b64encode(sealed).decode("ascii")


def _opened(request: HttpRequest, staff: Staff) -> bytes:
    sealed = base64.b64decode(str(request.session.get(_KEPT, "")))
    return structure.open_body(sealed, structure.context_of("in-name", staff.pk))
