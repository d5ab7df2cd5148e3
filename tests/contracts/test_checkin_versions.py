"""Kiosk and console are not updated in the same minute: what one has more to say than the other reads breaks neither.

An older kiosk leaves out what it does not know. A newer one says more: what is understood of it is read, the rest is
named by the place where it stood, and what cannot be read without it is refused, so that the kiosk keeps it.
"""

import json
from dataclasses import replace
from typing import Any

import pytest

from kiosk.core.checkin.codec import MAX_NEW_FIELDS, BadCheckIn, from_bytes, to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import NameForm, Source, Traits
from kiosk.core.sources.document import DocumentKind, SealReading, SealVerdict, Validity, ValidityStatus
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.permissions import IdentityStatus

BARE = CheckIn(
    key="k", kiosk="h", arrived_at="a", ticket="", desk="3", status=IdentityStatus.PROVISIONAL, card=None,
    card_anomalies=(), card_nir="", birth_rank="1", insi=InsUnreachable("not-asked"),
    document_kind=DocumentKind.FRENCH_ID_2021, mrz=None, pictures=(),
)  # fmt: skip
SEAL = SealReading(
    verdict=SealVerdict.GENUINE,
    signer="FR05-0001",
    signed="2023-05-02",
    fields=(("birth_name", "ADRUN"), ("given_names", "ZOE")),
    cut=("given_names",),
    is_compared=True,
    contradictions=("sex",),
)
FULL = replace(BARE, seal=SEAL, document_validity=Validity(ValidityStatus.VALID, "2027-05", is_extended=True))


def test_seal_and_validity_are_read_back_as_they_were_written() -> None:
    assert from_bytes(to_bytes(FULL)) == FULL


def test_a_kiosk_of_before_seals_and_validity_is_understood() -> None:
    document = json.loads(to_bytes(FULL))
    del document["check_in"]["seal"], document["check_in"]["document_validity"]
    assert from_bytes(json.dumps(document).encode()) == BARE


def test_a_console_of_before_seals_understands_a_kiosk_that_read_none() -> None:
    written = json.loads(to_bytes(BARE))["check_in"]
    assert not {"seal", "document_validity"} & written.keys()
    assert "mrz" in written


def test_the_question_a_check_in_rests_on_is_said_only_where_there_is_one() -> None:
    written = json.loads(to_bytes(FULL))["check_in"]
    assert not {"question", "card_read_at"} & written.keys()  # a console of before reads all that there is
    named = replace(FULL, question="0b9d3a4e-52c5-4d6e-9a58-9d1f4a7e6b10", card_read_at="2026-11-29T10:00:00+01:00")
    assert from_bytes(to_bytes(named)) == named
    document = json.loads(to_bytes(named))
    del document["check_in"]["question"], document["check_in"]["card_read_at"]  # a kiosk of before
    assert from_bytes(json.dumps(document).encode()) == FULL


def test_seal_and_validity_never_print_themselves() -> None:
    for value in (FULL, SEAL):
        assert "ADRUN" not in f"{value!r} {value}"


# --- a kiosk that was updated first -----------------------------------------------------------------------------------


def _said(*path: str | int, more: Any, of: CheckIn = FULL) -> bytes:
    """The check-in as a newer kiosk writes it: ``more`` stands at this place."""
    document = json.loads(to_bytes(of))
    place = document["check_in"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = more
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "where"),
    [
        (("iris",), "check_in"),
        (("seal", "chain"), "check_in.seal"),
        (("insi", "since"), "check_in.insi"),
        (("not_understood",), "check_in"),
    ],
)
def test_a_field_this_version_does_not_know_is_left_out_and_its_place_is_named(
    path: tuple[str, ...], where: str
) -> None:
    read = from_bytes(_said(*path, more={"is": "Novelty", "of": ["ADRUN", 1, None]}))
    assert replace(read, not_understood=()) == FULL
    assert read.not_understood == (where,)


def test_what_is_said_beside_a_check_in_is_named_too() -> None:
    document = json.loads(to_bytes(FULL)) | {"ADRUN": ["the card was reported stolen"]}
    assert from_bytes(json.dumps(document).encode()) == replace(FULL, not_understood=("message",))
    many = document | {f"new_{number}": "" for number in range(MAX_NEW_FIELDS)}
    with pytest.raises(BadCheckIn, match="message has more than 50 fields"):
        from_bytes(json.dumps(many).encode())


