"""Evidence of identity: ins-rules 2.4."""

from datetime import date

import pytest

from kiosk.core.status.evidence import (
    DEFAULT_EVIDENCE,
    Confidence,
    EvidenceTable,
    EvidenceTableRefused,
    EvidenceType,
    Nationality,
    laminated_card_valid_until,
    nationality_of,
)

TABLE = EvidenceTable()


def codes(nationality: Nationality, age: int) -> set[str]:
    return {kind.code for kind in TABLE.offered(nationality, age)}


EVERYBODYS = {"PA", "IE", "AV", "TC"}


def test_a_french_adult_shows_an_identity_card_or_a_passport_rniv1_3_3_2() -> None:
    assert codes(Nationality.FRENCH, 40) == EVERYBODYS | {"CN"}


def test_a_european_shows_a_passport_an_identity_card_or_a_residence_permit_rniv1_3_3_2() -> None:
    assert codes(Nationality.EUROPEAN, 40) == EVERYBODYS | {"CN", "CS"}


def test_others_show_a_passport_or_a_residence_permit_rniv1_3_3_2() -> None:
    assert codes(Nationality.OTHER, 40) == EVERYBODYS | {"CS"}


def test_a_minor_may_show_a_birth_extract_a_family_book_or_the_dcem_rniv1_3_3_3() -> None:
    assert codes(Nationality.FRENCH, 17) == EVERYBODYS | {"CN", "AN", "LE"}
    assert codes(Nationality.OTHER, 17) == EVERYBODYS | {"CS", "AN", "LE", "DC"}
    assert codes(Nationality.EUROPEAN, 0) == EVERYBODYS | {"CN", "CS", "AN", "LE", "DC"}
    assert codes(Nationality.FRENCH, 18) == EVERYBODYS | {"CN"}


def test_a_minors_extract_or_family_book_goes_with_a_parents_document_rniv1_3_3_3() -> None:
    for code in ("AN", "LE"):
        kind = TABLE.find(code)
        assert kind is not None
        assert "d'un parent" in kind.companion
    passport = TABLE.find("PA")
    assert passport is not None
    assert passport.companion == ""


@pytest.mark.parametrize("code", ["", "PC", "CM", "CC", "CE", "AC"])
def test_a_carte_vitale_a_licence_or_a_military_card_does_not_suffice_ins_2_4(code: str) -> None:
    kind = TABLE.find("".join(list(code)))
    assert kind is not None
    assert not kind.may_validate
    assert kind not in TABLE.offered(Nationality.FRENCH, 40)


def test_the_table_knows_the_flow_codes_of_zfd_7() -> None:
    flow_codes = {"AN", "CC", "CE", "CM", "CN", "CS", "LE", "PA", "PC", "AC", "AV", "DC", "IE", "TC"}
    assert {kind.code for kind in DEFAULT_EVIDENCE} - {""} == flow_codes


def test_only_electronic_means_and_trusted_bodies_need_no_face_compared_ins_2_4() -> None:
    assert {kind.code for kind in DEFAULT_EVIDENCE if not kind.needs_presence} == {"IE", "AV", "TC"}


def test_a_structure_may_change_the_confidence_exi_id_19_exi_si_10() -> None:
    changed = TABLE.changed({"PC": Confidence.HIGH, "CN": Confidence.LOW})
    licence, card, passport = changed.find("PC"), changed.find("CN"), changed.find("PA")
    assert licence is not None and licence.may_validate
    assert card is not None and not card.may_validate
    assert passport is not None and passport.may_validate
    assert len(changed.types) == len(TABLE.types)


def test_a_change_to_an_unknown_code_is_refused_by_its_name_exi_id_19() -> None:
    with pytest.raises(EvidenceTableRefused, match="'XX' is not in the table"):
        TABLE.changed({"CN": Confidence.LOW, "XX": Confidence.HIGH})


def test_a_code_stands_once_in_a_table_exi_id_19() -> None:
    kind = EvidenceType("CN", "Carte", Confidence.HIGH)
    with pytest.raises(EvidenceTableRefused, match="'CN' is there twice"):
        EvidenceTable((EvidenceType("PA", "Passeport", Confidence.HIGH), kind, kind))


def test_evidence_without_a_flow_code_cannot_validate_exi_si_23() -> None:
    with pytest.raises(EvidenceTableRefused, match="without a code"):
        TABLE.changed({"": Confidence.HIGH})


def test_what_the_table_does_not_know_is_nothing() -> None:
    assert TABLE.find("XX") is None


@pytest.mark.parametrize(
    ("issued", "born", "until"),
    [
        (date(2012, 3, 4), date(1980, 1, 21), date(2027, 3, 4)),
        (date(2004, 1, 2), date(1980, 1, 21), date(2019, 1, 2)),
        (date(2004, 1, 1), date(1980, 1, 21), date(2014, 1, 1)),
        (date(2012, 3, 4), date(1994, 3, 4), date(2027, 3, 4)),
        (date(2012, 3, 4), date(1994, 3, 5), date(2022, 3, 4)),
        (date(2012, 2, 29), date(1980, 1, 21), date(2027, 3, 1)),
        (date(2012, 2, 29), date(2000, 1, 21), date(2022, 3, 1)),
        (date(2012, 3, 1), date(1996, 2, 29), date(2022, 3, 1)),
        (date(2014, 3, 1), date(1996, 2, 29), date(2029, 3, 1)),
        (date(2014, 2, 28), date(1996, 2, 29), date(2024, 2, 28)),
        (date(2020, 3, 4), date(1980, 1, 21), date(2031, 8, 3)),
    ],
)
def test_an_adults_card_of_2004_and_after_is_valid_15_years_whatever_it_prints_decret_2013_1188(
    issued: date, born: date, until: date
) -> None:
    assert laminated_card_valid_until(issued, born) == until


def test_nothing_is_pre_selected_exi_id_19() -> None:
    assert not [field for field in dir(TABLE) + dir(TABLE.types[0]) if "default" in field or "selected" in field]


@pytest.mark.parametrize(
    ("state", "nationality"),
    [
        ("FRA", Nationality.FRENCH),
        ("fra", Nationality.FRENCH),
        ("D<<", Nationality.EUROPEAN),
        ("DEU", Nationality.EUROPEAN),
        ("CHE", Nationality.EUROPEAN),
        ("AND", Nationality.EUROPEAN),
        ("ESP ", Nationality.EUROPEAN),
        ("GBR", Nationality.OTHER),
        ("DZA", Nationality.OTHER),
        ("", Nationality.OTHER),
    ],
)
def test_the_eu_the_eea_switzerland_and_the_listed_neighbours_count_as_european_ins_2_4(
    state: str, nationality: Nationality
) -> None:
    assert nationality_of(state) is nationality


def test_an_evidence_type_stands_alone_and_for_everyone_unless_said() -> None:
    kind = EvidenceType("XX", "Essai", Confidence.HIGH)
    assert kind.needs_presence
    assert not kind.minors_only
    assert all(kind.suits(nationality, age) for nationality in Nationality for age in (0, 17, 18, 99))
