"""Names and given names: ins-rules 1.3 and 1.4."""

import pytest

from kiosk.core.identity.names import (
    MAX_NAME,
    MAX_TEXT,
    FirstNames,
    NameRefused,
    NameTooLong,
    comparison_key,
    first_given_names,
    is_coherent_first_name,
    is_valid_birth_name,
    is_valid_given_name,
    normalise,
)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Éléonore", "ELEONORE"),
        ("FRANÇOISE", "FRANCOISE"),
        ("Œuvré", "OEUVRE"),
        ("œ", "OE"),
        ("Læticia", "LAETICIA"),
        ("ǽ", "AE"),
        ("STRAßE", "STRASSE"),
        ("ẞ", "SS"),
        ("Łukasz", "LUKASZ"),
        ("Đorđe", "DORDE"),
        ("Ĳssel", "IJSSEL"),
        ("ế", "E"),
        ("e\u0301\u0302", "E"),
        ("Müller", "MULLER"),
        ("d'Éon", "D'EON"),
        ("Le É", "LE E"),
        ("ADRUN", "ADRUN"),
        ("", ""),
    ],
)
def test_insi_knows_only_capitals_without_accent_or_ligature_sel_2(written: str, sent: str) -> None:
    assert normalise(written) == sent


@pytest.mark.parametrize("mark", "'’‘‛`´ʼʻʹ′＇")
def test_every_apostrophe_becomes_ascii_39_sel_3_4_1(mark: str) -> None:
    assert normalise(f"D{mark}Artagnan") == "D'ARTAGNAN"


@pytest.mark.parametrize("mark", "-‐‑‒–—―−⁃﹣－")
def test_every_hyphen_becomes_ascii_45_sel_3_4_1(mark: str) -> None:
    assert normalise(f"Pierre{mark}Alain") == "PIERRE-ALAIN"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("  DE   LA\tTOUR ", "DE LA TOUR"),
        ("DE\u00a0LA\u202fTOUR", "DE LA TOUR"),
        ("D' ARTAGNAN", "D'ARTAGNAN"),
        ("D 'ARTAGNAN", "D'ARTAGNAN"),
        ("D''ARTAGNAN", "D'ARTAGNAN"),
        ("D' 'ARTAGNAN", "D'ARTAGNAN"),
        ("VAN 'T HOOFT", "VAN'T HOOFT"),
        ("'t Hooft", "'T HOOFT"),
        ("JEAN - PIERRE", "JEAN-PIERRE"),
        ("DUPONT--LOISEAU", "DUPONT--LOISEAU"),
        ("DUPONT - - LOISEAU", "DUPONT--LOISEAU"),
    ],
)
def test_two_spaces_two_apostrophes_or_a_space_beside_an_apostrophe_are_mended_sel_3_4_1(
    written: str, sent: str
) -> None:
    assert normalise(written) == sent


def test_hyphens_and_apostrophes_are_kept_as_on_the_document_ins_1_3() -> None:
    assert normalise("D'ESTRÉES-LEROY") == "D'ESTREES-LEROY"


@pytest.mark.parametrize(
    "text",
    [
        "DUP0NT",
        "DUPONT_",
        "DU/PONT",
        "Ø",
        "Þór",
        "Ðan",
        "Иван",
        "李",
        "DUPONT\n",
        "DU\u00adPONT",
        "½",
        "Ａ",
        "ª",
        ".",
        "\u0301A",
        " \u0301",
    ],
)
def test_a_character_with_no_equivalent_is_refused_not_dropped_ins_1_3(text: str) -> None:
    with pytest.raises(NameRefused):
        normalise(text)


def test_a_refusal_says_where_and_never_what_ins_1_3() -> None:
    with pytest.raises(NameRefused, match=r"^character 4 of a name has no equivalent") as caught:
        normalise("DUP0NT")
    assert caught.value.position == 3
    assert "DUP" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_text_longer_than_any_name_is_not_even_read() -> None:
    assert normalise("A" * MAX_TEXT) == "A" * MAX_TEXT
    assert normalise("é" * MAX_TEXT) == "E" * MAX_TEXT
    for text in ("A" * (MAX_TEXT + 1), "é" * (MAX_TEXT + 1)):
        with pytest.raises(NameTooLong) as caught:
            normalise(text)
        assert caught.value.position == MAX_TEXT


@pytest.mark.parametrize(
    ("name", "is_valid"),
    [
        ("ADRUN", True),
        ("A", True),
        ("D'ARTAGNAN", True),
        ("'T HOOFT", True),
        ("DUPONT--LOISEAU", True),
        ("DUPONT-", True),
        ("DUPONT'", True),
        ("DE LA TOUR", True),
        ("", False),
        ("-DUPONT", False),
        (" DUPONT", False),
        ("DUPONT ", False),
        ("DUPONT---LOISEAU", False),
        ("DE  LA", False),
        ("D''ARTAGNAN", False),
        ("D' ARTAGNAN", False),
        ("D 'ARTAGNAN", False),
        ("Dupont", False),
        ("DUPONT\n", False),
        ("DUPÔNT", False),
        ("DUP0NT", False),
    ],
)
def test_a_birth_name_begins_with_a_letter_or_apostrophe_and_may_hold_a_double_hyphen_sel_ef_ins01_03(
    name: str, is_valid: bool
) -> None:
    assert is_valid_birth_name(name) is is_valid


