"""Statuses and what they permit: ins-rules 2.1, 2.3, 3.4 and 6."""

from dataclasses import replace
from itertools import product

import pytest

from kiosk.core.checkin.codec import from_bytes, to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.reasons import Trait
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR, OID_NIR_TEST, Matricule, key_of
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.insi import (
    Exchange,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
    PastMatricule,
)
from kiosk.core.status.permissions import (
    Attribute,
    FlowStatus,
    Identity,
    IdentityRefused,
    IdentityStatus,
    InsiBar,
    ManagementState,
    flow_codes,
    flow_status,
    insi_bar,
    kiosk_status,
    may_call_insi_by_card,
    may_feed_shared_record,
    may_print_datamatrix,
    may_send_matricule,
    may_verify,
    missing_to_create,
)
from tests.core.examples import CARD, FOUND, INSI, MRZ, NUMBER

PROVISIONAL = Identity()
RETRIEVED = Identity(NUMBER)
VALIDATED = Identity(None, "PA")
QUALIFIED = Identity(NUMBER, "PA")
ALL = (PROVISIONAL, RETRIEVED, VALIDATED, QUALIFIED)


def test_four_exclusive_statuses_follow_from_two_facts_exi_si_07_exi_id_23() -> None:
    assert [identity.status for identity in ALL] == [
        IdentityStatus.PROVISIONAL,
        IdentityStatus.RETRIEVED,
        IdentityStatus.VALIDATED,
        IdentityStatus.QUALIFIED,
    ]
    assert [(identity.is_obtained, identity.is_checked) for identity in ALL] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]


@pytest.mark.parametrize("may", [may_send_matricule, may_print_datamatrix, may_feed_shared_record])
def test_only_a_qualified_identity_sends_prints_and_feeds_the_shared_record_exi_si_08_exi_id_29(may) -> None:
    assert [may(identity) for identity in ALL] == [False, False, False, True]


def test_a_retrieved_identity_keeps_the_ins_locally_ins_2_1() -> None:
    assert [identity.is_obtained for identity in ALL] == [False, True, False, True]
    assert [may_verify(identity) for identity in ALL] == [False, True, False, True]


def test_a_flow_says_only_prov_or_vali_gi3_2_2_2() -> None:
    assert [flow_status(identity) for identity in ALL] == [
        FlowStatus.PROV,
        FlowStatus.PROV,
        FlowStatus.VALI,
        FlowStatus.VALI,
    ]


def test_a_flow_repeats_the_attributes_beside_the_status_exi_id_24() -> None:
    assert flow_codes(QUALIFIED) == ("VALI",)
    assert flow_codes(replace(RETRIEVED, attributes=frozenset({Attribute.HOMONYM}))) == ("PROV", "HOMA")
    both = frozenset({Attribute.HOMONYM, Attribute.DOUBTFUL})
    assert flow_codes(Identity(attributes=both)) == ("PROV", "HOMA", "DOUT")
    assert flow_codes(Identity(attributes=frozenset({Attribute.FICTITIOUS}))) == ("PROV", "FICT")


def test_management_states_are_no_status_and_no_attribute_ins_2_3() -> None:
    codes = {state.value for state in ManagementState}
    assert codes == {"DPOT", "DOUA", "COLP", "COLV", "DESA", "CACH"}
    assert not codes & {*FlowStatus, "HOMA", "DOUT", "FICT"}


def test_a_matricule_without_its_oid_enters_no_identity_ins_1_1() -> None:
    with pytest.raises(IdentityRefused, match="without its OID"):
        Identity(Matricule("2751263220749", "74", ""))


@pytest.mark.parametrize("barring", [Attribute.DOUBTFUL, Attribute.FICTITIOUS])
def test_a_doubtful_or_fictitious_identity_is_provisional_without_matricule_exi_id_26_exi_si_09(
    barring: Attribute,
) -> None:
    assert Identity(attributes=frozenset({barring})).status is IdentityStatus.PROVISIONAL
    for matricule, evidence in ((NUMBER, ""), (None, "PA"), (NUMBER, "PA")):
        with pytest.raises(IdentityRefused, match="EXI ID 26"):
            Identity(matricule, evidence, frozenset({barring}))


def test_only_doubtful_and_homonym_may_coexist_exi_id_24() -> None:
    Identity(attributes=frozenset({Attribute.DOUBTFUL, Attribute.HOMONYM}))
    for pair in ({Attribute.FICTITIOUS, Attribute.HOMONYM}, {Attribute.FICTITIOUS, Attribute.DOUBTFUL}, set(Attribute)):
        with pytest.raises(IdentityRefused, match="EXI ID 24"):
            Identity(attributes=frozenset(pair))


def test_homonym_goes_with_any_status_and_bars_nothing_exi_id_24() -> None:
    for identity in ALL:
        warned = replace(identity, attributes=frozenset({Attribute.HOMONYM}))
        assert warned.status is identity.status
        assert not warned.is_barred
        assert may_send_matricule(warned) is may_send_matricule(identity)


