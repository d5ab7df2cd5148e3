"""The returning person who brings the hospital's letter, and what a check-in says of who has come."""

from dataclasses import replace

import pytest

from kiosk.core.checkin.claims import said_by
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import NameForm
from kiosk.core.sources.card import CardAnomaly
from kiosk.core.sources.document import MrzReading, SealReading, SealVerdict
from kiosk.core.sources.insi import InsNotFound
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.status.returning import (
    Filing,
    Ground,
    Obstacle,
    Said,
)
from tests.core.examples import CARD, INSI, MRZ, NUMBER
from tests.core.returning import (
    ANSWER,
    HERS,
    IPP,
    LETTER,
    OTHERS,
    SHOWN,
    ZOE,
    given,
    obstacles,
    of,
)


def test_the_hospital_s_letter_needs_a_document_read_with_certainty() -> None:
    assert obstacles(Said(ipp=IPP)) == [Obstacle.NO_DOCUMENT]
    assert obstacles(Said(ipp=IPP, unsure_document=MRZ)) == [Obstacle.NO_DOCUMENT]
    assert obstacles(Said(ipp=("9.9.9", IPP[1]), document=MRZ)) == [Obstacle.NO_ANSWER]


@pytest.mark.parametrize(
    "change",
    [
        {"birth_name": "ADRU", "birth_name_may_be_cut": True},
        {"given_names": ("ZO",), "given_names_may_be_cut": True},
        {"given_names": ("ZOE", "MA"), "given_names_may_be_cut": True},
        {"given_names": ("ZOE",), "given_names_may_be_cut": True},
        {"birth_date": BirthDate("1875-12-31"), "other_birth_dates": (BirthDate("1975-12-31"),)},
        {"birth_date": BirthDate("1975-00-00"), "other_birth_dates": ()},
        {"sex": None},
        {"birth_name": ""},
        {"birth_place_code": "75056"},
        {"given_names": ("ZOE", "MARIE", "ANNE")},
    ],
)
def test_by_letter_name_first_name_date_and_sex_are_read_whole(change: dict[str, object]) -> None:
    assert obstacles(replace(LETTER, document=replace(MRZ, **change))) == [Obstacle.DOCUMENT_DIFFERS]


@pytest.mark.parametrize(
    ("document", "known"),
    [
        ({"given_names": ("ZOE",)}, {}),
        ({"birth_name": "DESTREES LEROY"}, {"birth_name": "D'ESTREES-LEROY"}),
        ({"birth_name": "SAINT MARTIN"}, {"birth_name": "SAINT-MARTIN"}),
        ({}, {"birth_name": "Adrûn"}),
        ({"given_names": ("MARIE", "ANNE")}, given("MARIE-ANNE")),
        ({"name_form": NameForm.MRZ_FRENCH_ID, "birth_name": "D ESTREES"}, {"birth_name": "D'ESTREES"}),
        ({}, {"birth_place_code": ""}),
    ],
)
def test_by_letter_what_a_zone_cannot_write_is_no_difference(
    document: dict[str, object], known: dict[str, object]
) -> None:
    person = replace(ZOE, traits=replace(INSI, **known))
    assert of(replace(LETTER, document=replace(MRZ, **document)), person) == Filing(Ground.IPP_AND_DOCUMENT)


def test_by_letter_no_other_source_may_disagree() -> None:
    assert of(replace(SHOWN, ipp=IPP)) == Filing(Ground.IPP_AND_DOCUMENT)
    other = replace(LETTER, answer=ANSWER, mark=OTHERS)
    assert obstacles(other) == [Obstacle.OTHER_MATRICULE]
    assert obstacles(replace(other, mark=HERS), replace(ZOE, mark=None)) == [Obstacle.OTHER_MATRICULE]
    twin = replace(INSI, **given("LEA"))
    assert obstacles(replace(LETTER, answer=replace(ANSWER, traits=twin), mark=HERS)) == [Obstacle.OTHER_TRAITS]
    assert obstacles(replace(LETTER, card=replace(CARD, given_names=("LEA",)))) == [Obstacle.CARD_DIFFERS]
    assert of(replace(LETTER, answer=replace(ANSWER, flags=("bad-key",)), mark=HERS)).is_automatic


ZONE = MrzReading("TD1", (), MRZ, "", "D  ", "", "", (), (), accepted=True)
ARRIVED = CheckIn(
    key="3f1e",
    kiosk="hall",
    arrived_at="2026-11-29T08:00:00+00:00",
    ticket="A12",
    desk="",
    status=IdentityStatus.RETRIEVED,
    card=CARD,
    card_anomalies=(CardAnomaly.BAD_KEY,),
    card_nir=f"{NUMBER.number}{NUMBER.key}",
    birth_rank="1",
    insi=ANSWER,
    document_kind=None,
    mrz=ZONE,
    pictures=(),
)


def test_what_a_check_in_says_of_who_has_come() -> None:
    assert said_by(ARRIVED, HERS, IPP) == Said(
        ANSWER, HERS, CARD, NUMBER.number, card_anomalies=(CardAnomaly.BAD_KEY,), document=MRZ, issuer="D  ", ipp=IPP
    )
    bare = replace(ARRIVED, insi=InsNotFound(), mrz=None, card=None, card_anomalies=(), card_nir="")
    assert said_by(bare, None) == Said()
    assert not said_by(replace(ARRIVED, insured_nir="275126322075047"), HERS).is_insured
    assert said_by(replace(ARRIVED, not_understood=("insi",)), HERS).is_partly_read


def test_a_doubtful_zone_is_no_document() -> None:
    said = said_by(replace(ARRIVED, mrz=replace(ZONE, accepted=False)), HERS)
    assert (said.document, said.unsure_document, said.issuer) == (None, MRZ, "D  ")


def test_a_seal_that_is_false_or_contradicts_its_zone_is_said() -> None:
    seal = SealReading(SealVerdict.GENUINE, "FR05-0001", "2026-01-01", ())
    assert not said_by(replace(ARRIVED, seal=seal), HERS).has_false_seal
    assert said_by(replace(ARRIVED, seal=replace(seal, verdict=SealVerdict.FALSE)), HERS).has_false_seal
    assert said_by(replace(ARRIVED, seal=replace(seal, contradictions=("birth_name",))), HERS).has_false_seal
