"""What a screen reader says of a dossier, top to bottom: ticket, sentence, traits, document, questions, act, menu."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from kiosk.app.back_office import Place
from kiosk.training.cases import CASES, cast
from kiosk.training.visits import visit_of
from tests.console.browsing import Desk
from tests.console.heard import lines_of, unnamed
from tests.console.served import ServedConsole

pytestmark = pytest.mark.timeout(300)  # a browser: a busy machine takes its time
PLACE = Place("borne-1", "3", "A", "demo")
NAMES = (
    "plain",
    "other-letters",
    "minor",
    "long-name",
    "nobody",
    "twins",
    "unreadable-picture",
    "false-seal",
    "nothing",
)
PLAIN = """
titre H1 Identité récupérée
Tout concorde. Reste : la pièce en main, l’identité dite, le lieu lu.
à déplier +1 autres remarques
région Traits
Nom de naissance
ROUSSEL
= carte = pièce
Prénoms de naissance
CAMILLE
= carte = pièce
Date de naissance
12/03/1985
= carte = pièce
Sexe
Féminin
= pièce
Lieu de naissance
Mazoires, Puy-de-Dôme (63)
à lire sur la pièce B
Matricule INS
2 85 03 00 001 001 20 (NIR)
à déplier Ce que porte le cachet électronique
à déplier Historique de ce dossier
figure Pièce d’identité
groupe Face montrée
choix recto (coché)
choix verso
Carte nationale d’identité (2021)
bouton D Agrandir
bouton R Tourner
lien Pièce d’identité, recto
région Décision
groupe Pièce en main, visage comparé
choix 1 Carte nationale d’identité
choix 2 Passeport
choix 3 France Identité, L’Identité Numérique
choix 4 Application carte Vitale
case à cocher C Dit sans souffler : nom, prénoms, date, lieu
case à cocher B Lieu lu : Mazoires, Puy-de-Dôme (63)
bouton Q Qualifier l’identité
à déplier Autres actes
"""
OTHER_LETTERS = """
titre H2 Identité provisoire
Différence : nom de naissance. Relisez l’original, puis confiez à l’identitovigilance.
à déplier +1 autres remarques
région Traits
Nom de naissance
MOREL
= carte différence
Pièce MORAL
Pièce : une seule lettre diffère. Relisez le document original. S’il est bien lu, ne qualifiez pas.
bouton E Confier
Prénoms de naissance
BASILE
= carte = pièce
Date de naissance
25/01/1974
= carte = pièce
Sexe
Masculin
= pièce
Lieu de naissance
Toulouse, Haute-Garonne (31)
à lire sur la pièce
Matricule INS
1 74 01 00 007 001 09 (NIR)
à déplier Ce que porte le cachet électronique
à déplier Historique de ce dossier
figure Pièce d’identité
groupe Face montrée
choix recto (coché)
choix verso
Carte nationale d’identité (2021)
bouton D Agrandir
bouton R Tourner
lien Pièce d’identité, recto
région Décision
groupe Pièce en main, visage comparé
choix 1 Carte nationale d’identité
choix 2 Passeport
choix 3 France Identité, L’Identité Numérique
choix 4 Application carte Vitale
case à cocher C Dit sans souffler : nom, prénoms, date, lieu
à déplier E Confier à l’identitovigilance
à déplier Autres actes
"""
MINOR = """
titre H3 Identité récupérée
Aucune pièce montrée à la borne. Reste : la pièce en main, l’identité dite par l’adulte, le lieu lu.
à déplier Détails de l’arrivée
région Traits
Nom de naissance
AUBERT
= carte
Prénoms de naissance
LEO
= carte
Date de naissance
17/09/2019
= carte
Sexe
Masculin
Lieu de naissance
Mazoires, Puy-de-Dôme (63)
à lire sur la pièce B
Matricule INS
1 19 09 00 023 001 24 (NIR)
à déplier Historique de ce dossier
figure Pièce d’identité
Le patient n’a pas présenté de pièce d’identité à la borne.
région Décision
groupe Pièce en main, visage comparé
choix 1 Carte nationale d’identité
choix 2 Passeport
choix 3 Titre de séjour
choix 4 France Identité, L’Identité Numérique
choix 5 Application carte Vitale
à déplier … autre pièce (touche 6 et suivantes)
groupe C Dit par l’adulte accompagnant
choix 1 Mère
choix 2 Père
choix 3 Autre titulaire de l’autorité parentale
choix 4 Tuteur ou tutrice
choix 5 Autre adulte (proche, service, établissement)
choix 6 Mineur venu seul : l’a dit lui-même ou elle-même
case à cocher B Lieu lu : Mazoires, Puy-de-Dôme (63)
case à cocher A J’ai comparé chaque trait avec l’original
bouton Q Qualifier l’identité
à déplier Autres actes
"""
PARTS = ("titre", "région Traits", "figure Pièce d’identité", "région Décision")
# Whatever a reader would speak of by itself: what is put into a live region, or is one.
WATCHED = """() => {
  window.spoken = [];
  const live = "[role=status], [role=alert], [aria-live]";
  new MutationObserver((changes) => changes.forEach((change) => {
    const held = [...change.addedNodes].filter((one) => one instanceof Element);
    const brought = held.flatMap((one) => [one, ...one.querySelectorAll("*")]).filter((one) => one.matches(live));
    [change.target.closest(live), ...brought].filter((one) => one && one.checkVisibility() && one.textContent.trim())
      .forEach((one) => window.spoken.push(one.textContent.trim()));
  })).observe(document.body, { childList: true, subtree: true }); }"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("heard"))
    console.start()
    yield console
    console.stop()


