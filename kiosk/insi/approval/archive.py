"""Evidence as one signed archive: a plain zip, a manifest of SHA-256 digests, its Ed25519 signature.

The archive is written in one way only, so whatever byte of it changes is found, those of the zip itself included.
"""

import base64
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kiosk import sealing

LARGEST = 64 << 20  # bytes of an archive
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "public-key.pem"
_FORMAT = "kiosk-approval-1"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    OSError,
)


class BadArchive(ValueError):
    """Not an archive that ``pack`` wrote; says why."""


@dataclass(frozen=True, slots=True)
class Soundness:
    """What an archive is worth: nothing was touched when there is no problem and the key is the expected one."""

    problems: tuple[str, ...]
    key_id: str  # SHA-256 of the public key that signed, first sixteen digits: to be compared


def pack(files: Mapping[str, bytes], key: sealing.SigningKey) -> bytes:
    """Write and sign. The public key stands inside: whose it is, the reader compares."""
    whole = {**files, KEY: sealing.signer_public_pem(key)}
    told = {"format": _FORMAT, "files": {name: hashlib.sha256(whole[name]).hexdigest() for name in sorted(whole)}}
    manifest = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
    return _zipped({**whole, MANIFEST: manifest, SIGNATURE: _written(sealing.sign(manifest, key))})


def check(data: bytes, expected: sealing.KioskKey | None = None) -> Soundness:
    """Find what was changed, added or removed. BadArchive when it cannot be read at all."""
    files = _unzipped(data)
    key, key_id = _key_in(files)
    problems = list(_of_signature(files, key, expected))
    problems += _of_files(files, _digests(files))
    if not problems and _zipped(files) != data:
        problems.append("l'archive elle-même, hors de ses fichiers : octets modifiés")
    return Soundness(tuple(problems), key_id)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()


def _unzipped(data: bytes) -> dict[str, bytes]:
    if len(data) > LARGEST:
        raise BadArchive("plus grande qu'une archive ne peut l'être (64 Mio)")
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.compress_type != zipfile.ZIP_STORED or entry.filename in files:
                    raise BadArchive(f"{entry.filename} : compressé, ou présent deux fois")
                files[entry.filename] = _content(archive, entry)
    except _BROKEN as trouble:
        if isinstance(trouble, BadArchive):
            raise
        raise BadArchive("ce n'est pas une archive lisible : tronquée ou modifiée") from None
    return files


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What a file holds; where the zip's own check fails, something whose digest is surely wrong."""
    try:
        return archive.read(entry)
    except zipfile.BadZipFile:
        return b"\0 modified"


def _key_in(files: Mapping[str, bytes]) -> tuple[sealing.KioskKey | None, str]:
    pem = files.get(KEY, b"")
    try:
        key = sealing.load_verifier(pem)
    except sealing.BadKey:
        return None, ""
    return key, key_id(key)


def key_id(key: sealing.KioskKey) -> str:
    """Sixteen hexadecimal digits that name a public key."""
    return hashlib.sha256(sealing.raw_verifier(key)).hexdigest()[:16]


def _of_signature(
    files: Mapping[str, bytes], key: sealing.KioskKey | None, expected: sealing.KioskKey | None
) -> Iterator[str]:
    written = files.get(SIGNATURE, b"")
    try:
        signature = base64.b64decode(written.strip(), validate=True)
    except ValueError:
        signature = b""
    by = expected or key
    is_ours = written == _written(signature)  # base64 can be written otherwise and say the same
    if by is None or not is_ours or not sealing.verify(files.get(MANIFEST, b""), signature, by):
        yield f"{MANIFEST} : la signature n'est pas celle de la clé attendue"


def _written(signature: bytes) -> bytes:
    return base64.b64encode(signature) + b"\n"


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    try:
        told = json.loads(files[MANIFEST])
        if told["format"] != _FORMAT:
            raise BadArchive(f"{MANIFEST} : d'un autre format que {_FORMAT}")
        return {str(name): str(digest) for name, digest in told["files"].items()}
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise BadArchive(f"{MANIFEST} : absent ou illisible") from None


def _of_files(files: Mapping[str, bytes], digests: Mapping[str, str]) -> Iterator[str]:
    there = files.keys() - {MANIFEST, SIGNATURE}
    for name in sorted(there | digests.keys()):
        if name not in digests:
            yield f"{name} : fichier ajouté"
        elif name not in there:
            yield f"{name} : fichier retiré"
        elif hashlib.sha256(files[name]).hexdigest() != digests[name]:
            yield f"{name} : fichier modifié"
