"""What the screens say: short, calm, French, and heard as well as read."""

import re

import pytest

from kiosk.core.confidential import Confidential
from kiosk.core.turn.screens import Screen, StillThere, Ticket, Touch
from kiosk.ui.page import Page, Weight
from kiosk.ui.samples import SAMPLES
from kiosk.ui.screens import page_of
from kiosk.ui.words import typeset

NEVER = ("insi", "nir", "session", "erreur", "invalide", "échec", "échoué", "impossible", "refus", "!")
ENGLISH = re.compile(r"\b(the|your|card|please|back|help|stop|yes|no|button|wait|welcome)\b", re.IGNORECASE)


def sentences(page: Page) -> list[str]:
    return [page.title, page.help, page.caption, page.step_text(), *page.spoken()] + [a.text for a in page.actions]


def each() -> list[object]:
    return [pytest.param(screen, id=label) for label, screen in SAMPLES]


@pytest.mark.parametrize("screen", each())
def test_a_screen_never_speaks_of_what_went_wrong(screen: Screen) -> None:
    for sentence in sentences(page_of(screen)):
        words = re.split(r"[^\w!]+", sentence.lower())
        assert not set(words) & set(NEVER), sentence


@pytest.mark.parametrize("screen", each())
def test_a_screen_speaks_french(screen: Screen) -> None:
    assert [sentence for sentence in sentences(page_of(screen)) if ENGLISH.search(sentence)] == []


@pytest.mark.parametrize("screen", each())
def test_whatever_can_be_pressed_can_be_heard(screen: Screen) -> None:
    page = page_of(screen)
    heard = page.spoken()
    assert heard and all(heard)
    for action in (*page.actions, *page.foot):
        assert action.spoken in heard


@pytest.mark.parametrize("screen", each())
def test_a_screen_asks_one_thing(screen: Screen) -> None:
    page = page_of(screen)
    assert 1 <= len(page.title) <= 40
    assert sum(action.weight is Weight.MAIN for action in page.actions) <= 1
    assert len(page.actions) <= 7


@pytest.mark.parametrize("label", ["insert-phone-again", "insert-phone-removed"])
def test_who_shows_a_phone_is_not_offered_to_have_no_card(label: str) -> None:
    [action] = page_of(dict(SAMPLES)[label]).actions
    assert (action.touch, action.text) == (Touch.NO_CARD, "Continuer sans téléphone")


def test_where_only_a_phone_can_be_read_who_holds_a_card_reads_what_to_do() -> None:
    page = page_of(dict(SAMPLES)["insert-phone-only"])
    assert "Sans téléphone, gardez votre carte" in page.help
    assert [action.text for action in page.actions] == ["Continuer sans téléphone"]


def test_every_screen_of_the_contract_has_a_sample() -> None:
    assert {type(screen) for _label, screen in SAMPLES} == set(Screen.__args__)


def test_a_person_is_heard_and_seen_by_first_name_initial_and_year_only() -> None:
    page = page_of(dict(SAMPLES)["confirm"])
    assert (page.figure, page.caption) == ("ZOE\N{NO-BREAK SPACE}A.", "Année de naissance : 1978")
    assert "ZOE A, année de naissance 1978" in page.spoken()[0]


def test_a_page_about_a_person_never_prints_itself() -> None:
    page = page_of(dict(SAMPLES)["beneficiaries-5"])
    assert isinstance(page, Confidential)
    assert "ZOE" not in repr(page) + str(page) + repr(page.actions) + f"{page}"


def test_the_buttons_of_a_list_post_the_places_of_its_people() -> None:
    page = page_of(dict(SAMPLES)["beneficiaries-2"])
    assert [action.touch for action in page.actions] == [Touch.PERSON_1, Touch.PERSON_2, Touch.NOT_LISTED]


def test_french_is_printed_with_curved_apostrophes_and_no_lonely_question_mark() -> None:
    assert typeset("Qui vient aujourd'hui ?") == "Qui vient aujourd’hui\N{NO-BREAK SPACE}?"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 seconde."), (1, "1 seconde."), (2, "2 secondes."), (25, "25 secondes.")]
)
def test_none_is_counted_as_one(seconds: int, said: str) -> None:
    assert page_of(StillThere(seconds)).help.endswith(said)


@pytest.mark.parametrize(
    ("card", "document", "left"),
    [
        (False, False, ""),
        (True, False, " N'oubliez pas votre carte Vitale."),
        (False, True, " N'oubliez pas votre pièce d'identité."),
        (True, True, " N'oubliez ni votre carte Vitale ni votre pièce d'identité."),
    ],
)
def test_a_ticket_reminds_of_what_was_put_down_and_of_nothing_else(card: bool, document: bool, left: str) -> None:
    page = page_of(Ticket("A12", "3", has_card=card, has_document=document))
    assert page.help == f"Patientez en salle d'attente.{left}"
    assert page.spoken()[0] == f"Votre numéro : A12. Patientez en salle d'attente, puis guichet 3.{left}"


def test_without_a_desk_none_is_spoken_of() -> None:
    assert page_of(Ticket("A12", "")).spoken()[0] == "Votre numéro : A12. Patientez en salle d'attente."
