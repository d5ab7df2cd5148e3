"""Sealing for the structure, signing by the kiosk: the one place that knows cryptography.

A check-in is sealed for the structure's public key (HPKE, RFC 9180, with the hybrid ML-KEM-768 + X25519) before it
touches a disk: the kiosk cannot read back what it captured, and a stolen one reveals nothing. What a kiosk sends is
signed with its own key (Ed25519), so the console knows whose it is. What the console keeps of one visit or one person
is locked with a key of its own (ChaCha20-Poly1305): destroying that key erases it.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV, ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_MAGIC = b"KIOSK-SEAL-1\n"
_PEM = re.compile(rb"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----\n?", re.DOTALL)
_MAX_KEY_FILE = 64 * 1024
_NONCE = 12  # bytes, random: a key locks few things, a store key some millions between two renewals

_BLOCK = 16  # bytes

KioskKey = Ed25519PublicKey  # what a console knows a kiosk by, and a kiosk the console
SigningKey = Ed25519PrivateKey


class CannotOpen(ValueError):
    """The seal does not open with this key and context: another key, or altered bytes. Never says what was inside."""


class BadKey(ValueError):
    """A key file that is missing, of another kind, or whose passphrase is wrong; says which file and what to do."""


@dataclass(frozen=True, slots=True)
class RecipientPublicKey:
    """The structure's public key: all a kiosk needs to seal. ``key_id`` names it in every sealed record."""

    mlkem: mlkem.MLKEM768PublicKey
    x25519: x25519.X25519PublicKey

    def to_pem(self) -> bytes:
        pem = serialization.Encoding.PEM
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.mlkem.public_bytes(pem, spki) + self.x25519.public_bytes(pem, spki)

    @property
    def key_id(self) -> str:
        """Sixteen hexadecimal digits of the key's SHA-256."""
        return hashlib.sha256(self.to_pem()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, repr=False)
class RecipientPrivateKey:
    """The structure's private key: it lives with the console and never reaches a kiosk."""

    mlkem: mlkem.MLKEM768PrivateKey
    x25519: x25519.X25519PrivateKey

    @property
    def public_key(self) -> RecipientPublicKey:
        return RecipientPublicKey(self.mlkem.public_key(), self.x25519.public_key())


def generate_recipient() -> RecipientPrivateKey:
    """Make a new key pair for a structure."""
    return RecipientPrivateKey(mlkem.MLKEM768PrivateKey.generate(), x25519.X25519PrivateKey.generate())


def save_recipient(private: RecipientPrivateKey, path: Path, passphrase: bytes) -> None:
    """Write the private key, encrypted with the passphrase, for its owner's eyes only (mode 0600)."""
    protection = serialization.BestAvailableEncryption(passphrase)
    pem = serialization.Encoding.PEM
    pkcs8 = serialization.PrivateFormat.PKCS8
    write_private(
        path,
        private.mlkem.private_bytes(pem, pkcs8, protection) + private.x25519.private_bytes(pem, pkcs8, protection),
    )


def load_recipient(path: Path, passphrase: bytes) -> RecipientPrivateKey:
    """Read a private key written by ``save_recipient``. BadKey when it cannot be."""
    keys = [_private_key(block, passphrase, path) for block in _pem_blocks(path)]
    match keys:
        case [mlkem.MLKEM768PrivateKey() as lattice, x25519.X25519PrivateKey() as curve]:
            return RecipientPrivateKey(lattice, curve)
    raise BadKey(f"{path} n'est pas la clé privée d'une structure (deux blocs) : vérifiez le chemin")


def load_recipient_public(path: Path) -> RecipientPublicKey:
    """Read a public key written from ``RecipientPublicKey.to_pem``. BadKey when it cannot be."""
    keys: list[object] = []
    for block in _pem_blocks(path):
        try:
            keys.append(serialization.load_pem_public_key(block))
        except (ValueError, TypeError):
            raise BadKey(f"{path} n'est pas une clé publique (PEM) : vérifiez le chemin") from None
    match keys:
        case [mlkem.MLKEM768PublicKey() as lattice, x25519.X25519PublicKey() as curve]:
            return RecipientPublicKey(lattice, curve)
    raise BadKey(f"{path} n'est pas la clé publique d'une structure (deux blocs) : vérifiez le chemin")


def seal(plain: bytes, recipient: RecipientPublicKey, context: bytes) -> bytes:
    """Seal for the structure; ``context`` (what this record is) is bound to it and not stored in it."""
    head = _MAGIC + recipient.key_id.encode("ascii") + b"\n"
    body = _SUITE.encrypt(plain, MLKEM768X25519PublicKey(recipient.mlkem, recipient.x25519), info=head + context)
    return head + body


def is_sealed(body: bytes) -> bool:
    """True for what looks like a sealed record; only opening it tells whether it is one."""
    return body.startswith(_MAGIC)


def sealed_for(sealed: bytes) -> str:
    """Tell the id of the key a record is sealed for. CannotOpen when it is no sealed record."""
    head = sealed[: len(_MAGIC) + 17]
    if not head.startswith(_MAGIC) or not head.endswith(b"\n"):
        raise CannotOpen("this is not a sealed record of version 1")
    return head[len(_MAGIC) : -1].decode("ascii", "replace")


