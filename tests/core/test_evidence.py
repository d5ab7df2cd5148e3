"""Evidence of identity: ins-rules 2.4."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.core.status import fact_codec
from kiosk.core.status.evidence import (
    DEFAULT_EVIDENCE,
    OF_A_PARENT_OR_GUARDIAN,
    Companion,
    Confidence,
    EvidenceTable,
    EvidenceTableRefused,
    EvidenceType,
    Fixed,
    Nationality,
    laminated_card_valid_until,
    loosened,
    nationality_of,
    rniv,
)
from kiosk.core.status.transitions import EvidenceChecked

TABLE = EvidenceTable()


def codes(nationality: Nationality, age: int) -> set[str]:
    return {kind.code for kind in TABLE.offered(nationality, age)}


EVERYBODYS = {"PA", "IE", "AV"}


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


@pytest.mark.parametrize("code", ["AN", "LE"])
def test_a_minors_extract_or_family_book_goes_with_a_parents_or_guardians_document_rniv1_3_3_3(code: str) -> None:
    kind = TABLE.find(code)
    assert kind is not None
    assert [one.code for one in kind.companions] == ["PCN", "PPA", "PCS", "PIE", "TDJ"]
    assert all("parent" in one.label or "tuteur" in one.label for one in kind.companions)
    assert all(kind.is_complete_with(one.code) for one in kind.companions)
    assert not any(kind.is_complete_with(wrong) for wrong in ("", "CN", "XX", "PCN PPA"))


def test_what_stands_alone_is_complete_alone_rniv1_3_3_2() -> None:
    alone = [kind for kind in DEFAULT_EVIDENCE if kind.code not in {"AN", "LE"}]
    assert all(kind.is_complete_with("") and not kind.is_complete_with("PCN") for kind in alone)


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


def changed(code: str, **changes: object) -> EvidenceTable:
    """The RNIV's table with one kind as a structure would have it."""
    return EvidenceTable(tuple(replace(kind, **changes) if kind.code == code else kind for kind in DEFAULT_EVIDENCE))


def test_a_structure_may_trust_less_than_the_rniv_exi_id_19_exi_si_10() -> None:
    stricter = changed("CN", confidence=Confidence.LOW)
    assert {kind.code for kind in stricter.offered(Nationality.FRENCH, 40)} == {"PA", "IE", "AV"}
    passport = changed("PA", nationalities=frozenset({Nationality.FRENCH}), minors_only=True)
    assert "PA" not in {kind.code for kind in passport.offered(Nationality.OTHER, 10)}
    assert "PA" not in {kind.code for kind in passport.offered(Nationality.FRENCH, 40)}
    only_a_passport = changed("LE", companions=OF_A_PARENT_OR_GUARDIAN[1:2]).find("LE")
    assert only_a_passport is not None and only_a_passport.is_complete_with("PPA")
    assert not only_a_passport.is_complete_with("PCN")
    more = changed("DC", companions=(Companion("PCN", "Carte d'un parent"),)).find("DC")
    assert more is not None and not more.is_complete_with("")
    assert not loosened(changed("IE", needs_presence=True).types[3])


@pytest.mark.parametrize("code", ["TC", "AC"])
def test_what_the_rniv_leaves_to_the_structure_is_offered_only_where_it_is_named_exi_id_19_ara(code: str) -> None:
    kind = TABLE.find(code)
    assert kind is not None and kind.only_if_named and kind.note
    assert kind not in TABLE.offered(Nationality.FRENCH, 90)
    named = changed(code, confidence=Confidence.HIGH, only_if_named=False)
    assert code in {kind.code for kind in named.offered(Nationality.FRENCH, 90)}


