"""A check-in survives the journey as bytes whole; what is not one is refused with a reason and without its content."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.card import CardAnomaly
from kiosk.core.checkin import CheckIn, IdentityStatus
from kiosk.core.checkin_codec import BadCheckIn, from_bytes, to_bytes
from kiosk.core.dates import BirthDate
from kiosk.core.document import DocumentKind, DocumentPicture, MrzReading, Side
from kiosk.core.insi import Exchange, InsFound, InsUnreachable, PastMatricule
from kiosk.core.matricule import OID_NIR, Matricule
from kiosk.core.traits import NameForm, Sex, Source, Traits

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
        {"more": 1},
        {"card": {"is": "Traits", "source": "card", "birth_date": {"is": "BirthDate", "text": "ADRUN"}}},
        {"kiosk": "\ud800"},
    ],
)
def test_a_check_in_altered_in_shape_is_refused_without_repeating_its_content(changes: dict[str, object]) -> None:
    with pytest.raises(BadCheckIn) as refusal:
        from_bytes(_altered(**changes))
    assert "ADRUN" not in str(refusal.value)


def test_another_version_is_refused_clearly() -> None:
    with pytest.raises(BadCheckIn, match="version 1"):
        from_bytes(b'{"version": 2, "check_in": {}}')
    with pytest.raises(BadCheckIn, match="8 MiB"):
        from_bytes(b" " * (8 * 1024 * 1024 + 1))


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
