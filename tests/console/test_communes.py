"""Places of birth by their name: what staff type, what they read, and that the one is the other."""

import pytest
from django.test import Client

from kiosk.console.identities import communes
from kiosk.console.identities.reasons import NotAllowed
from kiosk.core.identity.dates import BirthDate
from kiosk.core.sources.insi import InsNotFound
from tests.console.arrivals import arrive
from tests.console.conftest import ON_SQLITE
from tests.console.staff import at_desk, get, post
from tests.people import ZOE

QUESTION = {"birth_name": "adrun", "given_names": "zoe", "sex": "F", "birth_date": "31/12/1975"}


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("63220", "Mazoires, Puy-de-Dôme (63)"),
        ("75056", "Paris (75)"),
        ("75105", "Paris 5e Arrondissement (75)"),
        ("97411", "Saint-Denis, La Réunion (974)"),
        ("20004", "Ajaccio, Corse (20), jusqu’au 31/12/1975"),
        ("75012", "Boulogne-Billancourt, Seine (75), jusqu’au 31/12/1967"),
        ("02285", "Escaufourt, Aisne (02), ancienne commune ; aujourd’hui Saint-Souplet, Nord (59)"),
        ("01003", "Ancienne commune (code 01003) ; aujourd’hui Francheleins, Ain (01)"),
        ("99352", "Algérie"),
        ("99115", "Tchécoslovaquie, jusqu’au 31/12/1992"),
        ("99999", "Lieu inconnu"),
        ("99600", "Pays sans nom ici (code 99600)"),
        ("", ""),
    ],
)
def test_a_place_is_shown_by_its_name_its_departement_and_its_last_day(code: str, shown: str) -> None:
    assert communes.in_words(code) == shown
    assert communes.code_of(shown) == code


def test_a_departement_of_before_independence_is_the_country_for_who_was_born_before() -> None:
    assert communes.in_words("91352", BirthDate("1950-01-01")) == "Algérie, avant l’indépendance (code 91352)"
    assert communes.in_words("91228", BirthDate("1950-01-01")) == "Évry-Courcouronnes, Essonne (91)"


def test_no_two_places_are_shown_alike_and_each_is_understood_as_it_is_shown() -> None:
    shown = {one.code: communes.in_words(one.code) for one in communes._lines("\n ")}
    assert len(shown) > 38_000 and len(set(shown.values())) == len(shown)
    for code in sorted(shown)[::97]:
        assert communes.code_of(shown[code]) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("mazoires", "63220"),
        ("mazoires (63)", "63220"),
        ("MAZOIRES, puy de dome", "63220"),
        ("Ajaccio", "2A004"),  # today's, which all others of this name became
        ("st etienne (42)", "42218"),
        ("Maroc", "99350"),
        ("inconnu", "99999"),
        ("2a004", "2A004"),
        ("63220", "63220"),
    ],
)
def test_a_place_is_understood_as_people_type_it(typed: str, code: str) -> None:
    assert communes.code_of(typed) == code


def test_of_several_places_of_one_name_staff_choose() -> None:
    with pytest.raises(communes.Several, match="Sainte-Colombe, Hautes-Alpes") as which:
        communes.code_of("Sainte-Colombe")
    assert len(which.value.choices) == 12 and "Sainte-Colombe, Gironde (33)" in which.value.choices
    with pytest.raises(NotAllowed, match="inconnu ici"):
        communes.code_of("Sainte-Colombe (75)")


def test_while_one_types_the_whole_name_comes_first_and_a_dozen_at_most() -> None:
    assert communes.matching("mans")[0] == "Le Mans, Sarthe (72)"
    assert communes.matching("paris")[:3] == (
        "Paris (75)",
        "Paris 1er Arrondissement (75)",
        "Paris 2e Arrondissement (75)",
    )
    assert communes.matching("ajaccio")[-1] == "Ajaccio, Corse (20), jusqu’au 31/12/1975"
    assert len(communes.matching("saint")) == communes.MOST
    assert (
        communes.matching("s") == () and communes.matching("x" * 100_000) == () and communes.matching("\x00(63)") == ()
    )


@pytest.mark.long
@pytest.mark.usefixtures("console")
@ON_SQLITE
def test_what_is_typed_is_asked_in_the_body_by_who_works_here_and_nobody_else() -> None:
    client = at_desk()
    answer = post(client, "/lieux/", said="mazo")
    assert answer.json()["places"][0] == "Mazoires, Puy-de-Dôme (63)"
    assert client.get("/lieux/", {"said": "mazo"}, secure=True).status_code == 405
    assert post(at_desk("aude", "auditor"), "/lieux/", said="mazo").status_code == 403
    assert Client().post("/lieux/", {"said": "mazo"}, secure=True).status_code == 302


@pytest.mark.long
@pytest.mark.usefixtures("asks_insi")
@ON_SQLITE
def test_without_a_script_the_name_is_typed_and_the_next_page_asks_which_place_it_is() -> None:
    check_in = arrive(ZOE, InsNotFound())
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = post(client, path + "interroger/", **QUESTION, place="Sainte-Colombe").content.decode()
    assert 'name="place_choice" value="Sainte-Colombe, Gironde (33)"' in page
    assert 'value="adrun"' in page and 'data-key="i" name="panel" open' in page  # what was written is not lost
    chosen = post(
        client, path + "interroger/", **QUESTION, place="Sainte-Colombe", place_choice="Sainte-Colombe, Gironde (33)"
    )
    assert chosen.status_code == 302
    assert "La question est posée" in get(client, path).content.decode()