def open_sealed(sealed: bytes, private: RecipientPrivateKey, context: bytes) -> bytes:
    """Open what ``seal`` made for this key in this context. CannotOpen otherwise."""
    sealed_for(sealed)
    head, body = sealed[: len(_MAGIC) + 17], sealed[len(_MAGIC) + 17 :]
    try:
        return _SUITE.decrypt(body, MLKEM768X25519PrivateKey(private.mlkem, private.x25519), info=head + context)
    except (InvalidTag, ValueError):
        raise CannotOpen("the seal does not open: sealed for another key or context, or altered") from None


def generate_key() -> bytes:
    """Make a key for ``lock``: thirty-two random bytes."""
    return ChaCha20Poly1305.generate_key()


def lock(plain: bytes, key: bytes, context: bytes) -> bytes:
    """Lock with a key of one's own; ``context`` is bound to it and not stored in it. Adds twenty-eight bytes."""
    nonce = os.urandom(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, context)


def unlock(locked: bytes, key: bytes, context: bytes) -> bytes:
    """Unlock what ``lock`` made with this key in this context. CannotOpen otherwise."""
    try:
        return ChaCha20Poly1305(key).decrypt(locked[:_NONCE], locked[_NONCE:], context)
    except (InvalidTag, ValueError):
        raise CannotOpen("the lock does not open: locked with another key or context, or altered") from None


def close_block(block: bytes, key: bytes) -> bytes:
    """Sixteen bytes as sixteen others, the same each time: to be found again by who has the key (AES-256)."""
    closing = Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK))).encryptor()  # one block: chained to nothing
    return closing.update(block) + closing.finalize()


def open_blocks(closed: bytes, key: bytes) -> bytes:
    """What ``close_block`` closed, one or many behind each other. ValueError unless each is sixteen bytes."""
    opening = Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK))).decryptor()
    chained = opening.update(closed) + opening.finalize()  # each was chained to the one before, and is loosened again
    before = bytes(_BLOCK) + closed[:-_BLOCK]
    return (int.from_bytes(chained) ^ int.from_bytes(before)).to_bytes(len(chained))


def close_alike(plain: bytes, key: bytes, context: bytes) -> bytes:
    """Close what who has the key meets again: in one context the same each time (AES-256-SIV). Adds sixteen bytes."""
    return _alike(key).encrypt(plain, [context])


def open_alike(closed: bytes, key: bytes, context: bytes) -> bytes:
    """What ``close_alike`` closed with this key in this context. CannotOpen otherwise."""
    try:
        return _alike(key).decrypt(closed, [context])
    except (InvalidTag, ValueError):
        raise CannotOpen("what was closed does not open: another key or context, or altered") from None


@lru_cache(maxsize=64)
def _alike(key: bytes) -> AESSIV:
    return AESSIV(key)


def generate_signer() -> Ed25519PrivateKey:
    """Make a kiosk's own signing key."""
    return Ed25519PrivateKey.generate()


def save_signer(key: Ed25519PrivateKey, path: Path) -> None:
    """Write a kiosk's signing key (mode 0600; the disk it stands on is the kiosk's own)."""
    write_private(
        path,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def load_signer(path: Path) -> Ed25519PrivateKey:
    """Read a kiosk's signing key. BadKey when it cannot be."""
    match [_private_key(block, None, path) for block in _pem_blocks(path)]:
        case [Ed25519PrivateKey() as key]:
            return key
    raise BadKey(f"{path} n'est pas la clé d'une borne (Ed25519) : vérifiez le chemin")


def signer_public_pem(key: Ed25519PrivateKey) -> bytes:
    """The public half, in PEM, to register at the console."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def load_verifier(pem: bytes) -> Ed25519PublicKey:
    """Read a kiosk's public key from PEM. BadKey when it is another kind."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, TypeError):
        raise BadKey("not a public key in PEM form") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey("not a kiosk's public key (Ed25519)")
    return key


def signer_of_seed(seed: bytes) -> SigningKey:
    """The signing key that these 32 secret bytes are."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def raw_verifier(key: KioskKey) -> bytes:
    """A public key as its 32 bytes."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def load_raw_verifier(data: bytes) -> KioskKey:
    """A public key from its 32 bytes."""
    return Ed25519PublicKey.from_public_bytes(data)


def intake_message(path: str, kiosk: str, sent_at: str, body: bytes) -> bytes:
    """The bytes a kiosk signs for one request to the console: where, who, when, and the body's digest."""
    return intake_message_of(path, kiosk, sent_at, hashlib.sha256(body).digest())


def intake_message_of(path: str, kiosk: str, sent_at: str, digest: bytes) -> bytes:
    """The same of a body of which only the SHA-256 is left."""
    return "\n".join(("kiosk-intake-1", path, kiosk, sent_at, digest.hex())).encode()


def sign(message: bytes, key: Ed25519PrivateKey) -> bytes:
    return key.sign(message)


def verify(message: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    """True when this key signed exactly this message."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _pem_blocks(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_KEY_FILE)
    except OSError as trouble:
        raise BadKey(f"{path} n'est pas lisible ({trouble.strerror}) : corrigez le chemin ou les droits") from None
    return _PEM.findall(data)


def _private_key(block: bytes, passphrase: bytes | None, path: Path) -> object:
    try:
        return serialization.load_pem_private_key(block, passphrase)
    except (ValueError, TypeError):
        raise BadKey(
            f"{path} n'est pas une clé privée (PEM), ou sa phrase de passe est fausse : vérifiez-les"
        ) from None


def write_private(path: Path, data: bytes) -> None:
    """For its owner's eyes only; on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
