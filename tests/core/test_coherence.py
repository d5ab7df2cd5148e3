"""The coherence check between card, INSi, document and what was declared: ins-rules 4."""

from dataclasses import replace

import pytest

from kiosk.core.coherence.compare import Comparison, Corrector, Outcome, Reason, Trait, compare
from kiosk.core.coherence.reasons import CORRECTOR_SENTENCES, NEXT_STEPS, STAFF_SENTENCES, TOLERATED_REASONS
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.places import NO_TABLE, PlaceTable
from kiosk.core.identity.traits import NameForm, Sex, Source, Traits
from kiosk.core.sources.document import DocumentKind
from tests.core.examples import CARD, INSI, MRZ

STAFF = replace(INSI, source=Source.STAFF)
DOCUMENT = replace(INSI, source=Source.DOCUMENT)


def both(left: Traits, right: Traits, places: PlaceTable = NO_TABLE) -> Comparison:
    """The comparison, which must come out the same from either side."""
    one, other = compare(left, right, places=places), compare(right, left, places=places)
    for trait in Trait:
        mine, theirs = one.of(trait), other.of(trait)
        assert (mine.outcome, mine.reason, mine.correctors) == (theirs.outcome, theirs.reason, theirs.correctors)
    assert one.findings == other.findings
    assert [verdict.trait for verdict in one.verdicts] == list(Trait)
    return one


def verdict(left: Traits, right: Traits, trait: Trait, places: PlaceTable = NO_TABLE) -> tuple[Outcome, Reason | None]:
    found = both(left, right, places).of(trait)
    return found.outcome, found.reason


def tolerated(reason: Reason) -> tuple[Outcome, Reason]:
    return Outcome.TOLERATED, reason


def blocking(reason: Reason) -> tuple[Outcome, Reason]:
    return Outcome.BLOCKING, reason


SAME = (Outcome.SAME, None)
NOT_STATED = (Outcome.NOT_STATED, None)


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


# --- dates --------------------------------------------------------------------------------------------------------


def born(left: str, right: str, *others: str) -> tuple[Outcome, Reason | None]:
    left = "".join(list(left))  # equal, and not the same object
    alternatives = tuple(BirthDate("".join(list(other))) for other in others)
    one = replace(DOCUMENT, birth_date=BirthDate(left), other_birth_dates=alternatives)
    return verdict(one, replace(INSI, birth_date=BirthDate(right)), Trait.BIRTH_DATE)


@pytest.mark.parametrize(
    ("incomplete", "held"),
    [
        ("1980-00-00", "1980-12-31"),
        ("1980-05-00", "1980-05-01"),
        ("1980-00-12", "1980-01-12"),
        ("1951-20-00", "1951-12-31"),
    ],
)
def test_an_incomplete_date_against_its_interpreted_form_is_tolerated_exi_id_11_ins_4(
    incomplete: str, held: str
) -> None:
    assert born(incomplete, held) == tolerated(Reason.INTERPRETED_DATE)
    assert born(held, incomplete) == tolerated(Reason.INTERPRETED_DATE)


def test_an_incomplete_date_against_any_other_blocks_ins_4() -> None:
    assert born("1980-00-00", "1980-05-12") == blocking(Reason.INCOMPLETE_DATE)
    assert born("1980-05-00", "1980-05-12") == blocking(Reason.INCOMPLETE_DATE)
    assert born("0000-00-00", "1980-12-31") == blocking(Reason.INCOMPLETE_DATE)
    assert born("1980-05-00", "1980-00-12") == blocking(Reason.INCOMPLETE_DATE)


def test_the_same_incomplete_date_on_both_sides_is_the_same_ins_4() -> None:
    assert born("1980-00-00", "1980-00-00") == SAME
    assert born("1951-20-00", "1951-20-00") == SAME


