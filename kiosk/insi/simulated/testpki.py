"""A throw-away test PKI: certificates for a demo or a test, shaped like those of IGC-Santé, worth nothing elsewhere."""

import datetime
import ipaddress
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TEST_ISSUER = "TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"
TEST_STRUCTURE = "10B0152872"  # OU: the structure's identifier, sent as Emetteur


@dataclass(frozen=True, slots=True)
class TestPki:
    """Where everything of one test PKI lies."""

    __test__ = False  # pytest: a value, not a test

    ca: Path  # PEM: trusts both servers and the client
    client_p12: Path
    password_file: Path
    client_certificate: Path  # PEM, the same certificate
    client_key: Path  # PEM, not encrypted
    insi_certificate: Path
    insi_key: Path
    console_certificate: Path
    console_key: Path


def pki_in(directory: Path) -> TestPki:
    """Say where the files of a test PKI are, made or not."""
    return TestPki(
        ca=directory / "ca.pem",
        client_p12=directory / "insi-client.p12",
        password_file=directory / "insi-client.password",
        client_certificate=directory / "insi-client.pem",
        client_key=directory / "insi-client.key",
        insi_certificate=directory / "insi-server.pem",
        insi_key=directory / "insi-server.key",
        console_certificate=directory / "console-server.pem",
        console_key=directory / "console-server.key",
    )


def make_pki(
    directory: Path,
    *,
    common_name: str = "INSI-AUTO",
    structure: str = TEST_STRUCTURE,
    issuer: str = TEST_ISSUER,
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1"),
    starts: datetime.datetime | None = None,
    days: int = 365,
    again: bool = False,
) -> TestPki:
    """Make a test PKI in this directory unless a whole, valid one is there; only its owner can read the files."""
    files = pki_in(directory)
    if not again and _is_usable(files):
        return files
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    starts = starts or datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    ends = starts + datetime.timedelta(days=days)
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _certify(_name(issuer), _name(issuer), ca_key.public_key(), ca_key, (starts, ends), is_ca=True)

    client_key = ec.generate_private_key(ec.SECP256R1())
    client = _certify(
        _name(common_name, structure), ca.subject, client_key.public_key(), ca_key, (starts, ends), is_client=True
    )
    password = secrets.token_urlsafe(18)
    chest = serialization.BestAvailableEncryption(password.encode())
    _write(files.client_p12, pkcs12.serialize_key_and_certificates(b"insi", client_key, client, [ca], chest))
    _write(files.password_file, password.encode() + b"\n")
    _write(files.client_certificate, _pem(client))
    _write(files.client_key, _pem_key(client_key))
    for certificate_path, key_path, who in (
        (files.insi_certificate, files.insi_key, "TEST INSI SIMULATOR"),
        (files.console_certificate, files.console_key, "TEST KIOSK CONSOLE"),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        _write(
            certificate_path,
            _pem(_certify(_name(who), ca.subject, key.public_key(), ca_key, (starts, ends), hosts=hosts)),
        )
        _write(key_path, _pem_key(key))
    _write(files.ca, _pem(ca))  # last: its presence says that the rest is there
    return files


def _is_usable(files: TestPki) -> bool:
    if not all(getattr(files, name).is_file() for name in files.__dataclass_fields__):
        return False
    ends = x509.load_pem_x509_certificate(files.client_certificate.read_bytes()).not_valid_after_utc
    return ends > datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)


def _name(common_name: str, structure: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "STRUCTURE DE TEST (SANS VALEUR)"),
    ]
    if structure:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, structure))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certify(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    validity: tuple[datetime.datetime, datetime.datetime],
    *,
    is_ca: bool = False,
    is_client: bool = False,
    hosts: tuple[str, ...] = (),
) -> x509.Certificate:
    usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if is_client:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    if hosts:
        names = x509.SubjectAlternativeName([_host(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole: nobody ever reads half of it, nobody but its owner reads it at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    beside.replace(path)