def test_insi_is_not_called_for_a_doubtful_or_fictitious_identity_exi_id_26() -> None:
    for barring in (Attribute.DOUBTFUL, Attribute.FICTITIOUS):
        barred = Identity(attributes=frozenset({barring}))
        assert barred.is_barred
        assert insi_bar(barred, INSI) is InsiBar.BARRED
        assert insi_bar(barred, INSI, staff_asks_again=True) is InsiBar.BARRED
        assert not may_call_insi_by_card(barred)
        assert not may_call_insi_by_card(barred, staff_asks_again=True)


@pytest.mark.parametrize(
    "traits",
    [
        replace(INSI, birth_name=""),
        replace(INSI, given_names=()),
        replace(INSI, birth_date=None),
        replace(INSI, sex=None),
    ],
)
def test_insi_is_not_called_without_a_mandatory_trait_ins_3_4(traits) -> None:
    assert insi_bar(PROVISIONAL, traits) is InsiBar.TRAIT_MISSING


def test_an_identity_needs_its_five_traits_and_a_first_given_name_of_its_own_ins_1_2() -> None:
    assert missing_to_create(INSI, "ZOE") == ()
    assert missing_to_create(replace(INSI, birth_place_code="99999"), "ZOE") == ()
    assert missing_to_create(replace(INSI, birth_place_code=""), "ZOE") == (Trait.BIRTH_PLACE,)
    assert missing_to_create(INSI, "") == (Trait.GIVEN_NAMES,)
    assert missing_to_create(replace(INSI, given_names=()), "ZOE") == (Trait.GIVEN_NAMES,)
    assert missing_to_create(replace(INSI, birth_name=""), "ZOE") == (Trait.BIRTH_NAME,)
    assert missing_to_create(replace(INSI, sex=None), "ZOE") == (Trait.SEX,)
    assert missing_to_create(replace(INSI, birth_date=None), "ZOE") == (Trait.BIRTH_DATE,)
    assert missing_to_create(replace(INSI, birth_date=BirthDate("1975-00-00")), "ZOE") == (Trait.BIRTH_DATE,)
    assert missing_to_create(Traits(Source.STAFF), "") == tuple(Trait)


def test_the_place_is_optional_when_insi_is_called_ins_1_2() -> None:
    assert insi_bar(PROVISIONAL, replace(INSI, birth_place_code="")) is None


@pytest.mark.parametrize(
    "traits",
    [
        replace(INSI, birth_name="ADRUN2"),
        replace(INSI, birth_name="-ADRUN"),
        replace(INSI, given_names=("ZOE", "M4RIE")),
        replace(INSI, given_names=("ZOE", "MARIE-")),
    ],
)
def test_insi_is_not_called_with_a_forbidden_character_ins_3_4(traits) -> None:
    assert insi_bar(PROVISIONAL, traits) is InsiBar.CHARACTER


def test_insi_is_called_with_what_can_be_normalised_sel_3_4_1() -> None:
    assert insi_bar(PROVISIONAL, replace(INSI, birth_name="Éléonore", given_names=("Zoé",))) is None


def test_sex_i_cannot_be_sent_to_insi_sel_ef_ins25_04() -> None:
    assert insi_bar(PROVISIONAL, replace(INSI, sex=Sex.UNDETERMINED)) is InsiBar.SEX
    assert insi_bar(PROVISIONAL, replace(INSI, sex=Sex.MALE)) is None


def test_a_request_holds_a_real_calendar_date_ins_1_5() -> None:
    assert insi_bar(PROVISIONAL, replace(INSI, birth_date=BirthDate("1975-00-00"))) is InsiBar.DATE


def test_a_qualified_identity_is_not_retrieved_again_without_staff_ins_3_4() -> None:
    assert insi_bar(QUALIFIED, INSI) is InsiBar.QUALIFIED
    assert insi_bar(QUALIFIED, INSI, staff_asks_again=True) is None
    assert not may_call_insi_by_card(QUALIFIED)
    assert may_call_insi_by_card(QUALIFIED, staff_asks_again=True)
    for identity in (PROVISIONAL, RETRIEVED, VALIDATED):
        assert insi_bar(identity, INSI) is None
        assert may_call_insi_by_card(identity)


# --- the kiosk ----------------------------------------------------------------------------------------------------


def test_a_kiosk_reaches_retrieved_when_insi_found_the_person_of_the_card_ins_6() -> None:
    assert kiosk_status(CARD, FOUND, None) is IdentityStatus.RETRIEVED
    assert kiosk_status(None, FOUND, MRZ) is IdentityStatus.RETRIEVED
    assert kiosk_status(CARD, FOUND, MRZ) is IdentityStatus.RETRIEVED


