"""French is the source language of every sentence; other languages translate it (gettext, domain ``patient``)."""

import gettext
from functools import lru_cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"


@lru_cache(maxsize=1)
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation("patient", localedir=LOCALES, languages=["fr"], fallback=True)


def _(text: str) -> str:
    """Say a sentence in the patient's language."""
    return _catalogue().gettext(text)


def typeset(text: str) -> str:
    """Write French as it is printed: curved apostrophes, and no line beginning with a question mark or a colon."""
    text = text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    for mark in "?!:;":
        text = text.replace(f" {mark}", f"\N{NO-BREAK SPACE}{mark}")
    return text


def ngettext(one: str, many: str, count: int) -> str:
    """Say a sentence that depends on a number; French says none as it says one."""
    return _catalogue().ngettext(one, many, max(count, 1))
