"""The shapes of INSi's own types; how names are written is the core's matter (``kiosk.core.identity.names``)."""

import re

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PLACE = re.compile(r"[A-Za-z0-9]{5}", re.ASCII)


def is_date(text: str) -> bool:
    """Say whether this is a birth date on the wire: lunar dates (date lunaire) are."""
    return _DATE.fullmatch(text) is not None


def is_place(text: str) -> bool:
    """Say whether this has the shape of a place of birth (code officiel géographique)."""
    return _PLACE.fullmatch(text) is not None
