"""Visible seals of specimens, signed by a test authority that nobody trusts (``FRZZ``)."""

import base64
import functools
from datetime import date

import cv2
import numpy as np
import zxingcpp
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kiosk.documents.mrz import mrz_name
from kiosk.training.holder import SpecimenPerson

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


def sealed_holder(person: SpecimenPerson) -> SpecimenPerson:
    """The holder as a seal writes them: in the letters of a zone."""
    written = [mrz_name(name).replace("<", " ") for name in (person.surname, *person.given_names)]
    return SpecimenPerson(written[0], tuple(written[1:]), person.birth_date, person.sex)


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
