"""How two writings of a name differ: ins-rules 4, document-capture 1.7."""

import pytest

from kiosk.core.coherence.issuers import PLAIN, Spellings
from kiosk.core.coherence.name_verdicts import difference, is_cut_of, is_expansion, is_one_letter_apart, opens_or_skips
from kiosk.core.coherence.reasons import Reason
from kiosk.core.identity.traits import NameForm

CIVIL = (NameForm.CIVIL, NameForm.CIVIL)
MRZ = (NameForm.MRZ, NameForm.CIVIL)
OLD_CARD = (NameForm.MRZ_FRENCH_ID, NameForm.CIVIL)
WHOLE = (False, False)
EVERY_LETTER = {"AE": "A", "OE": "O", "UE": "U", "AA": "A", "UXX": "U", "NXX": "N"}  # more than any one issuer


def both(
    left: str,
    right: str,
    forms: tuple[NameForm, NameForm] = CIVIL,
    cut: tuple[bool, bool] = WHOLE,
    spellings: Spellings = PLAIN,
) -> Reason | None:
    """The difference, which must be the same from either side."""
    left = "".join(list(left))  # equal texts need not be the same object
    one = difference(left, right, forms, cut, spellings)
    assert difference(right, left, forms[::-1], cut[::-1], spellings) is one
    return one


def test_equal_writings_have_no_difference_ins_4() -> None:
    assert both("ADRUN", "ADRUN") is None
    assert both("D'ESTRÉES", "D'ESTRÉES") is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Éléonore", "ELEONORE"),
        ("adrun", "ADRUN"),
        ("ŒUVRE", "OEUVRE"),
        ("D’ARTAGNAN", "D'ARTAGNAN"),
        ("DE  LA", "DE LA"),
    ],
)
def test_accents_case_and_ligatures_are_tolerated_ins_4(left: str, right: str) -> None:
    assert both(left, right) is Reason.ACCENT_OR_CASE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("DUPONT-LOISEAU", "DUPONT LOISEAU"),
        ("D'ARTAGNAN", "D ARTAGNAN"),
        ("DUPONT--LOISEAU", "DUPONT-LOISEAU"),
        ("É-A", "E A"),
    ],
)
def test_hyphen_or_apostrophe_against_space_is_tolerated_exi_id_10_ins_4(left: str, right: str) -> None:
    assert both(left, right) is Reason.HYPHEN


def test_an_mrz_leaves_apostrophes_out_doc_9303() -> None:
    assert both("DARTAGNAN", "D'ARTAGNAN", MRZ) is Reason.MRZ_WRITING
    assert both("DARTAGNAN LEROY", "D'ARTAGNAN-LEROY", MRZ) is Reason.MRZ_WRITING
    assert both("D ARTAGNAN", "D'ARTAGNAN", MRZ) is Reason.HYPHEN
    assert both("DARTAGNAN", "D'ARTAGNAN", OLD_CARD) is Reason.MRZ_WRITING
    assert both("D ARTAGNAN", "D'ARTAGNAN", OLD_CARD) is Reason.HYPHEN


def test_between_civil_writings_a_missing_apostrophe_is_another_name_ins_4() -> None:
    assert both("DARTAGNAN", "D'ARTAGNAN") is Reason.OTHER_LETTERS


@pytest.mark.parametrize(
    ("mrz", "civil"),
    [
        ("MUELLER", "MULLER"),
        ("MUXXLLER", "MULLER"),
        ("JOERG", "JORG"),
        ("JAEGER", "JAGER"),
        ("AAKESSON", "AKESSON"),
        ("NUNXXEZ", "NUNEZ"),
        ("MUELLER JAEGER", "MULLER-JAGER"),
        ("MUELLER JAEGER", "MULLER-JAEGER"),
        ("MUELLER DARC", "MULLER D'ARC"),
    ],
)
def test_a_foreign_mrz_writes_umlauts_and_tildes_out_doc_9303(mrz: str, civil: str) -> None:
    assert both(mrz, civil, MRZ, spellings=EVERY_LETTER) is Reason.UMLAUT
    assert both(mrz, civil, MRZ) is not Reason.UMLAUT


def test_an_umlaut_written_out_is_known_only_in_a_foreign_mrz_ins_4() -> None:
    for left, right, forms in (
        ("MUELLER", "MULLER", CIVIL),
        ("MUELLER", "MULLER", OLD_CARD),
        ("MULLER", "MUELLER", MRZ),
    ):
        assert both(left, right, forms, spellings=EVERY_LETTER) is Reason.ONE_LETTER_APART
    assert both("MUELLER X", "MULLER", MRZ, spellings=EVERY_LETTER) is Reason.OTHER_LETTERS


def test_a_name_cut_by_a_full_mrz_field_is_tolerated_doc_9303() -> None:
    cut = (True, False)
    assert both("NILAVADHANANAN", "NILAVADHANANANDA", MRZ, cut) is Reason.TRUNCATED
    assert both("DUPONT LOI", "DUPONT-LOISEAU", OLD_CARD, cut) is Reason.TRUNCATED
    assert both("D L", "DUPONT-LOISEAU", MRZ, cut) is Reason.TRUNCATED
    assert both("DARTAGN", "D'ARTAGNAN", MRZ, cut) is Reason.TRUNCATED


def test_beside_an_mrz_a_missing_word_is_still_seen_ins_4() -> None:
    assert both("ARC", "JEANNE D'ARC", MRZ) is Reason.WORD_MISSING


