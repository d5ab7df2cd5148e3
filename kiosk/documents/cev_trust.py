"""The certificates a site trusts for visible seals: files an administrator replaces offline, and the ECDSA check.

A file is named after its signer, ``FR05-0001.pem``. No file is shipped: without one, a seal is *not verified*. Where
the site names authorities, a signer counts only by a chain that leads to one of them (``cev_chain``).
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kiosk.documents.cev import Signer, SignerId
from kiosk.documents.cev_chain import UNREADABLE, Authorities, Vouched

_NAME = re.compile(r"([A-Z0-9]{4})-([A-Z0-9]{4})\.(?:pem|crt|cer)", re.ASCII)
_MOST_FILES = 500
_LARGEST = 20_000


def load_signers(directory: Path, authorities: Authorities | None = None) -> dict[SignerId, Signer]:
    """Read the trusted certificates; one that is none, or that no authority vouches for, is left out."""
    signers: dict[SignerId, Signer] = {}
    if not directory.is_dir():
        return signers
    for path in sorted(directory.iterdir())[:_MOST_FILES]:
        name = _NAME.fullmatch(path.name)
        try:
            if name is None or not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            data = path.read_bytes()
            is_text = data.lstrip().startswith(b"-----")
            certificate = x509.load_pem_x509_certificate(data) if is_text else x509.load_der_x509_certificate(data)
            key = certificate.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        except UNREADABLE:
            continue
        starts, ends = certificate.not_valid_before_utc.date(), certificate.not_valid_after_utc.date()
        vouched = Vouched(starts, ends, None) if authorities is None else authorities.vouch_for(certificate)
        if vouched is not None:
            signers[(name[1], name[2])] = Signer(key, vouched.starts, vouched.ends, vouched.revoked)
    return signers


def age_in_days(directory: Path, today: date) -> int | None:
    """How old the newest certificate file is; None when there is none: the site then cannot verify seals."""
    if not directory.is_dir():
        return None
    days = [
        datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
        for path in directory.iterdir()
        if _NAME.fullmatch(path.name)
    ]
    return (today - max(days)).days if days else None


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Check a seal's signature: ECDSA on P-256 with SHA-256, r and s side by side."""
    try:
        key = serialization.load_der_public_key(public_key)
    except ValueError:
        return False
    if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != 64:
        return False
    whole = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        key.verify(whole, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
