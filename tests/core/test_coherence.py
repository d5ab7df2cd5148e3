"""The coherence check between card, INSi, document and what was declared: ins-rules 4."""

from dataclasses import replace

import pytest

from kiosk.core.coherence.compare import Corrector, Outcome, Reason, Trait, compare
from kiosk.core.coherence.reasons import CORRECTOR_SENTENCES, NEXT_STEPS, STAFF_SENTENCES, TOLERATED_REASONS
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import NameForm, Sex
from tests.core.comparing import DOCUMENT, SAME, STAFF, blocking, both, tolerated, verdict
from tests.core.examples import CARD, INSI, MRZ

# --- the whole ----------------------------------------------------------------------------------------------------


def test_the_five_traits_of_the_ins_are_compared_ins_1_1() -> None:
    comparison = both(INSI, DOCUMENT)
    assert len(comparison.verdicts) == 5
    assert all(each.outcome is Outcome.SAME for each in comparison.verdicts)
    assert comparison.may_be_accepted
    assert not comparison.needs_confirmation
    assert not comparison.is_blocking
    assert comparison.findings == ()


def test_what_a_source_does_not_state_is_no_difference_ins_4() -> None:
    comparison = both(CARD, INSI)
    assert comparison.of(Trait.SEX).outcome is Outcome.NOT_STATED
    assert comparison.of(Trait.BIRTH_PLACE).outcome is Outcome.NOT_STATED
    assert comparison.may_be_accepted


@pytest.mark.parametrize(
    "missing", [{"birth_name": ""}, {"given_names": (), "given_names_text": ""}, {"birth_date": None}]
)
def test_names_and_date_must_be_stated_by_both_for_an_acceptance_ins_2_2(missing: dict[str, object]) -> None:
    comparison = both(INSI, replace(STAFF, **missing))
    assert not comparison.is_blocking
    assert not comparison.is_sufficient
    assert not comparison.may_be_accepted


def test_a_blocking_difference_was_stated_by_both_ins_4() -> None:
    comparison = both(INSI, replace(DOCUMENT, birth_name="DUPONT"))
    assert comparison.is_sufficient
    assert not comparison.may_be_accepted


def test_a_tolerated_difference_asks_for_one_confirmation_ins_4() -> None:
    comparison = both(INSI, replace(DOCUMENT, birth_name="Adrun"))
    assert comparison.needs_confirmation
    assert comparison.may_be_accepted


def test_a_blocking_difference_forbids_acceptance_whatever_else_is_tolerated_ins_4() -> None:
    comparison = both(INSI, replace(DOCUMENT, birth_name="Adrun", sex=Sex.MALE))
    assert comparison.is_blocking
    assert not comparison.needs_confirmation
    assert comparison.is_sufficient
    assert not comparison.may_be_accepted


# --- names --------------------------------------------------------------------------------------------------------


def test_the_mrz_of_this_person_agrees_ins_4() -> None:
    comparison = both(MRZ, INSI)
    assert comparison.of(Trait.BIRTH_NAME).outcome is Outcome.SAME
    assert comparison.of(Trait.GIVEN_NAMES).outcome is Outcome.SAME
    assert comparison.of(Trait.BIRTH_DATE).outcome is Outcome.SAME


def test_another_birth_name_on_the_document_blocks_ins_4() -> None:
    other = replace(MRZ, birth_name="DUPONT")
    assert verdict(other, INSI, Trait.BIRTH_NAME) == blocking(Reason.OTHER_LETTERS)
    assert verdict(replace(MRZ, birth_name="ADRUM"), INSI, Trait.BIRTH_NAME) == blocking(Reason.ONE_LETTER_APART)


def test_a_name_cut_or_joined_by_the_mrz_is_tolerated_ins_4() -> None:
    person = replace(INSI, birth_name="D'ESTREES-LEROY")
    assert verdict(replace(MRZ, birth_name="DESTREES LEROY"), person, Trait.BIRTH_NAME) == tolerated(Reason.MRZ_WRITING)
    cut = replace(MRZ, birth_name="DESTREES LER", birth_name_may_be_cut=True)
    assert verdict(cut, person, Trait.BIRTH_NAME) == tolerated(Reason.TRUNCATED)
    assert verdict(replace(cut, birth_name_may_be_cut=False), person, Trait.BIRTH_NAME)[0] is Outcome.BLOCKING