def test_what_repeats_something_half_understood_is_never_read_as_whole() -> None:
    assert from_bytes(to_bytes(FULL, left_out=True)) == replace(FULL, not_understood=("message",))


def test_what_was_not_understood_is_not_written_as_if_it_had_been_said() -> None:
    read = from_bytes(_said("iris", more="ADRUN"))
    assert to_bytes(read) == to_bytes(FULL)


@pytest.mark.parametrize(
    ("path", "more", "where", "kept"),
    [
        (("document_kind",), "driving-licence", "check_in.document_kind", {"document_kind": None}),
        (("seal", "verdict"), "revoked", "check_in.seal.verdict", {"seal": None}),
        (
            ("document_validity", "status"),
            "withdrawn",
            "check_in.document_validity.status",
            {"document_validity": None},
        ),
        (("seal", "is"), "ChipReading", "check_in.seal", {"seal": None}),
        (("card_anomalies",), ["bent"], "check_in.card_anomalies", {"card_anomalies": ()}),
    ],
)
def test_a_word_this_version_does_not_know_leaves_out_what_may_be_absent(
    path: tuple[str, ...], more: object, where: str, kept: dict[str, Any]
) -> None:
    read = from_bytes(_said(*path, more=more))
    assert read == replace(FULL, not_understood=(where,), **kept)


def test_a_word_with_a_value_by_default_falls_back_to_it() -> None:
    named = replace(FULL, card=Traits(Source.CARD, birth_name="ADRUN", name_form=NameForm.MRZ))
    read = from_bytes(_said("card", "name_form", more="unicode", of=named))
    assert read.card == Traits(Source.CARD, birth_name="ADRUN", name_form=NameForm.CIVIL)
    assert read.not_understood == ("check_in.card.name_form",)


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (("status",), "SUPERQUALIFIED"),
        (("insi",), {"is": "InsPerhaps"}),
        (("is",), "CheckOut"),
    ],
)
def test_what_a_check_in_cannot_be_without_is_refused_when_it_is_said_in_a_new_word(
    path: tuple[str, ...], more: object
) -> None:
    with pytest.raises(BadCheckIn):
        from_bytes(_said(*path, more=more))


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (("seal",), []),
        (("seal", "signer"), 5),
        (("seal", "verdict"), 5),
        (("seal", "is"), "Traits"),
        (("seal", "is"), "ADRUN ZOE"),
        (("document_kind",), {}),
        (("card_anomalies",), [None]),
    ],
)
def test_what_no_version_would_write_is_refused_as_before(path: tuple[str, ...], more: object) -> None:
    with pytest.raises(BadCheckIn):
        from_bytes(_said(*path, more=more))


def test_more_new_fields_than_a_newer_kiosk_would_have_are_refused() -> None:
    def many(count: int) -> bytes:
        seal = json.loads(to_bytes(FULL))["check_in"]["seal"]
        return _said("seal", more={**seal, **{f"new_{number}": "" for number in range(count)}})

    assert from_bytes(many(MAX_NEW_FIELDS)).not_understood == ("check_in.seal",)
    with pytest.raises(BadCheckIn, match=r"check_in\.seal has more than 50 fields"):
        from_bytes(many(MAX_NEW_FIELDS + 1))


def test_however_much_is_not_understood_only_places_of_ours_are_named() -> None:
    """What a kiosk calls its fields is its own word: it could be a name."""
    document = json.loads(to_bytes(FULL))
    for place in (document["check_in"], *(value for value in document["check_in"].values() if isinstance(value, dict))):
        place["ADRUN"] = place["\u202eZOE"] = {"ZOE": "ADRUN"}
    document["check_in"]["card_anomalies"] = [f"ADRUN-{number}" for number in range(200)]
    read = from_bytes(json.dumps(document).encode())
    places = ("check_in", "check_in.card_anomalies", "check_in.document_validity", "check_in.insi", "check_in.seal")
    assert read.not_understood == places
