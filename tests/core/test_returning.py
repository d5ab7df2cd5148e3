"""The returning person: what files a visit under somebody known with nobody there to look, and all that does not."""

from dataclasses import replace

import pytest

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIA, OID_NIR, OID_NIR_TEST, Mark, Matricule
from kiosk.core.identity.places import PlaceTable
from kiosk.core.identity.traits import Sex, Traits
from kiosk.core.sources.card import CardAnomaly
from kiosk.core.sources.insi import Exchange, PastMatricule
from kiosk.core.status.returning import (
    Filing,
    Ground,
    Known,
    Obstacle,
    Said,
    are_equal,
    filed_under,
    filing_of,
    is_by_card,
)
from tests.core.examples import CARD, INSI, MRZ, NUMBER
from tests.core.returning import (
    ANSWER,
    ASKED,
    BORNE,
    BY_TRAITS,
    CHILD,
    HERS,
    IPP,
    LETTER,
    OTHERS,
    SHOWN,
    ZOE,
    given,
    obstacles,
    of,
)


def test_a_card_answered_by_insi_files_the_visit_as_a_claim_and_a_document_that_agrees_says_more() -> None:
    assert of(BORNE) == Filing(Ground.CARD)
    assert of(SHOWN) == Filing(Ground.CARD_AND_DOCUMENT)
    assert of(LETTER) == Filing(Ground.IPP_AND_DOCUMENT)
    assert of(BORNE).is_automatic


@pytest.mark.parametrize("said", [SHOWN, LETTER], ids=["card", "letter"])
@pytest.mark.parametrize(
    ("flag", "obstacle"),
    [
        ("is_barred", Obstacle.BARRED),
        ("has_open_pair", Obstacle.OPEN_PAIR),
        ("is_homonym", Obstacle.HOMONYM),
    ],
)
def test_whoever_is_barred_in_an_open_pair_or_a_homonym_is_left_to_staff(
    said: Said, flag: str, obstacle: Obstacle
) -> None:
    assert obstacles(said, replace(ZOE, **{flag: True})) == [obstacle]


@pytest.mark.parametrize("said", [SHOWN, LETTER], ids=["card", "letter"])
def test_a_false_seal_and_what_is_not_understood_are_left_to_staff(said: Said) -> None:
    assert obstacles(replace(said, has_false_seal=True)) == [Obstacle.FALSE_SEAL]
    assert obstacles(replace(said, is_partly_read=True)) == [Obstacle.PARTLY_READ]


def test_without_an_answer_or_without_a_card_nothing_is_filed_by_the_card() -> None:
    assert obstacles(replace(SHOWN, answer=None)) == [Obstacle.NO_ANSWER]
    assert obstacles(replace(SHOWN, card=None)) == [Obstacle.NO_ANSWER]
    assert obstacles(Said()) == [Obstacle.NO_ANSWER]


@pytest.mark.parametrize("exchanges", [(), (BY_TRAITS,), (ASKED, BY_TRAITS)], ids=["none", "traits", "both"])
def test_only_an_answer_to_the_card_s_own_question_counts(exchanges: tuple[Exchange, ...]) -> None:
    answer = replace(ANSWER, exchanges=exchanges)
    assert not is_by_card(answer)
    assert obstacles(replace(SHOWN, answer=answer)) == [Obstacle.NOT_BY_CARD]
    assert is_by_card(replace(ANSWER, exchanges=(ASKED, ASKED)))


def test_an_answer_found_by_a_secondary_name_or_odd_in_any_way_is_left_to_staff() -> None:
    for flag in ("found-by-secondary-name", "bad-key", "several-individuals", "never seen"):
        assert obstacles(replace(SHOWN, answer=replace(ANSWER, flags=(flag,)))) == [Obstacle.ODD_ANSWER]


def test_a_test_number_is_odd_in_production_only() -> None:
    answer = replace(ANSWER, matricule=replace(NUMBER, oid=OID_NIR_TEST))
    test = Mark(HERS.number, OID_NIR_TEST)
    said, known = replace(SHOWN, answer=answer, mark=test), replace(ZOE, mark=test)
    assert of(said, known, in_production=False) == Filing(Ground.CARD_AND_DOCUMENT)
    assert obstacles(said, known) == [Obstacle.ODD_ANSWER]


