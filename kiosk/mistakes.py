"""What is wrong in a settings file, as its technician reads it: a French sentence that says what to write.

Values are never repeated: one may be a secret.
"""

import errno
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_KINDS = {
    "missing": "cette clé manque : ajoutez-la.",
    "extra_forbidden": "clé inconnue : corrigez son orthographe, ou retirez-la.",
    "literal_error": "valeur inconnue : écrivez {expected}.",
    "string_type": "écrivez un texte entre guillemets.",
    "path_type": "écrivez un chemin entre guillemets.",
    "bool_type": "écrivez true ou false, sans guillemets.",
    "int_type": "écrivez un nombre entier, sans guillemets.",
    "int_from_float": "écrivez un nombre entier, sans virgule.",
    "float_type": "écrivez un nombre, sans guillemets.",
    "finite_number": "écrivez un nombre fini.",
    "greater_than": "trop petit : écrivez un nombre supérieur à {gt}.",
    "greater_than_equal": "trop petit : écrivez au moins {ge}.",
    "less_than": "trop grand : écrivez un nombre inférieur à {lt}.",
    "less_than_equal": "trop grand : écrivez au plus {le}.",
    "string_too_short": "trop court : écrivez au moins {min_length} caractère(s).",
    "string_too_long": "trop long : écrivez au plus {max_length} caractères.",
    "too_short": "écrivez au moins {min_length} élément(s).",
    "too_long": "écrivez au plus {max_length} éléments.",
    "dict_type": "écrivez une section : son nom entre crochets sur une ligne, puis ses clés.",
    "tuple_type": "écrivez une liste entre crochets.",
    "list_type": "écrivez une liste entre crochets.",
}
_LIKE = {"bool_parsing": "bool_type", "int_parsing": "int_type", "float_parsing": "float_type"} | dict.fromkeys(
    ("model_type", "model_attributes_type", "dataclass_type"), "dict_type"
)
_FORMS = {  # what a pattern of the settings asks for
    r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$": "écrivez des lettres sans accent, des chiffres et des tirets, 40 au plus.",
    r"^[A-Z]$": "écrivez une seule lettre majuscule, sans accent.",
    r"^(postgres(ql)?://.+)?$": "écrivez postgresql://compte@machine/nom, ou rien : SQLite dans data_dir.",
    r"^(https://[^?#@]+)?$": "écrivez une adresse qui commence par https://, sans compte ni « ? », ou rien.",
    r"^(/.+|[A-Za-z0-9.-]+:[0-9]{1,5})?$": "écrivez /dev/log, ou machine:port, ou rien.",
    r"^[A-Za-z0-9]{1,40}$": "écrivez des lettres sans accent et des chiffres, 40 au plus.",
    r"^https://[^?#]+[^/?#]$": "écrivez une adresse qui commence par https://, sans barre à la fin.",
    r"^(https://.+)?$": "écrivez une adresse qui commence par https://, ou rien.",
    r"^https://": "écrivez une adresse qui commence par https://.",
    r"^\+?[0-9](?:[ .]?[0-9]){2,14}$": "écrivez un numéro de téléphone ainsi : 01 23 45 67 89.",
    r"^pkcs11:": "écrivez où est la clé dans la carte : pkcs11:…",
}
_REASONS = {
    errno.ENOENT: "n'existe pas",
    errno.EACCES: "n'est pas lisible par ce compte",
    errno.EISDIR: "est un dossier, pas un fichier",
    errno.ENOTDIR: "passe par un fichier qui n'est pas un dossier",
    errno.ENAMETOOLONG: "porte un nom trop long",
    errno.ELOOP: "est un lien qui mène à lui-même",
    errno.EROFS: "est sur un disque en lecture seule",
    errno.ENOSPC: "est sur un disque plein",
}
_PLACE_IN_FILE = re.compile(r"at line (\d+), column (\d+)")


def sentence(error: Mapping[str, Any]) -> str:
    """Say what pydantic found, and what to write instead."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context.get("error", ""))
    if kind == "string_pattern_mismatch":
        return _FORMS.get(context["pattern"], "ce texte n'a pas la forme attendue : voyez deploy/guides/technician.md.")
    if "expected" in context:
        context = context | {"expected": str(context["expected"]).replace(" or ", " ou ").replace("'", '"')}
    words = _KINDS.get(_LIKE.get(kind, kind))
    return words.format(**context) if words else f"valeur refusée ({kind}) : voyez deploy/guides/technician.md."


def reason(trouble: OSError) -> str:
    """Why a file cannot be used; follows its name."""
    return _REASONS.get(trouble.errno or 0, f"ne peut être lu (erreur {trouble.errno})")


def is_plain_file(path: Path) -> bool:
    """Whether it can be opened at once: a pipe that nobody writes to would be waited for. A folder says so itself."""
    kind = path.stat().st_mode
    return stat.S_ISREG(kind) or stat.S_ISDIR(kind)


def not_toml(trouble: Exception) -> str:
    """Where a file stops being TOML."""
    if isinstance(trouble, tomllib.TOMLDecodeError) and (found := _PLACE_IN_FILE.search(str(trouble))):
        return f"ligne {found[1]}, colonne {found[2]} : ce n'est pas du TOML ; vérifiez guillemets, crochets et « = »."
    if isinstance(trouble, UnicodeDecodeError):
        return "le fichier n'est pas un texte en UTF-8 : enregistrez-le ainsi."
    return "ce n'est pas du TOML : vérifiez guillemets, crochets et la fin du fichier."


_HOST = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?|[0-9A-Fa-f:.]+:[0-9A-Fa-f:.]*", re.ASCII
)


def https_address(url: str) -> str:
    """An address of a server: https, a host, a port that exists, no account, nothing behind a question mark."""
    try:
        place = urlsplit(url)
        port, host = place.port, place.hostname or ""
    except ValueError:
        raise ValueError("écrivez un port entre 1 et 65535, et l'adresse ainsi : https://serveur:8443") from None
    if place.scheme != "https" or not _HOST.fullmatch(host) or port == 0:
        raise ValueError("écrivez l'adresse entière : https://, le nom du serveur, son port (https://serveur:8443)")
    if "@" in place.netloc:
        raise ValueError("une adresse ne porte ni compte ni mot de passe : retirez-les")
    if place.query or place.fragment or re.search(r"\s", url):
        raise ValueError("retirez de l'adresse les espaces et ce qui suit « ? » ou « # »")
    return url
