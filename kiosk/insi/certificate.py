"""The structure's certificate for INSi (certificat logiciel IGC-Santé): loaded, checked, and put to use.

A decrypted private key never touches a disk: ``ssl`` takes keys by file name only, so it is given an anonymous file
that exists in memory alone (``memfd_create``), by its name under /proc/self/fd, for the time of one call.
"""

import datetime
import os
import ssl
from dataclasses import dataclass
from enum import StrEnum
from gettext import gettext as _
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from kiosk import pkcs11
from kiosk.insi.config import Environment, InsiConfig

ALLOWED_NAMES = ("INSI-AUTO", "INSI-MANU")  # desir_560 otherwise
PRODUCTION_ISSUER = "AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"
TEST_ISSUER = f"TEST {PRODUCTION_ISSUER}"
_WARN_DAYS = (7, 30, 60)
_UNSAFE_RENEGOTIATION = 0x4 | 0x40000  # OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT, ALLOW_UNSAFE_LEGACY_RENEGOTIATION
_LARGEST_FILE = 1 << 20


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing seen on a certificate: what it is, and what to do about it."""

    level: Level
    code: str  # "name", "issuer", "dates", "key", "chain", "structure", "password", "pin", "file", …
    what: str
    todo: str = ""


class CertificateTroubleError(Exception):
    """The certificate cannot be used at all; ``code`` is a Finding's, the message holds no secret."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.code = code
        self.what = what


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """A certificate with its key and its chain; the key is None when it stays inside a PKCS#11 token."""

    certificate: x509.Certificate
    key: PrivateKeyTypes | None
    chain: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        """The subject's CN: INSI-AUTO or INSI-MANU."""
        return _one(self.certificate.subject, NameOID.COMMON_NAME)

    @property
    def structure(self) -> str:
        """The subject's OU: the structure's identifier, sent as Emetteur."""
        return _one(self.certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME)

    @property
    def issuer(self) -> str:
        """The issuer's CN."""
        return _one(self.certificate.issuer, NameOID.COMMON_NAME)


