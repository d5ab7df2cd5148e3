"""The table of faults is whole: each line has its test, and the technician's page is the table."""

import pytest

from tests.attacks.faults import FAULTS, PAGE, ROOT, Fault, names_in, page


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_each_fault_is_played(fault: Fault) -> None:
    file, _, name = fault.test.partition("::")
    assert name in names_in(ROOT / file)


def test_the_page_of_the_guides_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.attacks.faults"
    assert len({fault.what for fault in FAULTS}) == len(FAULTS)
