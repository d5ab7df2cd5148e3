"""What a reading library says of a card is trusted no more than the card's own bytes."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.sources.card import CardAnomaly
from kiosk.documents.vitale import CardRecord, from_records
from tests.people import FAMILIES, Person


def record(person: Person, **other: str) -> CardRecord:
    number = person.number + person.key if person.card_has_number else ""
    said = {
        "name": person.card_name,
        "given_name": person.card_given_name,
        "birth_date": person.birth_date.replace("-", ""),
        "birth_rank": person.birth_rank,
        "number": number,
    }
    return CardRecord(**said | other)


@pytest.mark.parametrize("name", ["zoe", "twins", "marie", "ahmed", "nineteen"])
def test_a_family_is_read_as_the_library_gives_it(name: str) -> None:
    people = FAMILIES[name].people
    contents = from_records(record(person) for person in people)
    assert contents.anomalies == ()
    assert [(one.name, one.birth_date, one.birth_rank, one.nir) for one in contents.beneficiaries] == [
        (one.card_name, one.birth_date, one.birth_rank, one.number if one.card_has_number else "") for one in people
    ]


def test_ranks_the_library_does_not_give_are_guessed_and_said_to_be() -> None:
    contents = from_records(record(person, birth_rank="") for person in FAMILIES["twins"].people)
    assert [one.birth_rank for one in contents.beneficiaries] == ["1", "1", "2"]
    assert contents.anomalies == (CardAnomaly.BIRTH_RANK_GUESSED,)


@pytest.mark.parametrize(
    ("wrong", "anomaly"),
    [
        ({"number": "2751263220749"}, CardAnomaly.BAD_KEY),
        ({"number": "275126322074975"}, CardAnomaly.BAD_KEY),
        ({"number": "not a number"}, CardAnomaly.UNREADABLE_TEXT),
        ({"number": ""}, CardAnomaly.NUMBER_MISSING),
        ({"number": "212056399000197"}, CardAnomaly.NUMBERS_DO_NOT_MATCH),
        ({"birth_date": "1975-12-31"}, CardAnomaly.BAD_DATE),
        ({"given_name": "Z\x00OE"}, CardAnomaly.UNREADABLE_TEXT),
        ({"name": "A" * 65}, CardAnomaly.UNREADABLE_TEXT),
    ],
)
def test_what_is_odd_is_named(wrong: dict[str, str], anomaly: CardAnomaly) -> None:
    assert anomaly in from_records([record(FAMILIES["zoe"].people[0], **wrong)]).anomalies


def test_a_record_without_a_name_is_nobody() -> None:
    assert from_records([CardRecord(number="275126322074974")]).beneficiaries == ()


def test_records_without_end_are_cut() -> None:
    def endless() -> Iterator[CardRecord]:
        while True:
            yield record(FAMILIES["zoe"].people[0])

    contents = from_records(endless())
    assert len(contents.beneficiaries) == 19
    assert CardAnomaly.TOO_MANY in contents.anomalies


@pytest.mark.long
@given(st.lists(st.builds(CardRecord, *[st.text(max_size=80)] * 5), max_size=30))
def test_no_texts_at_all_raise_anything(records: list[CardRecord]) -> None:
    for one in from_records(records).beneficiaries:
        assert len(one.name) <= 64
        assert one.name.isprintable()
        assert one.birth_rank in set("123456789")
