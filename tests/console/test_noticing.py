"""What staff is told before deciding: the document's validity, its visible seal, in words and with the right weight."""

from datetime import date

import pytest

from kiosk.console.identities import comparing, noticing
from kiosk.core.sources.document import SealReading, SealVerdict, Validity, ValidityStatus
from tests.console.arrivals import arrive, check_in_of, enrol, mrz_of
from tests.console.conftest import ON_SQLITE
from tests.console.staff import READ, at_desk, get, post
from tests.people import ZOE

pytestmark = pytest.mark.usefixtures("console")
TODAY = date(2026, 11, 22)
FIELDS = (("birth_name", "ADRUN"), ("given_names", "ZOE/MARIE"), ("birth_date", "31121975"), ("9Z", "?"))


def _said(**changes: object) -> list[tuple[str, str]]:
    return [(one.text, one.weight) for one in noticing.notices(check_in_of(ZOE, **changes), TODAY)]


def _seal(verdict: SealVerdict, **changes: object) -> SealReading:
    values: dict[str, object] = {"fields": FIELDS, "is_compared": True, "cut": ("birth_name",)}
    return SealReading(verdict, "FR05-0001", "2024-01-01", **(values | changes))


def test_a_plain_case_says_nothing() -> None:
    assert _said() == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("validity", "words", "weight"),
    [
        (Validity(ValidityStatus.EXPIRED, "2024-02-01"), "jusqu’au 01/02/2024", "wait"),
        (Validity(ValidityStatus.EXPIRED, "2022-06", True), "cinq ans de plus, elle valait jusqu’en 06/2022", "wait"),
        (Validity(ValidityStatus.VALID, "2027-06", True), "cinq ans de plus, jusqu’au 06/2027", "info"),
        (Validity(ValidityStatus.ASK_STAFF, "2026-11"), "ce mois-ci", "wait"),
    ],
)
def test_the_validity_of_the_document_is_told(validity: Validity, words: str, weight: str) -> None:
    [(text, said_with)] = _said(document_validity=validity)
    assert words in text
    assert said_with == weight


def test_a_valid_document_or_one_nothing_is_known_of_is_not_talked_about() -> None:
    assert _said(document_validity=Validity(ValidityStatus.VALID, "2034-01-01")) == []
    assert _said(document_validity=Validity(ValidityStatus.UNKNOWN)) == []


def test_a_kiosk_that_does_not_tell_the_validity_leaves_the_printed_date() -> None:
    from dataclasses import replace

    [(text, _weight)] = _said(mrz=replace(mrz_of(ZOE), expiry="2020-05-06"))
    assert "06/05/2020" in text


@ON_SQLITE
@pytest.mark.parametrize(
    ("verdict", "weight"),
    [
        (SealVerdict.GENUINE, "info"),
        (SealVerdict.FALSE, "stop"),
        (SealVerdict.SIGNER_EXPIRED, "wait"),
        (SealVerdict.UNKNOWN_SIGNER, "info"),
        (SealVerdict.NOT_VERIFIED, "info"),
    ],
)
def test_every_verdict_on_a_seal_has_its_words_and_weight(verdict: SealVerdict, weight: str) -> None:
    [(text, said_with)] = _said(seal=_seal(verdict))
    assert text.startswith("Cachet électronique")
    assert said_with == weight


def test_a_seal_that_contradicts_the_zone_is_said_loudly_and_must_be_compared_by_hand() -> None:
    suspect = check_in_of(ZOE, seal=_seal(SealVerdict.GENUINE, contradictions=("birth_name", "number")))
    texts = [one.text for one in noticing.notices(suspect, TODAY) if one.weight == "stop"]
    assert texts == ["Le cachet et la bande de lecture se contredisent : Nom de naissance, Numéro de la pièce."]
    assert comparing.is_compared_by_hand(suspect)
    assert comparing.is_compared_by_hand(check_in_of(ZOE, seal=_seal(SealVerdict.FALSE)))
    assert comparing.need_of(suspect) == comparing.need_of(check_in_of(ZOE, seal=_seal(SealVerdict.FALSE)))
    assert comparing.need_of(suspect).label == "Pièce à vérifier"  # in the queue, before it is opened
    assert not comparing.is_compared_by_hand(check_in_of(ZOE, seal=_seal(SealVerdict.GENUINE)))


def test_a_false_seal_is_not_passed_over_by_the_usual_three_keys() -> None:
    from kiosk.console.models import Arrival

    enrol()
    check_in = arrive(ZOE, seal=_seal(SealVerdict.FALSE))
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert "Ce que porte le cachet électronique" in page
    for shown in ("ADRUN…", "ZOE MARIE", "31/12/1975", "Champ 9Z"):
        assert shown in page
    form = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}
    for said in ({}, {"tolerated": "1"}, {"tolerated": "1", "why": "original-seen", "sentence": "Vu sous la lampe."}):
        post(client, path + "qualifier/", **form, **said)
        assert Arrival.objects.get().status == "RETRIEVED"  # the desk confides it, whatever a form says
    assert "seule l’identitovigilance qualifie" in get(client, path).content.decode()


def test_the_french_card_before_2021_is_offered_though_its_zone_states_no_nationality() -> None:
    from dataclasses import replace

    from kiosk.core.sources.document import DocumentKind

    old = replace(mrz_of(ZOE), format="FRENCH-ID", nationality="", expiry="")
    offered = comparing.evidence_offered(check_in_of(ZOE, mrz=old, document_kind=DocumentKind.FRENCH_ID_1988), TODAY)
    assert [kind.code for kind in offered] == ["CN", "PA", "IE", "AV"]