@pytest.mark.parametrize(
    ("code", "changes", "fixed"),
    [
        ("PC", {"confidence": Confidence.HIGH}, Fixed.CONFIDENCE),
        ("CM", {"confidence": Confidence.HIGH}, Fixed.CONFIDENCE),
        ("CC", {"confidence": Confidence.HIGH}, Fixed.CONFIDENCE),
        ("CE", {"confidence": Confidence.HIGH}, Fixed.CONFIDENCE),
        ("", {"confidence": Confidence.HIGH}, Fixed.FLOW),
        ("PA", {"code": "XX"}, Fixed.FLOW),
        ("CN", {"nationalities": frozenset(Nationality)}, Fixed.NATIONALITIES),
        ("CS", {"nationalities": frozenset(Nationality)}, Fixed.NATIONALITIES),
        ("AN", {"minors_only": False}, Fixed.AGE),
        ("DC", {"minors_only": False}, Fixed.AGE),
        ("LE", {"companions": ()}, Fixed.COMPANIONS),
        ("AN", {"companions": (*OF_A_PARENT_OR_GUARDIAN, Companion("ONCLE", "Pièce d'un oncle"))}, Fixed.COMPANIONS),
        ("PA", {"needs_presence": False}, Fixed.PRESENCE),
        ("AN", {"needs_presence": False}, Fixed.PRESENCE),
    ],
)
def test_a_structure_loosens_nothing_of_the_rniv_3_3_2_3_3_3(code: str, changes: dict, fixed: Fixed) -> None:
    own = next(replace(kind, **changes) for kind in DEFAULT_EVIDENCE if kind.code == code)
    assert loosened(own) == {fixed}
    with pytest.raises(EvidenceTableRefused, match=f"{own.code!r} is looser than the RNIV.*{fixed.value}"):
        EvidenceTable((own,))


def test_nothing_of_the_rnivs_own_table_is_loosened() -> None:
    assert {kind.code for kind in DEFAULT_EVIDENCE if loosened(kind)} == {""}, "it validates nothing"


def test_a_structure_tells_two_kinds_apart_that_the_flows_call_the_same_pam_zfd_7() -> None:
    france = EvidenceType("FI", "France Identité", Confidence.HIGH, needs_presence=False, flow="IE")
    post = EvidenceType("LIN", "L'Identité Numérique", Confidence.HIGH, flow="IE")
    table = EvidenceTable((france, post))
    assert table.offered(Nationality.OTHER, 30) == (france, post)
    assert (france.flow_code, post.flow_code, DEFAULT_EVIDENCE[0].flow_code) == ("IE", "IE", "CN")
    assert rniv("".join(["I", "E"])) in DEFAULT_EVIDENCE and rniv("FI") is None


def test_what_validates_nothing_may_stand_in_a_table_with_any_code() -> None:
    paper = EvidenceType("CARTON", "Carton du service", Confidence.LOW)
    assert EvidenceTable((*DEFAULT_EVIDENCE, paper)).find("CARTON") is paper
    with pytest.raises(EvidenceTableRefused, match="no evidence could ever validate"):
        EvidenceTable((paper,))


def test_a_code_stands_once_in_a_table_exi_id_19() -> None:
    kind = EvidenceType("CN", "Carte", Confidence.HIGH)
    with pytest.raises(EvidenceTableRefused, match="'CN' is there twice"):
        EvidenceTable((EvidenceType("PA", "Passeport", Confidence.HIGH), kind, kind))


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


@pytest.mark.parametrize(
    ("code", "companion", "is_complete"),
    [("LE", "PCN", True), ("LE", "", False), ("LE", "XX", False), ("PA", "", True), ("PA", "PCN", False)],
)
def test_evidence_read_from_a_fact_comes_to_what_it_came_to_when_written_identity_register(
    code: str, companion: str, is_complete: bool
) -> None:
    """The fold judges every fact again: what was refused for want of a companion stays refused."""
    kind = TABLE.find(code)
    assert kind is not None
    written = fact_codec.written(EvidenceChecked(kind, True, "2026-11-29", companion))
    read = fact_codec.read(*written)
    assert isinstance(read, EvidenceChecked)
    assert read.evidence.is_complete_with(read.companion_code) is is_complete
    assert (read.companion_code, read.evidence.code) == (companion, code)