def test_only_the_source_whose_field_was_full_may_be_cut_ins_4() -> None:
    assert both("NILAVADHAN", "NILAVADHANANANDA", MRZ) is Reason.OTHER_LETTERS
    assert both("NILAVADHANANANDA", "NILAVADHAN", MRZ, (True, False)) is Reason.OTHER_LETTERS
    assert both("DUPONT X", "DUPONT-LOISEAU", MRZ, (True, False)) is Reason.OTHER_LETTERS


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        ("ADRUN", "ADRUM", Reason.ONE_LETTER_APART),
        ("ADRUN", "ADRUNE", Reason.ONE_LETTER_APART),
        ("ADRUN", "ARDUN", Reason.ONE_LETTER_APART),
        ("DE LA TOUR", "DELATOURE", Reason.ONE_LETTER_APART),
        ("DUPONT", "DUPONT LOISEAU", Reason.WORD_MISSING),
        ("DUPONT MARTIN LOISEAU", "DUPONT LOISEAU", Reason.WORD_MISSING),
        ("LOISEAU", "DUPONT LOISEAU", Reason.WORD_MISSING),
        ("DUPONT LOISEAU", "LOISEAU DUPONT", Reason.WORDS_IN_OTHER_ORDER),
        ("DUPONT LOISEAU", "LOISEAU DUPONT MARTIN", Reason.OTHER_LETTERS),
        ("DUPONT", "MARTIN", Reason.OTHER_LETTERS),
        ("DELATOUR", "DE LA TOUR", Reason.OTHER_LETTERS),
        ("DUP0NT", "DUPONT", Reason.UNREADABLE),
        ("DUP0NT", "DUP1NT", Reason.UNREADABLE),
    ],
)
def test_other_letters_and_missing_or_extra_words_block_ins_4(left: str, right: str, reason: Reason) -> None:
    assert both(left, right) is reason


@pytest.mark.parametrize(
    ("left", "right", "is_apart"),
    [
        ("ABC", "ABC", False),
        ("", "", False),
        ("", "A", True),
        ("", "AB", False),
        ("ABC", "ABX", True),
        ("ABC", "XBC", True),
        ("ABC", "AXC", True),
        ("ABC", "ABCD", True),
        ("ABC", "XABC", True),
        ("ABC", "ABXC", True),
        ("ABC", "BAC", True),
        ("ABC", "ACB", True),
        ("ABCD", "ABDC", True),
        ("ABCDE", "ABCED", True),
        ("ABCDEF", "ABDCEX", False),
        ("ABZ", "AXBY", False),
        ("ABA", "AXBB", False),
        ("ABC", "CBA", False),
        ("ABCD", "BADC", False),
        ("ABC", "AXY", False),
        ("ABC", "AXBY", False),
        ("ABC", "ABCDE", False),
        ("ABCD", "ACBX", False),
        ("AB", "XAYB", False),
        ("A" * 299, "A" * 300, True),
        ("A" * 400, "A" * 399 + "B", True),
        ("A" * 401, "A" * 400 + "B", False),
    ],
)
def test_one_letter_apart_is_one_replaced_added_left_out_or_two_swapped(left: str, right: str, is_apart: bool) -> None:
    assert is_one_letter_apart(left, right) is is_apart
    assert is_one_letter_apart(right, left) is is_apart


@pytest.mark.parametrize(
    ("cut", "whole", "may_be"),
    [
        ("", "DUPONT", False),
        ("DUP", "DUPONT", True),
        ("DUPONT", "DUPONT", True),
        ("DUPONTS", "DUPONT", False),
        ("D M", "DUPONT MARTIN", True),
        ("D M", "DUPONT MARTIN LEROY", True),
        ("D M L", "DUPONT MARTIN", False),
        ("D X", "DUPONT MARTIN", False),
        ("X M", "DUPONT MARTIN", False),
    ],
)
def test_a_full_field_holds_the_beginning_of_a_name_or_of_each_part_doc_9303(
    cut: str, whole: str, may_be: bool
) -> None:
    assert is_cut_of(cut, whole) is may_be


@pytest.mark.parametrize(
    ("expanded", "plain", "is_it"),
    [
        ("MUELLER", "MULLER", True),
        ("MUELLER", "MUELLER", False),
        ("MULLER", "MULLER", False),
        ("MUELLERX", "MULLER", False),
        ("MUELLE", "MULLER", False),
        ("XUELLER", "MULLER", False),
        ("UE", "U", True),
        ("GRAEBER", "GRABER", True),
        ("GRAEZER", "GRAZER", True),
        ("AE", "A", True),
        ("OE", "O", True),
        ("AA", "A", True),
        ("UXX", "U", True),
        ("NXX", "N", True),
        ("UXX", "UXX", False),
        ("UXXUE", "UU", True),
        ("SAMUEL MUELLER", "SAMUEL MULLER", True),
        ("EE", "E", False),
        ("", "", False),
        ("UE", "", False),
        ("", "U", False),
        ("UEA", "U", False),
        ("UEA", "UB", False),
        ("B" * 300 + "UE", "B" * 300 + "U", True),
        ("UEB", "UA", False),
        ("OE", "U", False),
        ("NXX", "U", False),
    ],
)
def test_a_letter_is_written_out_at_its_place_and_nowhere_else_doc_9303(expanded: str, plain: str, is_it: bool) -> None:
    assert is_expansion(expanded, plain, EVERY_LETTER) is is_it


@pytest.mark.parametrize(
    ("short", "long", "is_it"),
    [
        ("", "A B", False),
        ("A", "A B", True),
        ("B", "A B", True),
        ("A C", "A B C", True),
        ("C A", "A B C", False),
        ("A A", "A B", False),
        ("A B", "A B", True),
    ],
)
def test_words_left_out_keep_their_order(short: str, long: str, is_it: bool) -> None:
    assert opens_or_skips(short.split(), long.split()) is is_it