def test_any_other_difference_of_dates_blocks_ins_4() -> None:
    assert born("1975-12-31", "1980-06-15") == blocking(Reason.OTHER_DATE)
    assert born("1975-12-31", "1975-12-30") == blocking(Reason.ONE_DIGIT_APART)
    assert born("1975-12-31", "1974-11-30") == blocking(Reason.OTHER_DATE)
    assert born("1975-05-12", "1975-12-05") == blocking(Reason.DAY_AND_MONTH_SWAPPED)
    assert born("1975-01-02", "1975-02-01") == blocking(Reason.DAY_AND_MONTH_SWAPPED)
    assert born("1975-01-02", "1976-02-01") == blocking(Reason.OTHER_DATE)


def test_a_two_digit_year_may_be_either_century_doc_9303() -> None:
    assert born("2025-05-12", "1925-05-12", "1925-05-12") == tolerated(Reason.TWO_DIGIT_YEAR)
    assert born("1925-05-12", "2025-05-12", "2025-05-12") == tolerated(Reason.TWO_DIGIT_YEAR)
    assert born("2025-05-12", "1925-05-12") == blocking(Reason.OTHER_DATE)
    assert born("2025-12-05", "1925-05-12", "1925-12-05") == blocking(Reason.DAY_AND_MONTH_SWAPPED)
    assert born("2025-05-00", "1925-05-01", "1925-05-00") == tolerated(Reason.INTERPRETED_DATE)
    assert born("2025-05-13", "1925-05-12", "1925-05-13") == blocking(Reason.ONE_DIGIT_APART)


# --- sex and place ------------------------------------------------------------------------------------------------


def test_any_difference_of_sex_blocks_ins_4() -> None:
    assert verdict(DOCUMENT, INSI, Trait.SEX) == SAME
    assert verdict(replace(DOCUMENT, sex=Sex.MALE), INSI, Trait.SEX) == blocking(Reason.OTHER_SEX)
    assert verdict(replace(DOCUMENT, sex=Sex.UNDETERMINED), INSI, Trait.SEX) == blocking(Reason.OTHER_SEX)
    assert verdict(replace(DOCUMENT, sex=None), INSI, Trait.SEX) == NOT_STATED


def place(left: str, right: str, date: str = "1950-01-01") -> tuple[Outcome, Reason | None]:
    table = PlaceTable({"01033": "Valserhône", "63220": "Mazoires"}, {"01018": "01033"})
    one = replace(DOCUMENT, birth_place_code=left, birth_date=BirthDate(date))
    other = replace(INSI, birth_place_code=right, birth_date=BirthDate(date))
    return verdict(one, other, Trait.BIRTH_PLACE, table)


def test_a_merged_commune_and_an_arrondissement_are_tolerated_another_commune_blocks_ins_4() -> None:
    assert place("63220", "63220") == SAME
    assert place("01018", "01033") == tolerated(Reason.COMMUNE_MERGED)
    assert place("75101", "75056") == tolerated(Reason.ARRONDISSEMENT)
    assert place("63220", "01033") == blocking(Reason.OTHER_PLACE)
    assert place("99352", "99350") == blocking(Reason.OTHER_PLACE)
    assert place("99999", "63220") == NOT_STATED
    assert place("", "63220") == NOT_STATED


def test_a_place_of_before_independence_against_the_country_is_tolerated_ins_4() -> None:
    assert place("92352", "99352") == tolerated(Reason.FOREIGN_PLACE)
    assert place("92352", "99352", "1950-00-00") == tolerated(Reason.FOREIGN_PLACE)
    assert place("92352", "99352", "1970-01-01") == blocking(Reason.OTHER_PLACE)
    assert place("92352", "99352", "0000-00-00") == blocking(Reason.OTHER_PLACE)


def test_before_independence_means_by_both_dates_and_needs_one_ins_1_6() -> None:
    table = PlaceTable({"63220": "Mazoires"})
    one = replace(DOCUMENT, birth_place_code="92352", birth_date=BirthDate("1950-01-01"))
    other = replace(INSI, birth_place_code="99352", birth_date=BirthDate("1970-01-01"))
    assert verdict(one, other, Trait.BIRTH_PLACE, table) == blocking(Reason.OTHER_PLACE)
    dateless = replace(other, birth_date=None)
    assert verdict(one, dateless, Trait.BIRTH_PLACE, table) == tolerated(Reason.FOREIGN_PLACE)
    assert verdict(replace(one, birth_date=None), dateless, Trait.BIRTH_PLACE, table) == blocking(Reason.OTHER_PLACE)


