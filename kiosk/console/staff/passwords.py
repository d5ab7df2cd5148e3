"""What a password may not be made of: the words that anybody would try first at this console."""

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from kiosk.console.models import Staff

REMAIN = 8  # characters beside the words that anybody here would try
_SHORTEST = 4  # letters of a word that counts: "de" and "les" are in everything
_OURS = (
    "borne",
    "accueil",
    "kiosk",
    "console",
    "identite",
    "hopital",
    "clinique",
    "patient",
    "vitale",
    "insi",
    "qualite",
)
_WORD = re.compile(r"[a-z]+")


class NotOfOurWords:
    """Django's validator: without the words of the product, the structure and the account, enough is left.

    OWASP ASVS 5.0, 6.1.2 and 6.2.11. ``deploy/guides/asvs.md`` names where the words come from.
    """

    def validate(self, password: str, user: Staff | None = None) -> None:
        name = user.username if user is not None else ""
        words = {*_OURS, *_words(settings.KIOSK.structure), *_words(name)}
        left = _plain(password)
        for word in sorted(words, key=lambda one: (-len(one), one)):
            left = left.replace(word, "")
        if len(left) < REMAIN:
            raise ValidationError(self.get_help_text(), code="our_words")

    def get_help_text(self) -> str:
        return gettext(
            "Le nom de l’établissement, du service ou du compte ne fait pas un mot de passe : ajoutez d’autres mots."
        )


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(_plain(text)) if len(word) >= _SHORTEST]


def _plain(text: str) -> str:
    """In small letters without accents: "Hôpital" and "hopital" are one word."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