@pytest.mark.parametrize(
    "answer",
    [
        InsNotFound(),
        InsSeveral(),
        InsRefused("siram_100", "", ""),
        InsUnreachable("timeout"),
        InsCertificateTrouble("expired"),
        InsFound(Matricule("2751263220749", "74", ""), INSI),
        InsFound(Matricule("", "", OID_NIR), INSI),
        InsFound(replace(NUMBER, oid=OID_NIR_TEST), INSI),
        InsFound(replace(NUMBER, key="75"), INSI),
        InsFound(NUMBER, replace(INSI, birth_place_code="99999")),
        InsFound(NUMBER, INSI, flags=("several-individuals",)),
    ],
)
def test_without_one_identity_from_insi_a_kiosk_leaves_it_provisional_ins_3_3(answer) -> None:
    assert kiosk_status(CARD, answer, MRZ) is IdentityStatus.PROVISIONAL


def test_in_a_demonstration_a_kiosk_takes_numbers_of_test_people_and_nothing_else_that_is_odd_ins_1_1() -> None:
    test_people = InsFound(replace(NUMBER, oid=OID_NIR_TEST), INSI, flags=("test-oid", "simulator"))
    assert kiosk_status(CARD, test_people, MRZ, in_production=False) is IdentityStatus.RETRIEVED
    assert kiosk_status(CARD, test_people, MRZ) is IdentityStatus.PROVISIONAL
    wrong_key = replace(test_people, matricule=replace(test_people.matricule, key="75"))
    assert kiosk_status(CARD, wrong_key, MRZ, in_production=False) is IdentityStatus.PROVISIONAL


def test_an_appli_carte_vitale_retrieves_nobody_at_a_kiosk_ins_10_4() -> None:
    attested = InsFound(NUMBER, replace(INSI, source=Source.APPLI))
    assert kiosk_status(CARD, FOUND, MRZ) is IdentityStatus.RETRIEVED
    assert kiosk_status(CARD, attested, MRZ) is IdentityStatus.PROVISIONAL


def test_a_blocking_difference_with_card_or_document_leaves_it_provisional_ins_4() -> None:
    other = replace(INSI, birth_date=BirthDate("1980-06-15"))
    assert kiosk_status(CARD, InsFound(NUMBER, other), None) is IdentityStatus.PROVISIONAL
    assert kiosk_status(None, InsFound(NUMBER, other), MRZ) is IdentityStatus.PROVISIONAL
    assert kiosk_status(CARD, FOUND, replace(MRZ, birth_date=other.birth_date)) is IdentityStatus.PROVISIONAL
    assert kiosk_status(replace(CARD, birth_date=other.birth_date), FOUND, MRZ) is IdentityStatus.PROVISIONAL


def test_what_nobody_stated_cannot_be_accepted_as_the_persons_ins_2_2() -> None:
    assert kiosk_status(None, FOUND, None) is IdentityStatus.PROVISIONAL
    assert kiosk_status(replace(CARD, birth_date=None), FOUND, None) is IdentityStatus.PROVISIONAL
    assert kiosk_status(replace(CARD, birth_date=None), FOUND, MRZ) is IdentityStatus.RETRIEVED


def test_a_kiosk_never_reaches_more_than_retrieved_ins_6() -> None:
    cards = (None, CARD, replace(CARD, birth_name="DUPONT"), replace(CARD, given_names=("LEA",)))
    answers = (FOUND, InsNotFound(), InsUnreachable("timeout"))
    documents = (None, MRZ, replace(MRZ, birth_name="DUPONT"))
    reached = {kiosk_status(*case) for case in product(cards, answers, documents)}
    assert reached == {IdentityStatus.PROVISIONAL, IdentityStatus.RETRIEVED}


def test_the_digits_of_the_matricule_never_contradict_the_traits_ins_1_7() -> None:
    """After a civil change of sex, or with another country in the NIR, the number is still this person's."""
    for number in ("1751263220749", "2751299352749", "2990163220749"):
        found = InsFound(Matricule(number, key_of(number), OID_NIR), INSI)
        assert kiosk_status(CARD, found, MRZ) is IdentityStatus.RETRIEVED


def test_the_history_is_kept_as_returned_exi_rec_08() -> None:
    history = (
        PastMatricule(NUMBER, "2020-01-02", "2019-01-01"),
        PastMatricule(Matricule("2090763220834", "", OID_NIR)),
    )
    found = InsFound(NUMBER, INSI, history)
    assert found.history is history
    assert kiosk_status(CARD, found, None) is IdentityStatus.RETRIEVED


def test_insis_return_is_kept_unaltered_with_the_time_of_the_call_exi_rec_07() -> None:
    exchange = Exchange("by-card", "uuid:1", "2026-11-21T09:30:00Z", 412, "00", b"<a/>", b"\xef\xbb\xbf<b  c='1'/>\r\n")
    arrival = CheckIn(
        key="k",
        kiosk="hall",
        arrived_at="2026-11-21T10:30:00+01:00",
        ticket="A12",
        desk="3",
        status=IdentityStatus.RETRIEVED,
        card=CARD,
        card_anomalies=(),
        card_nir="",
        birth_rank="1",
        insi=replace(FOUND, exchanges=(exchange,)),
        document_kind=None,
        mrz=None,
        pictures=(),
    )
    assert from_bytes(to_bytes(arrival)) == arrival


def test_an_identity_never_prints_itself() -> None:
    assert "2751263220749" not in f"{QUALIFIED} {QUALIFIED!r}"