@pytest.mark.parametrize("name", ["DUPONT", "DUPONT ADRUN", "ADRUN DUPONT"])
def test_a_card_may_print_the_name_in_use_where_the_rest_is_this_persons_ins_4(name: str) -> None:
    card = replace(CARD, birth_name=name)
    assert verdict(card, INSI, Trait.BIRTH_NAME) == tolerated(Reason.MAY_BE_NAME_IN_USE)
    assert both(card, INSI).findings == ()


@pytest.mark.parametrize(
    "other",
    [
        {"birth_date": BirthDate("1980-06-15")},
        {"birth_date": None},
        {"given_names": ("LEA",)},
        {"given_names": ()},
        {"sex": Sex.MALE},
        {"birth_place_code": "01033"},
    ],
)
def test_another_name_on_the_card_blocks_where_the_rest_is_not_this_persons_ins_4(other: dict[str, object]) -> None:
    card = replace(CARD, birth_name="DUPONT", **other)
    assert verdict(card, INSI, Trait.BIRTH_NAME) == blocking(Reason.OTHER_LETTERS)


def test_a_letter_wrong_on_the_card_is_no_name_in_use_ins_4() -> None:
    assert verdict(replace(CARD, birth_name="ADRUM"), INSI, Trait.BIRTH_NAME) == blocking(Reason.ONE_LETTER_APART)


def test_the_name_in_use_is_never_compared_with_the_birth_name_exi_id_08() -> None:
    comparison = both(replace(INSI, name_in_use="MARTIN"), replace(DOCUMENT, name_in_use="DUPONT"))
    assert not comparison.is_blocking
    assert not comparison.needs_confirmation


def test_the_name_in_use_taken_for_the_birth_name_is_recognised_ins_4() -> None:
    document = replace(DOCUMENT, birth_name="MARTIN")
    local = replace(STAFF, name_in_use="Martin")
    comparison = both(document, local)
    assert comparison.of(Trait.BIRTH_NAME).reason is Reason.NAME_IN_USE
    assert comparison.of(Trait.BIRTH_NAME).outcome is Outcome.BLOCKING
    assert comparison.findings == (Reason.NAME_IN_USE,)
    assert both(document, replace(local, name_in_use="M4RTIN")).findings == ()
    unreadable = replace(local, birth_name="4DRUN", name_in_use="4")
    assert both(replace(document, name_in_use="4DRUN"), unreadable).findings == ()
    assert both(replace(document, name_in_use="MARTIN"), unreadable).findings == ()
    assert both(document, replace(unreadable, name_in_use="MARTIN")).findings == (Reason.NAME_IN_USE,)
    assert both(document, replace(local, name_in_use="DUPONT")).findings == ()


def test_name_and_given_name_swapped_are_recognised_ins_4() -> None:
    for given in (("ADRUN",), ("ADRUN", "MARIE")):
        swapped = replace(DOCUMENT, birth_name="ZOE", given_names=given, given_names_text="")
        comparison = both(swapped, INSI)
        assert comparison.of(Trait.BIRTH_NAME).reason is Reason.NAMES_SWAPPED
        assert comparison.of(Trait.GIVEN_NAMES).reason is Reason.NAMES_SWAPPED
        assert comparison.findings == (Reason.NAMES_SWAPPED,)
    for swapped in (
        replace(DOCUMENT, birth_name="ZOE", given_names=("LEROY",), given_names_text=""),
        replace(DOCUMENT, birth_name="LEA", given_names=("ADRUN",), given_names_text=""),
        replace(DOCUMENT, birth_name="Z0E", given_names=("ADRUN",), given_names_text=""),
    ):
        assert both(swapped, INSI).findings == ()


def test_a_whole_list_of_given_names_as_the_name_is_recognised_ins_4() -> None:
    swapped = replace(DOCUMENT, birth_name="Zoé-Marie", given_names=("ADRUN",), given_names_text="")
    assert both(swapped, INSI).findings == (Reason.NAMES_SWAPPED,)


# --- given names --------------------------------------------------------------------------------------------------


def given(left: tuple[str, ...], right: tuple[str, ...], **options: object) -> tuple[Outcome, Reason | None]:
    one = replace(DOCUMENT, given_names=left, given_names_text="", **options)
    other = replace(INSI, given_names=right, given_names_text=" ".join(right), birth_name="LEROY")
    return verdict(one, other, Trait.GIVEN_NAMES)