def _come(served: ServedConsole, name: str, ticket: str) -> str:
    now = datetime.now().astimezone()
    visit = visit_of(cast(next(case for case in CASES if case.name == name)), now)
    check_in = visit.check_in(str(uuid4()), ticket, PLACE, now, visit.answer)
    assert served.deliver(check_in) == 201
    return check_in.key


@pytest.fixture(scope="module")
def keys(served: ServedConsole) -> dict[str, str]:
    return {name: _come(served, name, f"H{number}") for number, name in enumerate(NAMES, start=1)}


@pytest.fixture(scope="module")
def host(served: ServedConsole, browser: Browser) -> Iterator[Desk]:
    desk = Desk(served, browser, "host")
    desk.sign_in()
    yield desk
    desk.page.close()


def _opened(host: Desk, key: str) -> list[str]:
    """This dossier as it is heard in its host's hands; how long they waited aside."""
    host.page.goto(f"{host.url}arrivees/{key}/")
    host.press("t", "#acts.in-hand")
    return [line for line in lines_of(host.page) if line != host.page.locator(".head .minutes").inner_text()]


@pytest.mark.parametrize(("name", "expected"), [("plain", PLAIN), ("other-letters", OTHER_LETTERS), ("minor", MINOR)])
def test_a_dossier_is_read_from_its_number_to_the_act(
    host: Desk, keys: dict[str, str], name: str, expected: str
) -> None:
    assert _opened(host, keys[name]) == expected.strip().splitlines()
    assert unnamed(host.page) == []


def test_of_every_kind_the_parts_come_in_their_order_words_stay_whole_and_nothing_is_unnamed(
    host: Desk, keys: dict[str, str]
) -> None:
    for name in NAMES[3:]:
        lines = _opened(host, keys[name])
        assert [next(at for at, line in enumerate(lines) if line.startswith(part)) for part in PARTS] == sorted(
            next(at for at, line in enumerate(lines) if line.startswith(part)) for part in PARTS
        ), name
        assert lines[-1] == "à déplier Autres actes", name
        assert not any("‸" in line or "▲" in line or "✕" in line for line in lines), name
        assert unnamed(host.page) == [], name
    assert "MONTMORENCY-BOUTEVILLE-DE-LA-ROCHEFOUCAULD-DOUDEAUVILLE" in _opened(host, keys["long-name"])
    assert "Pièce CHLOE" in _opened(host, keys["twins"])
    assert "La pièce n’a pas été lue : comparez chaque trait avec l’original." in _opened(
        host, keys["unreadable-picture"]
    )
    assert "non indiqué" in _opened(host, keys["nothing"])
    host.page.locator(".menu > summary").focus()
    host.page.keyboard.press("Enter")
    assert "bouton P Mettre en pause" in lines_of(host.page), "what was shut is read once it is open"
    assert host.complaints == []


def test_a_call_is_said_once_in_one_sentence_and_the_queue_is_never_read_again(
    served: ServedConsole, host: Desk, keys: dict[str, str]
) -> None:
    _opened(host, keys["plain"])
    page = host.page
    page.evaluate(WATCHED)
    _come(served, "plain", "H50")
    page.locator(".line", has_text="H50").wait_for(state="attached")
    assert page.evaluate("spoken") == []
    assert served.put(f"/intake/calls/{uuid.uuid4()}", b'{"reason": "help"}') == 201
    page.locator(".call").wait_for()
    _come(served, "plain", "H51")  # the queue is read again, the call still in it
    page.locator(".line", has_text="H51").wait_for(state="attached")
    (said,) = page.evaluate("spoken")
    assert said.startswith("Appel : borne-1 demande de l’aide · ")
