"""A card's key that signs (CPx, PKCS#11): what is to be signed goes to the card, the key never leaves it."""

import threading
from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding, PKCS1v15

from kiosk import pkcs11


class AnotherCardError(pkcs11.TokenTroubleError):
    """What signed is not what the certificate speaks of: another card was put in."""


class TokenKey:
    """Signs as ``cryptography``'s RSA keys do, so that a library of XML signatures may call it; rsa-sha256 alone.

    A code that was refused once is not said again until its file changes: a card locks itself after three.
    """

    def __init__(self, uri: str, code_file: Path, certificate: Callable[[], x509.Certificate]) -> None:
        self._uri = uri
        self._code_file = code_file
        self._certificate = certificate
        self._refused: tuple[object, pkcs11.TokenTroubleError] | None = None
        self._lock = threading.Lock()  # a card does one thing at a time

    def sign(self, data: bytes, padding: AsymmetricPadding, algorithm: hashes.HashAlgorithm) -> bytes:
        """Have the card sign. TokenTroubleError; AnotherCardError."""
        if not isinstance(padding, PKCS1v15) or not isinstance(algorithm, hashes.SHA256):
            raise TypeError("INSi takes rsa-sha256 alone")
        with self._lock:
            seen = self._print()
            if self._refused is not None and self._refused[0] == seen:
                raise self._refused[1]
            try:
                signature = pkcs11.sign(self._uri, self._code(), data)
            except pkcs11.TokenTroubleError as trouble:
                self._refused = (seen, trouble) if trouble.pin_refused else None
                raise
            self._refused = None
        self._check(signature, data)
        return signature

    def _check(self, signature: bytes, data: bytes) -> None:
        key = self._certificate().public_key()
        try:
            if not isinstance(key, rsa.RSAPublicKey):
                raise InvalidSignature
            key.verify(signature, data, PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise AnotherCardError(_("la carte n'est pas celle du certificat")) from None

    def _print(self) -> object:
        try:
            stat = self._code_file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def _code(self) -> bytes | None:
        try:
            with self._code_file.open("rb") as file:
                return file.readline(200).rstrip(b"\r\n") or None
        except OSError:
            raise pkcs11.TokenTroubleError(_("le fichier du code de la carte ne se lit pas")) from None
