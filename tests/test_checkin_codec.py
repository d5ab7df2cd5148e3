"""A check-in survives the journey as bytes whole; what is not one is refused with a reason and without its content."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.checkin.codec import BadCheckIn, found_in, from_bytes, to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR, Matricule
from kiosk.core.identity.traits import NameForm, Sex, Source, Traits
from kiosk.core.sources.card import CardAnomaly
from kiosk.core.sources.document import DocumentKind, DocumentPicture, MrzReading, Side
from kiosk.core.sources.insi import Exchange, InsFound, InsNotFound, InsUnreachable, PastMatricule
from kiosk.core.status.permissions import IdentityStatus

ZOE = Traits(
    source=Source.INSI,
    birth_name="ADRUN",
    given_names=("ZOE",),
    given_names_text="ZOE",
    birth_date=BirthDate("1975-12-31"),
    sex=Sex.FEMALE,
    birth_place_code="63220",
    collected_at=datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
)
MATRICULE = Matricule("2751263220749", "74", OID_NIR)
FOUND = InsFound(
    MATRICULE,
    ZOE,
    history=(PastMatricule(MATRICULE),),
    flags=("bad-key",),
    exchanges=(Exchange("search", "uuid:1", "2026-11-21T10:00:00Z", 120, "00", b"<a/>", b"\xff\x00"),),
)
MRZ = MrzReading(
    "TD1", ("A", "B", "C"), ZOE, "X4", "FRA", "FRA", "2030-02-11", (("number", True),), ((0, 3),), accepted=False
)
CHECK_IN = CheckIn(
    key="6f1c0b57-5a53-4d0b-9bd1-5f0f4a6c4f10",
    kiosk="hall-1",
    arrived_at="2026-11-21T10:00:00+01:00",
    ticket="A12",
    desk="3",
    status=IdentityStatus.RETRIEVED,
    card=Traits(Source.CARD, birth_name="ADRUN", name_form=NameForm.CIVIL),
    card_anomalies=(CardAnomaly.BAD_KEY,),
    card_nir="275126322074974",
    birth_rank="1",
    insi=FOUND,
    document_kind=DocumentKind.FRENCH_ID_2021,
    mrz=MRZ,
    pictures=(DocumentPicture(Side.FIRST, b"\xff\xd8jpeg"),),
)


def test_a_check_in_is_read_back_as_it_was_written() -> None:
    assert from_bytes(to_bytes(CHECK_IN)) == CHECK_IN


def test_a_check_in_without_card_document_or_answer_is_read_back_too() -> None:
    bare = CheckIn(
        key="k", kiosk="h", arrived_at="a", ticket="", desk="3", status=IdentityStatus.PROVISIONAL, card=None,
        card_anomalies=(), card_nir="", birth_rank="1", insi=InsUnreachable("not-asked"), document_kind=None,
        mrz=None, pictures=(), document_refused=True,
    )  # fmt: skip
    assert from_bytes(to_bytes(bare)) == bare


def _altered(**changes: object) -> bytes:
    document = json.loads(to_bytes(CHECK_IN))
    document["check_in"].update(changes)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "KING"},
        {"insi": {"is": "InsMaybe"}},
        {"insi": None},
        {"ticket": 12},
        {"pictures": "none"},
        {"pictures": [{"is": "DocumentPicture", "side": "first", "jpeg": "***"}]},
        {"pictures": [{}] * 1000},
        {"card": {"is": "Traits", "source": "card", "birth_date": {"is": "BirthDate", "text": "ADRUN"}}},
        {"kiosk": "\ud800"},
    ],
)
def test_a_check_in_altered_in_shape_is_refused_without_repeating_its_content(changes: dict[str, object]) -> None:
    with pytest.raises(BadCheckIn) as refusal:
        from_bytes(_altered(**changes))
    assert "ADRUN" not in str(refusal.value)


@pytest.mark.parametrize("version", ["0", "2", '"1"', "null", "[1]"])
def test_another_version_is_refused_clearly(version: str) -> None:
    with pytest.raises(BadCheckIn, match="version 1"):
        from_bytes(b'{"version": %s, "check_in": {}}' % version.encode())


def test_a_check_in_of_eight_mebibytes_is_read_and_one_byte_more_is_refused() -> None:
    largest = to_bytes(CHECK_IN).ljust(8 * 1024 * 1024)
    assert from_bytes(largest) == CHECK_IN
    with pytest.raises(BadCheckIn, match="8 MiB"):
        from_bytes(largest + b" ")


def test_what_insi_found_is_read_alone_as_it_is_with_all_the_rest() -> None:
    assert isinstance(CHECK_IN.insi, InsFound)
    assert found_in(to_bytes(CHECK_IN)) == CHECK_IN.insi.traits
    for nobody in (InsNotFound(), InsUnreachable("timeout")):
        assert found_in(to_bytes(replace(CHECK_IN, insi=nobody))) is None
    broken = to_bytes(CHECK_IN).replace(b'"1975-12-31"', b"1975")
    for data in (b"{}", b'{"version": 2}', b"[" * 10_000, broken):
        with pytest.raises(BadCheckIn):
            found_in(data)


def test_letters_are_written_as_themselves() -> None:
    accented = replace(CHECK_IN, card=Traits(Source.CARD, birth_name="LEFÈVRE"))
    assert "LEFÈVRE".encode() in to_bytes(accented)
    assert from_bytes(to_bytes(accented)) == accented


def test_a_list_of_two_hundred_is_read_and_a_longer_one_refused() -> None:
    anomalies = ["bad-key"] * 200
    assert from_bytes(_altered(card_anomalies=anomalies)).card_anomalies == (CardAnomaly.BAD_KEY,) * 200
    with pytest.raises(BadCheckIn, match="card_anomalies is not a list of at most 200"):
        from_bytes(_altered(card_anomalies=[*anomalies, "bad-key"]))
    with pytest.raises(BadCheckIn, match="card_anomalies is not a list"):
        from_bytes(_altered(card_anomalies={"0": "bad-key"}))


def test_a_text_of_a_hundred_thousand_characters_is_read_and_a_longer_one_refused() -> None:
    assert from_bytes(_altered(ticket="A" * 100_000)).ticket == "A" * 100_000
    with pytest.raises(BadCheckIn, match="ticket is not a text"):
        from_bytes(_altered(ticket="A" * 100_001))


def _with_duration(value: object) -> bytes:
    document = json.loads(to_bytes(CHECK_IN))
    document["check_in"]["insi"]["exchanges"][0]["duration_ms"] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize("value", [0, 2**53, -(2**53)])
def test_a_whole_number_that_every_program_can_hold_is_read(value: int) -> None:
    answer = from_bytes(_with_duration(value)).insi
    assert isinstance(answer, InsFound)
    assert answer.exchanges[0].duration_ms == value


@pytest.mark.parametrize("value", [2**53 + 1, -(2**53) - 1, 2**60, True, False, 1.5, "1", None])
def test_a_number_that_is_none_or_too_large_is_refused(value: object) -> None:
    with pytest.raises(BadCheckIn, match="duration_ms is not a whole number"):
        from_bytes(_with_duration(value))


def _with_mrz(**changes: object) -> bytes:
    document = json.loads(to_bytes(CHECK_IN))
    document["check_in"]["mrz"].update(changes)
    return json.dumps(document).encode()


@pytest.mark.parametrize("pair", [[], ["number"], ["number", True, True]])
def test_a_pair_that_has_not_two_parts_is_refused(pair: list[object]) -> None:
    with pytest.raises(BadCheckIn, match="checks has not 2 parts"):
        from_bytes(_with_mrz(checks=[pair]))


@pytest.mark.parametrize("name", ["Traits", "not a word", "A" * 61, "", None, 3])
def test_a_record_that_says_it_is_something_else_is_refused(name: object) -> None:
    with pytest.raises(BadCheckIn, match="mrz is not a MrzReading"):
        from_bytes(_with_mrz(**{"is": name}))


def test_a_record_may_leave_its_name_and_its_defaults_out_and_nothing_else() -> None:
    document = json.loads(to_bytes(CHECK_IN))
    del document["check_in"]["is"]
    del document["check_in"]["document_refused"]
    assert from_bytes(json.dumps(document).encode()) == CHECK_IN
    del document["check_in"]["card"]["name_form"]
    assert from_bytes(json.dumps(document).encode()) == CHECK_IN
    del document["check_in"]["ticket"]
    with pytest.raises(BadCheckIn, match=r"check_in\.ticket is missing"):
        from_bytes(json.dumps(document).encode())


@pytest.mark.parametrize("moment", ["yesterday", "", "2026-13-01T00:00:00"])
def test_a_moment_that_is_none_is_refused(moment: str) -> None:
    document = json.loads(to_bytes(CHECK_IN))
    document["check_in"]["insi"]["traits"]["collected_at"] = moment
    with pytest.raises(BadCheckIn, match="collected_at is not a date and time"):
        from_bytes(json.dumps(document).encode())


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_either_a_check_in_or_refused(data: bytes) -> None:
    with pytest.raises(BadCheckIn):
        from_bytes(data)


_FIELDS = ("insi", "card", "mrz", "pictures", "key", "card_anomalies", "document_refused")
_LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
_ANYTHING = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


@given(_ANYTHING, st.sampled_from(_FIELDS))
def test_any_value_in_any_field_is_either_understood_or_refused(value: object, field: str) -> None:
    try:
        from_bytes(_altered(**{field: value}))
    except BadCheckIn as refusal:
        assert field in str(refusal) or "JSON" in str(refusal) or "check_in" in str(refusal)


def test_nothing_about_a_person_prints_itself() -> None:
    for value in (CHECK_IN, ZOE, FOUND, MRZ, MATRICULE, BirthDate("1975-12-31")):
        for text in (repr(value), str(value), f"{value}", f"{value:>30}"):
            assert "ADRUN" not in text
            assert "1975" not in text
            assert "275126" not in text