def test_the_matricule_and_its_oid_are_held_both() -> None:
    assert of(SHOWN, replace(ZOE, mark=Mark(HERS.number, HERS.oid))).is_automatic
    assert obstacles(SHOWN, replace(ZOE, mark=Mark(HERS.number, OID_NIA))) == [Obstacle.OTHER_MATRICULE]
    assert obstacles(SHOWN, replace(ZOE, mark=OTHERS)) == [Obstacle.OTHER_MATRICULE]
    assert obstacles(SHOWN, replace(ZOE, mark=None)) == [Obstacle.OTHER_MATRICULE]
    assert obstacles(replace(SHOWN, mark=None), replace(ZOE, mark=None)) == [Obstacle.OTHER_MATRICULE]
    half = Mark("", OID_NIR)
    assert obstacles(replace(SHOWN, mark=half), replace(ZOE, mark=half)) == [Obstacle.OTHER_MATRICULE]


@pytest.mark.parametrize(
    "change",
    [
        {"birth_name": "ADRUM"},
        {"birth_name": "ADRUN-MARTIN"},
        {"birth_name": ""},
        {"birth_name": "4DRUN"},
        given("ZOE"),
        given("MARIE", "ZOE"),
        given("ZOE-MARIE"),
        given(),
        {"birth_date": BirthDate("1975-12-30")},
        {"birth_date": None},
        {"sex": Sex.MALE},
        {"sex": None},
        {"birth_place_code": "63113"},
        {"birth_place_code": ""},
    ],
)
def test_all_five_traits_are_those_of_the_person_known(change: dict[str, object]) -> None:
    other = replace(INSI, **change)
    assert not are_equal(INSI, other)
    assert not are_equal(other, INSI)
    assert not are_equal(Traits(INSI.source), Traits(INSI.source))
    assert Obstacle.OTHER_TRAITS in obstacles(BORNE, replace(ZOE, traits=other))


def test_accents_and_case_are_no_difference_and_what_both_lack_is_no_agreement() -> None:
    assert are_equal(INSI, replace(INSI, birth_name="Adrûn", **given("Zoé", "Marie")))
    assert are_equal(replace(INSI, birth_place_code="2a004"), replace(INSI, birth_place_code="2A004"))
    for field in ({"birth_name": ""}, given(), {"birth_date": None}, {"sex": None}, {"birth_place_code": ""}):
        assert not are_equal(replace(INSI, **field), replace(INSI, **field))
    assert of(SHOWN, replace(ZOE, traits=replace(INSI, name_in_use="MARTIN"))) == Filing(Ground.CARD_AND_DOCUMENT)


def test_the_card_s_own_number_is_one_of_the_answer_s() -> None:
    assert obstacles(replace(SHOWN, card_number="2751263220750")) == [Obstacle.OTHER_NUMBER]
    past = PastMatricule(Matricule("2751263220750", "47", OID_NIA))
    renewed = replace(ANSWER, history=(past,))
    assert of(replace(SHOWN, answer=renewed, card_number="2751263220750")) == Filing(Ground.CARD_AND_DOCUMENT)


def test_a_card_read_with_an_anomaly_is_left_to_staff() -> None:
    for anomaly in CardAnomaly:
        said = replace(SHOWN, card_anomalies=(anomaly,))
        is_another_s_rank = anomaly is CardAnomaly.BIRTH_RANK_GUESSED  # the insured is nobody's twin on this card
        assert obstacles(said) == ([] if is_another_s_rank else [Obstacle.ODD_CARD])
        assert obstacles(replace(said, is_insured=False)) == [Obstacle.ODD_CARD]
    both = (CardAnomaly.BIRTH_RANK_GUESSED, CardAnomaly.BAD_DATE)
    assert obstacles(replace(SHOWN, card_anomalies=both)) == [Obstacle.ODD_CARD]


@pytest.mark.parametrize(
    "change",
    [
        {"birth_name": "MARTIN", **given("LEA")},
        given("LEA"),
        given("MARIE"),
        given("ZO"),
        given("ZOE-MARIE-ANNE"),
        given(),
        {"birth_name": ""},
        {"birth_date": BirthDate("1975-12-30")},
        {"birth_date": BirthDate("1975-06-00")},
        {"birth_date": None},
        {"birth_name": "ADRUM"},
    ],
)
def test_a_card_that_says_another_s_name_or_date_is_left_to_staff(change: dict[str, object]) -> None:
    assert obstacles(replace(SHOWN, card=replace(CARD, **change))) == [Obstacle.CARD_DIFFERS]


