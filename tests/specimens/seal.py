"""Visible seals of specimens, signed by a test authority that nobody trusts (``FRZZ``)."""

import base64
import functools
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from tests.specimens.person import SpecimenPerson

AUTHORITY, CERTIFICATE = "FRZZ", "0001"
_EPOCH = date(2000, 1, 1)


@functools.cache
def test_key() -> ec.EllipticCurvePrivateKey:
    """The test authority's key: worth nothing, the same in every run so that pictures are the same."""
    return ec.derive_private_key(20261122, ec.SECP256R1())


def public_key() -> bytes:
    """The test authority's public key, as a list of trust holds it."""
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return test_key().public_key().public_bytes(encoding, form)


def seal_text(
    person: SpecimenPerson,
    number: str,
    *,
    signed: date = date(2023, 5, 2),
    authority: str = AUTHORITY,
    changed: tuple[str, str] = ("", ""),
) -> str:
    """Write and sign the text of an identity card's seal; ``changed`` alters the text after it was signed."""
    day = f"{(signed - _EPOCH).days:04X}"
    body = f"DC04{authority}{CERTIFICATE}{day}{day}0701FR"
    body += f"60{'/'.join(person.given_names)}\x1d62{person.surname}\x1d65ID66{number}\x1d67FR68{person.sex}6CFR"
    once = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # the same seal in every run, so the same picture
    r, s = decode_dss_signature(test_key().sign(body.encode("ascii"), once))
    signature = base64.b32encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode().rstrip("=")
    return (body.replace(*changed) if changed[0] else body) + "\x1f" + signature


def seal_picture(text: str, pixels: int) -> np.ndarray:
    """Draw the seal as a square of about so many pixels."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
    return cv2.resize(np.array(code.to_image(scale=1)), (pixels, pixels), interpolation=cv2.INTER_NEAREST)


def write_certificate(directory: Path, starts: date, ends: date, name: str = f"{AUTHORITY}-{CERTIFICATE}.pem") -> Path:
    """Put the test authority's certificate where a site keeps those it trusts."""
    from datetime import UTC, datetime, time

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
