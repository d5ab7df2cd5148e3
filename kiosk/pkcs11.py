"""A private key that never leaves its PKCS#11 token (carte, HSM, TPM): OpenSSL asks the token to sign, or to open.

Python's ``ssl`` takes keys from files alone, so its context is handed to OpenSSL itself here, through the engine of
libp11 (Debian ``libengine-pkcs11-openssl``). The one place that looks behind ``ssl``: it does so only when a key is
configured as a ``pkcs11:`` URI, on the layout of CPython 3.11 to 3.13, and refuses any other.
"""

import base64
import ctypes
import os
import ssl
import sys
import threading
import urllib.parse
from gettext import gettext as _
from pathlib import Path

_ENGINE_LOCK = threading.Lock()
_LONGEST = 1024  # bytes: of an 8192-bit key
_OAEP = 4  # OpenSSL's RSA_PKCS1_OAEP_PADDING
_MAGIC = b"kiosk-token-1\n"


class TokenTroubleError(Exception):
    """The token's key cannot be used; the message holds no secret."""

    def __init__(self, what: str, *, pin_refused: bool = False) -> None:
        super().__init__(what)
        self.pin_refused = pin_refused  # never try again with the same: a token locks itself after three


def use_key(context: ssl.SSLContext, uri: str, pin: bytes | None, certificates_pem: bytes) -> None:
    """Give a TLS context our certificate chain, and the key that this URI (RFC 7512) names.

    ``module-path`` in the URI's query says which library speaks to the token.
    """
    crypto, tls = _libraries()
    pointer = _pointer_of(context, tls)
    key = _key(crypto, uri, pin)
    descriptor = os.memfd_create("insi-chain", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, certificates_pem)
        chain = f"/proc/self/fd/{descriptor}".encode()
        if tls.SSL_CTX_use_certificate_chain_file(pointer, chain) != 1:
            raise TokenTroubleError(_("le certificat n'est pas accepté"))
        if tls.SSL_CTX_use_PrivateKey(pointer, key) != 1 or tls.SSL_CTX_check_private_key(pointer) != 1:
            raise TokenTroubleError(_("la clé du jeton ne correspond pas au certificat"))
    finally:
        os.close(descriptor)
        crypto.EVP_PKEY_free(key)  # the context keeps its own reference
        crypto.ERR_clear_error()


def sign(uri: str, pin: bytes | None, data: bytes) -> bytes:
    """Have the token sign with the key that this URI names: rsa-sha256."""
    crypto, _tls = _libraries()
    key = _key(crypto, uri, pin)
    work = crypto.EVP_MD_CTX_new()
    try:
        room = ctypes.c_size_t(_LONGEST)
        signature = ctypes.create_string_buffer(_LONGEST)
        is_done = crypto.EVP_DigestSignInit(work, None, crypto.EVP_sha256(), None, key) == 1
        is_done = is_done and crypto.EVP_DigestSign(work, signature, ctypes.byref(room), data, len(data)) == 1
        if not is_done:
            raise _trouble(crypto)
        return signature.raw[: room.value]
    finally:
        crypto.EVP_MD_CTX_free(work)
        crypto.EVP_PKEY_free(key)
        crypto.ERR_clear_error()


def close(uri: str, pin: bytes | None, plain: bytes) -> bytes:
    """A short secret as a file says it that the key which this URI names alone opens (RSA-OAEP)."""
    closed = _turned("EVP_PKEY_encrypt", uri, pin, plain, _("la clé du jeton ne ferme rien : il en faut une RSA"))
    if opened(uri, pin, _MAGIC + base64.b64encode(closed)) != plain:
        raise TokenTroubleError(_("le jeton ne rend pas ce qui lui a été confié"))
    return _MAGIC + base64.b64encode(closed) + b"\n"


def opened(uri: str, pin: bytes | None, file: bytes) -> bytes:
    """What ``close`` has closed, opened by the token."""
    try:
        closed = base64.b64decode(file.removeprefix(_MAGIC).strip(), validate=True)
    except ValueError:
        closed = b""
    why = _("le jeton n'ouvre pas ce fichier : fermé pour une autre clé, ou abîmé")
    return _turned("EVP_PKEY_decrypt", uri, pin, closed, why)


def is_closed(file: bytes) -> bool:
    """Whether this is what ``close`` writes."""
    return file.startswith(_MAGIC)


def code_in(path: Path | None) -> bytes | None:
    """The token's code: the first line of its file."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return file.readline(200).rstrip(b"\r\n") or None
    except OSError:
        raise TokenTroubleError(_("le fichier du code du jeton ne se lit pas")) from None


def _turned(how: str, uri: str, pin: bytes | None, data: bytes, why_not: str) -> bytes:
    """Data closed or opened with a token's key."""
    crypto, _tls = _libraries()
    key = _key(crypto, uri, pin)
    work = crypto.EVP_PKEY_CTX_new(key, None)
    turned = ctypes.create_string_buffer(_LONGEST)
    try:
        room = ctypes.c_size_t(_LONGEST)
        is_begun = getattr(crypto, f"{how}_init")(work) == 1 and crypto.EVP_PKEY_CTX_set_rsa_padding(work, _OAEP) == 1
        if not is_begun or getattr(crypto, how)(work, turned, ctypes.byref(room), data, len(data)) != 1:
            raise TokenTroubleError(why_not)
        return turned.raw[: room.value]
    finally:
        ctypes.memset(turned, 0, _LONGEST)
        crypto.EVP_PKEY_CTX_free(work)
        crypto.EVP_PKEY_free(key)
        crypto.ERR_clear_error()