def test_with_a_number_of_their_own_the_name_in_use_and_a_date_half_known_are_theirs() -> None:
    for change in ({"birth_name": "MARTIN"}, {"birth_date": BirthDate("1975-00-00")}):
        card = replace(CARD, **change)
        assert of(replace(BORNE, card=card)) == Filing(Ground.CARD)
        assert obstacles(replace(CHILD, card=card, document=MRZ)) == [Obstacle.CARD_DIFFERS]
    for change in ({"birth_name": "Adrûn"}, given("Zoé"), {"birth_name": " ADRUN"}):
        assert of(replace(CHILD, card=replace(CARD, **change), document=MRZ)) == Filing(Ground.CARD_AND_DOCUMENT)


def test_half_a_composite_may_be_a_twin() -> None:
    insi = replace(INSI, **given("MARIE-ANNE", "ZOE"))
    answer, known = replace(ANSWER, traits=insi), replace(ZOE, traits=insi)
    said = replace(BORNE, answer=answer)
    assert obstacles(replace(said, card=replace(CARD, given_names=("MARIE",), given_names_may_be_cut=True)), known) == [
        Obstacle.CARD_DIFFERS
    ]
    assert of(replace(said, card=replace(CARD, given_names=("MARIE ANNE",))), known) == Filing(Ground.CARD)
    assert obstacles(replace(BORNE, card=replace(CARD, given_names=("ZOE-MARIE",)))) == []  # as the list reads
    assert obstacles(replace(BORNE, card=replace(CARD, given_names=("ZOEE",)))) == [Obstacle.CARD_DIFFERS]


def test_a_child_without_a_number_is_told_from_a_twin_by_a_document_alone() -> None:
    assert obstacles(CHILD) == [Obstacle.NO_OWN_NUMBER]
    assert of(replace(CHILD, document=MRZ)) == Filing(Ground.CARD_AND_DOCUMENT)
    cut = replace(MRZ, given_names=("ZOE", "MA"), given_names_may_be_cut=True)
    assert obstacles(replace(CHILD, document=cut)) == [Obstacle.NO_OWN_NUMBER]
    assert of(replace(BORNE, document=cut)) == Filing(Ground.CARD)


def test_a_name_left_out_of_a_list_may_be_the_second_half_of_a_twin_s() -> None:
    insi = replace(INSI, **given("CEDRIC", "ANDRE", "PIERRE"))
    twin = replace(MRZ, given_names=("CEDRIC", "PIERRE"))
    card, known = replace(CARD, given_names=("CEDRIC",)), replace(ZOE, traits=insi)
    said = replace(SHOWN, answer=replace(ANSWER, traits=insi), card=card, document=twin)
    assert of(said, known) == Filing(Ground.CARD)
    assert obstacles(replace(said, card_number="", is_insured=False), known) == [Obstacle.NO_OWN_NUMBER]
    assert obstacles(replace(LETTER, document=twin), known) == [Obstacle.DOCUMENT_DIFFERS]
    first_alone = replace(ZOE, traits=replace(INSI, **given("CEDRIC")))
    assert obstacles(replace(LETTER, document=replace(MRZ, given_names=("CEDRIC", "PIERRE"))), first_alone) == [
        Obstacle.DOCUMENT_DIFFERS
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"birth_name": "MARTIN"},
        {"birth_name": "ADRUM"},
        {"given_names": ("LEA",)},
        {"given_names": ("ZOE", "MARIE", "ANNE")},
        {"given_names": ()},
        {"birth_date": BirthDate("1975-12-30"), "other_birth_dates": ()},
        {"birth_date": None, "other_birth_dates": ()},
        {"sex": Sex.MALE},
    ],
)
def test_a_document_that_names_another_s_traits_is_left_to_staff(change: dict[str, object]) -> None:
    document = replace(MRZ, **change)
    assert obstacles(replace(SHOWN, document=document)) == [Obstacle.DOCUMENT_DIFFERS]
    assert obstacles(replace(LETTER, document=document)) == [Obstacle.DOCUMENT_DIFFERS]


def test_letters_written_out_are_for_an_eye() -> None:
    insi = replace(INSI, birth_name="MULLER")
    known, answer = replace(ZOE, traits=insi), replace(ANSWER, traits=insi)
    document = replace(MRZ, birth_name="MUELLER")
    said = Said(answer, HERS, card=replace(CARD, birth_name="MULLER"), card_number=NUMBER.number, document=document)
    assert obstacles(replace(said, issuer="D"), known) == [Obstacle.DOCUMENT_DIFFERS]
    assert obstacles(replace(LETTER, document=document, issuer="D"), known) == [Obstacle.DOCUMENT_DIFFERS]


def test_a_document_read_without_certainty_is_no_proof_and_may_be_another_s() -> None:
    assert of(replace(BORNE, unsure_document=MRZ)) == Filing(Ground.CARD)
    other = replace(MRZ, given_names=("LEA",))
    assert obstacles(replace(BORNE, unsure_document=other)) == [Obstacle.DOCUMENT_UNSURE]


