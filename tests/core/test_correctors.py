"""Who corrects what differs between card, INSi and document: ins-rules 4."""

from dataclasses import replace

import pytest

from kiosk.core.coherence.compare import Corrector, Outcome, Trait, compare
from kiosk.core.identity.traits import Sex, Traits
from kiosk.core.sources.document import DocumentKind
from tests.core.comparing import DOCUMENT, STAFF
from tests.core.examples import CARD, INSI


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