# --- who corrects -------------------------------------------------------------------------------------------------


def who(left: Traits, right: Traits, document: DocumentKind | None = None) -> list[Corrector]:
    one = compare(left, replace(right, sex=Sex.MALE), document=document).of(Trait.SEX)
    assert one.outcome is Outcome.BLOCKING
    return list(one.correctors)


C = Corrector


@pytest.mark.parametrize(
    ("kind", "correctors"),
    [
        (DocumentKind.FRENCH_ID_2021, [C.TOWN_HALL]),
        (DocumentKind.FRENCH_ID_1988, [C.TOWN_HALL]),
        (DocumentKind.PASSPORT, [C.TOWN_HALL, C.ISSUING_STATE]),
        (DocumentKind.RESIDENCE_PERMIT, [C.PREFECTURE]),
        (DocumentKind.EUROPEAN_ID, [C.ISSUING_STATE]),
        (DocumentKind.UNKNOWN, [C.TOWN_HALL, C.PREFECTURE, C.ISSUING_STATE]),
        (None, [C.TOWN_HALL, C.PREFECTURE, C.ISSUING_STATE]),
    ],
)
def test_an_error_in_the_document_goes_to_the_town_hall_or_the_prefecture_ins_4(
    kind: DocumentKind | None, correctors: list[Corrector]
) -> None:
    assert who(DOCUMENT, INSI, kind) == [C.STAFF, *correctors, C.INSEE]


@pytest.mark.parametrize(
    ("place_code", "corrector"),
    [
        ("63220", [C.INSEE]),
        ("97611", [C.INSEE]),
        ("98818", [C.HEALTH_FUND]),
        ("99352", [C.HEALTH_FUND]),
        ("", [C.INSEE, C.HEALTH_FUND]),
    ],
)
def test_an_error_in_the_ins_goes_to_insee_or_to_the_fund_for_who_was_born_abroad_ins_4(
    place_code: str, corrector: list[Corrector]
) -> None:
    assert who(STAFF, replace(INSI, birth_place_code=place_code)) == [C.STAFF, *corrector]


def test_an_error_on_the_card_goes_to_the_health_fund_once_ins_4() -> None:
    card = replace(CARD, sex=Sex.FEMALE)
    assert who(card, INSI) == [C.STAFF, C.HEALTH_FUND, C.INSEE]
    assert who(card, replace(INSI, birth_place_code="99352")) == [C.STAFF, C.HEALTH_FUND]


def test_the_document_is_looked_at_before_the_card_and_the_card_before_the_ins_ins_4() -> None:
    card = replace(CARD, sex=Sex.FEMALE)
    for one, other in ((card, replace(DOCUMENT, sex=Sex.MALE)), (replace(DOCUMENT, sex=Sex.MALE), card)):
        found = compare(one, other, document=DocumentKind.RESIDENCE_PERMIT).of(Trait.SEX)
        assert found.correctors == (C.STAFF, C.PREFECTURE, C.HEALTH_FUND)


def test_two_answers_of_insi_are_corrected_the_same_way_from_either_side_ins_4() -> None:
    abroad = replace(INSI, birth_place_code="99352", sex=Sex.MALE)
    for one, other in ((INSI, abroad), (abroad, INSI)):
        assert compare(one, other).of(Trait.SEX).correctors == (C.STAFF, C.INSEE, C.HEALTH_FUND)


def test_nobody_corrects_what_is_tolerated_or_the_same_ins_4() -> None:
    comparison = compare(INSI, replace(DOCUMENT, birth_name="Adrun", sex=Sex.MALE))
    assert comparison.of(Trait.BIRTH_NAME).correctors == ()
    assert comparison.of(Trait.BIRTH_DATE).correctors == ()


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