@pytest.mark.parametrize(
    ("name", "is_valid"),
    [
        ("ZOE", True),
        ("Z", True),
        ("PIERRE-ALAIN", True),
        ("N'GUESSAN", True),
        ("'ALI", True),
        ("MARIE CLAIRE", True),
        ("", False),
        ("PIERRE--ALAIN", False),
        ("PIERRE-", False),
        ("PIERRE'", False),
        ("PIERRE ", False),
        ("-PIERRE", False),
        ("MARIE  CLAIRE", False),
        ("N''GUESSAN", False),
        ("N' GUESSAN", False),
        ("N 'GUESSAN", False),
        ("ZOÉ", False),
        ("zoe", False),
        ("ZOE\n", False),
    ],
)
def test_a_given_name_has_no_double_hyphen_and_ends_with_a_letter_sel_ef_ins10_01_02(name: str, is_valid: bool) -> None:
    assert is_valid_given_name(name) is is_valid


def test_names_have_at_most_100_characters_ins_1_2() -> None:
    assert MAX_NAME == 100
    for is_valid in (is_valid_birth_name, is_valid_given_name):
        assert is_valid("A" * 100)
        assert not is_valid("A" * 101)


def test_the_comparison_key_takes_hyphen_and_apostrophe_as_a_space_ins_4() -> None:
    assert comparison_key("d’Estrées--Leroy") == "D ESTREES LEROY"
    assert comparison_key("'T HOOFT-") == "T HOOFT"
    assert comparison_key("Jean-Pierre") == comparison_key("JEAN PIERRE")
    assert comparison_key("JEANPIERRE") != comparison_key("JEAN PIERRE")


@pytest.mark.parametrize(
    ("first", "is_coherent"),
    [
        ("JEAN", True),
        ("JEAN CHRISTOPHE", True),
        ("JEAN-CHRISTOPHE", True),
        ("JEAN-CHRISTOPHE-PIERRE", True),
        ("jean", True),
        ("CHRISTOPHE", False),
        ("JEA", False),
        ("JEAN PIERRE", False),
        ("JEAN CHRISTOPHE PIERRE PAUL", False),
        ("", False),
    ],
)
def test_the_first_name_equals_the_list_or_is_a_whole_word_beginning_of_it_exi_id_10(
    first: str, is_coherent: bool
) -> None:
    assert is_coherent_first_name(first, "JEAN CHRISTOPHE PIERRE") is is_coherent


def test_the_sample_of_the_schema_opens_with_a_composite_name_exi_id_10() -> None:
    listed = "PIERRE-ALAIN MURIEL FLORIANT"
    assert is_coherent_first_name("PIERRE ALAIN", listed)
    assert is_coherent_first_name("PIERRE", listed)
    assert not is_coherent_first_name("MURIEL", listed)


def test_a_list_obtained_with_a_secondary_name_does_not_open_with_the_first_one_typed_ins_3_3() -> None:
    assert not is_coherent_first_name("OLA", "CATARINA BELLA")
    assert is_coherent_first_name("CATARINA", "CATARINA BELLA")


def test_the_first_name_is_proposed_from_the_list_never_derived_as_final_exi_id_10() -> None:
    assert first_given_names("JEAN PIERRE MARIE") == FirstNames("JEAN")
    assert first_given_names("JEAN PIERRE MARIE", ("Jean", "JEAN")) == FirstNames("JEAN")
    assert first_given_names("N'GUESSAN", ("NGUESSAN",)) == FirstNames("N'GUESSAN")
    assert first_given_names("") == FirstNames("")


@pytest.mark.parametrize(
    ("listed", "stated", "choices"),
    [
        ("JEAN PIERRE MARIE", ("JEAN", "Jean-Pierre"), ("JEAN-PIERRE", "JEAN")),  # the card's
        (
            "JEAN-PIERRE MARIE",
            ("JEAN-PIERRE", "JEAN"),
            ("JEAN-PIERRE", "JEAN"),
        ),  # INSi's, against the zone's first half
        ("PIERRE-ALAIN MURIEL", (), ("PIERRE-ALAIN",)),
        ("JEAN PIERRE MARIE", ("JEAN PIERRE",), ("JEAN PIERRE", "JEAN")),
    ],
)
def test_a_composite_first_name_is_asked_its_hyphenated_form_before_its_first_half_exi_id_10(
    listed: str, stated: tuple[str, ...], choices: tuple[str, ...]
) -> None:
    assert first_given_names(listed, stated) == FirstNames("", choices)


def test_of_two_writings_of_a_first_name_the_hyphenated_one_is_kept_exi_id_10() -> None:
    assert first_given_names("JEAN PIERRE", ("JEAN PIERRE", "JEAN-PIERRE")).choices == ("JEAN-PIERRE", "JEAN")


def test_a_document_that_disagrees_proposes_nothing_exi_id_10() -> None:
    assert first_given_names("JEAN PIERRE", ("PAUL",)) == FirstNames("JEAN")
    assert first_given_names("JEAN PIERRE", ("P4UL", "PAUL-JEAN")) == FirstNames("JEAN")
    with pytest.raises(NameRefused):
        first_given_names("J3AN", ("JEAN",))