def _one(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise CertificateTroubleError("file", _("{path} ne peut pas être lu").format(path=path)) from error
    if len(content) > _LARGEST_FILE:
        raise CertificateTroubleError("file", _("{path} est trop gros pour un certificat").format(path=path))
    return content


def read_password(path: Path | None) -> bytes | None:
    """Read a credential file: its first line, without the line's end."""
    if path is None:
        return None
    lines = _read(path).splitlines()
    return (lines[0] if lines else b"") or None


def load(config: InsiConfig) -> Credentials:
    """Load the structure's certificate and key, PKCS#12 or PEM; CertificateTroubleError says why it cannot be."""
    content = _read(config.certificate)
    password = read_password(config.password_file)
    try:
        if not content.lstrip().startswith(b"-----BEGIN") and b"-----BEGIN CERTIFICATE" not in content:
            key, certificate, others = pkcs12.load_key_and_certificates(content, password)
        else:
            certificates = x509.load_pem_x509_certificates(content)
            certificate, others = certificates[0], certificates[1:]
            key = None if config.has_key_in_token else _pem_key(config, content, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        what = _("{path} ne s'ouvre pas : mot de passe erroné ou fichier abîmé").format(path=config.certificate)
        raise CertificateTroubleError("password", what) from error
    if certificate is None:
        what = _("{path} ne contient pas de certificat").format(path=config.certificate)
        raise CertificateTroubleError("file", what)
    if key is None and not config.has_key_in_token:
        raise CertificateTroubleError("key", _("{path} ne contient pas de clé").format(path=config.certificate))
    return Credentials(certificate, key, tuple(others))


def _pem_key(config: InsiConfig, content: bytes, password: bytes | None) -> PrivateKeyTypes:
    pem = _read(Path(config.key)) if config.key else content
    try:
        return serialization.load_pem_private_key(pem, password)
    except TypeError:  # a password was given for a key that has none
        return serialization.load_pem_private_key(pem, None)


def one_certificate(path: Path) -> x509.Certificate:
    """Read the first certificate of a PEM file."""
    try:
        return x509.load_pem_x509_certificates(_read(path))[0]
    except ValueError as error:
        what = _("{path} ne contient pas de certificat").format(path=path)
        raise CertificateTroubleError("file", what) from error


def server_context(config: InsiConfig) -> ssl.SSLContext:
    """Make the TLS settings of a call: the configured authorities and no other, TLS 1.2 or later."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION
    context.options &= ~_UNSAFE_RENEGOTIATION
    # Some gateways read the request first and only then ask for the certificate: TLS 1.2 renegotiates for it (the safe
    # way alone, RFC 5746), TLS 1.3 has a message of its own. Each handshake checks the server's name again.
    context.post_handshake_auth = True
    try:
        context.load_verify_locations(cadata=_read(config.ca).decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        what = _("{path} n'est pas une liste d'autorités").format(path=config.ca)
        raise CertificateTroubleError("authorities", what) from error
    return context


def client_context(config: InsiConfig, credentials: Credentials) -> ssl.SSLContext:
    """Make the TLS settings of a call that shows our certificate."""
    context = server_context(config)
    shown = (credentials.certificate, *credentials.chain)
    pem = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in shown)
    if credentials.key is None:
        _use_token(context, config, pem)
        return context
    key = credentials.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.memfd_create("insi", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, key + pem)
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    except ssl.SSLError as error:
        raise CertificateTroubleError("key", _("la clé ne correspond pas au certificat")) from error
    finally:
        os.close(descriptor)
    return context


def _use_token(context: ssl.SSLContext, config: InsiConfig, pem: bytes) -> None:
    try:
        pkcs11.use_key(context, config.key or "", read_password(config.password_file), pem)
    except pkcs11.TokenTroubleError as error:
        raise CertificateTroubleError("pin" if error.pin_refused else "key", str(error)) from error


def check(config: InsiConfig, now: datetime.datetime) -> list[Finding]:
    """Check everything that can be known of the certificate without calling: name, issuer, dates, key, chain, files."""
    try:
        credentials = load(config)
    except CertificateTroubleError as trouble:
        todo = _("Vérifier [insi] certificate, key et password_file.")
        return [Finding(Level.ERROR, trouble.code, trouble.what, todo)]
    findings = [
        _check_name(credentials),
        _check_structure(credentials),
        _check_issuer(credentials, config.environment),
        _check_dates(credentials, now),
        _check_key(credentials),
        _check_chain(config, credentials),
    ]
    try:
        client_context(config, credentials)
    except CertificateTroubleError as trouble:
        findings.append(Finding(Level.ERROR, trouble.code, trouble.what, _("Vérifier [insi] ca et key.")))
    return findings + _check_files(config)


def _check_name(credentials: Credentials) -> Finding:
    if credentials.name in ALLOWED_NAMES:
        return Finding(Level.OK, "name", credentials.name)
    what = _("le nom du certificat (CN) est « {name} »").format(name=credentials.name)
    return Finding(Level.ERROR, "name", what, _("Demander un certificat logiciel INSI-AUTO ou INSI-MANU."))


def _check_structure(credentials: Credentials) -> Finding:
    if credentials.structure:
        return Finding(Level.OK, "structure", credentials.structure)
    what = _("le certificat ne nomme aucune structure (OU)")
    return Finding(Level.ERROR, "structure", what, _("Demander un certificat au nom de la structure."))


def _check_issuer(credentials: Credentials, environment: Environment) -> Finding:
    wanted = PRODUCTION_ISSUER if environment is Environment.PRODUCTION else TEST_ISSUER
    if credentials.issuer == wanted:
        return Finding(Level.OK, "issuer", credentials.issuer)
    what = _("l'émetteur est « {issuer} »").format(issuer=credentials.issuer)
    todo = _("En {environment}, l'émetteur attendu est « {wanted} ».").format(environment=environment, wanted=wanted)
    known = credentials.issuer in (PRODUCTION_ISSUER, TEST_ISSUER)
    harmless = known and environment is not Environment.PRODUCTION
    return Finding(Level.WARNING if harmless else Level.ERROR, "issuer", what, todo)


def _check_dates(credentials: Credentials, now: datetime.datetime) -> Finding:
    starts, ends = credentials.certificate.not_valid_before_utc, credentials.certificate.not_valid_after_utc
    until = _("valable jusqu'au {date}").format(date=ends.strftime("%d/%m/%Y"))
    if now < starts:
        what = _("valable seulement à partir du {date}").format(date=starts.strftime("%d/%m/%Y"))
        return Finding(Level.ERROR, "dates", what, _("Vérifier l'horloge de la machine, puis le certificat."))
    if now >= ends:
        what = _("périmé depuis le {date}").format(date=ends.strftime("%d/%m/%Y"))
        return Finding(Level.ERROR, "dates", what, _("Renouveler le certificat auprès de l'IGC-Santé."))
    left = (ends - now).days
    for days in _WARN_DAYS:
        if left <= days:
            todo = _("Il reste {left} jours : renouveler le certificat auprès de l'IGC-Santé.").format(left=left)
            return Finding(Level.WARNING, f"dates-{days}", until, todo)
    return Finding(Level.OK, "dates", until)


def _check_key(credentials: Credentials) -> Finding:
    if credentials.key is None:
        return Finding(Level.OK, "key", _("dans le jeton PKCS#11"))
    plain = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if credentials.key.public_key().public_bytes(*plain) == credentials.certificate.public_key().public_bytes(*plain):
        return Finding(Level.OK, "key", _("la clé est celle du certificat"))
    return Finding(Level.ERROR, "key", _("la clé n'est pas celle du certificat"), _("Vérifier [insi] key."))


def _check_chain(config: InsiConfig, credentials: Credentials) -> Finding:
    try:
        authorities = x509.load_pem_x509_certificates(_read(config.ca))
    except (ValueError, CertificateTroubleError):
        authorities = []
    certificate = credentials.certificate
    named = [each for each in (*credentials.chain, *authorities) if each.subject == certificate.issuer]
    for issuer in named:
        try:
            certificate.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return Finding(Level.OK, "chain", _("signé par son émetteur"))
    if named:
        what = _("la signature n'est pas celle de l'émetteur annoncé")
        return Finding(Level.ERROR, "chain", what, _("Ne pas utiliser ce certificat ; le redemander."))
    what = _("le certificat de l'émetteur manque")
    return Finding(Level.WARNING, "chain", what, _("Ajouter la chaîne IGC-Santé au certificat ou à [insi] ca."))


def _check_files(config: InsiConfig) -> list[Finding]:
    findings = []
    key_file = Path(config.key) if config.key and not config.has_key_in_token else None
    for path in (config.certificate, key_file, config.password_file):
        if path is None or (path == config.certificate and config.key is not None):
            continue
        try:
            mode = path.stat().st_mode
        except OSError:
            continue  # already a finding: the file could not be read
        if mode & 0o077:
            what = _("{path} est lisible par d'autres comptes").format(path=path)
            findings.append(Finding(Level.WARNING, "readable-by-others", what, f"chmod 600 {path}"))
    return findings
