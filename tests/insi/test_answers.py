"""Answers as they really come: loose, odd, broken or hostile. Nothing is lost, nothing is raised."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.identity.traits import Sex
from kiosk.core.sources.insi import InsFound, InsNotFound, InsRefused, InsSeveral, InsUnreachable
from kiosk.insi import answers
from kiosk.insi.simulated.answers import STYLES, fault, result
from kiosk.insi.simulated.population import TEST_PEOPLE
from tests.fuzz.fuzz_insi import broken_promise
from tests.insi.envelopes import FAULT_550, FAULT_DOWN, FOUND
from tests.insi.mutations import entity_bombs, mutated

PIERRE_ALAIN = TEST_PEOPLE[4]


def found(text: str) -> InsFound:
    answer = answers.read(text.encode()).answer
    assert isinstance(answer, InsFound)
    return answer


def test_an_answer_in_another_order_under_other_prefixes_is_read_whole() -> None:
    answer = found(FOUND)
    assert (answer.matricule.number, answer.matricule.key) == ("1090763220834", "89")
    assert answer.matricule.oid == "1.2.250.1.213.1.4.8"
    assert answer.traits.birth_name == "ECETINSI", "a comment in the middle of a name is not part of it"
    assert answer.traits.given_names == ("PIERRE-ALAIN", "MURIEL", "FLORIANT")
    assert answer.traits.given_names_text == "PIERRE-ALAIN MURIEL FLORIANT"
    assert answer.traits.sex is Sex.MALE
    assert answer.traits.birth_date is not None
    assert answer.traits.birth_date.text == "2009-07-14"
    assert [past.matricule.number for past in answer.history] == ["2090763220834"]
    assert answer.flags == ()


@pytest.mark.parametrize("style", STYLES)
def test_each_style_of_the_simulator_says_the_same_person(style: str) -> None:
    answer = found(result("00", PIERRE_ALAIN, "uuid:x", style).decode())
    assert answer.matricule.number == PIERRE_ALAIN.number
    assert answer.traits.given_names_text == "PIERRE-ALAIN MURIEL FLORIANT"
    assert {past.matricule.number for past in answer.history} >= {past[:13] for past in PIERRE_ALAIN.history}


@pytest.mark.parametrize(
    ("written", "instead", "flag"),
    [
        ("<ns2:Cle>89</ns2:Cle>", "<ns2:Cle>88</ns2:Cle>", "bad-key"),
        ("<ns2:Cle>89</ns2:Cle>", "", "no-key"),
        ("<ns2:Cle>39</ns2:Cle>", "<ns2:Cle>38</ns2:Cle>", "history-bad-key"),
        ("1090763220834", "109076322083", "odd-number"),
        ("1090763220834", "109076A220834", "bad-key"),
        ("2090763220834", "1090763220834", "history-repeats-active"),
        ("<ns2:OID> 1.2.250.1.213.1.4.8 </ns2:OID>", "", "no-oid"),
        (" 1.2.250.1.213.1.4.8 ", "1.2.3", "unknown-oid"),
        (" 1.2.250.1.213.1.4.8 ", "1.2.250.1.213.1.4.10", "test-oid"),
        ("2009-07-14", "2009-13-00", "odd-birth-date"),
        ("2009-07-14", "14/07/2009", "odd-birth-date"),
        ("<ns2:DateNaissance>2009-07-14</ns2:DateNaissance>", "", "no-birth-date"),
        ("<ns2:Sexe>M", "<ns2:Sexe>I", "odd-sex"),
        ("<ns2:Sexe>M</ns2:Sexe>", "", "no-sex"),
        ("63220</ns2:LieuNaissance>", "632</ns2:LieuNaissance>", "odd-birth-place"),
        ("</ns2:INDIVIDU>", "<ns2:Neuf>1</ns2:Neuf></ns2:INDIVIDU>", "unknown-elements"),
        ("</ns2:INDIVIDU>", "<autre xmlns='urn:x'/></ns2:INDIVIDU>", "unknown-elements"),
        ("</ns2:TIQ>", "<ns2:Prenom>OLA</ns2:Prenom></ns2:TIQ>", "given-name-outside-list"),
        (
            "</ns2:INSACTIF>",
            "<ns2:DateDeb>2020-02-01</ns2:DateDeb><ns2:DateFin>2019-01-01</ns2:DateFin></ns2:INSACTIF>",
            "active-ends-before-it-starts",
        ),
        (
            "</ns2:INSHISTO>",
            "<ns2:DateDeb>2020-02-01</ns2:DateDeb><ns2:DateFin>2019-01-01</ns2:DateFin></ns2:INSHISTO>",
            "history-ends-before-it-starts",
        ),
        ("</ns2:INSHISTO>", "<ns2:DateDeb>hier</ns2:DateDeb></ns2:INSHISTO>", "history-odd-date"),
        ("</ns2:INDIVIDU>", "</ns2:INDIVIDU><ns2:INDIVIDU/>", "several-individuals"),
    ],
)
def test_what_is_odd_is_kept_and_flagged(written: str, instead: str, flag: str) -> None:
    assert written in FOUND
    assert flag in found(FOUND.replace(written, instead)).flags


def test_a_first_name_that_is_in_the_list_is_nothing_odd() -> None:
    assert found(FOUND.replace("</ns2:TIQ>", "<ns2:Prenom>PIERRE-ALAIN</ns2:Prenom></ns2:TIQ>")).flags == ()


def test_without_a_list_the_given_names_said_one_by_one_are_taken() -> None:
    listed = "<ns2:ListePrenom>PIERRE-ALAIN MURIEL FLORIANT</ns2:ListePrenom>"
    singles = "<ns2:Prenom>PIERRE-ALAIN</ns2:Prenom><ns2:Prenom>MURIEL</ns2:Prenom>"
    assert found(FOUND.replace(listed, singles)).traits.given_names == ("PIERRE-ALAIN", "MURIEL")


def test_nothing_found_and_several_found_are_two_things() -> None:
    assert isinstance(answers.read(result("01", None, "m")).answer, InsNotFound)
    assert isinstance(answers.read(result("02", None, "m")).answer, InsSeveral)


def test_an_unknown_code_is_a_refusal_with_its_text() -> None:
    answer = answers.read(result("77", None, "uuid:m")).answer
    assert isinstance(answer, InsRefused)
    assert (answer.code, answer.text, answer.message_id) == ("77", "Reponse du simulateur", "uuid:m")


def test_a_found_without_a_number_is_nonsense_not_a_person() -> None:
    text = FOUND.replace("<ns2:NumIdentifiant>1090763220834</ns2:NumIdentifiant>", "")
    assert isinstance(answers.read(text.encode()).answer, InsUnreachable)


def test_an_unknown_authorisation_is_refused_with_code_text_and_message_id() -> None:
    reply = answers.read(FAULT_550.encode())
    assert isinstance(reply.answer, InsRefused)
    assert reply.code == reply.answer.code == "desir_550"
    assert "inconnu" in reply.answer.text
    assert reply.answer.message_id == "uuid:3d1ac113-9a2e-4a49-b0ad-b4a4fdd02b3b"


def test_a_service_that_is_down_is_unreachable_not_refused() -> None:
    for envelope in (FAULT_DOWN.encode(), fault("siram_100", "insi_102", "En panne", "m")):
        reply = answers.read(envelope)
        assert isinstance(reply.answer, InsUnreachable)
        assert reply.answer.reason == "service"
    assert answers.read(FAULT_DOWN.encode()).code == "siram_40"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-15", "utf-8-sig"])
def test_another_encoding_that_xml_declares_is_read(encoding: str) -> None:
    declared = FOUND.replace('encoding="UTF-8"', f'encoding="{"UTF-8" if encoding == "utf-8-sig" else encoding}"')
    answer = answers.read(declared.encode(encoding)).answer
    assert isinstance(answer, InsFound)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_no_entity_is_ever_expanded_in_any_encoding(encoding: str) -> None:
    declared = FOUND.replace('encoding="UTF-8"?>', f'encoding="{encoding}"?><!DOCTYPE a [<!ENTITY e "SECRET">]>')
    reply = answers.read(declared.replace("ECET", "&e;").encode(encoding))
    assert reply.code == "nonsense"
    assert isinstance(reply.answer, InsUnreachable)


def test_a_deep_or_wide_answer_is_bounded() -> None:
    deep = FOUND.replace("<ns2:TIQ>", "<ns2:TIQ>" + "<a>" * 5000).replace("</ns2:TIQ>", "</a>" * 5000 + "</ns2:TIQ>")
    assert isinstance(answers.read(deep.encode()).answer, InsUnreachable)
    history = FOUND[FOUND.index("<ns2:INSHISTO>") : FOUND.index("<ns2:INSACTIF>")]
    assert len(found(FOUND.replace(history, history * 2000)).history) == 100
    assert len(found(FOUND.replace("ECET", "E" * 900_000)).traits.birth_name) == 2000


@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer_of_some_kind(body: bytes) -> None:
    assert answers.read(body).code


@given(st.integers(0, 2**32))
def test_a_mutated_answer_never_raises_and_no_entity_is_expanded(case: int) -> None:
    """A hundred thousand of them: tests/fuzz/fuzz_insi.py."""
    assert broken_promise(mutated(random.Random(case))) == ""


def test_no_entity_is_expanded_whatever_the_encoding() -> None:
    for body in entity_bombs():
        assert broken_promise(body) == ""