def test_a_document_with_fewer_given_names_is_tolerated_ins_4() -> None:
    listed = ("JEAN", "CHRISTOPHE", "PIERRE")
    for shown in (("JEAN",), ("JEAN", "CHRISTOPHE"), ("JEAN-CHRISTOPHE",), ("JEAN", "PIERRE")):
        assert given(shown, listed) == tolerated(Reason.LIST_SHORTENED)
    assert given((*listed, "PAUL"), listed) == tolerated(Reason.LIST_LONGER)


def test_accents_and_hyphens_of_given_names_are_tolerated_exi_id_10() -> None:
    assert given(("Jean", "Christophe"), ("JEAN", "CHRISTOPHE")) == tolerated(Reason.ACCENT_OR_CASE)
    assert given(("JEAN-CHRISTOPHE",), ("JEAN", "CHRISTOPHE")) == tolerated(Reason.HYPHEN)
    assert given(("JEAN", "CHRISTOPHE"), ("JEAN", "CHRISTOPHE")) == SAME


def test_a_first_given_name_that_does_not_open_the_list_blocks_exi_id_10() -> None:
    assert given(("CHRISTOPHE",), ("JEAN", "CHRISTOPHE")) == blocking(Reason.OTHER_FIRST_NAME)
    assert given(("OLA", "CATARINA", "BELLA"), ("CATARINA", "BELLA")) == blocking(Reason.OTHER_FIRST_NAME)
    assert given(("JEAN-PAUL",), ("JEAN-PIERRE", "PAUL")) == blocking(Reason.OTHER_FIRST_NAME)
    assert given(("JEA",), ("JEAN", "PAUL")) == blocking(Reason.ONE_LETTER_APART)


def test_a_composite_name_is_not_two_names_whose_second_was_left_out_exi_id_10() -> None:
    assert given(("JEAN",), ("JEAN-CHRISTOPHE", "PIERRE")) == blocking(Reason.COMPOSITE)
    assert given(("JEAN-PIERRE", "PAUL"), ("JEAN", "PAUL")) == blocking(Reason.COMPOSITE)
    assert given(("JEAN", "PAUL"), ("JEAN-PIERRE", "PAUL")) == blocking(Reason.COMPOSITE)
    assert given(("JEAN-ALAIN", "PAUL"), ("JEAN", "PAUL")) == blocking(Reason.COMPOSITE)


def test_another_spelling_of_a_given_name_blocks_ins_4() -> None:
    assert given(("ZOE", "MARIE"), ("ZOE", "MARIA")) == blocking(Reason.ONE_LETTER_APART)
    assert given(("ZOE", "ANNE"), ("ZOE", "CLAIRE")) == blocking(Reason.OTHER_LETTERS)
    assert given(("ZOE", "ANNE", "LEA"), ("ZOE", "LEA", "ANNE")) == blocking(Reason.WORDS_IN_OTHER_ORDER)
    assert given(("MARINE",), ("MARINA", "ANNE")) == blocking(Reason.ONE_LETTER_APART)
    assert given(("MARIEANNE",), ("MARIE", "ANNA")) == blocking(Reason.ONE_LETTER_APART)
    assert given(("-",), ("ZOE",)) == blocking(Reason.OTHER_FIRST_NAME)
    assert given(("Z0E",), ("ZOE",)) == blocking(Reason.UNREADABLE)


