"""Whether an answer of INSi may be accepted: what forbids it, what is confirmed by its name, and nothing else."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIA, OID_NIR, OID_NIR_DEMO, OID_NIR_TEST, Matricule, key_of
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.acceptance import Acceptance, AnswerFault, AnswerOddity, acceptance_of
from tests.core.examples import FOUND, INSI, NUMBER

Fault, Odd = AnswerFault, AnswerOddity


def of(found: InsFound, *, in_production: bool = True) -> Acceptance:
    return acceptance_of(found, in_production=in_production)


def with_number(**changes: str) -> Acceptance:
    return of(replace(FOUND, matricule=replace(NUMBER, **changes)))


def with_traits(**changes: object) -> Acceptance:
    return of(replace(FOUND, traits=replace(INSI, **changes)))


def flagged(*flags: str, in_production: bool = True) -> Acceptance:
    return of(replace(FOUND, flags=flags), in_production=in_production)


def test_a_whole_answer_is_plain_whether_it_names_a_nir_or_a_nia_ins_1_1() -> None:
    for oid in (OID_NIR, OID_NIA):
        plain = of(replace(FOUND, matricule=replace(NUMBER, oid=oid)))
        assert plain == Acceptance() and plain.is_plain and plain.permits(())


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"oid": ""}, Fault.NO_OID),
        ({"oid": "x"}, Fault.UNKNOWN_OID),
        ({"oid": OID_NIR + " "}, Fault.UNKNOWN_OID),
        ({"oid": OID_NIR_TEST}, Fault.TEST_OID),
        ({"oid": OID_NIR_DEMO}, Fault.TEST_OID),
    ],
)
def test_a_number_is_accepted_with_an_authority_we_know_only_ins_1_1(changes: dict[str, str], fault: Fault) -> None:
    assert with_number(**changes).forbids == (fault,)


@pytest.mark.parametrize("number", ["ABC", "", "275126322074", "27512632207499", "2751263220749\n", "27512A3220749"])
def test_a_number_of_another_form_is_not_accepted_xsd(number: str) -> None:
    key = "74" if number != "ABC" else ""
    assert Fault.ODD_NUMBER in with_number(number=number, key=key).forbids


def test_a_number_born_in_corsica_is_plain_ins_1_7() -> None:
    for number in ("180032B020401", "180032A020401"):
        assert with_number(number=number, key=key_of(number)).is_plain


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"birth_name": ""}, Fault.NO_NAME),
        ({"birth_name": "  "}, Fault.NO_NAME),
        ({"given_names": ()}, Fault.NO_GIVEN_NAMES),
        ({"given_names": ("", " ")}, Fault.NO_GIVEN_NAMES),
        ({"birth_date": None}, Fault.NO_DATE),
        ({"sex": None}, Fault.NO_SEX),
        ({"sex": Sex.UNDETERMINED}, Fault.NO_SEX),
        ({"birth_place_code": ""}, Fault.NO_PLACE),
        ({"birth_place_code": " "}, Fault.NO_PLACE),
        ({"birth_place_code": "6322"}, Fault.ODD_PLACE),
        ({"birth_place_code": "AUBIÈRE"}, Fault.ODD_PLACE),
    ],
)
def test_an_answer_without_one_of_the_five_traits_is_not_accepted_ins_1_2(changes: dict, fault: Fault) -> None:
    assert with_traits(**changes).forbids == (fault,)


def test_an_answer_without_any_trait_lacks_all_five_ins_1_2() -> None:
    nothing = of(replace(FOUND, traits=Traits(Source.INSI)))
    assert nothing.forbids == (Fault.NO_NAME, Fault.NO_GIVEN_NAMES, Fault.NO_DATE, Fault.NO_SEX, Fault.NO_PLACE)


@pytest.mark.parametrize("date", ["1975-00-00", "1975-02-30", "1951-20-00", "0000-01-01", "1975-13-01"])
def test_a_date_that_is_no_day_of_the_calendar_is_not_accepted_exi_id_12(date: str) -> None:
    assert with_traits(birth_date=BirthDate(date)).forbids == (Fault.ODD_DATE,)


@pytest.mark.parametrize(
    ("key", "odd"),
    [("", Odd.NO_KEY), ("75", Odd.WRONG_KEY), ("00", Odd.WRONG_KEY), ("7", Odd.WRONG_KEY), ("74 ", Odd.WRONG_KEY)],
)
def test_a_wrong_or_missing_key_is_confirmed_by_its_name_ins_1_7(key: str, odd: Odd) -> None:
    found = with_number(key=key)
    assert (found.forbids, found.to_confirm) == ((), (odd,))
    assert not found.is_plain
    assert not found.permits(())
    assert not found.permits(set(Odd) - {odd})
    assert found.permits({odd})


def test_a_number_that_has_no_key_cannot_have_the_right_one_ins_1_7() -> None:
    assert with_number(number="275126B220749", key="74").to_confirm == (Odd.WRONG_KEY,)


def test_an_unknown_place_is_no_trait_stated_and_asks_staff_ins_1_2() -> None:
    found = with_traits(birth_place_code="-99999"[1:])
    assert (found.forbids, found.to_confirm) == ((), (Odd.UNKNOWN_PLACE,))
    assert with_traits(birth_place_code="9999A").is_plain  # written as a code, and not that one


@pytest.mark.parametrize(
    ("flags", "odd"),
    [
        (("found-by-secondary-name",), Odd.SECONDARY_NAME),
        (("given-name-outside-list",), Odd.OUTSIDE_LIST),
        (("active-ends-before-it-starts", "active-odd-date"), Odd.PERIOD),
        (("history-repeats-active", "history-bad-key", "history-odd-date"), Odd.HISTORY),
        (("unknown-elements",), Odd.UNKNOWN_ELEMENTS),
        (("bad-key",), Odd.WRONG_KEY),
        (("no-key",), Odd.NO_KEY),
        (("something-of-a-newer-version",), Odd.OTHER),
        (("",), Odd.OTHER),
    ],
)
def test_whatever_was_flagged_is_confirmed_once_by_its_name_ins_3_6(flags: tuple[str, ...], odd: Odd) -> None:
    found = flagged(*flags)
    assert (found.forbids, found.to_confirm) == ((), (odd,))


def test_what_a_value_and_its_flag_both_say_is_confirmed_once_ins_1_7() -> None:
    flagged_too = replace(FOUND, matricule=replace(NUMBER, key="75"), flags=("bad-key",))
    assert of(flagged_too).to_confirm == (Odd.WRONG_KEY,)


@pytest.mark.parametrize(
    ("flag", "fault"),
    [(fault.value, fault) for fault in Fault] + [("no-traits", Fault.NO_NAME), ("odd-sex", Fault.NO_SEX)],
)
def test_a_flag_that_names_a_fault_forbids_though_the_values_look_right_ins_1_1(flag: str, fault: Fault) -> None:
    assert flagged(flag).forbids == (fault,)
    assert flagged(flag).to_confirm == ()


def test_several_people_in_one_answer_are_nobody_s_to_choose_from_ins_3_3() -> None:
    assert not flagged("several-individuals").permits(set(Odd))
    assert not flagged("several-individuals", in_production=False).permits(set(Odd))


def test_test_people_and_simulators_are_for_demonstrations_ins_1_1() -> None:
    people = replace(FOUND, matricule=replace(NUMBER, oid=OID_NIR_TEST), flags=("test-oid", "simulator"))
    assert of(people).forbids == (Fault.TEST_OID, Fault.SIMULATOR)
    assert of(people, in_production=False).is_plain
    everything_else = replace(people, matricule=Matricule("ABC", "", "x"), traits=Traits(Source.INSI))
    assert not {Fault.TEST_OID, Fault.SIMULATOR} & {*of(everything_else, in_production=False).forbids}
    assert len(of(everything_else, in_production=False).forbids) == 7


def test_each_oddity_is_named_none_hides_another() -> None:
    found = of(
        InsFound(replace(NUMBER, key="75"), replace(INSI, birth_place_code="99999"), flags=("unknown-elements",))
    )
    assert found.to_confirm == (Odd.WRONG_KEY, Odd.UNKNOWN_PLACE, Odd.UNKNOWN_ELEMENTS)
    for some in combinations(found.to_confirm, 2):
        [last] = found.left(some)
        assert last not in some and not found.permits(some)
    assert found.permits(found.to_confirm)


def test_what_is_forbidden_no_confirmation_lifts() -> None:
    assert not with_number(oid="x", key="75").permits(set(Odd))


codes = st.sampled_from(["", "x", "74", "75", "ABC", "2751263220749", OID_NIR, OID_NIR_TEST, "99999", "63220"])
flags = st.lists(st.sampled_from([*Fault, *Odd, "history-repeats-active", "new", ""]), max_size=3).map(tuple)
answers = st.builds(
    InsFound,
    st.builds(Matricule, codes, codes, codes),
    st.builds(
        Traits,
        st.just(Source.INSI),
        birth_name=codes,
        given_names=st.lists(codes, max_size=2).map(tuple),
        birth_date=st.sampled_from([None, BirthDate("1975-12-31"), BirthDate("1975-00-00")]),
        sex=st.sampled_from([None, *Sex]),
        birth_place_code=codes,
    ),
    flags=flags,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(answers, st.sets(st.sampled_from(Odd)), st.booleans())
@pytest.mark.long
def test_whatever_comes_what_is_permitted_has_five_traits_a_number_and_its_authority_ins_1_1(
    found: InsFound, confirmed: set[AnswerOddity], in_production: bool
) -> None:
    judged = of(found, in_production=in_production)
    assert judged.is_plain is (judged == Acceptance())
    assert judged.permits(confirmed) is (not judged.forbids and not judged.left(confirmed))
    assert set(judged.left(confirmed)) == set(judged.to_confirm) - confirmed
    if judged.permits(confirmed):
        traits, number = found.traits, found.matricule
        assert traits.birth_name and any(traits.given_names) and traits.sex in (Sex.FEMALE, Sex.MALE)
        assert traits.birth_date is not None and traits.birth_date.is_calendar and len(traits.birth_place_code) == 5
        assert len(number.number) == 13 and number.oid in (OID_NIR, OID_NIR_TEST)
        assert number.is_for_real_people or not in_production
        assert number.key_is_right or {Odd.WRONG_KEY, Odd.NO_KEY} & confirmed
        assert "several-individuals" not in found.flags
