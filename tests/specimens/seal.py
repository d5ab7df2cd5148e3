"""The test authority's certificate, where a site keeps those that it trusts."""

from datetime import UTC, date, datetime, time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from kiosk.training.seal import AUTHORITY, CERTIFICATE, test_key


def write_certificate(directory: Path, starts: date, ends: date, name: str = f"{AUTHORITY}-{CERTIFICATE}.pem") -> Path:
    """Put the test authority's certificate where a site keeps those it trusts."""
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST CEV")])
    key = test_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.combine(starts, time(), UTC))
        .not_valid_after(datetime.combine(ends, time(), UTC))
        .sign(key, hashes.SHA256())
    )
    path = directory / name
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path
