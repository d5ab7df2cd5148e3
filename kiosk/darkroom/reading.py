"""What was read of a document, as bytes and back: in the words of a check-in, where it goes."""

import json

from kiosk.core.checkin import codec
from kiosk.core.sources.document import DocumentKind, DocumentReading, MrzReading, SealReading, Validity


def written(reading: DocumentReading) -> bytes:
    parts = {"mrz": reading.mrz, "seal": reading.seal, "validity": reading.validity}
    said = {name: None if part is None else codec.plain(part) for name, part in parts.items()}
    return json.dumps({"kind": reading.kind.value, "second": reading.has_second_side, **said}).encode()


def read(data: bytes) -> DocumentReading:
    """What ``written`` wrote. ValueError, LookupError, TypeError or BadCheckIn for anything else."""
    said = json.loads(data)
    mrz, seal, validity = (said[name] for name in ("mrz", "seal", "validity"))
    return DocumentReading(
        DocumentKind(said["kind"]),
        None if mrz is None else codec.read_as(MrzReading, mrz, "mrz"),
        said["second"] is True,
        None if seal is None else codec.read_as(SealReading, seal, "seal"),
        None if validity is None else codec.read_as(Validity, validity, "validity"),
    )