def test_another_identifier_of_the_same_domain_is_left_to_staff() -> None:
    assert obstacles(replace(SHOWN, ipp=("1.2.3", "ipp of another"))) == [Obstacle.OTHER_IPP]
    assert of(replace(SHOWN, ipp=("9.9.9", "ipp of another"))) == Filing(Ground.CARD_AND_DOCUMENT)


def test_every_obstacle_of_the_card_is_said() -> None:
    stranger = Known(replace(INSI, birth_name="LEROY"), is_barred=True, ipps=frozenset({IPP}))
    said = replace(
        SHOWN,
        answer=replace(ANSWER, flags=("bad-key",), exchanges=(BY_TRAITS,)),
        card=replace(CARD, birth_name="LEROY", given_names=("LEA",)),
        card_number="1",
        card_anomalies=(CardAnomaly.BAD_KEY,),
        document=replace(MRZ, birth_name="LEROY"),
        unsure_document=replace(MRZ, birth_name="LEROY"),
        ipp=("1.2.3", "other"),
    )
    assert obstacles(said, stranger) == [
        Obstacle.BARRED,
        Obstacle.NOT_BY_CARD,
        Obstacle.ODD_ANSWER,
        Obstacle.OTHER_MATRICULE,
        Obstacle.OTHER_TRAITS,
        Obstacle.OTHER_IPP,
        Obstacle.OTHER_NUMBER,
        Obstacle.ODD_CARD,
        Obstacle.CARD_DIFFERS,
        Obstacle.DOCUMENT_DIFFERS,
        Obstacle.DOCUMENT_UNSURE,
    ]


def test_former_communes_are_known_where_there_is_a_table() -> None:
    table = PlaceTable({"63113": "Clermont"}, {"63220": "63113"})
    document = replace(MRZ, birth_place_code="63113")
    for said in (replace(SHOWN, document=document), replace(LETTER, document=document)):
        assert filing_of(said, ZOE, in_production=True, places=table).is_automatic
        assert not filing_of(said, ZOE, in_production=True).is_automatic
    card = replace(CARD, birth_place_code="63113")
    for said in (
        replace(BORNE, card=card),
        replace(LETTER, card=card),
        replace(BORNE, unsure_document=document),
        replace(LETTER, answer=replace(ANSWER, traits=replace(INSI, birth_place_code="63113")), mark=HERS),
    ):
        assert filing_of(said, ZOE, in_production=True, places=table).is_automatic
        assert not filing_of(said, ZOE, in_production=True).is_automatic
        assert filed_under(said, [ZOE], in_production=True, places=table)[0] == 0


def test_of_those_found_one_alone_is_named() -> None:
    stranger = Known(replace(INSI, birth_name="LEROY"), OTHERS)
    assert filed_under(SHOWN, [stranger, ZOE], in_production=True) == (1, Filing(Ground.CARD_AND_DOCUMENT))
    assert filed_under(SHOWN, [stranger], in_production=True) == (None, Filing(obstacles=(Obstacle.OTHER_MATRICULE,)))
    assert filed_under(LETTER, [stranger], in_production=True) == (None, Filing(obstacles=(Obstacle.NO_ANSWER,)))
    assert filed_under(LETTER, [stranger, ZOE], in_production=True) == (1, Filing(Ground.IPP_AND_DOCUMENT))
    assert filed_under(SHOWN, [], in_production=True)[0] is None
    barred = replace(ZOE, is_barred=True)
    assert filed_under(SHOWN, [barred], in_production=True) == (None, Filing(obstacles=(Obstacle.BARRED,)))


def test_card_and_letter_that_name_two_people_file_nothing() -> None:
    other = Known(replace(INSI, birth_name="LEROY"), ipps=frozenset({("9.9.9", "ipp of another")}))
    said = replace(SHOWN, ipp=("9.9.9", "ipp of another"))
    assert filed_under(said, [ZOE, other], in_production=True) == (None, Filing(obstacles=(Obstacle.SEVERAL,)))


def test_test_numbers_are_of_use_where_it_is_not_production() -> None:
    answer = replace(ANSWER, matricule=replace(NUMBER, oid=OID_NIR_TEST))
    test = Mark(HERS.number, OID_NIR_TEST)
    said, known = replace(SHOWN, answer=answer, mark=test), replace(ZOE, mark=test)
    assert filed_under(said, [known], in_production=False)[0] == 0
    assert filed_under(said, [known], in_production=True)[0] is None
