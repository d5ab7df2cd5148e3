"""Whose word is asked first, for each purpose."""

from dataclasses import replace

from kiosk.core.checkin.stated import AT_HAND, LOOKED_FOR, OFFICIAL, REFERENCE, best, stated
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.document import DocumentKind, MrzReading
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.permissions import IdentityStatus
from tests.core.examples import CARD, FOUND, INSI, MRZ

READ = MrzReading("TD1", (), MRZ, "", "FRA", "FRA", "", (), (), accepted=True)
ALL = CheckIn(
    *("key", "hall", "2026-11-21T09:30:00+00:00", "A1", "1", IdentityStatus.RETRIEVED),
    *(CARD, (), "", "", FOUND, DocumentKind.FRENCH_ID_2021, READ, ()),
)
UNCERTAIN = replace(ALL, mrz=replace(READ, accepted=False))
NOTHING = replace(ALL, card=None, insi=InsUnreachable("timeout"), mrz=None)


def test_to_tell_a_person_from_others_insi_comes_first_and_the_card_last() -> None:
    assert list(stated(ALL, REFERENCE)) == [INSI, MRZ, CARD]
    assert list(stated(ALL, OFFICIAL)) == [INSI, MRZ], "a card establishes nothing"
    assert best(replace(ALL, insi=InsUnreachable("timeout")), REFERENCE) == MRZ


def test_what_was_hardly_read_is_nobodys_reference_and_is_looked_for_last() -> None:
    assert list(stated(UNCERTAIN, REFERENCE)) == [INSI, CARD]
    assert list(stated(UNCERTAIN, LOOKED_FOR)) == [INSI, CARD, MRZ]
    assert best(replace(NOTHING, mrz=UNCERTAIN.mrz), LOOKED_FOR) == MRZ


def test_staff_starts_from_the_document_in_hand_however_it_was_read() -> None:
    assert list(stated(ALL, AT_HAND)) == list(stated(UNCERTAIN, AT_HAND)) == [MRZ, INSI, CARD]


def test_sources_that_state_nothing_are_left_out() -> None:
    for order in (OFFICIAL, REFERENCE, LOOKED_FOR, AT_HAND):
        assert best(NOTHING, order) is None
