"""Kiosk and console are not updated in the same minute: what seal and validity add breaks neither."""

import json
from dataclasses import replace

from kiosk.core.checkin.codec import from_bytes, to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.document import DocumentKind, SealReading, SealVerdict, Validity, ValidityStatus
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.permissions import IdentityStatus

BARE = CheckIn(
    key="k", kiosk="h", arrived_at="a", ticket="", desk="3", status=IdentityStatus.PROVISIONAL, card=None,
    card_anomalies=(), card_nir="", birth_rank="1", insi=InsUnreachable("not-asked"),
    document_kind=DocumentKind.FRENCH_ID_2021, mrz=None, pictures=(),
)  # fmt: skip
SEAL = SealReading(
    verdict=SealVerdict.GENUINE,
    signer="FR05-0001",
    signed="2023-05-02",
    fields=(("birth_name", "ADRUN"), ("given_names", "ZOE")),
    cut=("given_names",),
    is_compared=True,
    contradictions=("sex",),
)
FULL = replace(BARE, seal=SEAL, document_validity=Validity(ValidityStatus.VALID, "2027-05", is_extended=True))


def test_seal_and_validity_are_read_back_as_they_were_written() -> None:
    assert from_bytes(to_bytes(FULL)) == FULL


def test_a_kiosk_of_before_seals_and_validity_is_understood() -> None:
    document = json.loads(to_bytes(FULL))
    del document["check_in"]["seal"], document["check_in"]["document_validity"]
    assert from_bytes(json.dumps(document).encode()) == BARE


def test_a_console_of_before_seals_understands_a_kiosk_that_read_none() -> None:
    written = json.loads(to_bytes(BARE))["check_in"]
    assert not {"seal", "document_validity"} & written.keys()
    assert "mrz" in written


def test_seal_and_validity_never_print_themselves() -> None:
    for value in (FULL, SEAL):
        assert "ADRUN" not in f"{value!r} {value}"
