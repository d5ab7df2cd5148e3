"""Without INSi's answer an identity is validated by what staff write down of the original, all five traits of it."""

import pytest

from kiosk.core.sources.insi import InsNotFound
from tests.console.accepting import ANSWER, TICKED, answers_late, arrival_of, taken
from tests.console.arrivals import arrive, original_of
from tests.console.conftest import ON_SQLITE
from tests.console.staff import at_desk, get, post
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("in_production"), pytest.mark.long]


def test_an_empty_check_in_is_not_validated_before_the_five_traits_are_written_down() -> None:
    from kiosk.console.identities import original

    check_in = arrive(ZOE, InsNotFound(), card=None, card_nir="", mrz=None, document_kind=None, pictures=())
    client = at_desk()
    path = taken(client, check_in)
    empty = {"evidence": "PA", "said": "1", "tolerated": "1"}
    refused = post(client, path + "decision/validate/", **empty).content.decode()
    assert (
        "Il manque le nom de naissance, le premier prénom de naissance, la date de naissance (un jour du calendrier), "
        "le sexe, le lieu de naissance : écrivez ce que porte l’original."
    ) in refused
    assert arrival_of(check_in).status == "PROVISIONAL"
    post(client, path + "decision/validate/", **empty | original_of(ZOE))
    assert (arrival_of(check_in).status, arrival_of(check_in).stage) == ("VALIDATED", "done")
    kept = original.kept(arrival_of(check_in))
    assert kept == original.Original("ADRUN", "ZOE", "F", "1975-12-31", "63220")
    assert "ADRUN" in get(client, path).content.decode()
    searched = post(at_desk("marc", "officer"), "/recherche/", born="31/12/1975", name="adr")
    assert "A12" in searched.content.decode()  # the prior search finds who had nothing but this
    assert b"ADRUN" not in bytes(arrival_of(check_in).sealed.accepted)


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"birth_name": ""}, "Il manque le nom de naissance :"),
        ({"first_given_name": ""}, "Il manque le premier prénom de naissance :"),
        ({"sex": ""}, "Il manque le sexe :"),
        ({"sex": "X"}, "Il manque le sexe :"),
        ({"birth_date": ""}, "Il manque la date de naissance"),
        ({"birth_date": "00/12/1975"}, "Il manque la date de naissance"),
        ({"birth_date": "hier"}, "Écrivez la date comme"),
        ({"place": ""}, "Il manque le lieu de naissance :"),
        ({"place": "Nulle-Part-sur-Rien"}, "inconnu ici"),
        (
            {"place": "Saint-Denis"},
            "Plusieurs lieux portent ce nom : choisissez, ou écrivez aussi le département : « Saint-Denis, ",
        ),
        ({"place": "99000"}, "Personne ne naît sous le code 99000"),
        ({"place": "63999"}, "Personne ne naît sous le code 63999"),
        ({"place": "92352"}, "Personne ne naît sous le code 92352"),  # Algeria's, for who is born before July 1962
        ({"birth_date": "31/12/1600"}, "La date de naissance est trop ancienne"),
        ({"birth_name": "ADRUM"}, "diffère de ce qui est lu sur la pièce"),
        ({"birth_date": "31/12/1957"}, "diffère de ce qui est lu sur la pièce"),
    ],
)
def test_one_trait_that_is_missing_or_not_what_the_document_bears_is_named(change: dict[str, str], rule: str) -> None:
    check_in = arrive(ZOE, InsNotFound())
    client = at_desk()
    path = taken(client, check_in)
    page = post(client, path + "decision/validate/", **TICKED | original_of(ZOE) | change).content.decode()
    assert rule in page
    assert arrival_of(check_in).status == "PROVISIONAL"
    assert f'name="given_names" value="{original_of(ZOE)["given_names"]}"' in page  # what was written is not lost
    assert 'value="CN" required' in page and "checked" in page.split('value="CN"')[1].split(">")[0]


@ON_SQLITE
@pytest.mark.parametrize(
    ("place", "code"),
    [("99999", "99999"), ("99352", "99352"), ("Aubière", "63014"), ("aubiere", "63014"), ("2b033", "2B033")],
)
def test_a_place_is_written_by_its_code_or_its_name_and_an_unknown_one_as_such(place: str, code: str) -> None:
    from kiosk.console.identities import original

    check_in = arrive(ZOE, InsNotFound())
    client = at_desk()
    post(client, taken(client, check_in) + "decision/validate/", **TICKED | original_of(ZOE, place=place))
    kept = original.kept(arrival_of(check_in))
    assert kept is not None and kept.place == code


def test_the_form_starts_from_what_a_machine_read_with_certainty_and_from_nothing_else() -> None:
    from tests.console.arrivals import mrz_of

    client = at_desk()
    read = arrive(ZOE, InsNotFound())
    assert 'id="own-name" name="birth_name" value="ADRUN"' in get(client, taken(client, read)).content.decode()
    doubtful = arrive(ZOE, InsNotFound(), mrz=mrz_of(ZOE, accepted=False))
    assert 'id="own-name" name="birth_name" value=""' in get(client, taken(client, doubtful)).content.decode()


def test_a_late_answer_is_compared_with_what_staff_read_on_the_original() -> None:
    """The document was not read by a machine: what staff wrote down is the evidence the answer must agree with."""
    unread = {"mrz": None, "document_kind": None, "card": None, "card_nir": ""}
    check_in = arrive(ZOE, InsNotFound(), **unread)
    client = at_desk("marc", "officer")
    path = taken(client, check_in)
    written = original_of(ZOE, birth_date="30/12/1975")
    post(client, path + "decision/validate/", **TICKED | {"tolerated": "1"} | written)
    post(client, path + "prendre/")
    question = original_of(ZOE)
    post(client, path + "interroger/", **question)
    answers_late(ANSWER)
    post(client, path + "prendre/")
    assert "diffère de ce qui a été lu sur l’original" in get(client, path).content.decode()
    post(client, path + "decision/accept-ins/")
    assert arrival_of(check_in).status == "VALIDATED"
