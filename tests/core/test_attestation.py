"""What an appli carte Vitale signed: when it counts for a visit, and that nothing larger than it comes in with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Source
from kiosk.core.sources.appli import LONGEST_ATTESTATION, AppliContents, AppliPerson, AppliSaid
from kiosk.core.sources.card import CardContents
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.core.status.attestation import Attested, Distrust, code_of, counted
from kiosk.core.status.notices import DISTRUSTS
from kiosk.core.turn import events as ev
from kiosk.core.turn.screens import Touch
from kiosk.core.turn.step import State
from tests.core.examples import INSI, NUMBER
from tests.turns.test_turn import FAMILY, START, press, walk

CAME = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
FOUR_HOURS = timedelta(hours=4)
ZOE = AppliPerson(replace(INSI, source=Source.APPLI), NUMBER)
LEO = AppliPerson(
    replace(INSI, source=Source.APPLI, given_names=("LEO",), given_names_text="", birth_date=BirthDate("2012-04-02")),
    replace(NUMBER, number="1120463220001"),
)
SAID = AppliSaid(ZOE, b"signed")
TRUE = Attested((ZOE, LEO), CAME - timedelta(minutes=1), CAME + timedelta(minutes=9), "750000001")


def judged(attested: Attested = TRUE, said: AppliSaid = SAID, structure: str = "750000001") -> InsFound | Distrust:
    return counted(said, attested, CAME, structure=structure, within=FOUR_HOURS)


def test_the_holder_and_a_dependant_count_alike_rniv1_4_3_4() -> None:
    for person in (ZOE, LEO):
        found = judged(said=AppliSaid(person, b"signed"))
        assert isinstance(found, InsFound)
        assert (found.matricule, found.is_attested, found.exchanges) == (person.matricule, True, ())
        assert replace(found.traits, collected_at=None) == replace(person.traits, collected_at=None)


def test_an_answer_of_insi_is_not_attested() -> None:
    assert not InsFound(NUMBER, INSI).is_attested


@pytest.mark.parametrize(
    ("attested", "why"),
    [
        (replace(TRUE, audience="690000002"), Distrust.ELSEWHERE),
        (replace(TRUE, valid_until=CAME - timedelta(seconds=1)), Distrust.EXPIRED),
        (replace(TRUE, made_at=CAME - FOUR_HOURS - timedelta(seconds=1)), Distrust.STALE),
        (replace(TRUE, made_at=CAME + timedelta(minutes=2, seconds=1)), Distrust.NOT_GENUINE),
        (replace(TRUE, people=(LEO,)), Distrust.OTHER_PERSON),
        (replace(TRUE, people=()), Distrust.OTHER_PERSON),
    ],
)
def test_each_thing_that_does_not_fit_has_its_name(attested: Attested, why: Distrust) -> None:
    assert judged(attested) is why


def test_at_its_bounds_it_counts() -> None:
    for edge in ({"valid_until": CAME}, {"made_at": CAME - FOUR_HOURS}, {"made_at": CAME + timedelta(minutes=2)}):
        assert isinstance(judged(replace(TRUE, **edge)), InsFound)


def test_made_for_nobody_it_is_nobody_s() -> None:
    assert judged(replace(TRUE, audience=""), structure="") is Distrust.ELSEWHERE


@pytest.mark.parametrize(
    "lie",
    [
        lambda: replace(ZOE, matricule=replace(NUMBER, key="00")),
        lambda: replace(ZOE, matricule=replace(NUMBER, oid="1.2.250.1.213.1.4.9")),
        lambda: replace(ZOE, birth_rank="2"),
        lambda: replace(ZOE, traits=replace(ZOE.traits, birth_place_code="75056")),
        lambda: replace(ZOE, traits=replace(ZOE.traits, given_names=("LINA",))),
    ],
    ids=["key", "authority", "rank", "place", "given name"],
)
def test_a_kiosk_that_says_otherwise_than_the_attestation_says_another_person(lie: Callable[[], AppliPerson]) -> None:
    assert judged(said=AppliSaid(lie(), b"signed")) is Distrust.OTHER_PERSON


def test_when_and_by_whom_it_was_read_makes_no_other_person() -> None:
    read = replace(ZOE, traits=replace(ZOE.traits, source=Source.CARD, collected_at=CAME))
    assert isinstance(judged(said=AppliSaid(read, b"signed")), InsFound)


def test_a_simulated_one_says_so_in_the_answer() -> None:
    found = judged(replace(TRUE, is_simulated=True))
    assert isinstance(found, InsFound) and found.flags == ("simulator",)


def test_what_is_distrusted_is_told_from_any_other_silence_and_has_its_sentence() -> None:
    assert DISTRUSTS.keys() == set(Distrust)
    assert [code_of(why.value) for why in Distrust] == list(Distrust)
    assert [code_of(reason) for reason in ("timeout", "void", "not-asked", "")] == [None] * 4


@pytest.mark.parametrize(
    "too_much",
    [
        lambda: AppliSaid(ZOE, b""),
        lambda: AppliSaid(ZOE, bytes(LONGEST_ATTESTATION + 1)),
        lambda: replace(ZOE, birth_rank="12"),
        lambda: replace(ZOE, birth_rank=""),
        lambda: replace(ZOE, matricule=Matricule("1" * 14, "01", NUMBER.oid)),
        lambda: replace(ZOE, matricule=Matricule(NUMBER.number, "012", NUMBER.oid)),
        lambda: replace(ZOE, matricule=Matricule(NUMBER.number, "01", "1." * 21)),
        lambda: replace(ZOE, traits=replace(ZOE.traits, birth_name="A" * 101)),
        lambda: replace(ZOE, traits=replace(ZOE.traits, birth_name="AD\x1bRUN")),
        lambda: replace(ZOE, traits=replace(ZOE.traits, given_names=("ZOE",) * 21)),
        lambda: replace(ZOE, traits=replace(ZOE.traits, given_names=("ZOE\n",))),
        lambda: replace(ZOE, traits=replace(ZOE.traits, birth_place_code="632200")),
        lambda: replace(ZOE, traits=replace(ZOE.traits, name_in_use="LEROY")),
    ],
)
def test_nothing_larger_or_other_than_one_person_s_identity_comes_in(too_much: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"application|traits|attestation"):
        too_much()


ON_PHONE = CardContents(FAMILY.beneficiaries, appli=AppliContents((ZOE, LEO), b"signed"))


@pytest.mark.parametrize("at", [0, 1], ids=["the holder", "a dependant"])
def test_insi_is_not_asked_about_who_shows_one_nor_a_document_wanted_rniv1_4_3_4(at: int) -> None:
    chosen = press((Touch.PERSON_1, Touch.PERSON_2)[at], "beneficiaries")
    events = [*START, ev.PhoneShown(), ev.CardRead(1, ON_PHONE), chosen, press(Touch.YES, "confirm")]
    _, orders = walk(events, State(phone_ok=True))
    kinds = [type(order) for order in orders]
    assert kinds == [ev.BeginTurn, ev.ReadPhone, ev.StopFilming, ev.Submit]
    submitted = orders[-1]
    assert isinstance(submitted, ev.Submit)
    assert submitted.appli == AppliSaid((ZOE, LEO)[at], b"signed")
    assert (submitted.beneficiary, submitted.insured, submitted.question) == (None, None, "")
    assert submitted.insi == InsUnreachable("not-asked")