def test_given_names_cut_or_joined_by_the_mrz_are_tolerated_doc_9303() -> None:
    options = {"name_form": NameForm.MRZ, "given_names_may_be_cut": True}
    assert given(("MARIE", "HEL"), ("MARIE-HELENE", "FRANCOISE"), **options) == tolerated(Reason.TRUNCATED)
    assert given(("M", "H"), ("MARIE-HELENE", "FRANCOISE"), **options) == tolerated(Reason.TRUNCATED)
    assert given(("NGUESSAN",), ("N'GUESSAN",), name_form=NameForm.MRZ) == tolerated(Reason.MRZ_WRITING)
    assert given(("NGUESSAN",), ("N'GUESSAN", "KOFFI"), name_form=NameForm.MRZ) == tolerated(Reason.LIST_SHORTENED)
    assert given(("NGUESSAN", "PAUL"), ("N'GUESSAN", "KOFFI", "PAUL"), name_form=NameForm.MRZ) == tolerated(
        Reason.LIST_SHORTENED
    )
    assert given(("KOFFI", "PAUL"), ("KOFFI", "N'GUESSAN", "PAUL"), name_form=NameForm.MRZ) == tolerated(
        Reason.LIST_SHORTENED
    )
    assert given(("NGUESSAN", "ANNE"), ("N'GUESSAN", "CLAIRE"), name_form=NameForm.MRZ) == blocking(
        Reason.OTHER_LETTERS
    )
    assert given(("NGUESSAM",), ("N'GUESSAN", "PAUL"), name_form=NameForm.MRZ) == blocking(Reason.ONE_LETTER_APART)
    assert given(("PAUL",), ("N'GUESSAN", "PAUL"), name_form=NameForm.MRZ) == blocking(Reason.OTHER_FIRST_NAME)


def test_insis_list_is_compared_as_it_was_returned_exi_id_10() -> None:
    answer = replace(INSI, given_names=("PIERRE-ALAIN",), given_names_text="PIERRE-ALAIN MURIEL FLORIANT")
    document = replace(DOCUMENT, given_names=("PIERRE-ALAIN", "MURIEL", "FLORIANT"), given_names_text="")
    assert verdict(document, answer, Trait.GIVEN_NAMES) == SAME
    only_text = replace(answer, given_names=())
    assert verdict(replace(document, given_names=("MURIEL",)), only_text, Trait.GIVEN_NAMES)[0] is Outcome.BLOCKING
    assert verdict(replace(document, given_names=("PIERRE-ALAIN",)), only_text, Trait.GIVEN_NAMES) == tolerated(
        Reason.LIST_SHORTENED
    )


# --- twins --------------------------------------------------------------------------------------------------------


def test_a_twin_is_recognised_by_another_first_name_and_all_the_rest_ins_3_5() -> None:
    comparison = both(replace(CARD, given_names=("LEA",)), INSI)
    assert comparison.of(Trait.GIVEN_NAMES).reason is Reason.MAY_BE_TWIN
    assert comparison.findings == (Reason.MAY_BE_TWIN,)
    brother = replace(DOCUMENT, given_names=("LEO",), given_names_text="", sex=Sex.MALE)
    assert both(brother, INSI).findings == (Reason.MAY_BE_TWIN,)
    assert both(brother, INSI).of(Trait.SEX).reason is Reason.OTHER_SEX


def test_twins_whose_names_are_one_letter_apart_stay_named_so_ins_3_5() -> None:
    comparison = both(replace(CARD, given_names=("ZOA",)), INSI)
    assert comparison.of(Trait.GIVEN_NAMES).reason is Reason.ONE_LETTER_APART
    assert comparison.findings == (Reason.MAY_BE_TWIN,)


@pytest.mark.parametrize(
    "other",
    [
        {"birth_date": BirthDate("1975-12-30")},
        {"birth_date": None},
        {"birth_place_code": "01033"},
        {"birth_name": "DUPONT"},
        {"birth_name": ""},
    ],
)
def test_another_name_date_or_place_is_no_twin_ins_3_5(other: dict[str, object]) -> None:
    document = replace(DOCUMENT, given_names=("LEA",), given_names_text="", **other)
    assert both(document, INSI).findings == ()
    assert both(document, INSI).of(Trait.GIVEN_NAMES).reason is Reason.OTHER_FIRST_NAME


# --- what is said ---------------------------------------------------------------------------------------------------


def test_every_difference_has_a_sentence_and_every_blocking_one_a_next_step_ins_4() -> None:
    assert set(STAFF_SENTENCES) == set(Reason)
    assert set(NEXT_STEPS) == set(Reason) - TOLERATED_REASONS
    assert set(CORRECTOR_SENTENCES) == set(Corrector)
    for sentence in (*STAFF_SENTENCES.values(), *NEXT_STEPS.values(), *CORRECTOR_SENTENCES.values()):
        assert sentence.endswith(".")
        assert len(sentence) <= 110


def test_a_comparison_never_prints_itself() -> None:
    comparison = compare(INSI, DOCUMENT)
    assert "ADRUN" not in f"{comparison} {comparison.verdicts}"