def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    known = sys.implementation.name == "cpython" and (3, 11) <= sys.version_info < (3, 14)
    if not known or object.__basicsize__ != 2 * ctypes.sizeof(ctypes.c_void_p):
        raise TokenTroubleError(_("cette version de Python ne permet pas d'utiliser un jeton PKCS#11"))
    try:
        crypto, tls = ctypes.CDLL("libcrypto.so.3"), ctypes.CDLL("libssl.so.3")  # those that ssl has loaded already
    except OSError as error:
        raise TokenTroubleError(_("OpenSSL 3 n'est pas celui du système")) from error
    address, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    turning = [address, text, address, text, ctypes.c_size_t]
    for library, name, result, arguments in (
        (crypto, "ENGINE_by_id", address, [text]),
        (crypto, "ENGINE_ctrl_cmd_string", number, [address, text, text, number]),
        (crypto, "ENGINE_init", number, [address]),
        (crypto, "ENGINE_finish", number, [address]),
        (crypto, "ENGINE_free", number, [address]),
        (crypto, "ENGINE_load_private_key", address, [address, text, address, address]),
        (crypto, "EVP_PKEY_free", None, [address]),
        (crypto, "EVP_PKEY_CTX_new", address, [address, address]),
        (crypto, "EVP_PKEY_CTX_free", None, [address]),
        (crypto, "EVP_PKEY_CTX_set_rsa_padding", number, [address, number]),
        *((crypto, f"EVP_PKEY_{name}_init", number, [address]) for name in ("encrypt", "decrypt")),
        *((crypto, f"EVP_PKEY_{name}", number, turning) for name in ("encrypt", "decrypt")),
        (crypto, "EVP_MD_CTX_new", address, []),
        (crypto, "EVP_MD_CTX_free", None, [address]),
        (crypto, "EVP_sha256", address, []),
        (crypto, "EVP_DigestSignInit", number, [address, address, address, address, address]),
        (crypto, "EVP_DigestSign", number, [address, text, address, text, ctypes.c_size_t]),
        (crypto, "ERR_clear_error", None, []),
        (crypto, "ERR_get_error", ctypes.c_ulong, []),
        (crypto, "ERR_error_string_n", None, [ctypes.c_ulong, text, ctypes.c_size_t]),
        (tls, "SSL_CTX_get_options", ctypes.c_uint64, [address]),
        (tls, "SSL_CTX_use_certificate_chain_file", number, [address, text]),
        (tls, "SSL_CTX_use_PrivateKey", number, [address, address]),
        (tls, "SSL_CTX_check_private_key", number, [address]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return crypto, tls


def _pointer_of(context: ssl.SSLContext, tls: ctypes.CDLL) -> int:
    """Find OpenSSL's own context: the first field after the object's head. Checked by what both say of its options."""
    pointer = ctypes.c_void_p.from_address(id(context) + object.__basicsize__).value
    if not pointer or int(tls.SSL_CTX_get_options(pointer)) & 0xFFFFFFFF != int(context.options) & 0xFFFFFFFF:
        raise TokenTroubleError(_("cette version de Python ne permet pas d'utiliser un jeton PKCS#11"))
    return pointer


def _key(crypto: ctypes.CDLL, uri: str, pin: bytes | None) -> int:
    path, _mark, query = uri.partition("?")
    module = urllib.parse.parse_qs(query).get("module-path", [""])[0]
    with _ENGINE_LOCK:
        crypto.ERR_clear_error()
        engine = crypto.ENGINE_by_id(b"pkcs11")
        if not engine:
            raise TokenTroubleError(_("le moteur PKCS#11 d'OpenSSL manque : installer libengine-pkcs11-openssl"))
        try:
            settings = [(b"MODULE_PATH", module.encode())] if module else []
            settings += [(b"PIN", pin)] if pin else []
            for name, value in settings:
                if crypto.ENGINE_ctrl_cmd_string(engine, name, value, 0) != 1:
                    raise TokenTroubleError(_("la bibliothèque du jeton n'est pas acceptée"))
            if crypto.ENGINE_init(engine) != 1:
                raise TokenTroubleError(_("la bibliothèque du jeton ne se charge pas"))
            try:
                key = crypto.ENGINE_load_private_key(engine, path.encode(), None, None)
            finally:
                crypto.ENGINE_finish(engine)
        finally:
            crypto.ENGINE_free(engine)
        if not key:
            raise _trouble(crypto)
    return int(key)


def _trouble(crypto: ctypes.CDLL) -> TokenTroubleError:
    """Hear from OpenSSL why there is no key."""
    said = ctypes.create_string_buffer(256)
    for _entry in range(16):
        code = crypto.ERR_get_error()
        if not code:
            break
        crypto.ERR_error_string_n(code, said, len(said))
        if b"PIN" in said.value.upper():
            return TokenTroubleError(_("le jeton refuse le code : corriger password_file"), pin_refused=True)
    return TokenTroubleError(_("le jeton ne donne pas cette clé : jeton absent, autre nom ou autre bibliothèque"))
