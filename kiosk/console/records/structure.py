"""The structure's key pair in this process: opens what is sealed for it, seals for itself. In memory only.

No token knows ML-KEM-768: the file of the key stays, closed with a passphrase that a token's key may keep. Whoever has
the disk and not the token opens nothing; the passphrase is asked for once, at the start, and not kept.
"""

from dataclasses import dataclass
from functools import cache

from django.conf import settings

from kiosk import pkcs11
from kiosk.console.config import ServerSettings
from kiosk.sealing import (
    BadKey,
    CannotOpen,
    RecipientPrivateKey,
    load_recipient,
    open_sealed,
    seal,
    sealed_for,
)


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The structure's key, and those it replaced."""

    current: RecipientPrivateKey
    by_id: dict[str, RecipientPrivateKey]


@cache
def keys() -> Keys:
    """The keys of this process, read once from their files."""
    server: ServerSettings = settings.KIOSK
    passphrase = _passphrase(server)
    current = load_recipient(server.recipient_key, passphrase)
    former = [load_recipient(path, passphrase) for path in server.former_recipient_keys]
    return Keys(current, {key.public_key.key_id: key for key in (current, *former)})


def _passphrase(server: ServerSettings) -> bytes:
    """As its file says it, or as the token opens it, now and not again. BadKey."""
    said = server.passphrase_file.read_bytes()
    if not server.passphrase_token:
        if pkcs11.is_closed(said):
            raise BadKey(f"{server.passphrase_file} : fermé pour un jeton, que passphrase_token ne nomme pas")
        return said.strip()
    if not pkcs11.is_closed(said):
        raise BadKey(f"{server.passphrase_file} : aucun jeton ne le ferme ; faites-le avec kiosk keys token")
    try:
        return pkcs11.opened(server.passphrase_token, pkcs11.code_in(server.passphrase_code_file), said)
    except pkcs11.TokenTroubleError as trouble:
        raise BadKey(f"passphrase_token : {trouble}") from None


def open_body(body: bytes, context: bytes) -> bytes:
    """Open with the key the record is sealed for. CannotOpen when it is none of ours."""
    key = keys().by_id.get(sealed_for(body))
    if key is None:
        raise CannotOpen("sealed for a key this console does not hold")
    return open_sealed(body, key, context)


def seal_body(plain: bytes, context: bytes) -> bytes:
    """Seal for ourselves, with the current key."""
    return seal(plain, keys().current.public_key, context)


def context_of(part: str, key: object) -> bytes:
    return f"{part}:{key}".encode()
