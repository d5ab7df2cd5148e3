"""Until when a document is valid, also where its zone does not say it."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.core.sources.document import MrzReading, ValidityStatus
from kiosk.documents.mrz import parse
from kiosk.documents.mrz_format import FRENCH_ID, TD1
from kiosk.documents.validity import validity_of
from kiosk.training.zone import MrzContent, write

TODAY = date(2026, 11, 21)


def old_card(issued: str, birth: str) -> MrzReading:
    reading = parse(write(FRENCH_ID, MrzContent("PETIT", ("ANNE",), f"{issued}07512345", birth, "F", "ID")), TODAY)
    assert isinstance(reading, MrzReading)
    return reading


@pytest.mark.parametrize(
    ("issued", "birth", "status", "until", "is_extended"),
    [
        ("1205", "800101", ValidityStatus.VALID, "2027-05", True),  # adult, 2012: five years more than printed
        ("1110", "800101", ValidityStatus.EXPIRED, "2026-10", True),
        ("1111", "800101", ValidityStatus.ASK_STAFF, "2026-11", True),  # the month is this one
        ("1501", "800101", ValidityStatus.VALID, "2030-01", False),  # its fifteen years are printed
        ("1205", "990101", ValidityStatus.EXPIRED, "2022-05", False),  # a minor then: ten years
        ("1801", "080101", ValidityStatus.UNKNOWN, "", False),  # 2008 or 1908: not guessed
        ("0312", "600101", ValidityStatus.EXPIRED, "2013-12", False),  # before the extension
        ("1709", "800101", ValidityStatus.VALID, "2031-08-03", False),  # the European end of such cards
        ("1205", "940512", ValidityStatus.UNKNOWN, "", False),  # turned 18 in that month
        ("1212", "943101", ValidityStatus.EXPIRED, "2022-12", False),  # month unknown: no proof that they were adults
        ("1301", "943101", ValidityStatus.VALID, "2028-01", True),  # month unknown, and adults by then all the same
    ],
)
def test_an_old_french_card_is_valid_as_long_as_its_rule_says(
    issued: str, birth: str, status: ValidityStatus, until: str, is_extended: bool
) -> None:
    found = validity_of(old_card(issued, birth), TODAY)
    assert (found.status, found.until, found.is_extended) == (status, until, is_extended)


@pytest.mark.parametrize(
    ("expiry", "status"),
    [("261120", ValidityStatus.EXPIRED), ("261121", ValidityStatus.VALID), ("<<<<<<", ValidityStatus.UNKNOWN)],
)
def test_other_documents_say_it_themselves(expiry: str, status: ValidityStatus) -> None:
    content = MrzContent("PETIT", ("ANNE",), "123456789", "800101", "F", "ID", expiry=expiry)
    reading = parse(write(TD1, content), TODAY)
    assert isinstance(reading, MrzReading)
    assert validity_of(reading, TODAY).status is status


def test_an_expiry_whose_check_digit_fails_is_not_believed() -> None:
    content = MrzContent("PETIT", ("ANNE",), "123456789", "800101", "F", "ID", expiry="300101")
    reading = parse(write(TD1, content), TODAY)
    assert isinstance(reading, MrzReading)
    failing = replace(reading, checks=tuple((name, name != "expiry") for name, _ in reading.checks))
    assert validity_of(reading, TODAY).status is ValidityStatus.VALID
    assert validity_of(failing, TODAY).status is ValidityStatus.UNKNOWN
