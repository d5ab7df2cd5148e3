"""Where visits were, read from a console's file by who has its secret: written apart from the console's own code."""

import base64
import hashlib
import hmac
from pathlib import Path

from kiosk.sealing import open_alike


def said(secret: Path, column: str, kept: str) -> str:
    """What a closed text says, of a console that never had another secret."""
    index = hmac.digest(secret.read_bytes(), b"console blind index 1", hashlib.sha256)
    raw = base64.urlsafe_b64decode(kept)
    key = hmac.digest(index, b"console place 1", hashlib.sha512)
    padded = open_alike(raw[4:], key, column.encode() + b"\n" + raw[:4])
    return padded[1 : 1 + padded[0]].decode()
