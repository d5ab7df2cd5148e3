"""The table of cases: each is what it says, and its people are nobody."""

import re
from datetime import date, datetime
from uuid import uuid4

import cv2
import numpy as np
import pytest

from kiosk.app.back_office import Place
from kiosk.capture.reader import read_document
from kiosk.capture.shot import MOST_BYTES
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.document import SealVerdict, ValidityStatus
from kiosk.core.sources.insi import InsFound
from kiosk.insi.simulated.population import Population
from kiosk.training.case import MOST_COPIES, Case, Read, Right
from kiosk.training.cases import CASES, cast, everybody
from kiosk.training.visits import visit_of

NOW = datetime.fromisoformat("2026-11-30T09:00:00+01:00")
PLACE = Place("borne-1", "3", "A", "demo")
NAMED = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
COPIES = (0, 1, 13, 27, MOST_COPIES - 1)


def _came(case: Case, copy: int = 0) -> CheckIn:
    visit = visit_of(cast(case, copy), NOW, copy)
    return visit.check_in(str(uuid4()), "A1", PLACE, NOW, visit.answer)


def test_there_are_cases_for_everything_that_staff_meet() -> None:
    assert len(CASES) >= 20
    assert len({case.name for case in CASES}) == len({case.meets for case in CASES}) == len(CASES)
    assert {case.right for case in CASES} == set(Right)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", case.name) for case in CASES)
    assert all(text.endswith(".") for case in CASES for text in (case.meets, case.do))


def test_everybody_is_somebody_else_and_nobody() -> None:
    people = [cast(case, copy).person for case in CASES for copy in range(MOST_COPIES)]
    said = {(one.birth_name, one.given_names, one.birth_date, one.number) for one in people}
    assert len({one[:3] for one in said}) == len({one[3] for one in said}) == len(people)
    assert all(one.number[5:7] == "00" and len(one.number) == 13 for one in people)  # no département
    with pytest.raises(ValueError, match="more copies"):
        cast(CASES[0], MOST_COPIES)


@NAMED
def test_the_simulated_service_answers_as_the_case_says(case: Case) -> None:
    everyone = Population(everybody())
    for copy in COPIES:
        known = cast(case, copy)
        visit = visit_of(known, NOW)
        one, insured = visit.beneficiary, visit.insured
        found = []
        if one is not None:
            number = one.nir if one.nir else ""
            found = everyone.by_card(number, insured.nir if insured else "", one.birth_date, one.birth_rank)
        if not found and visit.traits is not None and visit.traits.birth_date is not None:
            said = visit.traits
            found = [
                each
                for each in known.known()
                if each.birth_date == said.birth_date.text and each.sex == (said.sex and said.sex.value)
            ]
        numbers = {"found": 1, "nobody": 0, "several": 2, "silent": 1}
        expected = 0 if case.name == "nothing" else numbers[case.national.value]
        assert len(found) == expected, (case.name, copy)
        assert all(each.number == known.person.number for each in found)


@NAMED
def test_a_case_is_a_check_in_of_a_believable_size(case: Case) -> None:
    check_in = _came(case)
    assert codec.from_bytes(codec.to_bytes(check_in)) == check_in
    assert bool(check_in.pictures) == (case.paper is not None) != check_in.document_refused
    for picture in check_in.pictures:
        shown = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert 40_000 < len(picture.jpeg) <= MOST_BYTES
        assert shown.shape[0] >= 600 and shown.shape[1] >= 1000


@pytest.mark.long
@NAMED
def test_the_machine_reads_in_the_picture_what_the_case_says_of_it(case: Case) -> None:
    check_in = _came(case)
    if not check_in.pictures:
        assert check_in.mrz is None
        return
    shown = cv2.imdecode(np.frombuffer(check_in.pictures[-1].jpeg, np.uint8), cv2.IMREAD_COLOR)
    read = read_document(shown, NOW.date())
    is_read = case.paper is not None and case.paper.read is Read.WELL
    assert (read.mrz is not None and read.mrz.accepted) is is_read
    if is_read:
        assert check_in.mrz is not None and read.mrz is not None
        assert read.mrz.lines == check_in.mrz.lines
        assert (read.seal is None) is (check_in.seal is None)
        assert read.seal is None or read.seal.fields == check_in.seal.fields


def test_documents_are_what_their_cases_say() -> None:
    came = {case.name: _came(case) for case in CASES if case.paper is not None}
    over = [name for name, one in came.items() if one.document_validity and one.document_validity.until < "2026"]
    assert over == ["expired"]
    assert came["expired"].document_validity.status is ValidityStatus.EXPIRED
    assert came["plain"].seal.verdict is SealVerdict.NOT_VERIFIED and not came["plain"].seal.contradictions
    assert came["false-seal"].seal.verdict is SealVerdict.FALSE
    assert came["contradicted-seal"].seal.contradictions == ("birth_name",)
    assert came["long-name"].mrz.traits.birth_name_may_be_cut
    assert len(came["long-name"].insi.traits.birth_name) > 40


def test_a_child_is_still_one_and_a_twin_is_on_the_mother_s_card() -> None:
    came = {case.name: _came(case, MOST_COPIES - 1) for case in CASES if case.insured is not None}
    assert came.keys() == {"twins", "minor"}
    for check_in in came.values():
        assert isinstance(check_in.insi, InsFound)
        assert int(check_in.insi.traits.birth_date.year) > date(2026, 11, 30).year - 18
        assert check_in.card_nir == "" and check_in.insured_nir
